/** Receipts that wait for their paused source to be resumed. */
import type { Driver, Statement } from './driver.ts';
import type { Store, WaitingRow } from './store.ts';

const counts = 'select source_id, count(*) from waiting where tenant = ? group by source_id';
const next = 'select receipt_id from waiting where tenant = ? and source_id = ? order by receipt_id limit ?';
const resumable = `select id from sources as s where s.paused_at is null
  and exists (select 1 from waiting as w where w.tenant = s.tenant and w.source_id = s.id)`;

/** No index tells the receipts of a source: their ids are in the order of time, and so many are looked at. */
const LOOKED_AT = 500;
const last = `select r.id, r.received_at,
    exists (select 1 from waiting as w where w.tenant = r.tenant and w.source_id = r.source_id and w.receipt_id = r.id)
  from (select id, tenant, source_id, received_at from receipts order by id desc limit ${LOOKED_AT}) as r
  where r.tenant = ? and r.source_id = ? order by r.id desc limit ?`;

type Waiting = Pick<Store, 'waitingCounts' | 'waitingOf' | 'resumable' | 'lastReceipts'>;

export function waitingOf(driver: Driver): Waiting {
  return {
    async waitingCounts(tenant) {
      const rows = await driver.rows({ sql: counts, params: [tenant] });
      return new Map(rows.map(([source, count]) => [String(source), Number(count)]));
    },
    async waitingOf(tenant, source, limit) {
      const rows = await driver.rows({ sql: next, params: [tenant, source, limit] });
      return rows.map(([id]) => String(id));
    },
    async lastReceipts(tenant, source, limit) {
      const rows = await driver.rows({ sql: last, params: [tenant, source, limit] });
      return rows.map(([id, at, waits]) => ({
        id: String(id),
        received_at: Number(at),
        waits: Boolean(waits),
      }));
    },
    async resumable() {
      const rows = await driver.rows({ sql: resumable, params: [] });
      return rows.map(([id]) => String(id));
    },
  };
}

export const resumedStatements = ({ tenant, source_id, receipt_id }: WaitingRow): Statement[] => [
  {
    sql: 'delete from waiting where tenant = ? and source_id = ? and receipt_id = ?',
    params: [tenant, source_id, receipt_id],
  },
  { sql: 'delete from receipt_parts where receipt_id = ?', params: [receipt_id] },
  { sql: 'delete from receipts where id = ?', params: [receipt_id] },
];
