import { getTableColumns } from 'drizzle-orm';
import { expect, test } from 'vitest';
import { entryRows } from '../../src/store/entry-rows.ts';
import { suppressions } from '../../src/store/schema.ts';

test('an entry is read by the columns of the schema, each in its place', () => {
  const names = Object.values(getTableColumns(suppressions)).map((column) => column.name);
  const row = entryRows.read(names);
  expect(row).toEqual(Object.fromEntries(names.map((name) => [name, name])));
  expect(Object.keys(row)).toEqual(names);
});
