/** Counts by the hour: of events by what they say and of whom, and of what began and ceased to block. By the day: of the rules that decided. */

import { and, eq, gte, lt, type SQL, sql } from 'drizzle-orm';
import { DAY, HOUR } from '../core/time.ts';
import type { Driver, Insert } from './driver.ts';
import { typedReads } from './list.ts';
import * as schema from './schema.ts';
import { inserting } from './statements.ts';
import type { ListStatRow, StatDimension, StatRow, Store, WritePlan } from './store.ts';

const { stats, codeStats, listStats, ruleCounts } = schema;
const hourOf = (at: number): number => at - (at % HOUR);

const addStats = inserting(
  stats,
  'on conflict (tenant, hour, kind, provider, code, enhanced, category, domain) do update set count = stats.count + excluded.count',
);
const addCodeStats = inserting(
  codeStats,
  'on conflict (tenant, hour, kind, code, enhanced, category) do update set count = code_stats.count + excluded.count',
);
const addListStats = inserting(
  listStats,
  `on conflict (tenant, hour, reason) do update set suppressed = list_stats.suppressed + excluded.suppressed,
  released = list_stats.released + excluded.released`,
);
const addRuleCounts = inserting(
  ruleCounts,
  'on conflict (tenant, day, rule) do update set count = rule_counts.count + excluded.count',
);

/** What a write adds to the counts. */
export const countedBy = ({
  stats: rows,
  ruleCounts: rules,
  changes,
}: Pick<WritePlan, 'stats' | 'ruleCounts' | 'changes'>): Insert[] => [
  ...addStats(rows),
  ...addRuleCounts(rules),
  ...addCodeStats(byCode(rows)),
  ...addListStats(moved(changes)),
];

function byCode(rows: readonly StatRow[]): (typeof codeStats.$inferSelect)[] {
  const sums = new Map<string, typeof codeStats.$inferSelect>();
  for (const { tenant, hour, kind, code, enhanced, category, count } of rows) {
    const key = [tenant, hour, kind, code, enhanced, category].join('\n');
    const known = sums.get(key)?.count ?? 0;
    sums.set(key, { tenant, hour, kind, code, enhanced, category, count: known + count });
  }
  return [...sums.values()];
}

/** What stood and stands still, or stood no more and is released, has not moved. */
function moved(changes: WritePlan['changes']): ListStatRow[] {
  const sums = new Map<string, ListStatRow>();
  for (const { tenant, at, reason, state, was } of changes) {
    const suppressed = Number(state !== 'released' && was === null);
    const released = Number(state === 'released' && was !== null);
    if (suppressed + released === 0) continue;
    const hour = hourOf(at);
    const key = [tenant, hour, reason].join('\n');
    const known = sums.get(key);
    sums.set(key, {
      tenant,
      hour,
      reason,
      suppressed: (known?.suppressed ?? 0) + suppressed,
      released: (known?.released ?? 0) + released,
    });
  }
  return [...sums.values()];
}

export function countersOf(driver: Driver): Pick<Store, 'statistics' | 'receivers' | 'moves' | 'ruleCounts'> {
  const db = typedReads(driver);
  return {
    async statistics(tenant, from, to, by) {
      // The sums are a fraction as long: whoever asks for no receiver gets them.
      const table = by.includes('provider') || by.includes('domain') ? stats : codeStats;
      const keys = by.map((name) => dimension(table, name));
      const rows = await db
        .select({
          count: sql<number>`cast(sum(${table.count}) as bigint)`,
          ...Object.fromEntries(keys.map((key, i) => [`key${i}`, key])),
        })
        .from(table)
        .where(and(eq(table.tenant, tenant), gte(table.hour, hourOf(from)), lt(table.hour, to)))
        .groupBy(...keys)
        .orderBy(...keys);
      return rows
        .map(({ count, ...key }) => ({ key: Object.values(key) as (string | number)[], count: count ?? 0 }))
        .filter((row) => row.count > 0);
    },

    async receivers(tenant, from, to, { kinds, code, enhanced, category, domains }, limit) {
      const same = Object.entries({ code, enhanced, category }).filter(([, value]) => value !== undefined);
      const values = same.map(([, value]) => value as string);
      const equal = (alias: string) => same.map(([name]) => ` and ${alias}.${name} = ?`).join('');
      const marks = (of: readonly unknown[]) => of.map(() => '?').join(', ');
      // Only the hours and kinds that have any: deliveries, which are most of the rows, are passed over.
      const rows = await driver.rows({
        sql: `select s.domain, cast(sum(s.count) as bigint) from (
            select distinct tenant, hour, kind from code_stats c
            where tenant = ? and hour >= ? and hour < ? and kind in (${marks(kinds)})${equal('c')}
          ) h join stats s on s.tenant = h.tenant and s.hour = h.hour and s.kind = h.kind
          where true${equal('s')}${domains === undefined ? '' : ` and s.domain in (${marks(domains)})`}
          group by s.domain order by 2 desc, 1 limit ?`,
        params: [tenant, hourOf(from), to, ...kinds, ...values, ...values, ...(domains ?? []), limit],
      });
      return rows.map(([domain, count]) => ({ domain: domain as string, count: count as number }));
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

    moves: (tenant, from, to) =>
      db
        .select()
        .from(listStats)
        .where(and(eq(listStats.tenant, tenant), gte(listStats.hour, hourOf(from)), lt(listStats.hour, to)))
        .orderBy(listStats.hour, listStats.reason),
  };
}

/** A column of either table; of providers and domains it is asked only where there are any. */
const dimension = (table: typeof stats | typeof codeStats, name: StatDimension): SQL => {
  if (name === 'day') return sql`${table.hour} - ${table.hour} % 86400000`;
  if (name === 'provider' || name === 'domain') return sql`${stats[name]}`;
  return sql`${table[name]}`;
};
