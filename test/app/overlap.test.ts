/** What is judged while something else is written. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsOf } from '../../src/app/claims.ts';
import { commitLimits, createCommitter } from '../../src/app/commit.ts';
import type { Job } from '../../src/app/jobs.ts';
import type { Store } from '../../src/store/store.ts';
import { depsOf, intake, mailEvent, NOW, type TestDatabase, testDatabase } from './harness.ts';

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

/** A store whose writes stand still until they are let go, in their order, as on a thread. */
function slow(inner: Store) {
  const { promise: open, resolve: letGo } = Promise.withResolvers<void>();
  let begun = 0;
  let before: Promise<unknown> = open;
  const write: Store['write'] = (plan) => {
    begun += 1;
    const turn = before.then(() => inner.write(plan));
    before = turn.catch(() => {});
    return turn;
  };
  return { store: { ...inner, write }, begun: () => begun, letGo };
}

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

const batch = (name: string, count: number = commitLimits.worthJudging): Job =>
  intake(Array.from({ length: count }, (_, i) => mailEvent({ address: `${name}${i}@example.com` })));

const edit: Job = {
  type: 'edit',
  tenant: 'default',
  acts: [
    {
      address: 'other@example.com',
      act: {
        id: 'act_1',
        kind: 'block',
        at: NOW,
        actor: 'key_1',
        stream: '*',
        reason: 'manual',
        until: null,
        note: null,
      },
    },
  ],
  audit: null,
};

/** Writes begun while the first one stands still. */
async function begunBeside(second: readonly Job[]): Promise<number> {
  const { store: watched, begun, letGo } = slow(store);
  const committer = createCommitter(depsOf(watched));
  const done = [committer.submit(batch('a'))];
  await turns(10);
  expect(begun()).toBe(1);
  for (const job of second) done.push(committer.submit(job) as never);
  await turns(10);
  const beside = begun() - 1;
  letGo();
  await Promise.all(done);
  await committer.close();
  return beside;
}

describe('while a batch is written', () => {
  it('the next one is judged', async () => {
    expect(await begunBeside([batch('b')])).toBe(1);
  });

  it('what is together worth a commit is judged, and no third one', async () => {
    const half = commitLimits.worthJudging / 2;
    expect(await begunBeside([batch('b', half), batch('c', half), batch('d')])).toBe(1);
  });

  it.each<[what: string, second: Job[]]>([
    ['a few events wait for more', [batch('b', commitLimits.worthJudging - 1)]],
    ['a batch that speaks of one of its addresses waits', [batch('b'), batch('a', 1)].reverse()],
    ['what a person does waits, and what is behind it', [edit, batch('b')]],
  ])('%s', async (_, second) => {
    expect(await begunBeside(second)).toBe(0);
  });

  it('a redelivery of it is still a duplicate', async () => {
    const { store: watched, letGo } = slow(store);
    const committer = createCommitter(depsOf(watched));
    const events = Array.from({ length: commitLimits.worthJudging }, (_, i) =>
      mailEvent({ address: `p${i}@example.com` }),
    );
    const first = committer.submit(intake(events));
    await turns(10);
    const again = committer.submit(intake(events.map((event) => ({ ...event, id: `${event.id}_again` }))));
    await turns(10);
    letGo();
    expect(await first).toMatchObject({ counts: { accepted: events.length, duplicates: 0 } });
    expect(await again).toMatchObject({ counts: { accepted: 0, duplicates: events.length } });
  });

  it('a domain that both are about is written by one after the other', async () => {
    const { store: watched, begun, letGo } = slow(store);
    const committer = createCommitter(depsOf(watched));
    const nullMx = (name: string) =>
      intake(
        Array.from({ length: commitLimits.worthJudging }, (_, i) =>
          mailEvent({
            address: `${name}${i}@gone.example`,
            smtp: { code: '556', enhanced: '5.1.10', text: 'Domain has null MX', source: 'reported' },
            category: 'domain-invalid',
          }),
        ),
      );
    const jobs = [committer.submit(nullMx('a'))];
    await turns(10);
    jobs.push(committer.submit(nullMx('b')));
    await turns(10);
    letGo();
    for (const done of await Promise.all(jobs))
      expect(done).toMatchObject({ counts: { accepted: commitLimits.worthJudging } });
    // Both began, and the one that found the domain's row moved on was judged again.
    expect(begun()).toBe(3);
    const { rows } = await store.events('default', { limit: 1_000, after: null });
    expect(rows).toHaveLength(2 * commitLimits.worthJudging);
  });
});

describe('the claims of a flush', () => {
  it('are its addresses, its reports and its nonces', () => {
    const claims = claimsOf([intake([mailEvent()], { bind: { nonce: 'token', digest: 'aa' } })]);
    expect(claims?.has('default person@example.com')).toBe(true);
    expect(claims?.size).toBe(3);
  });
});
