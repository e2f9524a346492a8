/** What is told to others, and how far each of them has been told. */

import { and, asc, eq, gt, inArray, lte } from 'drizzle-orm';
import type { Driver } from './driver.ts';
import { typedReads } from './list.ts';
import * as schema from './schema.ts';
import type { Store } from './store.ts';

const { webhooks, sourceLists, notices, suppressions } = schema;

type Outbox = Pick<
  Store,
  | 'webhooks'
  | 'webhook'
  | 'dueWebhooks'
  | 'claimWebhook'
  | 'sourceLists'
  | 'sourceList'
  | 'dueSourceLists'
  | 'claimSourceList'
  | 'changesBehind'
  | 'noticesAfter'
  | 'lastNotice'
  | 'ranOut'
>;

export function outboxOf(driver: Driver): Outbox {
  const db = typedReads(driver);
  const claim =
    (table: 'webhooks' | 'source_lists', isOn: string) =>
    async (
      { tenant, id, next_at }: { readonly tenant: string; readonly id: string; readonly next_at: number },
      until: number,
    ): Promise<boolean> => {
      const rows = await driver.rows({
        sql: `update ${table} set next_at = ? where tenant = ? and id = ? and next_at = ? and ${isOn} returning 1`,
        params: [until, tenant, id, next_at],
      });
      return rows.length > 0;
    };
  return {
    webhooks: (tenant) =>
      db.select().from(webhooks).where(eq(webhooks.tenant, tenant)).orderBy(asc(webhooks.id)),

    webhook: async (tenant, id) =>
      (
        await db
          .select()
          .from(webhooks)
          .where(and(eq(webhooks.tenant, tenant), eq(webhooks.id, id)))
      )[0] ?? null,

    dueWebhooks: (now) =>
      db
        .select()
        .from(webhooks)
        .where(and(eq(webhooks.disabled, 0), lte(webhooks.next_at, now)))
        .orderBy(asc(webhooks.next_at)),

    claimWebhook: claim('webhooks', 'disabled = 0'),

    sourceLists: (tenant) =>
      db.select().from(sourceLists).where(eq(sourceLists.tenant, tenant)).orderBy(asc(sourceLists.id)),

    sourceList: async (tenant, id) =>
      (
        await db
          .select()
          .from(sourceLists)
          .where(and(eq(sourceLists.tenant, tenant), eq(sourceLists.id, id)))
      )[0] ?? null,

    dueSourceLists: (now) =>
      db
        .select()
        .from(sourceLists)
        .where(and(eq(sourceLists.write_back, 1), lte(sourceLists.next_at, now)))
        .orderBy(asc(sourceLists.next_at)),

    claimSourceList: claim('source_lists', 'write_back = 1'),

    async changesBehind(tenant, seq, most) {
      const [row] = await driver.rows({
        sql: 'select count(*) from (select 1 from changes where tenant = ? and seq > ? limit ?) as behind',
        params: [tenant, seq, most],
      });
      return Number(row?.[0]);
    },

    noticesAfter: (tenant, seq, limit) =>
      db
        .select()
        .from(notices)
        .where(and(eq(notices.tenant, tenant), gt(notices.seq, seq)))
        .orderBy(asc(notices.seq))
        .limit(limit),

    async lastNotice(tenant) {
      const [row] = await driver.rows({
        sql: 'select max(seq) from notices where tenant = ?',
        params: [tenant],
      });
      return (row?.[0] as number | null | undefined) ?? 0;
    },

    ranOut: (tenant, from, to, limit) =>
      db
        .select()
        .from(suppressions)
        .where(
          and(
            eq(suppressions.tenant, tenant),
            gt(suppressions.until, from),
            lte(suppressions.until, to),
            inArray(suppressions.state, ['active', 'held']),
          ),
        )
        .orderBy(asc(suppressions.until), asc(suppressions.id))
        .limit(limit),
  };
}
