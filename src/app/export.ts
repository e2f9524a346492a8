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

export interface Writer {
  readonly head: string;
  line(entry: EntryRow, now: number): string;
}

export const ndjsonWriter: Writer = {
  head: '',
  line: (entry, now) => `${JSON.stringify(exported(entry, now))}\n`,
};

/** `spreadsheet`: what a spreadsheet would run as a formula is marked as text. */
export const csvWriter = (spreadsheet: boolean): Writer => ({
  head: csvLine(spreadsheet ? [...exportColumns, MARKED] : exportColumns),
  line(entry, now) {
    const cells = Object.values(exported(entry, now));
    return csvLine(spreadsheet ? [...cells.map(asText), null] : cells);
  },
});

/** In the order of the columns; each named, which takes a tenth of the time that a loop over names takes. */
const exported = (entry: EntryRow, now: number): Record<(typeof exportColumns)[number], Cell> => ({
  address: entry.address,
  reason: entry.reason,
  stream: entry.stream,
  origin: entry.origin,
  state: stateOf(entry, now),
  code: entry.code,
  enhanced: entry.enhanced,
  category: entry.category,
  blame: entry.blame,
  severity: entry.severity,
  bounce_type: entry.bounce_type,
  retry: entry.retry,
  rule: entry.rule,
  policy_version: entry.policy_version,
  provider: entry.provider,
  source_id: entry.source_id,
  event_id: entry.event_id,
  note: entry.note,
  created_at: toRfc3339(entry.created_at),
  updated_at: toRfc3339(entry.updated_at),
  until: entry.until === null ? null : toRfc3339(entry.until),
});

/** So few that their lines are below 128 KiB, beyond which V8 makes room for each text by itself, and that memory stays small. */
const PAGE = 250;

/** How far clocks of processes that write may differ, and how long a write may take. */
const TAIL = 60_000;

/**
 * All entries of a query, page by page, by address: nothing moves while they are read. Those of a span of time are found
 * by their time, newest first; what changes meanwhile slips away to the front there, so the front is read once more at
 * the end: such an entry may come twice, as it was and as it is, but none is missed.
 */
export async function* entryPages(
  store: Pick<Store, 'entries'>,
  tenant: string,
  query: Omit<EntryQuery, 'limit' | 'after' | 'order'>,
  now: () => number,
): AsyncGenerator<readonly EntryRow[]> {
  if (query.from === undefined && query.to === undefined) {
    yield* pagesOf(store, tenant, { ...query, order: 'address' }, now);
    return;
  }
  const since = now() - TAIL;
  const told = new Set<string>();
  const versionOf = (row: EntryRow) => `${row.id} ${row.updated_at}`;
  for (const part of [query, { ...query, from: Math.max(query.from ?? 0, since) }])
    for await (const rows of pagesOf(store, tenant, part, now)) {
      const fresh = rows.filter((row) => row.updated_at < since || !told.has(versionOf(row)));
      for (const row of fresh) if (row.updated_at >= since) told.add(versionOf(row));
      if (fresh.length > 0) yield fresh;
    }
}

async function* pagesOf(
  store: Pick<Store, 'entries'>,
  tenant: string,
  query: Omit<EntryQuery, 'limit' | 'after'>,
  now: () => number,
): AsyncGenerator<readonly EntryRow[]> {
  let after: EntryQuery['after'] = null;
  do {
    const page = await store.entries(tenant, { ...query, limit: PAGE, after }, now());
    if (page.rows.length > 0) yield page.rows;
    after = page.next;
  } while (after !== null);
}
