/** Where the SQL of our engines differs. All other texts of this folder run on each of them as they are. */
import type { Statement } from './driver.ts';

export interface Dialect {
  /** One row a key, out of one parameter with a JSON array of arrays; `asked.value ->> i` is the i-th part, a text. */
  readonly asked: string;
  /** The same of a JSON array of texts: `asked.value` is the text. */
  readonly askedTexts: string;
  /** For each row before it, the rows of a table that fit, out of an index; `index` names it where another would be taken. */
  lookUp(table: string, alias: string, fit: string, index?: string): string;
  /** The same, with a row of nulls where none fits. */
  lookUpAny(table: string, alias: string, fit: string): string;
  /** Whether a text holds what a parameter says. */
  holds(text: string): string;
  /** Names the index to read in its order. */
  along(index: string): string;
  /** What makes new rows of a table go on after rows that came with their numbers. */
  afterNumbered(table: string): readonly Statement[];
  /** Asks for every column there is: table, name, type, 1 where it refuses null. */
  readonly columns: string;
  /** The types of the schema, as `columns` names them. */
  readonly types: Readonly<Record<'text' | 'integer' | 'blob', string>>;
}

export const sqliteDialect: Dialect = {
  asked: 'json_each(?) as asked',
  askedTexts: 'json_each(?) as asked',
  // A cross join keeps SQLite from scanning the table instead of the keys.
  lookUp: (table, alias, fit, index) =>
    `cross join ${table} as ${alias}${index === undefined ? '' : ` indexed by ${index}`} on ${fit}`,
  lookUpAny: (table, alias, fit) => `left join ${table} as ${alias} on ${fit}`,
  holds: (text) => `instr(${text}, ?) > 0`,
  along: (index) => ` indexed by ${index}`,
  // STRICT tables refuse a null in a primary key, though table_info does not say so of rowid tables. D1 keeps tables of
  // its own, and refuses to speak of them.
  columns: `select t.name, c.name, c.type, max(c."notnull", min(c.pk, 1))
    from (select name from sqlite_master where type = 'table' and substr(name, 1, 4) <> '_cf_') as t
    cross join pragma_table_info(t.name) as c order by t.name, c.cid`,
  // AUTOINCREMENT remembers by itself.
  afterNumbered: () => [],
  types: { text: 'TEXT', integer: 'INTEGER', blob: 'BLOB' },
};

export const postgresDialect: Dialect = {
  // The parameter is a text first: of a JSON parameter the client would make JSON once more.
  asked: 'json_array_elements(cast(cast(? as text) as json)) as asked(value)',
  askedTexts: 'json_array_elements_text(cast(cast(? as text) as json)) as asked(value)',
  // "offset 0" keeps the planner from joining in another way: before its first ANALYZE it takes a tenant for small, reads
  // all of it and hashes it.
  lookUp: (table, alias, fit) =>
    `cross join lateral (select ${alias}.* from ${table} as ${alias} where ${fit} offset 0) as ${alias}`,
  lookUpAny: (table, alias, fit) =>
    `left join lateral (select ${alias}.* from ${table} as ${alias} where ${fit} offset 0) as ${alias} on true`,
  holds: (text) => `strpos(${text}, cast(? as text)) > 0`,
  along: () => '',
  columns: `select table_name::text, column_name::text, data_type::text, case is_nullable when 'NO' then 1 else 0 end
    from information_schema.columns where table_schema = current_schema() order by table_name, ordinal_position`,
  afterNumbered: (table) => [
    { sql: `select setval(pg_get_serial_sequence('${table}', 'seq'), max(seq)) from ${table}`, params: [] },
  ],
  types: { text: 'text', integer: 'bigint', blob: 'bytea' },
};
