/**
 * The list is the fold of its facts, on each engine: ten months of events, acts, holds, expiries and policies at random, and
 * what is stored is what its facts say, entry for entry. Run by sqlite.test.ts, by postgres/store.test.ts and, on
 * workerd, by worker/d1.test.ts.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCommitter } from '../../src/app/commit.ts';
import { createPolicies } from '../../src/app/policies.ts';
import { rebuild } from '../../src/app/rebuild.ts';
import { createRedecider } from '../../src/app/redecide.ts';
import type { MailEvent } from '../../src/core/event.ts';
import type { Act } from '../../src/core/facts.ts';
import type { Driver } from '../../src/store/driver.ts';
import type { Store } from '../../src/store/store.ts';
import { depsOf, intake, mailEvent, NOW, testRuntime } from '../app/events.ts';
import { auditRow } from './rows.ts';

const DAY = 86_400_000;
const people = ['a', 'b', 'c'].map((name) => `${name}@one.example`);

const replies = {
  dead: {},
  doubted: { strength: 'weak', smtp: { code: '550', enhanced: null, text: null, source: 'reported' } },
  full: {
    category: 'mailbox-full',
    strength: 'none',
    bounceType: 'soft',
    smtp: { code: '452', enhanced: '4.2.2', text: 'over quota', source: 'parsed' },
  },
  noDomain: {
    category: 'domain-invalid',
    smtp: { code: '550', enhanced: '5.1.2', text: 'no such domain', source: 'parsed' },
  },
  ours: {
    category: 'protocol',
    blame: 'sender',
    strength: 'none',
    smtp: { code: '504', enhanced: '5.5.2', text: 'Helo', source: 'parsed' },
  },
} as const satisfies Record<string, Partial<MailEvent>>;

type Step =
  | { readonly do: 'event'; readonly event: Partial<MailEvent> }
  | {
      readonly do: 'act';
      readonly act: 'block' | 'import' | 'release' | 'allow' | 'hold';
      readonly address: string;
    }
  | { readonly do: 'undo' }
  | { readonly do: 'policy'; readonly narrow: boolean };

const address = fc.constantFrom(...people);
const day = fc.double({ min: 0, max: 300, noNaN: true });
const message = fc.constantFrom('m1', 'm2', 'm3', 'm4', 'm5', 'm6');
const event = fc
  .record({
    kind: fc.constantFrom(
      'bounce',
      'bounce',
      'bounce',
      'delivery',
      'complaint',
      'unsubscribe',
      'resubscribe',
    ),
    reply: fc.constantFrom(...(Object.keys(replies) as (keyof typeof replies)[])),
    address,
    day,
    message,
  })
  .map(({ kind, reply, address: to, day: on, message: messageId }) => ({
    do: 'event' as const,
    event: {
      kind,
      address: to,
      at: NOW - 300 * DAY + Math.round(on * DAY),
      messageId,
      ...(kind === 'bounce' ? (replies[reply] as Partial<MailEvent>) : {}),
    } as Partial<MailEvent>,
  }));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: event },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('act' as const),
      act: fc.constantFrom('block', 'import', 'release', 'allow', 'hold'),
      address,
    }) as fc.Arbitrary<Step>,
  },
  { weight: 1, arbitrary: fc.constant({ do: 'undo' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('policy' as const), narrow: fc.boolean() }) },
);

export function rebuildConformance(
  name: string,
  makeSubject: () => Promise<{ readonly store: Store; readonly driver: Driver }>,
  runs: number,
): void {
  const wholly = async (store: Store) => {
    const differences = [];
    let [after, addresses]: [string | null, number] = ['', 0];
    while (after !== null) {
      const part = await rebuild({ store, policies: createPolicies(store) }, 'default', after);
      differences.push(...part.differences);
      addresses += part.addresses;
      after = part.next;
    }
    return { differences, addresses };
  };

  describe(`the list on ${name}`, () => {
    it(
      'is what its facts say, after ten months at random',
      async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
            const { store } = await makeSubject();
            try {
              await live(store, steps);
              expect((await wholly(store)).differences).toEqual([]);
            } finally {
              await store.close();
            }
          }),
          { numRuns: runs },
        );
      },
      runs * 2_000 + 20_000,
    );

    it('is told to be another where somebody wrote past it', async () => {
      const { store, driver } = await makeSubject();
      await live(store, [
        { do: 'event', event: { address: people[0] as string } },
        { do: 'event', event: { address: people[1] as string, kind: 'complaint' } },
      ]);
      expect(await wholly(store)).toEqual({ differences: [], addresses: 2 });
      await driver.transact([
        {
          sql: "update suppressions set until = 5, state = 'active' where reason = 'hard-bounce'",
          params: [],
        },
        { sql: "delete from suppressions where reason = 'complaint'", params: [] },
      ]);
      expect((await wholly(store)).differences).toEqual([
        { address: people[0], stream: '*', reason: 'hard-bounce', what: 'differs', fields: ['until'] },
        { address: people[1], stream: '*', reason: 'complaint', what: 'missing', fields: [] },
      ]);
      await store.close();
    });
  });
}

async function live(store: Store, steps: readonly Step[]): Promise<void> {
  let now = NOW - 300 * DAY;
  const runtime = testRuntime(() => now);
  const policies = createPolicies(store);
  const committer = createCommitter({ ...depsOf(store, runtime), policyOf: policies.of });
  const redecider = createRedecider({ store, committer, runtime });
  const seen: { readonly id: string; readonly address: string }[] = [];
  const done: { readonly id: string; readonly address: string }[] = [];
  let revision = 0;
  for (const [i, one] of steps.entries()) {
    now += 7 * DAY;
    if (one.do === 'event') {
      const given = mailEvent({ ...one.event, id: `evt_${i}`, receivedAt: now });
      await committer.submit(intake([{ ...given, at: Math.min(given.at, now) }]));
      seen.push({ id: given.id, address: given.address });
    } else if (one.do === 'act') {
      const act = actOf(
        one.act,
        `act_${i}`,
        now,
        seen.filter((event) => event.address === one.address),
      );
      await committer.submit({
        type: 'edit',
        tenant: 'default',
        acts: [{ address: one.address, act }],
        audit: null,
      });
      done.push({ id: act.id, address: one.address });
    } else if (one.do === 'undo') {
      const last = done.pop();
      if (last === undefined) continue;
      const act: Act = { id: `act_${i}`, kind: 'undo', at: now, actor: 'test', undone: last.id };
      await committer.submit({
        type: 'edit',
        tenant: 'default',
        acts: [{ address: last.address, act }],
        audit: null,
      });
    } else {
      revision += 1;
      const rules = one.narrow
        ? [
            {
              id: 'lenient',
              why: 'test',
              when: { category: ['mailbox-full'] },
              then: { do: 'note' },
              retry: 'later',
            },
          ]
        : [];
      const row = {
        tenant: 'default',
        version: revision,
        document: JSON.stringify({ rules, streams: {}, matrix: {}, tests: [] }),
        actor: 'test',
        created_at: now,
        redecided_to: '',
      };
      const { seq, hash } = await store.auditHead();
      await store.configure({ put: 'policy', row }, auditRow({ seq: seq + 1, previous: hash }));
      await redecider.run('default', 10_000);
    }
  }
}

function actOf(
  kind: Extract<Step, { do: 'act' }>['act'],
  id: string,
  at: number,
  seen: readonly { readonly id: string }[],
): Act {
  const base = { id, at, actor: 'test' } as const;
  switch (kind) {
    case 'block':
      return { ...base, kind, stream: '*', reason: 'manual', until: null, note: null };
    case 'import':
      return {
        ...base,
        kind,
        stream: '*',
        reason: 'hard-bounce',
        until: at + 20 * DAY,
        note: null,
        cause: null,
      };
    case 'allow':
      return { ...base, kind, until: at + 3 * DAY, note: null };
    case 'hold':
      return { ...base, kind, incident: 'inc_1', events: seen.map((event) => event.id) };
    case 'release':
      return {
        ...base,
        kind,
        reasons: ['hard-bounce', 'soft-bounce', 'manual'],
        stream: null,
        why: 'test',
        code: null,
        grace: 0,
        evidence: null,
      };
  }
}
