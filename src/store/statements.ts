/** Writes and reads made from the schema, so that a renamed column is renamed everywhere. */

import { getTableColumns, getTableName, type Table } from 'drizzle-orm';
import type { Insert, Statement, Value } from './driver.ts';

/** D1 takes 2,000,000 bytes a parameter (developers.cloudflare.com/d1/platform/limits); a character has up to three. */
const PARAMETER_CHARACTERS = 600_000;

/** The rows as JSON arrays, none of them too long for a parameter; no rows, no parameter. */
export function jsonParameters(rows: readonly unknown[]): string[] {
  const parameters: string[] = [];
  let texts: string[] = [];
  let length = 0;
  const finish = () => {
    if (texts.length > 0) parameters.push(`[${texts.join(',')}]`);
    texts = [];
    length = 0;
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (length + text.length > PARAMETER_CHARACTERS) finish();
    texts.push(text);
    length += text.length + 1;
  }
  finish();
  return parameters;
}

type Row<T extends Table> = { readonly [K in keyof T['$inferSelect']]?: T['$inferSelect'][K] };

/** Makes the writes for rows of a table, from objects keyed by column. No rows, no write. */
export function inserting<T extends Table>(table: T, conflict = '', without: readonly string[] = []) {
  const columns = Object.values(getTableColumns(table))
    .map((column) => column.name)
    .filter((name) => !without.includes(name));
  const into = getTableName(table);
  return (rows: readonly Row<T>[]): Insert[] =>
    // The columns of our schema hold texts, integers and bytes only, which is what Value says.
    rows.length === 0
      ? []
      : [
          {
            into,
            columns,
            conflict,
            rows: rows.map((row) => columns.map((name) => (row[name as keyof Row<T>] ?? null) as Value)),
          },
        ];
}

export const insertSql = ({ into, columns, conflict }: Insert): string =>
  `insert into ${into} (${columns.join(', ')}) values (${columns.map(() => '?').join(', ')}) ${conflict}`;

/**
 * The same rows as few statements with one JSON parameter each; rows that carry bytes, which JSON cannot, as one
 * statement each. Needs `where true` so that SQLite does not read `on conflict` as a join.
 */
export function jsonStatements(insert: Insert): Statement[] {
  if (insert.rows.some((row) => row.some((value) => value instanceof Uint8Array))) {
    return insert.rows.map((params) => ({ sql: insertSql(insert), params }));
  }
  const { into, columns, conflict } = insert;
  const values = columns.map((_, i) => `value ->> ${i}`).join(', ');
  const sql = `insert into ${into} (${columns.join(', ')}) select ${values} from json_each(?) where true ${conflict}`;
  return jsonParameters(insert.rows).map((json) => ({ sql, params: [json] }));
}

/** The parameters as PostgreSQL numbers them; no text of ours holds a question mark otherwise. */
export function numbered(sql: string): string {
  let count = 0;
  return sql.replace(/\?/g, () => `$${++count}`);
}

/** What SQLite says where a guard of ours has refused a write, or a row that may be there once is there. */
export const isClash = (error: unknown): boolean =>
  error instanceof Error &&
  /stale revision|stale policy|UNIQUE constraint failed: (seen|nonces|audit|policies|incidents|tenants)\./.test(
    error.message,
  );

/** `on conflict (…) do update set …` for every column but the key and those to keep. */
export function replaceOn<T extends Table>(
  table: T,
  key: readonly string[],
  keep: readonly string[] = [],
): string {
  const columns = Object.values(getTableColumns(table))
    .map((column) => column.name)
    .filter((name) => !key.includes(name) && !keep.includes(name));
  return `on conflict (${key.join(', ')}) do update set ${columns.map((name) => `${name} = excluded.${name}`).join(', ')}`;
}

/** `a, b, …` of a table, and how to read such a row: for hot paths, where building a query costs more than it. */
export function rowsOf<T extends Table>(table: T) {
  const names = Object.values(getTableColumns(table)).map((column) => column.name);
  return {
    columns: (alias: string) => names.map((name) => `${alias}.${name}`).join(', '),
    /** The database's own types are those of the schema: test/store/drift.test.ts. */
    read(cells: readonly unknown[]): T['$inferSelect'] {
      const row: Record<string, unknown> = {};
      for (let i = 0; i < names.length; i++) row[names[i] as string] = cells[i];
      return row as T['$inferSelect'];
    },
  };
}
