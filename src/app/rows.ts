/** Rows of a list from bytes: CSV (RFC 4180) and NDJSON, of any length in constant memory. Knows of no field what it means, but the address. */
import { canonicalAddress } from '../core/address.ts';
import { type CsvRecord, csvReader } from '../providers/csv-records.ts';
import { isRecord, parseJson, textOf } from '../providers/json.ts';
import { asTyped, MARKED } from './csv.ts';
import { addressColumns, columnName } from './import-format.ts';

export type Row =
  | { readonly ok: true; readonly line: number; readonly fields: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly line: number; readonly why: string };

type Bytes = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Bytes of one row. */
export const MAX_ROW = 65_536;

export class TooLarge extends Error {
  override name = 'TooLarge';
}

/** Errors with TooLarge once more than `max` bytes have come. */
export function limited(bytes: Bytes, max: number): Bytes {
  let length = 0;
  return bytes.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        length += chunk.length;
        if (length > max) controller.error(new TooLarge(`more than ${max} bytes`));
        else controller.enqueue(chunk);
      },
    }),
  );
}

/**
 * With a header line that names the columns, in any order; or without one, an address a line. A `sep=;` before them is
 * for spreadsheets.
 */
export async function* csvRows(bytes: Bytes): AsyncGenerator<Row> {
  let columns: readonly string[] | null = null;
  let isHeaded = false;
  let read = (cell: string): string => cell;
  for await (const record of csvRecords(bytes)) {
    if (!record.ok) {
      yield record;
      continue;
    }
    const { line, cells } = record;
    if (columns === null) {
      if (isForSpreadsheets(cells)) continue;
      const names = cells.map(columnName);
      isHeaded = isHeader(names);
      columns = isHeaded ? names : ['address'];
      if (names.includes(MARKED)) read = asTyped;
      if (isHeaded) continue;
    }
    if (!isHeaded && cells.slice(1).some((cell) => canonicalAddress(cell).ok)) {
      yield { ok: false, line, why: 'more than one address: write one a line' };
      continue;
    }
    yield {
      ok: true,
      line,
      fields: Object.fromEntries(columns.map((name, i) => [name, read(cells[i] ?? '')])),
    };
  }
}

const isForSpreadsheets = ([first = '']: readonly string[]): boolean => /^sep=$/i.test(first);
const isHeader = (names: readonly string[]): boolean => names.some((name) => addressColumns.includes(name));

/** Of the beginning of a CSV list: lines before its first row; 0 where there is no header. */
export function headLines(text: string): number {
  const reader = csvReader(SEPARATORS);
  const records = [...reader.push(text), ...reader.end()];
  const head = records.findIndex((record) => !record.ok || !isForSpreadsheets(record.cells));
  const [header, first] = records.slice(head);
  if (header?.ok !== true || !isHeader(header.cells.map(columnName))) return 0;
  return first === undefined ? Number.POSITIVE_INFINITY : first.line - 1;
}

/** Where a comma is the decimal sign, spreadsheets write semicolons; as text, tabs. */
const SEPARATORS = [',', ';', '\t'];

async function* csvRecords(bytes: Bytes): AsyncGenerator<CsvRecord> {
  const reader = csvReader(SEPARATORS);
  for await (const text of textsOf(chunksOf(bytes))) yield* reader.push(text);
  yield* reader.end();
}

/** An object a line, or a JSON string: the address alone. */
export async function* ndjsonRows(bytes: Bytes): AsyncGenerator<Row> {
  let line = 0;
  for await (const text of linesOf(bytes)) {
    line++;
    if (text === null) yield { ok: false, line, why: 'longer than 64 KiB' };
    else if (text.trim() !== '') yield readJsonRow(line, text);
  }
}

function readJsonRow(line: number, text: string): Row {
  const read = parseJson(text);
  return read.ok ? jsonRow(line, read.value) : { ok: false, line, why: read.error };
}

export function jsonRow(line: number, value: unknown): Row {
  if (typeof value === 'string') return { ok: true, line, fields: { address: value } };
  if (!isRecord(value)) return { ok: false, line, why: 'not an object' };
  return { ok: true, line, fields: Object.fromEntries(Object.entries(value).flatMap(fieldsOf)) };
}

/** What is one level down goes by both names: `reason_code`. */
function fieldsOf([name, value]: readonly [string, unknown]): (readonly [string, string])[] {
  const column = columnName(name);
  if (!isRecord(value)) return [[column, typeof value === 'boolean' ? String(value) : (textOf(value) ?? '')]];
  return Object.entries(value).map(([inner, of]) => [`${column}_${columnName(inner)}`, textOf(of) ?? '']);
}

/** null = a line of more than `max` characters; it is thrown away as it comes. */
export async function* linesOf(bytes: Bytes, max = MAX_ROW): AsyncGenerator<string | null> {
  let rest = '';
  let tooLong = false;
  for await (const text of textsOf(chunksOf(bytes))) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      yield tooLong || part.length > max ? null : part;
      tooLong = false;
    }
    if (rest.length > max) {
      tooLong = true;
      rest = '';
    }
  }
  if (tooLong || rest !== '') yield tooLong ? null : rest;
}

/** UTF-8, unless a byte order mark says otherwise: spreadsheets and PowerShell write UTF-16. The mark itself is left out. */
export async function* textsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    yield decoder.decode(chunk, { stream: true });
  }
  if (decoder !== null) yield decoder.decode();
}

const encodingOf = ([first, second]: Uint8Array): string =>
  first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';

async function* chunksOf<T>(stream: ReadableStream<T>): AsyncGenerator<T> {
  const reader = stream.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    // Left early: the rest is not wanted.
    await reader.cancel().catch(() => undefined);
  }
}
