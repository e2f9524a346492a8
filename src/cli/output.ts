/** Data on stdout, words on stderr. Nothing that came from outside may steer the terminal. */
import { stripVTControlCharacters, styleText } from 'node:util';

export type Style = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | null | undefined;
  readonly style?: (row: Row) => Style | null;
  /** May be shortened where the line would not fit; give it to free text. */
  readonly flexible?: true;
}

/** Columns narrower than this are not shortened further. */
const NARROWEST = 12;
const GAP = '  ';

export const print = (text: string): void => void process.stdout.write(`${text}\n`);
export const say = (text: string): void => void process.stderr.write(`${text}\n`);

export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** For running text. */
export const terminalWidth = (): number => Math.max(60, process.stdout.columns ?? 100);
/** A table that is piped on is never shortened: whoever reads it wants the data. */
const tableWidth = (): number => (process.stdout.isTTY ? terminalWidth() : Number.POSITIVE_INFINITY);

/** Coloured where stdout is a terminal that wants it (NO_COLOR and FORCE_COLOR are heard). */
export const paint = (style: Style | null, text: string): string =>
  style === null ? text : styleText(style, text, { stream: process.stdout });

/** Control characters, escape sequences and marks that turn the reading direction, made visible. */
export const clean = (text: string): string =>
  stripVTControlCharacters(text).replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    ' ',
  );

/** A table with a line of titles, as wide as the terminal at most. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width = tableWidth(),
): string {
  const cells = rows.map((row) => columns.map((column) => clean(column.value(row) ?? '') || '-'));
  const widths = columnWidths(columns, cells, width);
  const line = (texts: readonly string[], styles: readonly (Style | null)[]) =>
    texts
      .map((text, i) => {
        const short = shorten(text, widths[i] ?? 0);
        const padding = i === texts.length - 1 ? '' : ' '.repeat((widths[i] ?? 0) - lengthOf(short));
        return paint(styles[i] ?? null, short) + padding;
      })
      .join(GAP);
  const head = line(
    columns.map((column) => column.title),
    columns.map(() => 'bold'),
  );
  return [
    head,
    ...rows.map((row, i) =>
      line(
        cells[i] ?? [],
        columns.map((column) => column.style?.(row) ?? null),
      ),
    ),
  ].join('\n');
}

/** `name  value` lines, values wrapped; for one thing in detail. */
export function facts(
  pairs: readonly (readonly [name: string, value: string | null | undefined])[],
  width = terminalWidth(),
): string {
  const shown = pairs.flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [{ name, value: clean(value) }],
  );
  const indent = Math.max(0, ...shown.map(({ name }) => name.length)) + GAP.length;
  return shown
    .map(
      ({ name, value }) =>
        paint('dim', name) +
        ' '.repeat(indent - name.length) +
        wrap(value, width - indent).join(`\n${' '.repeat(indent)}`),
    )
    .join('\n');
}

export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

/** `2026-11-23 20:15` in UTC: short enough for a table. */
export const shortTime = (time: string | null | undefined): string =>
  time === null || time === undefined ? '' : time.slice(0, 16).replace('T', ' ');

export const plural = (count: number, noun: string, many = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : many}`;

/** Flexible columns give way, the widest first, until the line fits. */
function columnWidths<Row>(
  columns: readonly Column<Row>[],
  cells: readonly (readonly string[])[],
  width: number,
): number[] {
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((row) => lengthOf(row[i] ?? ''))),
  );
  let surplus = widths.reduce((sum, one) => sum + one, 0) + GAP.length * (columns.length - 1) - width;
  while (surplus > 0) {
    const widest = Math.max(...widths.filter((_, i) => columns[i]?.flexible === true), 0);
    const index = widths.findIndex((one, i) => columns[i]?.flexible === true && one === widest);
    if (index === -1 || widest <= NARROWEST) break;
    widths[index] = widest - 1;
    surplus -= 1;
  }
  return widths;
}

const lengthOf = (text: string): number => [...text].length;

const shorten = (text: string, width: number): string =>
  lengthOf(text) <= width ? text : `${[...text].slice(0, Math.max(0, width - 1)).join('')}…`;
