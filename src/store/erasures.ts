/** Addresses that were erased, and what must be rewritten for one. */

import { and, eq, getTableColumns, getTableName, gt, inArray, type Table } from 'drizzle-orm';
import type { Driver, Value, Write } from './driver.ts';
import { typedReads } from './list.ts';
import * as schema from './schema.ts';
import { jsonParameters, replaceOn } from './statements.ts';
import type { Store } from './store.ts';

const { erasures, auditNames, receipts } = schema;

type Erasures = Pick<
  Store,
  | 'hasErasures'
  | 'erased'
  | 'erasures'
  | 'namesOf'
  | 'rewrite'
  | 'receiptsAfter'
  | 'rewriteReceipt'
  | 'compact'
>;

/** Tables with rows about an address. Changes, which no index finds, are the last: they are read only where there is anything else. */
const about = [
  schema.events,
  schema.acts,
  schema.addresses,
  schema.suppressions,
  schema.changes,
] as const satisfies readonly Table[];

const columnsOf = (table: Table) => Object.values(getTableColumns(table)).map((column) => column.name);

export function erasuresOf(driver: Driver, receiptOf: Store['receipt']): Erasures {
  const db = typedReads(driver);
  return {
    async hasErasures(tenant) {
      const rows = await driver.rows({
        sql: 'select 1 from erasures where tenant = ? limit 1',
        params: [tenant],
      });
      return rows.length > 0;
    },

    async erased(tenant, pseudonyms) {
      const rows: unknown[][] = [];
      for (const json of jsonParameters(pseudonyms))
        rows.push(
          ...(await driver.rows({
            sql: `select e.pseudonym, e.filter_hash from ${driver.dialect.askedTexts} ${driver.dialect.lookUp('erasures', 'e', 'e.tenant = cast(? as text) and e.pseudonym = asked.value')}`,
            params: [json, tenant],
          })),
        );
      return new Map(
        rows.map(([pseudonym, hash]) => [String(pseudonym), hash === '' ? 'elsewhere' : 'here']),
      );
    },

    erasures: (tenant) => db.select().from(erasures).where(eq(erasures.tenant, tenant)),

    async namesOf(tenant, pseudonyms) {
      if (pseudonyms.length === 0) return new Map();
      const rows = await db
        .select()
        .from(auditNames)
        .where(and(eq(auditNames.tenant, tenant), inArray(auditNames.pseudonym, [...pseudonyms])));
      return new Map(rows.map(({ pseudonym, name }) => [pseudonym, name]));
    },

    async rewrite(erasure, address, clean) {
      const { tenant, pseudonym } = erasure;
      const writes: Write[] = [];
      let count = 0;
      for (const table of about) {
        if (table === schema.changes && count === 0) break;
        const [name, columns] = [getTableName(table), columnsOf(table)];
        const rows = await driver.rows({
          sql: `select ${columns.join(', ')} from ${name} where tenant = ? and address = ?`,
          params: [tenant, address],
        });
        if (rows.length === 0) continue;
        count += rows.length;
        if (clean === null) continue;
        writes.push(
          { sql: `delete from ${name} where tenant = ? and address = ?`, params: [tenant, address] },
          {
            into: name,
            columns,
            rows: rows.map((row) =>
              row.map((value, i) => cleaned(clean, columns[i] as string, value as Value)),
            ),
            // What was written for the hash before: facts are folded anew.
            conflict: 'on conflict do nothing',
          },
        );
      }
      if (clean === null) return count;
      await driver.transact([
        {
          into: 'erasures',
          columns: columnsOf(erasures),
          rows: [[tenant, pseudonym, erasure.filter_hash, erasure.at]],
          // Another server may have erased it before.
          conflict: replaceOn(erasures, ['tenant', 'pseudonym']),
        },
        {
          sql: `update source_drifts set samples = '{"only_there":[],"only_here":[]}' where tenant = ? and replace(samples, ?, '') <> samples`,
          params: [tenant, JSON.stringify(address)],
        },
        { sql: 'delete from audit_names where tenant = ? and pseudonym = ?', params: [tenant, pseudonym] },
        ...writes,
      ]);
      return count;

      function cleaned(text: (given: string) => string, column: string, value: Value): Value {
        if (column === 'address') return pseudonym;
        if (column === 'domain') return pseudonym.slice(pseudonym.lastIndexOf('@') + 1);
        return typeof value === 'string' ? text(value) : value;
      }
    },

    async receiptsAfter(tenant, after, limit) {
      const rows = await db
        .select({ id: receipts.id })
        .from(receipts)
        .where(and(eq(receipts.tenant, tenant), gt(receipts.id, after)))
        .orderBy(receipts.id)
        .limit(limit);
      const found = await Promise.all(rows.map(({ id }) => receiptOf(tenant, id)));
      return found.filter((receipt) => receipt !== null);
    },

    async rewriteReceipt({ id, query, encoding, body }) {
      await driver.transact([
        { sql: 'delete from receipt_parts where receipt_id = ?', params: [id] },
        {
          sql: 'update receipts set query = ?, encoding = ?, body = ? where id = ?',
          params: [query, encoding, body, id],
        },
      ]);
    },

    compact: () => driver.compact?.() ?? Promise.resolve(),
  };
}
