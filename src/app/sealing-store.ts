/** The store that keeps requests sealed, where addresses are hashed: they hold addresses in any form, and are read again whole. */
import type { QuarantineRow, ReceiptRow, Store } from '../store/store.ts';
import type { Pepper } from './pepper.ts';

export function sealingStore(store: Store, pepper: Pepper | null): Store {
  if (pepper === null) return store;
  const { seal } = pepper;
  const sealed = async <Row extends Pick<ReceiptRow, 'query' | 'body'>>(row: Row): Promise<Row> => ({
    ...row,
    query: await seal.seal(row.query),
    body: await seal.sealBytes(row.body),
  });
  const held = async <Row extends Pick<QuarantineRow, 'raw'>>(row: Row): Promise<Row> => ({
    ...row,
    raw: await seal.seal(row.raw),
  });
  const opened = async (row: ReceiptRow): Promise<ReceiptRow> => ({
    ...row,
    query: await seal.open(row.query),
    headers: await seal.open(row.headers),
    body: await seal.openBytes(row.body),
  });
  const shown = async (row: QuarantineRow): Promise<QuarantineRow> => ({
    ...row,
    raw: await seal.open(row.raw),
  });

  return {
    ...store,
    async write(plan) {
      const receipts = await Promise.all(
        plan.receipts.map(async (row) => ({
          ...(await sealed(row)),
          headers: await seal.seal(row.headers),
        })),
      );
      return store.write({ ...plan, receipts, quarantine: await Promise.all(plan.quarantine.map(held)) });
    },
    async receipt(tenant, id) {
      const row = await store.receipt(tenant, id);
      return row === null ? null : opened(row);
    },
    receiptsAfter: async (tenant, after, limit) =>
      Promise.all((await store.receiptsAfter(tenant, after, limit)).map(opened)),
    rewriteReceipt: async (row) => store.rewriteReceipt(await sealed(row)),
    async quarantined(tenant, request) {
      const page = await store.quarantined(tenant, request);
      return { ...page, rows: await Promise.all(page.rows.map(shown)) };
    },
    async quarantinedItem(tenant, id) {
      const row = await store.quarantinedItem(tenant, id);
      return row === null ? null : shown(row);
    },
    async configure(change, audit) {
      const changes = 'length' in change ? change : [change];
      const all = await Promise.all(
        changes.map(async (one) =>
          'note' in one && one.note === 'quarantine' ? { ...one, row: await held(one.row) } : one,
        ),
      );
      return store.configure(all, audit);
    },
  };
}
