/** What fails alike, and what was made of it. */
import { expect, it } from 'vitest';
import { incident, plan, stat, T0 } from '../rows.ts';
import { all, type Using } from './ground.ts';

const SLOT = 300_000;

export function surging(using: Using): void {
  const row = {
    tenant: 'default',
    slot: T0,
    receiver: 'gmail.com',
    cause: '550 5.1.1 unknown',
    failures: 3,
    alive: 2,
  };
  const gmail = { receiver: row.receiver, cause: row.cause };

  it('adds up what comes into one slot, and tells it in the order of time', async () => {
    const store = using.store();
    await store.write(plan({ surges: [{ ...row, slot: T0 + SLOT }] }));
    await store.write(plan({ surges: [row, { ...row, cause: 'other' }, { ...row, tenant: 'rival' }] }));
    await store.write(plan({ surges: [row] }));
    expect(await store.surges('default', gmail, T0)).toEqual([
      { slot: T0, failures: 6, alive: 4 },
      { slot: T0 + SLOT, failures: 3, alive: 2 },
    ]);
    expect(await store.surges('default', gmail, T0 + 1)).toHaveLength(1);
    expect(await store.surges('nobody', gmail, T0)).toEqual([]);
  });

  it('tells the clusters that have so many of either', async () => {
    const store = using.store();
    await store.write(
      plan({
        surges: [
          { ...row, slot: T0 - SLOT, failures: 100 },
          row,
          { ...row, slot: T0 + SLOT },
          { ...row, receiver: 'a.example', failures: 9, alive: 0 },
          { ...row, receiver: 'b.example', failures: 2, alive: 2 },
        ],
      }),
    );
    expect(await store.surging('default', T0, { failures: 9, alive: 4 })).toEqual([
      { receiver: 'a.example', cause: row.cause, failures: 9, alive: 0 },
      { ...gmail, failures: 6, alive: 4 },
    ]);
    expect(await store.surging('default', T0, { failures: 10, alive: 5 })).toEqual([]);
  });

  it('knows whether deliveries are reported', async () => {
    const store = using.store();
    const hour = T0 - (T0 % 3_600_000);
    await store.write(plan({ stats: [stat({ hour, kind: 'bounce' })] }));
    expect(await store.isFed('default', T0)).toBe(false);
    await store.write(plan({ stats: [stat({ hour, kind: 'delivery' })] }));
    expect(await store.isFed('default', T0)).toBe(true);
    expect(await store.isFed('default', T0 + 2 * 3_600_000)).toBe(false);
    expect(await store.isFed('rival', T0)).toBe(false);
  });

  it('forgets what is older than its time', async () => {
    const store = using.store();
    await store.write(plan({ surges: [row, { ...row, slot: T0 + SLOT }] }));
    expect(await store.prune({ receipts: 0, notes: 0, forget: 0, surges: T0 + 1, hours: 0 })).toBe(1);
    expect(await store.surges('default', gmail, 0)).toHaveLength(1);
  });
}

export function incidents(using: Using): void {
  it('is opened once for what fails alike, whoever comes first', async () => {
    const store = using.store();
    const put = (row: ReturnType<typeof incident>) => store.configure({ put: 'incident', row }, null);
    expect(await put(incident())).toBe('done');
    expect(await put(incident({ id: 'inc_2' }))).toBe('stale');
    expect(await put(incident({ id: 'inc_2', cause: 'other' }))).toBe('done');
    expect(await put(incident({ id: 'inc_3', tenant: 'rival' }))).toBe('done');
    expect(await put(incident({ state: 'released', closed_at: T0 + 1 }))).toBe('done');
    expect(await put(incident({ id: 'inc_4' }))).toBe('done');
  });

  it('is shown newest first, open ones alone, or those and what was closed of late', async () => {
    const store = using.store();
    for (const row of [
      incident({ closed_at: T0 + 1, state: 'passed' }),
      incident({ id: 'inc_2' }),
      incident({ id: 'inc_3', cause: 'other' }),
      incident({ id: 'inc_4', tenant: 'rival' }),
    ])
      await store.configure({ put: 'incident', row }, null);
    const ids = async (query: object) =>
      (await store.incidents('default', { ...all, ...query })).rows.map(({ id }) => id);
    expect(await ids({})).toEqual(['inc_3', 'inc_2', 'inc_1']);
    expect(await ids({ open: true })).toEqual(['inc_3', 'inc_2']);
    expect(await ids({ closedSince: T0 + 1 })).toEqual(['inc_3', 'inc_2', 'inc_1']);
    expect(await ids({ closedSince: T0 + 2 })).toEqual(['inc_3', 'inc_2']);
    expect(await ids({ after: ['inc_3'], limit: 1 })).toEqual(['inc_2']);
    expect(await store.incident('default', 'inc_1')).toEqual(
      incident({ closed_at: T0 + 1, state: 'passed' }),
    );
    expect(await store.incident('rival', 'inc_1')).toBeNull();
  });

  it('is told how far it has come, unless it was closed meanwhile', async () => {
    const store = using.store();
    const progress = {
      tenant: 'default',
      id: 'inc_1',
      last_at: T0 + 5,
      read_to: T0 + 4,
      failures: 3,
      held: 2,
    };
    await store.configure({ put: 'incident', row: incident() }, null);
    await store.configure({ note: 'incident', row: progress }, null);
    expect(await store.incident('default', 'inc_1')).toEqual(incident(progress));
    const closed = incident({ ...progress, state: 'confirmed', closed_at: T0 + 9 });
    await store.configure({ put: 'incident', row: closed }, null);
    await store.configure({ note: 'incident', row: { ...progress, held: 99 } }, null);
    expect(await store.incident('default', 'inc_1')).toEqual(closed);
  });
}
