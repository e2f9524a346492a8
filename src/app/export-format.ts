/** How the list is written as another system writes its own: by what word it tells a reason, and what it leaves out. Pure. */
import { type Reason, reasons } from '../core/event.ts';
import { isPseudonym } from '../core/pseudonym.ts';
import type { EntryRow } from '../store/store.ts';
import { asText, type Cell, csvLine, MARKED } from './csv.ts';
import type { Writer } from './export.ts';

export type ExportFormat = {
  readonly id: string;
  /** What an import takes it for; several where a list is of several parts. */
  readonly readAs: readonly string[];
  /** Its words for our reasons. */
  readonly words: Readonly<Partial<Record<Reason, string>>>;
  /** It says when a block ends. */
  readonly ends: boolean;
} & (
  | {
      readonly type: 'csv';
      readonly columns: readonly string[];
      cells(entry: EntryRow, word: string): readonly Cell[];
    }
  | { readonly type: 'ndjson'; item(entry: EntryRow, word: string): object }
  /** Addresses alone. */
  | { readonly type: 'txt' }
);

/**
 * How a format tells a reason: by its own word, else by that of the next one that is harder to lift, else by the
 * hardest it has. A soft bounce passes by itself: where no end can be told it is left out (null).
 */
export function toldAs({ type, words, ends }: ExportFormat, reason: Reason): Reason | null {
  if (reason === 'soft-bounce' && !ends && type !== 'txt') return null;
  const harderFirst = reasons.slice(0, reasons.indexOf(reason) + 1).toReversed();
  return [...harderFirst, ...reasons].find((one) => words[one] !== undefined) ?? null;
}

/** `spreadsheet`: what a spreadsheet would run as a formula is marked as text. */
export function formatWriter(format: ExportFormat, spreadsheet: boolean): Writer {
  const safe = (cells: readonly Cell[]): readonly Cell[] =>
    spreadsheet ? [...cells.map(asText), null] : cells;
  const line = (entry: EntryRow): string => {
    // What stands for an erased address means nothing elsewhere.
    if (isPseudonym(entry.address)) return '';
    if (format.type === 'txt')
      return spreadsheet ? csvLine(safe([entry.address])) : `${bare(entry.address)}\n`;
    const told = toldAs(format, entry.reason);
    // No other system has a row for a whole domain.
    if (told === null || entry.address.startsWith('@')) return '';
    const word = format.words[told] as string;
    return format.type === 'csv'
      ? csvLine(safe(format.cells(entry, word)))
      : `${JSON.stringify(format.item(entry, word))}\n`;
  };
  const columns =
    format.type === 'csv' ? format.columns : format.type === 'txt' && spreadsheet ? ['address'] : [];
  return {
    head: columns.length === 0 ? '' : csvLine(spreadsheet ? [...columns, MARKED] : columns),
    line,
  };
}

/** Quoted only where a reader of CSV would see more than one cell. */
const bare = (address: string): string => (/[",]/.test(address) ? csvLine([address]).trimEnd() : address);
