/**
 * CSV (RFC 4180) record by record, as it comes. A quote out of place spoils the line it stands in and no other: read on
 * to the next quote, wherever that is, it would swallow all records between. The cells of a sound record are csv-parse's.
 */
import { parse } from 'csv-parse/sync';

/** Characters of one record. */
const MAX_RECORD = 65_536;

export type CsvRecord =
  /** `line`: its first, from 1. */
  | { readonly ok: true; readonly line: number; readonly cells: readonly string[] }
  /** `text`: that line alone; empty where it was too long to be kept. */
  | { readonly ok: false; readonly line: number; readonly text: string; readonly why: string };

export interface CsvReader {
  /** What is whole by now, in order. Empty lines are no records. */
  push(text: string): CsvRecord[];
  end(): CsvRecord[];
}

interface Line {
  /** null: too long. */
  readonly text: string | null;
  readonly end: string;
}

interface Draft {
  readonly line: number;
  readonly text: string;
  readonly why: string | null;
}

/** `separators`: what may stand between cells; the one that the first line has most of, before those behind it. */
export function csvReader(separators: readonly string[] = [',']): CsvReader {
  let separator: string | null = null;
  /** The beginning of a line, and whether it is already too long. */
  let rest = '';
  let isTooLong = false;
  /** Whole lines that are no record yet, as a quote is open. */
  let lines: Line[] = [];
  let line = 0;

  /** Files are put together out of those of different systems: a line may end in `\n`, `\r\n` or `\r`. */
  function take(text: string, isLast: boolean): CsvRecord[] {
    const all = rest + text;
    let at = 0;
    let [cr, lf] = [all.indexOf('\r'), all.indexOf('\n')];
    for (;;) {
      if (cr !== -1 && cr < at) cr = all.indexOf('\r', at);
      if (lf !== -1 && lf < at) lf = all.indexOf('\n', at);
      const end = cr === -1 || (lf !== -1 && lf < cr) ? lf : cr;
      // A `\r` that comes last may be half of a `\r\n`.
      if (end === -1 || (end === cr && end === all.length - 1 && !isLast)) break;
      const next = end === cr && lf === cr + 1 ? end + 2 : end + 1;
      add(all.slice(at, end), all.slice(end, next));
      at = next;
    }
    rest = all.slice(at);
    if (isLast && (rest !== '' || isTooLong)) add(rest, '');
    else if (rest.length > MAX_RECORD) {
      isTooLong = true;
      rest = rest.endsWith('\r') ? '\r' : '';
    }
    return cellsOf(drafts(isLast), separator ?? ',');
  }

  function add(text: string, end: string): void {
    if (text === '' && lines.length === 0 && !isTooLong) line += 1;
    else if (isTooLong || text.length > MAX_RECORD) lines.push({ text: null, end });
    else lines.push({ text: isFirst() ? text.replace(/^\ufeff/, '') : text, end });
    isTooLong = false;
  }

  const isFirst = () => line === 0 && lines.length === 0;

  function drafts(isLast: boolean): Draft[] {
    const found: Draft[] = [];
    let at = 0;
    while (at < lines.length) {
      separator ??= separatorIn(lines[at]?.text ?? '', separators);
      const record = recordAt(lines, at, isLast, separator);
      if (record === null) break;
      if (record.why !== null || record.text !== '')
        found.push({ line: line + 1, text: record.text, why: record.why });
      at += record.lines;
      line += record.lines;
    }
    lines = lines.slice(at);
    return found;
  }

  return { push: (text) => take(text, false), end: () => take('', true) };
}

function separatorIn(line: string, separators: readonly string[]): string {
  const bare = line.replace(/"(?:[^"]|"")*"/g, '');
  const counted = separators.map((one) => ({ one, count: bare.split(one).length }));
  return counted.toSorted((a, b) => b.count - a.count)[0]?.one ?? ',';
}

/** null: more must come before it can be told. */
function recordAt(
  lines: readonly Line[],
  start: number,
  isLast: boolean,
  separator: string,
): { lines: number; text: string; why: string | null } | null {
  const first = lines[start]?.text ?? '';
  const faulty = (why: string) => ({ lines: 1, text: first, why: `not CSV: ${why}` });
  let text = '';
  for (let i = start; i < lines.length; i++) {
    const next = lines[i] as Line;
    if (next.text === null && i === start) return faulty('longer than 64 KiB');
    if (next.text === null || text.length + next.text.length > MAX_RECORD)
      return faulty('a quote that is not closed');
    const state = quoting(next.text, i > start, separator);
    if (state === 'broken') return faulty('a quote out of place');
    text += next.text;
    if (state === 'whole') return { lines: i - start + 1, text, why: null };
    text += next.end;
  }
  return isLast ? faulty('a quote that is not closed') : null;
}

/** How a line ends that begins inside of quotes, or not. */
function quoting(line: string, isInside: boolean, separator: string): 'whole' | 'open' | 'broken' {
  let at = 0;
  let quote = line.indexOf('"');
  for (let inside = isInside; ; ) {
    if (quote !== -1 && quote < at) quote = line.indexOf('"', at);
    if (inside) {
      if (quote === -1) return 'open';
      at = quote + 2;
      const behind = line[quote + 1];
      if (behind === undefined) return 'whole';
      if (behind === separator) inside = false;
      else if (behind !== '"') return 'broken';
    } else if (quote === at) {
      inside = true;
      at += 1;
    } else {
      const next = line.indexOf(separator, at);
      if (quote !== -1 && (next === -1 || quote < next)) return 'broken';
      if (next === -1) return 'whole';
      at = next + 1;
    }
  }
}

function cellsOf(drafts: readonly Draft[], separator: string): CsvRecord[] {
  const sound = drafts.filter(({ why }) => why === null);
  const rows: string[][] =
    sound.length === 0
      ? []
      : parse(sound.map(({ text }) => text).join('\n'), {
          delimiter: separator,
          record_delimiter: '\n',
          relax_column_count: true,
        });
  if (rows.length !== sound.length) throw new Error('CSV was read in two ways');
  let next = 0;
  return drafts.map(({ line, text, why }) =>
    why === null ? { ok: true, line, cells: rows[next++] as string[] } : { ok: false, line, text, why },
  );
}
