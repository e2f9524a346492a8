/** The whole database, row by row in the order of its keys: how it moves to another engine. */

import { getTableColumns, getTableName, type Table } from 'drizzle-orm';
import type { Driver, Value } from './driver.ts';
import * as schema from './schema.ts';
import { replaceOn } from './statements.ts';
import type { DumpPlace, Store } from './store.ts';

interface Moved {
  readonly name: string;
  readonly columns: readonly string[];
  /** The columns of a unique key, in whose order the rows go; each engine has an index that begins with them. */
  readonly key: readonly string[];
  /** Rows of a page: a receipt may have a megabyte. */
  readonly page: number;
  readonly conflict: string;
}

const PAGE = 1_000;
const LARGE_PAGE = 16;

const moved = (table: Table, key: readonly string[], page = PAGE, conflict = ''): Moved => ({
  name: getTableName(table),
  columns: Object.values(getTableColumns(table)).map((column) => column.name),
  key,
  page,
  conflict,
});

/** Rows that others refer to go first; the audit goes last, so that what is read before is in it. */
const order: readonly Moved[] = [
  // A new database has the tenant "default" already.
  moved(schema.tenants, ['id'], PAGE, replaceOn(schema.tenants, ['id'])),
  moved(schema.keys, ['id']),
  moved(schema.users, ['tenant', 'name']),
  moved(schema.sources, ['id']),
  moved(schema.policies, ['tenant', 'version']),
  moved(schema.receipts, ['id'], LARGE_PAGE),
  moved(schema.receiptParts, ['receipt_id', 'part'], LARGE_PAGE),
  moved(schema.waiting, ['tenant', 'source_id', 'receipt_id']),
  moved(schema.events, ['tenant', 'id']),
  moved(schema.acts, ['tenant', 'id']),
  moved(schema.domainFacts, ['tenant', 'domain', 'event_id']),
  moved(schema.addresses, ['tenant', 'address']),
  moved(schema.suppressions, ['tenant', 'address', 'stream', 'reason']),
  moved(schema.changes, ['seq']),
  moved(schema.seen, ['tenant', 'digest']),
  moved(schema.nonces, ['tenant', 'provider', 'nonce']),
  moved(schema.quarantine, ['tenant', 'id']),
  moved(schema.unmapped, ['tenant', 'provider', 'kind', 'name']),
  moved(schema.stats, ['tenant', 'hour', 'kind', 'provider', 'code', 'enhanced', 'category', 'domain']),
  moved(schema.codeStats, ['tenant', 'hour', 'kind', 'code', 'enhanced', 'category']),
  moved(schema.listStats, ['tenant', 'hour', 'reason']),
  moved(schema.ruleCounts, ['tenant', 'day', 'rule']),
  moved(schema.surges, ['tenant', 'slot', 'receiver', 'cause']),
  moved(schema.incidents, ['tenant', 'id']),
  moved(schema.notices, ['seq']),
  moved(schema.webhooks, ['tenant', 'id']),
  moved(schema.sourceLists, ['tenant', 'id']),
  moved(schema.sourceDrifts, ['tenant', 'id']),
  moved(schema.sourceHours, ['source_id', 'hour']),
  moved(schema.mailPlaces, ['receiver', 'tenant']),
  moved(schema.erasures, ['tenant', 'pseudonym']),
  moved(schema.auditNames, ['tenant', 'pseudonym']),
  moved(schema.audit, ['seq']),
];
const [tenants] = order as [Moved, ...Moved[]];

const tableOf = (name: string): Moved | undefined => order.find((table) => table.name === name);

export function dumpOf(driver: Driver): Pick<Store, 'dump' | 'dumpEnd' | 'load'> {
  const select = (table: Moved, after: DumpPlace['key'] | null) => {
    const keys = table.key.join(', ');
    const beyond = after === null ? '' : `where (${keys}) > (${marks(table)})`;
    return driver.rows({
      sql: `select ${table.columns.join(', ')} from ${table.name} ${beyond} order by ${keys} limit ${table.page}`,
      params: after ?? [],
    });
  };

  async function dumpEnd(): Promise<DumpPlace | null> {
    for (const { name, key } of order.slice(1).toReversed()) {
      const [last] = await driver.rows({
        sql: `select ${key.join(', ')} from ${name} order by ${key.map((column) => `${column} desc`).join(', ')} limit 1`,
        params: [],
      });
      if (last !== undefined) return { table: name, key: last as DumpPlace['key'] };
    }
    return null;
  }

  /** Asked of the database, since it is the one to compare texts. */
  async function isBeyond(end: DumpPlace, table: Moved, key: DumpPlace['key']): Promise<boolean> {
    if (table.name !== end.table)
      return order.indexOf(table) > order.findIndex(({ name }) => name === end.table);
    const [found] = await driver.rows({
      sql: `select 1 from ${table.name} where (${table.key.join(', ')}) >= (${marks(table)}) limit 1`,
      params: key,
    });
    return found === undefined;
  }

  return {
    async dump(after) {
      const from = after === null ? 0 : order.findIndex(({ name }) => name === after.table);
      for (const table of order.slice(from)) {
        const rows = await select(table, table.name === after?.table ? after.key : null);
        const last = rows.at(-1);
        if (last === undefined) continue;
        return {
          rows: rows.map((row) => ({ table: table.name, fields: named(table, row) })),
          next: { table: table.name, key: keyOf(table, named(table, last)) },
        };
      }
      return { rows: [], next: null };
    },

    dumpEnd,

    async load(rows) {
      const isOurs = rows.every(({ table, fields }) => {
        const columns = tableOf(table)?.columns;
        return columns !== undefined && Object.keys(fields).every((name) => columns.includes(name));
      });
      if (!isOurs) return 'not-ours';
      const first = rows.find(({ table }) => table !== tenants.name);
      const end = first === undefined ? null : await dumpEnd();
      if (first !== undefined && end !== null) {
        const table = tableOf(first.table) as Moved;
        if (!(await isBeyond(end, table, keyOf(table, first.fields)))) return 'not-next';
      }
      const writes = order.flatMap(({ name, columns, conflict }) => {
        const own = rows.filter((row) => row.table === name);
        return own.length === 0
          ? []
          : [
              {
                into: name,
                columns,
                conflict,
                rows: own.map(({ fields }) => columns.map((column) => fields[column] ?? null)),
              },
            ];
      });
      const numbered = ['changes', 'notices'].filter((name) => rows.some(({ table }) => table === name));
      await driver.transact([...writes, ...numbered.flatMap(driver.dialect.afterNumbered)]);
      return 'done';
    },
  };
}

const marks = ({ key }: Moved): string => key.map(() => '?').join(', ');

const keyOf = ({ key }: Moved, fields: Readonly<Record<string, Value>>): DumpPlace['key'] =>
  // Columns of keys hold texts and integers, and no null.
  key.map((column) => fields[column] as string | number);

const named = ({ columns }: Moved, row: readonly unknown[]): Record<string, Value> =>
  Object.fromEntries(columns.map((column, i) => [column, asValue(row[i])]));

/** Bytes come as a buffer from better-sqlite3 and pg, and as an array from D1. */
const asValue = (value: unknown): Value =>
  value instanceof ArrayBuffer
    ? new Uint8Array(value)
    : Array.isArray(value)
      ? Uint8Array.from(value as number[])
      : (value as Value);
