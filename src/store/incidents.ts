/** Surges of failures that are alike, and the incidents that were made of them. */

import { and, desc, eq, gte, isNull, lt, or } from 'drizzle-orm';
import type { Driver } from './driver.ts';
import { page, typedReads } from './list.ts';
import * as schema from './schema.ts';
import type { Store } from './store.ts';

const { incidents, stats } = schema;
const HOUR = 3_600_000;

// Asked every few seconds while failures come.
const texts = {
  surging: `select receiver, cause, cast(sum(failures) as bigint), cast(sum(alive) as bigint) from surges
    where tenant = ? and slot >= ? group by receiver, cause having sum(failures) >= ? or sum(alive) >= ?
    order by receiver, cause`,
  surges: `select slot, failures, alive from surges
    where tenant = ? and slot >= ? and receiver = ? and cause = ? order by slot`,
};

type Incidents = Pick<Store, 'surging' | 'surges' | 'isFed' | 'incidents' | 'incident'>;

export function incidentsOf(driver: Driver): Incidents {
  const db = typedReads(driver);
  return {
    async surging(tenant, since, least) {
      const rows = await driver.rows({
        sql: texts.surging,
        params: [tenant, since, least.failures, least.alive],
      });
      return rows.map(([receiver, cause, failures, alive]) => ({
        receiver: String(receiver),
        cause: String(cause),
        failures: Number(failures),
        alive: Number(alive),
      }));
    },

    async surges(tenant, { receiver, cause }, since) {
      const rows = await driver.rows({ sql: texts.surges, params: [tenant, since, receiver, cause] });
      return rows.map(([slot, failures, alive]) => ({
        slot: Number(slot),
        failures: Number(failures),
        alive: Number(alive),
      }));
    },

    async isFed(tenant, since) {
      const found = await db
        .select({ hour: stats.hour })
        .from(stats)
        .where(
          and(eq(stats.tenant, tenant), gte(stats.hour, since - (since % HOUR)), eq(stats.kind, 'delivery')),
        )
        .limit(1);
      return found.length > 0;
    },

    async incidents(tenant, query) {
      const rows = await db
        .select()
        .from(incidents)
        .where(
          and(
            eq(incidents.tenant, tenant),
            query.after === null ? undefined : lt(incidents.id, String(query.after[0])),
            query.open === true ? isNull(incidents.closed_at) : undefined,
            query.closedSince === undefined
              ? undefined
              : or(isNull(incidents.closed_at), gte(incidents.closed_at, query.closedSince)),
          ),
        )
        .orderBy(desc(incidents.id))
        .limit(query.limit + 1);
      return page(rows, query, ({ id }) => [id]);
    },

    incident: async (tenant, id) =>
      (
        await db
          .select()
          .from(incidents)
          .where(and(eq(incidents.tenant, tenant), eq(incidents.id, id)))
      )[0] ?? null,
  };
}
