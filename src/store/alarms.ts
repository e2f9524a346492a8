/** What alarms are judged by, whose turn it is, and how far mail of them has come. */

import { gte, isNotNull, or } from 'drizzle-orm';
import type { Driver } from './driver.ts';
import { typedReads } from './list.ts';
import * as schema from './schema.ts';
import { inserting, jsonParameters, rowsOf } from './statements.ts';
import type { Store } from './store.ts';

const { sources, sourceHours, mailPlaces } = schema;

const counts = ['proven', 'rejected', 'untimely', 'items', 'early', 'unmapped', 'unreadable'] as const;
const addHours = inserting(
  sourceHours,
  `on conflict (source_id, hour) do update set ${counts.map((name) => `${name} = source_hours.${name} + excluded.${name}`).join(', ')}`,
);
const beginPlaces = inserting(mailPlaces, 'on conflict do nothing');
const places = rowsOf(mailPlaces);
const hours = rowsOf(sourceHours);

const due = `select tenants.id, ${places.columns('p')} from tenants
  left join mail_places as p on p.receiver = ? and p.tenant = tenants.id
  where p.receiver is null or (p.next_at <= ? and exists
    (select 1 from notices where notices.tenant = p.tenant and notices.seq > p.notices_to))`;

type Alerting = Pick<
  Store,
  | 'countHours'
  | 'sourceHours'
  | 'hoursSince'
  | 'alarmingSources'
  | 'takeTurn'
  | 'dueMail'
  | 'beginMail'
  | 'moveMail'
>;

export function alertingOf(driver: Driver): Alerting {
  const db = typedReads(driver);
  const { askedTexts, lookUp } = driver.dialect;
  return {
    countHours: (rows) => driver.transact(addHours(rows)),
    async sourceHours(tenant, ids, since) {
      const sql = `select ${hours.columns('h')} from ${askedTexts}
        ${lookUp('source_hours', 'h', 'h.source_id = cast(asked.value as text) and h.hour >= ? and h.tenant = ?')}`;
      const found = [];
      for (const json of jsonParameters(ids))
        found.push(...(await driver.rows({ sql, params: [json, since, tenant] })));
      return found.map(hours.read);
    },
    hoursSince: (since) => db.select().from(sourceHours).where(gte(sourceHours.hour, since)),
    alarmingSources: () =>
      db
        .select()
        .from(sources)
        .where(
          or(
            isNotNull(sources.rejected_since),
            isNotNull(sources.skewed_since),
            isNotNull(sources.unmapped_since),
            isNotNull(sources.unreadable_since),
          ),
        ),
    async takeTurn(work, now, until) {
      const rows = await driver.rows({
        sql: `insert into turns (work, until) values (?, ?)
          on conflict (work) do update set until = excluded.until where turns.until <= ? returning 1`,
        params: [work, until, now],
      });
      return rows.length > 0;
    },
    async dueMail(receiver, now) {
      const rows = await driver.rows({ sql: due, params: [receiver, now] });
      return rows.map(([tenant, ...place]) => ({
        tenant: tenant as string,
        place: place[0] === null ? null : places.read(place),
      }));
    },
    beginMail: (row) => driver.transact(beginPlaces([row])),
    async moveMail({ receiver, tenant, notices_to, next_at }, to) {
      const rows = await driver.rows({
        sql: `update mail_places set notices_to = ?, attempts = ?, failing_since = ?, next_at = ?
          where receiver = ? and tenant = ? and notices_to = ? and next_at = ? returning 1`,
        params: [
          to.notices_to,
          to.attempts,
          to.failing_since,
          to.next_at,
          receiver,
          tenant,
          notices_to,
          next_at,
        ],
      });
      return rows.length > 0;
    },
  };
}
