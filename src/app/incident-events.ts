/** What failed alike: the events of an incident, or of what may become one. */
import { type Cluster, clusterOf, OWN, ownCauseOf } from '../core/guard.ts';
import { SECOND } from '../core/time.ts';
import type { EventRow, IncidentRow, Page, PageRequest, Store } from '../store/store.ts';

const PAGE = 1_000;
/** Another server's flush may come to light so much later than its requests came in. */
const OVERLAP = 30 * SECOND;

interface Reads {
  readonly store: Pick<Store, 'events'>;
}

export async function all<Row>(
  pageAfter: (after: PageRequest['after']) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let after: PageRequest['after'] = null;
  do {
    const page: Page<Row> = await pageAfter(after);
    rows.push(...page.rows);
    after = page.next;
  } while (after !== null);
  return rows;
}

/** What finds the events of a cluster, and more. A lone 5.5.4 is a 504. */
const queriesOf = ({ receiver, cause }: Cluster) => {
  if (receiver !== OWN) return [{ domain: receiver }];
  return cause === '504' ? [{ code: cause }, { enhanced: '5.5.4' }] : [{ category: cause }];
};

const isOf =
  ({ receiver, cause }: Cluster) =>
  (row: EventRow): boolean => {
    const { address, kind, category, provider, provider_type: providerType } = row;
    const smtp = { code: row.code, enhanced: row.enhanced, text: row.text, source: row.code_source };
    return receiver === OWN
      ? ownCauseOf({ kind, smtp, category, hearsay: row.hearsay === 1 }) === cause
      : clusterOf({ address, smtp, provider, providerType }).cause === cause;
  };

export const failuresSince = ({ store }: Reads, incident: IncidentRow): Promise<EventRow[]> =>
  eventsOf(store, incident, Math.max(incident.first_at, incident.read_to - OVERLAP));

/** Newest first, each once. */
export async function eventsOf(
  store: Reads['store'],
  of: Cluster & { readonly tenant: string },
  from: number,
): Promise<EventRow[]> {
  const found = new Map<string, EventRow>();
  for (const query of queriesOf(of))
    for (const row of await all((after) => store.events(of.tenant, { ...query, from, limit: PAGE, after })))
      if (isOf(of)(row)) found.set(row.id, row);
  return [...found.values()].sort((a, b) => (a.id < b.id ? 1 : -1));
}
