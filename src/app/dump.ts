/**
 * A whole database as lines of JSON, `{"events":{…}}`, a row each, the last one `{"end":…}`. Columns without a value
 * are left out; bytes are `{"base64":"…"}`. The same row is the same line on every engine, so lines can be compared: a
 * text of SQLite with a NUL, as rows of earlier versions may have, is told as PostgreSQL keeps it.
 */
import { err, ok, type Result } from '../core/result.ts';
import { storable } from '../core/storable.ts';
import { isRecord } from '../providers/json.ts';
import type { DumpPlace, DumpRow, Store } from '../store/store.ts';

/** Characters of a line: a part of a receipt has a MiB, and grows by a third as base64. */
export const MAX_LINE = 4 * 1024 * 1024;

export const lineOf = ({ table, fields }: DumpRow): string =>
  JSON.stringify({
    [table]: Object.fromEntries(
      Object.entries(fields)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => [name, shown(value)]),
    ),
  });

const shown = (value: DumpRow['fields'][string]): unknown =>
  value instanceof Uint8Array
    ? { base64: toBase64(value) }
    : typeof value === 'string'
      ? storable(value)
      : value;

/** How a dump ends: a file without it broke off. `next` null: nothing is left. */
export interface DumpEnd {
  readonly rows: number;
  readonly next: DumpPlace | null;
}

export const endLine = (end: DumpEnd): string => JSON.stringify({ end });

export type Line =
  | { readonly type: 'row'; readonly row: DumpRow }
  | { readonly type: 'end'; readonly end: DumpEnd };

export function readLine(text: string): Result<Line, string> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('is not JSON');
  }
  const [[table, fields] = ['', null], ...more] = isRecord(value) ? Object.entries(value) : [];
  if (more.length > 0 || !isRecord(fields)) return err('is no line of a dump');
  if (table === 'end') return ok({ type: 'end', end: fields as unknown as DumpEnd });
  const row: Record<string, string | number | null | Uint8Array> = {};
  for (const [name, value] of Object.entries(fields)) {
    const plain = isRecord(value) && typeof value.base64 === 'string' ? fromBase64(value.base64) : value;
    if (typeof plain !== 'string' && typeof plain !== 'number' && !(plain instanceof Uint8Array))
      return err(`holds in "${name}" what no column holds`);
    row[name] = plain;
  }
  return ok({ type: 'row', row: { table, fields: row } });
}

/** Pages from a place on, until `enough` rows or the end. */
export async function* dumpPages(
  store: Pick<Store, 'dump'>,
  after: DumpPlace | null,
  enough = Number.POSITIVE_INFINITY,
): AsyncGenerator<string> {
  let rows = 0;
  let next = after;
  do {
    const page = await store.dump(next);
    next = page.next;
    rows += page.rows.length;
    if (page.rows.length > 0) yield `${page.rows.map(lineOf).join('\n')}\n`;
  } while (next !== null && rows < enough);
  yield `${endLine({ rows, next })}\n`;
}

const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64');
const fromBase64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
