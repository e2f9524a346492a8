/** What was counted as it came: events by what they are and by the rule that decided them, and what no table knew. */
import { DAY, HOUR } from '../core/time.ts';
import type { Driver } from './driver.ts';
import { and, asc, desc, eq, gte, lt, type SQL, sql } from './drizzle.ts';
import { typedReads } from './list.ts';
import * as schema from './schema.ts';
import type { StatDimension, Store } from './store.ts';

const { stats, ruleCounts, unmapped } = schema;

const dimensions: Record<StatDimension, SQL> = {
  hour: sql`${stats.hour}`,
  day: sql`${stats.hour} - ${stats.hour} % 86400000`,
  kind: sql`${stats.kind}`,
  code: sql`${stats.code}`,
  category: sql`${stats.category}`,
  provider: sql`${stats.provider}`,
  domain: sql`${stats.domain}`,
};

export function statisticsOf(driver: Driver): Pick<Store, 'statistics' | 'ruleCounts' | 'unmapped'> {
  const db = typedReads(driver);
  return {
    async statistics(tenant, from, to, by) {
      const keys = by.map((name) => dimensions[name]);
      const rows = await db
        .select({
          count: sql<number>`cast(sum(${stats.count}) as bigint)`,
          ...Object.fromEntries(keys.map((key, i) => [`key${i}`, key])),
        })
        .from(stats)
        .where(and(eq(stats.tenant, tenant), gte(stats.hour, from - (from % HOUR)), lt(stats.hour, to)))
        .groupBy(...keys)
        .orderBy(...keys);
      return rows
        .map(({ count, ...key }) => ({ key: Object.values(key) as (string | number)[], count: count ?? 0 }))
        .filter((row) => row.count > 0);
    },

    async ruleCounts(tenant, since) {
      const rows = await db
        .select({
          rule: ruleCounts.rule,
          count: sql<number>`cast(sum(${ruleCounts.count}) as bigint)`,
          first: sql<number>`min(${ruleCounts.day})`,
        })
        .from(ruleCounts)
        .where(and(eq(ruleCounts.tenant, tenant), gte(ruleCounts.day, since - (since % DAY))))
        .groupBy(ruleCounts.rule);
      return {
        since: rows.length === 0 ? null : Math.min(...rows.map(({ first }) => first)),
        counts: new Map(rows.map(({ rule, count }) => [rule, count])),
      };
    },

    unmapped: (tenant, limit) =>
      db
        .select()
        .from(unmapped)
        .where(eq(unmapped.tenant, tenant))
        .orderBy(desc(unmapped.count), asc(unmapped.name))
        .limit(limit),
  };
}
