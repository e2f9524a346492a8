/** The list page by page, in parts between which others are answered. */
import type { EntryQuery, EntryRow, Page, Store } from '../store/store.ts';
import { aTurn, type Runtime } from './runtime.ts';

interface Reads {
  readonly store: Pick<Store, 'entries' | 'search' | 'newest'>;
  readonly runtime: Pick<Runtime, 'now' | 'defer'>;
}

/** A page as full as can be, however rare what it asks for, newest first. */
export async function filledPage(
  reads: Reads,
  tenant: string,
  query: EntryQuery,
  now: number,
): Promise<Page<EntryRow>> {
  if (query.q !== undefined) return newestPage(reads, tenant, query, now);
  const { store, runtime } = reads;
  const rows: EntryRow[] = [];
  let { after } = query;
  for (;;) {
    const found = await store.search(tenant, { ...query, limit: query.limit - rows.length, after }, now);
    rows.push(...found.rows);
    after = found.next;
    if (after === null || rows.length >= query.limit) return { rows, next: after };
    await aTurn(runtime);
  }
}

/** What a prefix finds stands by address: of each part the newest, and the newest of those. */
async function newestPage(
  { store, runtime }: Reads,
  tenant: string,
  query: EntryQuery,
  now: number,
): Promise<Page<EntryRow>> {
  let newest: readonly EntryRow[] = [];
  let part: EntryQuery['after'] = null;
  for (;;) {
    const found = await store.newest(tenant, { ...query, part }, now);
    newest = [...newest, ...found.rows].sort(byTime).slice(0, query.limit + 1);
    part = found.next;
    if (part === null) break;
    await aTurn(runtime);
  }
  const rows = newest.slice(0, query.limit);
  const last = rows.at(-1);
  return { rows, next: newest.length > rows.length && last ? [last.updated_at, last.id] : null };
}

const byTime = (a: EntryRow, b: EntryRow): number =>
  b.updated_at - a.updated_at || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);

/** So few that their lines are below 128 KiB, beyond which V8 makes room for each text by itself, and that memory stays small. */
const PAGE = 250;
/** Of entries that are looked for: each page asks for the end of its part first. */
const PAGE_LOOKED_FOR = 2_000;

/** How far clocks of processes that write may differ, and how long a write may take. */
const TAIL = 60_000;

/**
 * All entries of a query, page by page, by address: nothing moves while they are read. Those of a span of time, of
 * whatever address, are found by their time, newest first; what changes meanwhile slips away to the front there, so the
 * front is read once more at the end: such an entry may come twice, as it was and as it is, but none is missed.
 */
export async function* entryPages(
  reads: Reads,
  tenant: string,
  query: Omit<EntryQuery, 'limit' | 'after' | 'order'>,
): AsyncGenerator<readonly EntryRow[]> {
  if (query.q !== undefined || (query.from === undefined && query.to === undefined)) {
    yield* pagesOf(reads, tenant, { ...query, order: 'address' });
    return;
  }
  const since = reads.runtime.now() - TAIL;
  const told = new Set<string>();
  const versionOf = (row: EntryRow) => `${row.id} ${row.updated_at}`;
  for (const part of [query, { ...query, from: Math.max(query.from ?? 0, since) }])
    for await (const rows of pagesOf(reads, tenant, part)) {
      const fresh = rows.filter((row) => row.updated_at < since || !told.has(versionOf(row)));
      for (const row of fresh) if (row.updated_at >= since) told.add(versionOf(row));
      if (fresh.length > 0) yield fresh;
    }
}

async function* pagesOf(
  { store, runtime }: Reads,
  tenant: string,
  query: Omit<EntryQuery, 'limit' | 'after'>,
): AsyncGenerator<readonly EntryRow[]> {
  const [how, limit] = isLookedFor(query)
    ? (['search', PAGE_LOOKED_FOR] as const)
    : (['entries', PAGE] as const);
  let after: EntryQuery['after'] = null;
  do {
    const page: Page<EntryRow> = await store[how](tenant, { ...query, limit, after }, runtime.now());
    if (page.rows.length > 0) yield page.rows;
    after = page.next;
    await aTurn(runtime);
  } while (after !== null);
}

/** No index finds them, so that there may be long stretches without any. */
function isLookedFor({
  q,
  domain,
  from,
  to,
  order,
  states,
  ...others
}: Omit<EntryQuery, 'limit' | 'after'>): boolean {
  const isAny = (values: readonly unknown[]) => values.some((value) => value !== undefined);
  if (q !== undefined) return isAny([domain, from, to, ...Object.values(others)]);
  return domain === undefined && isAny(Object.values(others));
}
