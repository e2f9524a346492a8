/** What is told to others, and how far each of them has been told. */
import { and, asc, eq, gt, inArray, lte, sql } from 'drizzle-orm';
import { ERASED_DOMAIN } from '../core/pseudonym.ts';
import type { Driver } from './driver.ts';
import { typedReads } from './list.ts';
import * as schema from './schema.ts';
import type { Store } from './store.ts';

const { webhooks, sourceLists, sourceDrifts, notices, suppressions } = schema;

/** Behind every id. */
const BEHIND_ALL = '\uffff';

/** Who is blocked from all mail by what was decided here, and whether the provider is known to have them. */
const pushable = (columns: string, rest: string): string => `select ${columns} from (
  select s.address, max(case when a.listed_at like ? then 1 else 0 end) as listed from suppressions as s
  left join addresses as a on a.tenant = s.tenant and a.address = s.address
  where s.tenant = ? and s.state = 'active' and s.stream = '*' and (s.until is null or s.until > ?)
    and not (s.origin = 'provider' and coalesce(s.provider, '') = ?)
    and not (s.reason in ('hard-bounce', 'soft-bounce') and coalesce(a.allowed_until, 0) > ?)
    and s.address not like '@%' and s.address not like '%@${ERASED_DOMAIN}'
  group by s.address) as found ${rest}`;

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
  | 'dueSourceDrifts'
  | 'sourceDrift'
  | 'changesBehind'
  | 'noticesAfter'
  | 'lastNotice'
  | 'ranOut'
  | 'pushable'
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

    async dueSourceDrifts(now) {
      const rows = await driver.rows({
        sql: `select l.tenant, l.id, d.next_at from source_lists as l
          left join source_drifts as d on d.tenant = l.tenant and d.id = l.id
          where d.next_at is null or d.next_at <= ? order by d.next_at`,
        params: [now],
      });
      return rows.map(([tenant, id, next]) => ({
        tenant: String(tenant),
        id: String(id),
        drift: next as number | null,
      }));
    },

    sourceDrift: async (tenant, id) =>
      (
        await db
          .select()
          .from(sourceDrifts)
          .where(and(eq(sourceDrifts.tenant, tenant), eq(sourceDrifts.id, id)))
      )[0] ?? null,

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

    ranOut: (tenant, { expired_to, expired_after }, to, limit) =>
      db
        .select()
        .from(suppressions)
        .where(
          and(
            eq(suppressions.tenant, tenant),
            // As one comparison of pairs: of an "or" SQLite makes no range.
            sql`(${suppressions.until}, ${suppressions.id}) > (${expired_to}, ${expired_after ?? BEHIND_ALL})`,
            lte(suppressions.until, to),
            inArray(suppressions.state, ['active', 'held']),
          ),
        )
        .orderBy(asc(suppressions.until), asc(suppressions.id))
        .limit(limit),

    async pushable(tenant, provider, now, most) {
      const params = [`%${JSON.stringify(provider)}%`, tenant, now, provider, now];
      const [row] = await driver.rows({ sql: pushable('count(*), sum(listed)', ''), params });
      const samples = await driver.rows({
        sql: pushable('address', 'where listed = 0 order by address limit ?'),
        params: [...params, most],
      });
      return {
        addresses: Number(row?.[0] ?? 0),
        listed: Number(row?.[1] ?? 0),
        samples: samples.map(([address]) => String(address)),
      };
    },
  };
}
