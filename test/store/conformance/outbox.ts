/** What is told to others. */
import { expect, it } from 'vitest';
import { addressRow, change, entry, plan, source, sourceDrift, sourceList, T0, webhook } from '../rows.ts';
import type { Using } from './ground.ts';

export function telling(using: Using): void {
  it('keeps a receiver, changes it, and tells when it is due', async () => {
    const store = using.store();
    await store.configure({ put: 'webhook', row: webhook() }, null);
    await store.configure({ put: 'webhook', row: webhook({ id: 'whk_2', disabled: 1 }) }, null);
    await store.configure({ put: 'webhook', row: webhook({ tenant: 'rival', next_at: T0 + 5 }) }, null);
    expect(await store.webhooks('default')).toHaveLength(2);
    expect(await store.dueWebhooks(T0 - 1)).toEqual([]);
    expect((await store.dueWebhooks(T0)).map(({ tenant, id }) => `${tenant} ${id}`)).toEqual([
      'default whk_1',
    ]);
    expect(await store.dueWebhooks(T0 + 5)).toHaveLength(2);
    await store.configure({ put: 'webhook', row: webhook({ url: 'https://other.example/' }) }, null);
    expect(await store.webhook('default', 'whk_1')).toMatchObject({ url: 'https://other.example/' });
    await store.configure({ drop: 'webhook', tenant: 'default', id: 'whk_1' }, null);
    expect(await store.webhook('default', 'whk_1')).toBeNull();
    expect(await store.webhook('rival', 'whk_1')).not.toBeNull();
  });

  it('is delivered to by one alone, and told how far that came', async () => {
    const store = using.store();
    const row = webhook();
    await store.configure({ put: 'webhook', row }, null);
    expect(await store.claimWebhook(row, T0 + 60)).toBe(true);
    expect(await store.claimWebhook(row, T0 + 60)).toBe(false);
    const { url, secrets, types, created_at, ...progress } = webhook({
      changes_to: 7,
      attempts: 2,
      last_status: 500,
    });
    await store.configure({ note: 'webhook', row: progress }, null);
    expect(await store.webhook('default', 'whk_1')).toEqual({ ...progress, url, secrets, types, created_at });
  });

  it('keeps access to a provider’s list, tells when it is due, and lets one alone write', async () => {
    const store = using.store();
    const row = sourceList();
    await store.configure({ put: 'source-list', row }, null);
    await store.configure({ put: 'source-list', row: sourceList({ id: 'generic_2', write_back: 0 }) }, null);
    await store.configure(
      { put: 'source-list', row: sourceList({ tenant: 'rival', next_at: T0 + 5 }) },
      null,
    );
    expect(await store.sourceLists('default')).toHaveLength(2);
    expect(await store.dueSourceLists(T0 - 1)).toEqual([]);
    expect((await store.dueSourceLists(T0)).map(({ tenant, id }) => `${tenant} ${id}`)).toEqual([
      'default generic_1',
    ]);
    expect(await store.claimSourceList(row, T0 + 60)).toBe(true);
    expect(await store.claimSourceList(row, T0 + 60)).toBe(false);
    const { access, created_at, ...progress } = sourceList({ changes_to: 7, added: 3, last_error: 'x' });
    await store.configure({ note: 'source-list', row: progress }, null);
    expect(await store.sourceList('default', 'generic_1')).toEqual({ ...progress, access, created_at });
    expect(await store.sourceList('rival', 'generic_1')).toMatchObject({ added: 0 });
    await store.configure({ drop: 'source-list', tenant: 'default', id: 'generic_2' }, null);
    expect(await store.sourceLists('default')).toHaveLength(1);
    await store.configure({ drop: 'source', tenant: 'default', id: 'generic_1' }, null);
    expect(await store.sourceLists('default')).toEqual([]);
    expect(await store.sourceLists('rival')).toHaveLength(1);
  });

  it('tells whose list is to be compared, keeps the report, and drops it with the access', async () => {
    const store = using.store();
    const row = sourceList();
    const rival = sourceList({ tenant: 'rival' });
    for (const one of [row, rival]) await store.configure({ put: 'source-list', row: one }, null);
    expect(await store.dueSourceDrifts(T0)).toHaveLength(2);
    const drift = sourceDrift();
    await store.configure({ put: 'source-drift', row: drift }, null);
    await store.configure({ put: 'source-drift', row: { ...drift, there: 9 } }, null);
    expect(await store.sourceDrift('default', row.id)).toEqual(drift);
    expect((await store.dueSourceDrifts(T0)).map(({ tenant, drift: at }) => [tenant, at])).toEqual(
      expect.arrayContaining([
        ['rival', null],
        ['default', T0],
      ]),
    );
    const found = { next_at: T0 + 5, compared_at: T0, only_there: 2 };
    const note = { note: 'source-drift', row: { tenant: 'default', id: row.id, ...found } } as const;
    await store.configure(note, null);
    expect(await store.sourceDrift('default', row.id)).toEqual({ ...drift, ...found });
    expect((await store.dueSourceDrifts(T0 + 4)).map(({ tenant }) => tenant)).toEqual(['rival']);
    await store.configure({ drop: 'source-list', tenant: 'default', id: row.id }, null);
    await store.configure(note, null);
    expect(await store.sourceDrift('default', row.id)).toBeNull();
    await store.configure({ put: 'source-drift', row: sourceDrift({ tenant: 'rival' }) }, null);
    await store.configure({ drop: 'source', tenant: 'rival', id: row.id }, null);
    expect(await store.sourceDrift('rival', row.id)).toBeNull();
  });

  it('counts how many changes come after a place, up to a bound', async () => {
    const store = using.store();
    await store.write(plan({ changes: [1, 2, 3].map((i) => change({ address: `p${i}@a.test` })) }));
    const last = await store.lastChange('default');
    expect(await store.changesBehind('default', 0, 10)).toBe(3);
    expect(await store.changesBehind('default', 0, 2)).toBe(2);
    expect(await store.changesBehind('default', last - 1, 10)).toBe(1);
    expect(await store.changesBehind('rival', 0, 10)).toBe(0);
  });

  it('numbers notices, and tells those after one', async () => {
    const store = using.store();
    const row = { tenant: 'default', at: T0, type: 'incident.opened', data: '{}' };
    await store.configure(
      [
        { put: 'notice', row },
        { put: 'notice', row: { ...row, tenant: 'rival' } },
      ],
      null,
    );
    await store.configure({ put: 'notice', row: { ...row, at: T0 + 1 } }, null);
    const all = await store.noticesAfter('default', 0, 10);
    expect(all.map(({ at }) => at)).toEqual([T0, T0 + 1]);
    expect(await store.noticesAfter('default', all[0]?.seq ?? 0, 10)).toHaveLength(1);
    expect(await store.lastNotice('default')).toBe(all[1]?.seq);
    expect(await store.lastNotice('nobody')).toBe(0);
  });

  it('tells what ran out between two times, in that order', async () => {
    const store = using.store();
    const rows = [5, 3, 4, 9].map((until, i) =>
      entry({ id: `sup_${i}`, address: `p${i}@a.test`, until: T0 + until }),
    );
    const released = entry({ id: 'sup_r', address: 'r@a.test', until: T0 + 4, state: 'released' });
    const ever = entry({ id: 'sup_ever', address: 'e@a.test' });
    const addresses = [...rows, released, ever].map(({ address }) => addressRow({ address }));
    await store.write(plan({ entries: [...rows, released, ever], addresses }));
    const untils = async (from: number, to: number, limit = 10, expired_after: string | null = null) => {
      const place = { expired_to: T0 + from, expired_after };
      return (await store.ranOut('default', place, T0 + to, limit)).map(({ until }) => (until ?? 0) - T0);
    };
    expect(await untils(3, 5)).toEqual([4, 5]);
    expect(await untils(0, 9, 2)).toEqual([3, 4]);
    expect(await untils(3, 5, 10, 'sup_0')).toEqual([3, 4, 5]);
    expect(await untils(3, 5, 10, 'sup_1')).toEqual([4, 5]);
    expect(await store.ranOut('rival', { expired_to: 0, expired_after: null }, T0 + 99, 10)).toEqual([]);
  });

  it('tells who would be put on a provider’s own list, and whom it is known to have', async () => {
    const store = using.store();
    const rows = [
      entry({ id: 'sup_1', address: 'ann@a.test' }),
      entry({ id: 'sup_2', address: 'ann@a.test', reason: 'complaint' }),
      entry({ id: 'sup_3', address: 'bob@a.test', until: T0 + 1 }),
      entry({ id: 'sup_4', address: 'cat@a.test' }),
      entry({ id: 'sup_5', address: 'over@a.test', until: T0 }),
      entry({ id: 'sup_6', address: 'held@a.test', state: 'held' }),
      entry({ id: 'sup_7', address: 'news@a.test', stream: 'news' }),
      entry({ id: 'sup_8', address: '@a.test' }),
      entry({ id: 'sup_9', address: 'its@a.test', origin: 'provider', provider: 'sendgrid' }),
      entry({ id: 'sup_10', address: 'erased@erased.invalid' }),
      entry({ id: 'sup_11', address: 'zoe@a.test', tenant: 'rival' }),
    ];
    const addresses = [...new Map(rows.map((row) => [row.address, row])).values()].map(
      ({ tenant, address }) =>
        addressRow({ tenant, address, listedAt: address.startsWith('cat') ? ['mailgun', 'sendgrid'] : [] }),
    );
    await store.write(plan({ entries: rows, addresses }));
    expect(await store.pushable('default', 'sendgrid', T0, 1)).toEqual({
      addresses: 3,
      listed: 1,
      samples: ['ann@a.test'],
    });
    expect(await store.pushable('default', 'postmark', T0, 10)).toMatchObject({
      addresses: 4,
      listed: 0,
      samples: ['ann@a.test', 'bob@a.test', 'cat@a.test', 'its@a.test'],
    });
    expect(await store.pushable('nobody', 'sendgrid', T0, 10)).toEqual({
      addresses: 0,
      listed: 0,
      samples: [],
    });
  });

  it('notes that a source is silent, and keeps it when the source is changed', async () => {
    const store = using.store();
    await store.configure({ put: 'source', row: source() }, null);
    await store.configure({ note: 'source', id: source().id, silent_since: T0 }, null);
    await store.configure({ put: 'source', row: source({ name: 'other' }) }, null);
    expect(await store.source(source().id)).toMatchObject({ name: 'other', silent_since: T0 });
  });
}
