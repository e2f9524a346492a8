import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitLimits, createCommitter } from '../../src/app/commit.ts';
import { FACTS_A_DAY } from '../../src/app/refold.ts';
import { Busy } from '../../src/app/until-fresh.ts';
import { openDatabase } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import { processorTime } from '../processor-time.ts';
import { depsOf, intake, mailEvent, NOW, type TestDatabase, testDatabase, testRuntime } from './harness.ts';

let database: TestDatabase;
let store: Store;

beforeEach(() => {
  database = testDatabase();
  store = database.open();
});

afterEach(async () => {
  await store.close();
  database.remove();
});

const counted = (inner: Store) => {
  let writes = 0;
  const wrapped: Store = {
    ...inner,
    write(plan) {
      writes += 1;
      return inner.write(plan);
    },
  };
  return { store: wrapped, writes: () => writes };
};

const countsOf = async (store: Store) => ({
  events: (await store.events('default', { limit: 1_000, after: null })).rows.length,
  entries: (await store.entries('default', { limit: 1_000, after: null, states: ['active', 'held'] }, NOW))
    .rows.length,
});

describe('the committer', () => {
  it('records an event, its entry and its change, and answers with counts', async () => {
    const committer = createCommitter(depsOf(store));
    const result = await committer.submit(
      intake([mailEvent()], { ignored: [{ label: 'open', known: true }] }),
    );
    expect(result).toEqual({
      type: 'intake',
      counts: { accepted: 1, duplicates: 0, quarantined: 0, ignored: 1 },
    });
    const { rows } = await store.entries('default', { limit: 10, after: null, states: ['active'] }, NOW);
    expect(rows).toMatchObject([
      {
        address: 'person@example.com',
        reason: 'hard-bounce',
        until: null,
        code: '550',
        enhanced: '5.1.1',
        rule: 'dead',
        retry: 'no',
        domain: 'example.com',
      },
    ]);
    expect(await store.changesAfter('default', 0, 10)).toMatchObject([
      { seq: 1, state: 'active', suppression_id: rows[0]?.id },
    ]);
  });

  it('counts a repetition as a duplicate, inside one request and across requests, and writes nothing for it', async () => {
    const { store: watched, writes } = counted(store);
    const committer = createCommitter(depsOf(watched));
    const event = mailEvent();
    expect(await committer.submit(intake([event, { ...event, id: 'evt_copy' }]))).toMatchObject({
      counts: { accepted: 1, duplicates: 1 },
    });
    expect(await committer.submit(intake([{ ...event, id: 'evt_again' }]))).toMatchObject({
      counts: { accepted: 0, duplicates: 1 },
    });
    expect(writes()).toBe(1);
    expect(await countsOf(store)).toEqual({ events: 1, entries: 1 });
  });

  it('T071 keeps an event with a known id and other content, or from another source or tenant', async () => {
    const committer = createCommitter(depsOf(store));
    const event = mailEvent({ providerEventId: 'id-1' });
    await committer.submit(intake([event]));
    const others = [
      { ...event, address: 'victim@example.com' },
      { ...event, kind: 'complaint' as const, category: 'complaint' as const },
      { ...event, sourceId: 'generic_2' },
      { ...event, tenant: 'other' },
    ];
    for (const [i, other] of others.entries()) {
      expect(await committer.submit(intake([{ ...other, id: `evt_${i}` }]))).toMatchObject({
        counts: { accepted: 1, duplicates: 0 },
      });
    }
  });

  it('joins what arrives together into few transactions', async () => {
    const { store: watched, writes } = counted(store);
    const committer = createCommitter(depsOf(watched));
    const results = await Promise.all(
      Array.from({ length: 1_200 }, (_, i) =>
        committer.submit(intake([mailEvent({ address: `a${i}@example.com` })])),
      ),
    );
    expect(results.every((result) => result.type === 'intake' && result.counts.accepted === 1)).toBe(true);
    expect(writes()).toBeLessThanOrEqual(3);
    expect((await store.check('default', ['a0@example.com', 'a1199@example.com'], NOW)).size).toBe(2);
  });

  it('never loses a wake-up: 1,000 submissions one after the other', async () => {
    const committer = createCommitter(depsOf(store));
    for (let i = 0; i < 1_000; i++)
      await committer.submit(intake([mailEvent({ address: `b${i}@example.com` })]));
    expect(committer.queued()).toBe(0);
  });

  it('fails a poisoned job alone', async () => {
    const committer = createCommitter(depsOf(store));
    const poisoned = mailEvent({ address: 'poison@example.com', at: 0.5 }); // STRICT tables refuse a fraction
    const [good, bad, alsoGood] = await Promise.allSettled([
      committer.submit(intake([mailEvent({ address: 'good@example.com' })])),
      committer.submit(intake([poisoned])),
      committer.submit(intake([mailEvent({ address: 'also-good@example.com' })])),
    ]);
    expect([good?.status, bad?.status, alsoGood?.status]).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await countsOf(store)).toEqual({ events: 2, entries: 2 });
  });

  it('asks a locked database once for all that wait, not once for each', async () => {
    const { store: watched, writes } = counted(store);
    const committer = createCommitter(depsOf(watched));
    const other = openDatabase(database.file);
    other.exec('begin immediate');
    const results = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        committer.submit(intake([mailEvent({ address: `l${i}@example.com` })])),
      ),
    );
    expect(results.map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
    expect(writes()).toBe(1);
    other.exec('rollback');
    other.close();
    expect(await committer.submit(intake([mailEvent()]))).toMatchObject({ counts: { accepted: 1 } });
  });

  it('gathers jobs that come one a turn of the event loop, as from new connections', async () => {
    const { store: watched, writes } = counted(store);
    const committer = createCommitter(depsOf(watched));
    const jobs: Promise<unknown>[] = [];
    for (let i = 0; i < 20; i++) {
      jobs.push(committer.submit(intake([mailEvent({ address: `t${i}@example.com` })])));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(jobs);
    expect(writes()).toBe(1);
  });

  it('gathers no longer than its limit, though jobs keep coming', async () => {
    const { store: watched, writes } = counted(store);
    const committer = createCommitter(depsOf(watched));
    const jobs: Promise<unknown>[] = [];
    for (let i = 0; i < 3 * commitLimits.turns; i++) {
      jobs.push(committer.submit(intake([mailEvent({ address: `k${i}@example.com` })])));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(jobs);
    expect(writes()).toBeGreaterThanOrEqual(3);
  });

  it('stores what was submitted before it closes, and refuses what comes after', async () => {
    const committer = createCommitter(depsOf(store));
    const before = committer.submit(intake([mailEvent()]));
    await committer.close();
    expect(await before).toMatchObject({ counts: { accepted: 1 } });
    await expect(committer.submit(intake([mailEvent({ address: 'late@example.com' })]))).rejects.toThrow(
      Busy,
    );
  });

  it('refuses more than it can queue instead of growing', async () => {
    const never = { ...testRuntime(), defer: () => {} };
    const committer = createCommitter(depsOf(store, never));
    for (let i = 0; i < commitLimits.queued; i++)
      void committer.submit(intake([mailEvent({ address: `c${i}@example.com` })]));
    await expect(committer.submit(intake([mailEvent()]))).rejects.toThrow(Busy);
  });

  it('refuses a nonce that comes again with another body, and takes it again with the same', async () => {
    const committer = createCommitter(depsOf(store));
    const bind = { nonce: 'token-1', digest: 'aa' };
    expect(await committer.submit(intake([mailEvent()], { bind }))).toMatchObject({ type: 'intake' });
    expect(await committer.submit(intake([mailEvent()], { bind }))).toMatchObject({
      counts: { accepted: 0, duplicates: 1 },
    });
    const forged = intake([mailEvent({ address: 'victim@example.com' })], {
      bind: { ...bind, digest: 'bb' },
    });
    expect(await committer.submit(forged)).toEqual({ type: 'replayed' });
    expect((await store.check('default', ['victim@example.com'], NOW)).size).toBe(0);
  });

  it('remembers the nonce of a request whose items were all ignored', async () => {
    const committer = createCommitter(depsOf(store));
    const opened = intake([], {
      bind: { nonce: 'token-2', digest: 'aa' },
      ignored: [{ label: 'opened', known: true }],
    });
    await committer.submit(opened);
    expect(
      await committer.submit(intake([mailEvent()], { bind: { nonce: 'token-2', digest: 'bb' } })),
    ).toEqual({ type: 'replayed' });
  });
});

describe('deliveries', () => {
  it('leave a mark a day and no event while nothing is open', async () => {
    const committer = createCommitter(depsOf(store));
    const delivery = (day: number, messageId: string) =>
      mailEvent({ kind: 'delivery', at: NOW - day * 86_400_000, messageId });
    const sent = [delivery(9, 'd1'), delivery(5, 'd2'), delivery(5, 'd2b'), delivery(1, 'd3')];
    expect(await committer.submit(intake(sent))).toMatchObject({ counts: { accepted: 4 } });
    expect(await countsOf(store)).toEqual({ events: 0, entries: 0 });
    const known = await store.known({
      digests: [],
      nonces: [],
      addresses: [{ tenant: 'default', address: 'person@example.com' }],
    });
    expect([...known.addresses.values()]).toMatchObject([
      { open: false, marks: [{ messageId: 'd2' }, { messageId: 'd3' }] },
    ]);
  });

  it('make a first dead bounce last a week, and lift it', async () => {
    const committer = createCommitter(depsOf(store));
    await committer.submit(
      intake([mailEvent({ kind: 'delivery', at: NOW - 3 * 86_400_000, messageId: 'd1' })]),
    );
    await committer.submit(intake([mailEvent({ messageId: 'm1' })]));
    const entries = async () =>
      (await store.entries('default', { limit: 10, after: null, states: ['active', 'released'] }, NOW)).rows;
    expect(await entries()).toMatchObject([{ state: 'active', until: NOW - 60_000 + 7 * 86_400_000 }]);
    await committer.submit(intake([mailEvent({ kind: 'delivery', at: NOW - 30_000, messageId: 'd2' })]));
    expect(await entries()).toMatchObject([{ state: 'released' }]);
    expect((await countsOf(store)).events).toBe(2); // the bounce, and the delivery that answered it
  });
});

describe('a success report that nothing proves', () => {
  const forged = { kind: 'delivery', proven: false, hearsay: true } as const;

  it('lifts nothing, leaves no mark, and takes no address off a provider’s list', async () => {
    const committer = createCommitter(depsOf(store));
    await committer.submit(intake([mailEvent({ ...forged, at: NOW - 86_400_000, messageId: 'x1' })]));
    await committer.submit(intake([mailEvent({ listed: true })]));
    await committer.submit(intake([mailEvent({ ...forged, at: NOW - 1_000, messageId: 'x2' })]));
    const { rows } = await store.entries('default', { limit: 10, after: null, states: ['active'] }, NOW);
    expect(rows).toMatchObject([{ reason: 'hard-bounce', until: null }]);
    const known = await store.known({
      digests: [],
      nonces: [],
      addresses: [{ tenant: 'default', address: 'person@example.com' }],
    });
    expect([...known.addresses.values()]).toMatchObject([{ marks: [], listedAt: ['generic'] }]);
  });
});

describe('a report that names neither itself nor its time', () => {
  const unnamed = (change: Parameters<typeof mailEvent>[0]) => {
    const job = intake([mailEvent(change)]);
    return {
      ...job,
      events: job.events.map((one) => ({ ...one, digest: 'the same each time', isNamed: false })),
    };
  };
  const release = {
    id: 'act_1',
    kind: 'release',
    actor: 'test',
    stream: null,
    why: 'test',
    reasons: ['unsubscribe'],
    code: null,
    grace: 0,
  } as const;

  it('is a redelivery within the hour, and a new event after it', async () => {
    let now = NOW;
    const committer = createCommitter(
      depsOf(
        store,
        testRuntime(() => now),
      ),
    );
    const accepted = async () =>
      (await committer.submit(unnamed({ kind: 'deferral', messageId: null }))) as {
        counts: { accepted: number };
      };
    expect((await accepted()).counts.accepted).toBe(1);
    expect((await accepted()).counts.accepted).toBe(0);
    now += 3_600_001;
    expect((await accepted()).counts.accepted).toBe(1);
  });

  it('of a delivery is a redelivery too', async () => {
    const committer = createCommitter(depsOf(store));
    await committer.submit(unnamed({ kind: 'delivery', messageId: null }));
    expect(await committer.submit(unnamed({ kind: 'delivery', messageId: null }))).toMatchObject({
      counts: { accepted: 0, duplicates: 1 },
    });
  });

  it('acts again at once where what it did has been taken back', async () => {
    const committer = createCommitter(depsOf(store));
    const active = async () => (await store.check('default', ['person@example.com'], NOW)).size;
    await committer.submit(unnamed({ kind: 'unsubscribe', messageId: null, at: NOW - 2_000 }));
    expect(await active()).toBe(1);
    await committer.submit({
      type: 'edit',
      tenant: 'default',
      acts: [
        {
          address: 'person@example.com',
          act: { ...release, at: NOW - 1_000, evidence: { text: 'asked for it', at: NOW - 1_000 } },
        },
      ],
      audit: {
        tenant: 'default',
        actor: 'test',
        action: 'release',
        subject: 'person@example.com',
        detail: {},
      },
    });
    expect(await active()).toBe(0);
    expect(await committer.submit(unnamed({ kind: 'unsubscribe', messageId: null, at: NOW }))).toMatchObject({
      counts: { accepted: 1 },
    });
    expect(await active()).toBe(1);
  });
});

describe('a provider’s own list', () => {
  it('is no longer named once that provider has delivered', async () => {
    const committer = createCommitter(depsOf(store));
    const listedAt = async () =>
      (
        await store.known({
          digests: [],
          nonces: [],
          addresses: [{ tenant: 'default', address: 'person@example.com' }],
        })
      ).addresses.get('default person@example.com')?.listedAt;
    await committer.submit(
      intake([mailEvent({ category: 'ip-blocked', strength: 'none', listed: true, at: NOW - 9_000 })]),
    );
    expect(await listedAt()).toEqual(['generic']);
    await committer.submit(intake([mailEvent({ kind: 'delivery', messageId: 'd1', at: NOW - 1_000 })]));
    expect(await listedAt()).toEqual([]);
  });
});

describe('one hot address', () => {
  it('is blocked again by a bounce after a delivery, however many came before on that day', async () => {
    const committer = createCommitter(depsOf(store));
    const many = Array.from({ length: 3 * FACTS_A_DAY }, (_, i) =>
      mailEvent({ messageId: `m-${i}`, at: NOW - 60_000 + i }),
    );
    await committer.submit(intake(many));
    await committer.submit(intake([mailEvent({ kind: 'delivery', messageId: 'd1', at: NOW - 30_000 })]));
    expect(
      (await store.check('default', ['person@example.com'], NOW)).get('person@example.com')?.entries ?? [],
    ).toEqual([]);
    await committer.submit(intake([mailEvent({ messageId: 'later', at: NOW - 10_000 })]));
    expect(
      (await store.check('default', ['person@example.com'], NOW)).get('person@example.com')?.entries,
    ).toHaveLength(1);
  });

  it('costs no more than others: 20,000 bounces of their own messages, then one more', async () => {
    const committer = createCommitter(depsOf(store));
    const bounces = (from: number) =>
      intake(
        Array.from({ length: 10_000 }, (_, i) =>
          mailEvent({ messageId: `hot-${from + i}`, at: NOW - 1_000 - i }),
        ),
      );
    const took = async (job: ReturnType<typeof intake>) => {
      const spent = processorTime();
      expect(await committer.submit(job)).toMatchObject({ counts: { duplicates: 0 } });
      return spent();
    };
    await took(bounces(0));
    expect(await took(bounces(10_000))).toBeLessThan(2_500);
    expect(await took(intake([mailEvent({ messageId: 'one-more' })]))).toBeLessThan(250);
    const histories = await store.histories([{ tenant: 'default', address: 'person@example.com' }]);
    expect([...histories.values()][0]?.events.length).toBeLessThanOrEqual(FACTS_A_DAY);
  }, 20_000);
});

it('T071 keeps a complaint under the id of an earlier not-spam report', async () => {
  const committer = createCommitter(depsOf(store));
  const report = { kind: 'complaint', providerEventId: 'fb1' } as const;
  await committer.submit(intake([mailEvent({ ...report, feedback: 'not-spam' })]));
  expect(await committer.submit(intake([mailEvent({ ...report, feedback: 'abuse' })]))).toMatchObject({
    counts: { accepted: 1, duplicates: 0 },
  });
  expect((await store.check('default', ['person@example.com'], NOW)).size).toBe(1);
});
