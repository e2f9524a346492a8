/** CSV as RFC 4180 has it: writing it. Reading is providers/csv-records.ts's; writing has no corners but the quote. */

export type Cell = string | number | null;

/** Every cell quoted, so that none is taken for a number. */
export const csvLine = (cells: readonly Cell[]): string => `"${cells.map(escaped).join('","')}"\n`;

const escaped = (cell: Cell): Cell =>
  typeof cell === 'string' && cell.includes('"') ? cell.replaceAll('"', '""') : cell;

/** What a spreadsheet would run as a formula (owasp.org/www-community/attacks/CSV_Injection), or what looks marked already. */
const formula = /^'*[=+\-@\t\r\uff0b\uff0d\uff1d\uff20]/;

/** Marked as text by an apostrophe, which a spreadsheet does not show. */
export const asText = (cell: Cell): Cell =>
  typeof cell === 'string' && formula.test(cell) ? `'${cell}` : cell;

/** Undoes `asText`. */
export const asTyped = (cell: string): string =>
  cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell;

/** An empty column of files whose cells are marked: elsewhere an apostrophe is one. */
export const MARKED = 'formulas_marked';
