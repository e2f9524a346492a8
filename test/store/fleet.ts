/**
 * Two instances at once on one database, each judging by what it read: the list must come out as if one had done it
 * all. Run by sqlite.test.ts, by postgres/store.test.ts and, on workerd, by worker/d1.test.ts.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Committer, createCommitter } from '../../src/app/commit.ts';
import type { EntryState, MailEvent } from '../../src/core/event.ts';
import type { Act } from '../../src/core/facts.ts';
import type { Store } from '../../src/store/store.ts';
import { depsOf, intake, mailEvent, NOW } from '../app/events.ts';

const DAY = 86_400_000;

const full = (day: number): MailEvent =>
  mailEvent({
    at: NOW - (10 - day) * DAY,
    messageId: `m${day}`,
    category: 'mailbox-full',
    strength: 'none',
    bounceType: 'soft',
    smtp: { code: '452', enhanced: '4.2.2', text: 'over quota', source: 'parsed' },
  });

/** `connect` gives one more connection to the same, at first empty database. */
export function fleetConformance(name: string, makeDatabase: () => Promise<() => Store>): void {
  describe(`two instances on ${name}`, () => {
    let stores: Store[];
    let committers: Committer[];
    beforeEach(async () => {
      const connect = await makeDatabase();
      stores = [connect(), connect()];
      committers = stores.map((store) => createCommitter(depsOf(store)));
    });
    afterEach(() => Promise.all(stores.map((store) => store.close())));

    const store = () => stores[0] as Store;
    const submit = (event: MailEvent, through: number, id: string = event.id) =>
      (committers[through % 2] as Committer).submit(intake([{ ...event, id }]));
    const entries = async (tenant: string, states: readonly EntryState[]) =>
      (await store().entries(tenant, { limit: 1_000, after: null, states }, NOW)).rows;
    const standing = (tenant = 'default') => entries(tenant, ['active', 'held']);

    it('T073 record one event once, and its strikes add up to the threshold', async () => {
      const events = [full(7), full(8), full(9)];
      const results = await Promise.all(
        Array.from({ length: 30 }, (_, i) => submit(events[i % 3] as MailEvent, i, `evt_${i}`)),
      );
      const accepted = results.map((result) =>
        result.type === 'intake' ? result.counts.accepted : Number.NaN,
      );
      expect(accepted.reduce((sum, one) => sum + one, 0)).toBe(3);
      expect(await standing()).toMatchObject([
        { reason: 'soft-bounce', until: NOW + 6 * DAY, rule: 'recipient-soft' },
      ]);
    });

    it('take the same batch at the same moment: each event once, whatever the order in it', async () => {
      const batch = Array.from({ length: 50 }, (_, i) => mailEvent({ address: `b${i}@example.com` }));
      const results = await Promise.all(
        committers.map((committer, i) =>
          committer.submit(
            intake(
              (i === 0 ? batch : batch.toReversed()).map((event) => ({ ...event, id: `${event.id}_${i}` })),
            ),
          ),
        ),
      );
      const counts = results.map((result) => (result.type === 'intake' ? result.counts : null));
      const sum = (of: 'accepted' | 'duplicates') =>
        counts.reduce((total, one) => total + (one?.[of] ?? Number.NaN), 0);
      expect([sum('accepted'), sum('duplicates')]).toEqual([50, 50]);
      expect(await standing()).toHaveLength(50);
    });

    it('T120 take 100 batches of overlapping addresses in any order: none fails, and the list is that of one after the other', async () => {
      let seed = 7;
      const random = (below: number) => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed % below;
      };
      const batches = Array.from({ length: 100 }, (_, batch) =>
        Array.from({ length: 20 }, (_, i) =>
          mailEvent({
            ...full(random(9)),
            address: `o${random(60)}@example.com`,
            messageId: `m${batch}.${i}`,
          }),
        ),
      );
      const listOf = async (tenant: string) =>
        (await entries(tenant, ['active', 'held', 'expired', 'released']))
          .map(({ address, stream, reason, until, rule, code }) =>
            [address, stream, reason, until, rule, code].join(' '),
          )
          .toSorted();
      const inTenant = (batch: readonly MailEvent[], tenant: string) =>
        intake(batch.map((event) => ({ ...event, tenant, id: `${event.id}_${tenant}` })));
      await Promise.all(batches.map((batch, i) => committers[i % 2]?.submit(inTenant(batch, 'both'))));
      for (const batch of batches) await committers[0]?.submit(inTenant(batch, 'one'));
      expect(await listOf('both')).toEqual(await listOf('one'));
      expect((await listOf('both')).length).toBeGreaterThan(30);
    });

    it('let a release stand against a failure of a message sent before it that the other hears of later', async () => {
      await submit(mailEvent({ at: NOW - 3 * DAY, sentAt: NOW - 3 * DAY }), 0);
      const release: Act = {
        id: 'act_1',
        kind: 'release',
        at: NOW - DAY,
        actor: 'key_1',
        reasons: ['hard-bounce'],
        stream: null,
        why: 'the mailbox is back',
        code: null,
        grace: 0,
        evidence: null,
      };
      await committers[1]?.submit({
        type: 'edit',
        tenant: 'default',
        acts: [{ address: 'person@example.com', act: release }],
        audit: null,
      });
      expect(await standing()).toEqual([]);
      await submit(mailEvent({ at: NOW - DAY / 2, sentAt: NOW - 2 * DAY, messageId: 'late' }), 0);
      expect(await standing()).toEqual([]);
      await submit(mailEvent({ at: NOW - DAY / 4, sentAt: NOW - DAY / 3, messageId: 'new' }), 1);
      expect(await standing()).toHaveLength(1);
    });

    it('do once what is left to do once, whichever of them is asked for it, and how often', async () => {
      const block = (i: number): Act => ({
        id: `act_${i}`,
        kind: 'block',
        at: NOW,
        actor: 'key_1',
        reason: 'manual',
        stream: '*',
        note: null,
        until: null,
      });
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, i) => {
          const acts = [{ address: 'person@example.com', act: block(i) }];
          return (committers[i % 2] as Committer).submit({
            type: 'edit',
            tenant: 'default',
            acts,
            audit: null,
            atCommit: (of) => ({
              acts: of('person@example.com').entries.length === 0 ? acts : [],
              audit: null,
            }),
          });
        }),
      );
      const done = results.map((result) => (result.type === 'edit' ? result.acts.length : Number.NaN));
      expect(done.reduce((sum, one) => sum + one, 0)).toBe(1);
      expect(await store().acts('default', 'person@example.com')).toHaveLength(1);
      expect(await standing()).toHaveLength(1);
    });

    it('show a follower every change in order, none late, while both write', async () => {
      const total = 60;
      let written = 0;
      const writing = Promise.all(
        Array.from({ length: total }, async (_, i) => {
          await submit(mailEvent({ address: `f${i}@example.com`, messageId: `f${i}` }), i);
          written += 1;
        }),
      );
      const followed: number[] = [];
      let isDone = false;
      while (!isDone) {
        // Looked at before the page is read: then the last page holds all there is.
        isDone = written === total;
        // better-sqlite3 answers at once: without a turn of the event loop nobody else would run.
        await new Promise((resolve) => setTimeout(resolve, 1));
        const page = await store().changesAfter('default', followed.at(-1) ?? 0, 7);
        followed.push(...page.map(({ seq }) => seq));
        isDone &&= page.length === 0;
      }
      await writing;
      expect(followed).toEqual((await store().changesAfter('default', 0, 1_000)).map(({ seq }) => seq));
      expect(followed).toHaveLength(total);
    });

    it('pay no heed to the order of arrival: each of 120 orders, one request a fact, gives one list', async () => {
      const facts = [
        full(3),
        full(4),
        mailEvent({ kind: 'delivery', at: NOW - 5.5 * DAY, messageId: 'd1' }),
        full(5),
        mailEvent({ kind: 'unsubscribe', at: NOW - 6 * DAY, messageId: 'u1' }),
      ];
      const lists = new Set<string>();
      const orders = [...permutations(facts)];
      expect(orders).toHaveLength(120);
      const tenantOf = (n: number) => `t${n}`;
      for (const i of facts.keys())
        await Promise.all(
          orders.map((order, n) => {
            const fact = order[i] as MailEvent;
            return submit({ ...fact, tenant: tenantOf(n) }, i, `${fact.id}_${n}`);
          }),
        );
      for (const n of orders.keys())
        lists.add(
          JSON.stringify(
            (await standing(tenantOf(n))).map(({ reason, until, stream }) => ({ reason, until, stream })),
          ),
        );
      expect([...lists]).toEqual(['[{"reason":"unsubscribe","until":null,"stream":"*"}]']);
    }, 120_000);
  });
}

function* permutations<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield [];
  for (const [i, item] of items.entries()) {
    for (const rest of permutations([...items.slice(0, i), ...items.slice(i + 1)])) yield [item, ...rest];
  }
}
