/** Receipts that wait for their source, and how that ends. */
import { expect, it } from 'vitest';
import { auditRow, DAY, plan, receipt, source, T0 } from '../rows.ts';
import { all, rowCounts, type Using } from './ground.ts';

const row = (id: string, source_id = 'generic_1', tenant = 'default') => ({
  tenant,
  source_id,
  receipt_id: id,
});

export function waiting(using: Using): void {
  const begin = (ids: readonly string[], source_id = 'generic_1') =>
    using.store().write(
      plan({
        receipts: ids.map((id) => receipt({ id, source_id, body: new Uint8Array(1_048_577) })),
        waiting: ids.map((id) => row(id, source_id)),
      }),
    );

  it('is counted by source, told in the order of ids, and of the own tenant only', async () => {
    const store = using.store();
    await begin(['rcp_2', 'rcp_1', 'rcp_3']);
    await begin(['rcp_4'], 'generic_2');
    expect(await store.waitingCounts('default')).toEqual(
      new Map([
        ['generic_1', 3],
        ['generic_2', 1],
      ]),
    );
    expect(await store.waitingOf('default', 'generic_1', 2)).toEqual(['rcp_1', 'rcp_2']);
    expect(await store.waitingCounts('other')).toEqual(new Map());
    expect(await store.waitingOf('other', 'generic_1', 9)).toEqual([]);
  });

  it('ends with what is written then, the receipt among it', async () => {
    const store = using.store();
    await begin(['rcp_1', 'rcp_2']);
    const kept = receipt({ id: 'rcp_1', body: new TextEncoder().encode('cleaned') });
    expect(await store.write(plan({ resumed: [row('rcp_1'), row('rcp_2')], receipts: [kept] }))).toBe('done');
    expect(await store.receipt('default', 'rcp_1')).toEqual(kept);
    expect(await store.receipt('default', 'rcp_2')).toBeNull();
    expect(await rowCounts(using.driver())).toMatchObject({ waiting: 0, receipts: 1, receipt_parts: 0 });
  });

  it('makes a source resumable that is not paused, or is not any more', async () => {
    const store = using.store();
    await store.configure({ put: 'source', row: source({ paused_at: T0 }) }, auditRow());
    await store.configure({ put: 'source', row: source({ id: 'generic_2' }) }, null);
    await begin(['rcp_1']);
    expect(await store.resumable()).toEqual([]);
    await store.configure({ put: 'source', row: source() }, null);
    expect(await store.resumable()).toEqual(['generic_1']);
  });

  it('keeps a receipt from being deleted by age, until its source is removed', async () => {
    const store = using.store();
    await store.configure({ put: 'source', row: source() }, auditRow());
    await begin(['rcp_1']);
    const late = { receipts: T0 + DAY, notes: 0, forget: 0, surges: 0, hours: 0 };
    expect(await store.prune(late)).toBe(0);
    await store.configure({ drop: 'source', tenant: 'default', id: 'generic_1' }, null);
    expect(await store.waitingCounts('default')).toEqual(new Map());
    expect(await store.prune(late)).toBeGreaterThan(0);
    expect((await store.receiptHeads('default', null, all)).rows).toEqual([]);
  });
}
