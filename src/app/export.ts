/** The list as CSV or NDJSON, page by page. */
import { toRfc3339 } from '../core/time.ts';
import type { EntryQuery, EntryRow, Store } from '../store/store.ts';
import { asText, type Cell, csvLine, MARKED } from './csv.ts';
import { stateOf } from './list.ts';

export const exportColumns = [
  'address',
  'reason',
  'stream',
  'origin',
  'state',
  'code',
  'enhanced',
  'category',
  'blame',
  'severity',
  'bounce_type',
  'retry',
  'rule',
  'policy_version',
  'provider',
  'source_id',
  'event_id',
  'note',
  'created_at',
  'updated_at',
  'until',
] as const;

export type Writer = { readonly head: string; rows(entries: readonly EntryRow[], now: number): string };

export const ndjsonWriter: Writer = {
  head: '',
  rows: (entries, now) =>
    entries
      .map((entry) => {
        const cells = cellsOf(entry, now);
        return `${JSON.stringify(Object.fromEntries(exportColumns.map((name, i) => [name, cells[i]])))}\n`;
      })
      .join(''),
};

/** `spreadsheet`: what a spreadsheet would run as a formula is marked as text. */
export const csvWriter = (spreadsheet: boolean): Writer => ({
  head: csvLine(spreadsheet ? [...exportColumns, MARKED] : exportColumns),
  rows: (entries, now) =>
    entries
      .map((entry) => {
        const cells = cellsOf(entry, now);
        return csvLine(spreadsheet ? [...cells.map(asText), null] : cells);
      })
      .join(''),
});

/** In the order of the columns. */
const cellsOf = (entry: EntryRow, now: number): Cell[] =>
  exportColumns.map((name) => {
    if (name === 'state') return stateOf(entry, now);
    const value = entry[name];
    return typeof value === 'number' ? toRfc3339(value) : value;
  });

const PAGE = 1_000;

/** How far clocks of processes that write may differ, and how long a write may take. */
const TAIL = 60_000;

/**
 * All entries of a query, page by page. What changes while the pages are read slips away to the front, so the
 * front is read once more at the end: such an entry may come twice, as it was and as it is, but none is missed.
 */
export async function* entryPages(
  store: Pick<Store, 'entries'>,
  tenant: string,
  query: Omit<EntryQuery, 'limit' | 'after'>,
  now: () => number,
): AsyncGenerator<readonly EntryRow[]> {
  const since = now() - TAIL;
  const told = new Set<string>();
  for (const part of [query, { ...query, from: Math.max(query.from ?? 0, since) }]) {
    let after: EntryQuery['after'] = null;
    do {
      const page = await store.entries(tenant, { ...part, limit: PAGE, after }, now());
      const versionOf = (row: EntryRow) => `${row.id} ${row.updated_at}`;
      const fresh = page.rows.filter((row) => row.updated_at < since || !told.has(versionOf(row)));
      for (const row of fresh) if (row.updated_at >= since) told.add(versionOf(row));
      if (fresh.length > 0) yield fresh;
      after = page.next;
    } while (after !== null);
  }
}
