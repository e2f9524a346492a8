/** Compares the tables of a live database with those that this version works on. */

import { getTableColumns, getTableName } from 'drizzle-orm';
import type { Driver } from './driver.ts';
import { tables } from './schema.ts';

interface Column {
  readonly type: string;
  readonly notNull: boolean;
}

/** One sentence for each difference; empty where there is none. More tables than ours are nobody's fault. */
export async function driftOf(driver: Driver): Promise<string[]> {
  const live = new Map<string, Map<string, Column>>();
  for (const [table, name, type, notNull] of await driver.rows({ sql: driver.dialect.columns, params: [] })) {
    const columns = live.get(String(table)) ?? new Map<string, Column>();
    columns.set(String(name), { type: String(type), notNull: Number(notNull) === 1 });
    live.set(String(table), columns);
  }
  const { types } = driver.dialect;
  return Object.values(tables).flatMap((table) => {
    const name = getTableName(table);
    const columns = live.get(name);
    if (columns === undefined) return [`the table ${name} is missing`];
    const wanted = Object.values(getTableColumns(table));
    const extra = [...columns.keys()].filter((one) => !wanted.some((column) => column.name === one));
    return [
      ...wanted.flatMap((column) => {
        const there = columns.get(column.name);
        const type = types[column.getSQLType() as keyof typeof types];
        if (there === undefined) return [`the column ${name}.${column.name} is missing`];
        if (there.type !== type) return [`the column ${name}.${column.name} is ${there.type}, not ${type}`];
        return there.notNull === column.notNull
          ? []
          : [`the column ${name}.${column.name} ${there.notNull ? 'refuses' : 'takes'} null`];
      }),
      ...extra.map((one) => `the column ${name}.${one} is not ours`),
    ];
  });
}
