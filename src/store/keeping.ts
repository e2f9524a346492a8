/** What is kept for a time: requests as they came, what could not be read, and how all of that ends. */

import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import type { Driver } from './driver.ts';
import { page, typedReads } from './list.ts';
import * as schema from './schema.ts';
import { jsonParameters } from './statements.ts';
import type { ReceiptRow, Store } from './store.ts';

const { receipts, receiptParts, quarantine } = schema;

/** Of one provider, the last seen. */
export const UNMAPPED_KEPT = 1_000;

/** What is in quarantine, or waits, may be read only from its receipt. In order, so that their parts are those of the same ones. */
const oldReceipts =
  'select id from receipts where received_at < ? and id not in (select receipt_id from quarantine) and id not in (select receipt_id from waiting) order by id limit 1000';

type Keeping = Pick<
  Store,
  'receipt' | 'receiptsKept' | 'receiptHeads' | 'quarantined' | 'quarantinedItem' | 'prune'
>;

export function keepingOf(driver: Driver): Keeping {
  const db = typedReads(driver);
  const { askedTexts, lookUp } = driver.dialect;
  const kept = `select t.id from ${askedTexts} ${lookUp('receipts', 't', 't.id = asked.value and t.tenant = ?')}`;
  return {
    async receipt(tenant, id) {
      const [row] = await db
        .select()
        .from(receipts)
        .where(and(eq(receipts.tenant, tenant), eq(receipts.id, id)));
      if (row === undefined) return null;
      const more = await db
        .select()
        .from(receiptParts)
        .where(eq(receiptParts.receipt_id, id))
        .orderBy(asc(receiptParts.part));
      return { ...row, body: joined([row.body, ...more.map((part) => part.bytes)]) } satisfies ReceiptRow;
    },

    async receiptsKept(tenant, ids) {
      const found = new Set<string>();
      for (const json of jsonParameters(ids))
        for (const [id] of await driver.rows({ sql: kept, params: [json, tenant] })) found.add(String(id));
      return found;
    },

    async receiptHeads(tenant, source, request) {
      const rows = await db
        .select({ id: receipts.id, source_id: receipts.source_id, received_at: receipts.received_at })
        .from(receipts)
        .where(
          and(
            eq(receipts.tenant, tenant),
            request.after === null ? undefined : gt(receipts.id, String(request.after[0])),
            source === null ? undefined : eq(receipts.source_id, source),
          ),
        )
        .orderBy(asc(receipts.id))
        .limit(request.limit + 1);
      return page(rows, request, ({ id }) => [id]);
    },

    async quarantined(tenant, request) {
      const after = request.after === null ? undefined : lt(quarantine.id, String(request.after[0]));
      const rows = await db
        .select()
        .from(quarantine)
        .where(and(eq(quarantine.tenant, tenant), after))
        .orderBy(desc(quarantine.id))
        .limit(request.limit + 1);
      return page(rows, request, (row) => [row.id]);
    },
    quarantinedItem: async (tenant, id) =>
      (
        await db
          .select()
          .from(quarantine)
          .where(and(eq(quarantine.tenant, tenant), eq(quarantine.id, id)))
      )[0] ?? null,

    async prune(before) {
      let deleted = 0;
      for (const [sql, bound] of [
        [`delete from receipt_parts where receipt_id in (${oldReceipts}) returning 1`, before.receipts],
        [`delete from receipts where id in (${oldReceipts}) returning 1`, before.receipts],
        [
          'delete from seen where (tenant, digest) in (select tenant, digest from seen where forget_at < ? limit 10000) returning 1',
          before.forget,
        ],
        [
          'delete from nonces where (tenant, provider, nonce) in (select tenant, provider, nonce from nonces where forget_at < ? limit 10000) returning 1',
          before.forget,
        ],
        [
          'delete from unmapped where (tenant, provider, kind, name) in (select tenant, provider, kind, name from (select *, row_number() over (partition by tenant, provider, kind order by last_at desc, name) as place from unmapped) as ranked where place > ?) returning 1',
          UNMAPPED_KEPT,
        ],
        [
          'delete from events where (tenant, id) in (select tenant, id from events where counts = 0 and received_at < ? limit 10000) returning 1',
          before.notes,
        ],
        ['delete from sessions where expires_at < ? returning 1', before.forget],
        [
          'delete from surges where (tenant, slot, receiver, cause) in (select tenant, slot, receiver, cause from surges where slot < ? limit 10000) returning 1',
          before.surges,
        ],
        [
          'delete from source_hours where (source_id, hour) in (select source_id, hour from source_hours where hour < ? limit 10000) returning 1',
          before.hours,
        ],
      ] as const) {
        deleted += (await driver.rows({ sql, params: [bound] })).length;
      }
      return deleted;
    },
  };
}

/** A blob column comes back as a Uint8Array from better-sqlite3 and as an array of numbers or a buffer from D1. */
function joined(parts: readonly unknown[]): Uint8Array {
  const bytes = parts.map((part) =>
    part instanceof Uint8Array ? part : new Uint8Array(part as ArrayBuffer | number[]),
  );
  const whole = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
