import { getTableColumns, getTableName } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { tables } from '../../src/store/schema.ts';
import { openDatabase } from '../../src/store/sqlite.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly notNull: boolean;
}

const db = openDatabase(':memory:');
migrate(db);

/** STRICT tables refuse a NULL in a primary key, though table_info does not say so of rowid tables. */
function columnsInDatabase(table: string): Column[] {
  const rows = db
    .prepare('select name, type, "notnull", pk from pragma_table_info(?) order by cid')
    .all(table) as { name: string; type: string; notnull: number; pk: number }[];
  return rows.map(({ name, type, notnull, pk }) => ({ name, type, notNull: notnull === 1 || pk > 0 }));
}

describe('the typed schema and the migrations', () => {
  it.each(Object.values(tables).map((table) => [getTableName(table), table] as const))(
    'name the same columns of %s, in order, with types and nulls',
    (name, table) => {
      const typed = Object.values(getTableColumns(table)).map(
        (column): Column => ({
          name: column.name,
          type: column.getSQLType().toUpperCase(),
          notNull: column.notNull,
        }),
      );
      expect(columnsInDatabase(name)).toEqual(typed);
    },
  );

  it('name the same tables', () => {
    const made = db
      .prepare(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name <> 'd1_migrations'",
      )
      .pluck()
      .all() as string[];
    expect(made.toSorted()).toEqual(Object.values(tables).map(getTableName).toSorted());
  });

  it('give each property the name of its column, since rows are read by column', () => {
    for (const table of Object.values(tables)) {
      for (const [property, column] of Object.entries(getTableColumns(table)))
        expect(property, getTableName(table)).toBe(column.name);
    }
  });

  it('make every table strict, so that a column holds what its type says', () => {
    const loose = db
      .prepare(
        "select name from pragma_table_list where type = 'table' and schema = 'main' and strict = 0 and name not like 'sqlite_%' and name <> 'd1_migrations'",
      )
      .pluck()
      .all();
    expect(loose).toEqual([]);
  });
});
