import { getTableColumns, getTableName } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { tables } from '../../src/store/schema.ts';
import { openDatabase } from '../../src/store/sqlite.ts';

const db = openDatabase(':memory:');
migrate(db);

describe('the typed schema and the migrations', () => {
  it('name the same tables', () => {
    const made = db
      .prepare(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name <> 'd1_migrations'",
      )
      .pluck()
      .all() as string[];
    expect(made.toSorted()).toEqual(Object.values(tables).map(getTableName).toSorted());
  });

  it('name the columns of a table in the same order', () => {
    for (const table of Object.values(tables)) {
      const made = db.prepare('select name from pragma_table_info(?) order by cid').pluck();
      expect(made.all(getTableName(table))).toEqual(
        Object.values(getTableColumns(table)).map((column) => column.name),
      );
    }
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
