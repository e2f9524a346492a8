/** Reads what the story of an address is told from (./story.ts). */
import { domainOf } from '../core/address.ts';
import type { Counter } from '../core/counters.ts';
import type { Policy } from '../core/policy.ts';
import type { EntryRow } from '../store/store.ts';
import { countersFor } from './counted.ts';
import type { Services } from './services.ts';
import type { StoryFacts } from './story.ts';
import { standingAt } from './story-at.ts';

export interface Gathered {
  readonly policy: Policy;
  readonly facts: StoryFacts;
  /** Entries that block no more, or are overridden; none where an earlier moment is asked for. */
  readonly past: readonly EntryRow[];
  /** By event id: what the ladders had counted at it. */
  readonly counters: ReadonlyMap<string, readonly Counter[]>;
  /** Ids of the receipts that are still kept. */
  readonly kept: ReadonlySet<string>;
}

const states = ['active', 'held', 'expired', 'released'] as const;

/** At most `limit` events and entries, the last ones. `at` = as it was then, by what was known then; null = now. */
export async function gatherStory(
  { store, list, policies, runtime }: Pick<Services, 'store' | 'list' | 'policies' | 'runtime'>,
  tenant: string,
  address: string,
  limit: number,
  at: number | null = null,
): Promise<Gathered> {
  const page = { limit, after: null } as const;
  const then = at === null ? null : await standingAt(store, tenant, address, at);
  const [policy, { entries: blocking, listedAt, allowedUntil }, own, events, allActs] = await Promise.all([
    then?.policy ?? policies.of(tenant),
    then ?? list.blocking(tenant, address, null),
    store.entries(tenant, { ...page, states, q: address, domain: domainOf(address) }, at ?? runtime.now()),
    store.events(tenant, { ...page, address, ...(at === null ? {} : { to: at + 1 }) }),
    store.acts(tenant, address),
  ]);
  const acts = at === null ? allActs : allActs.filter((act) => act.at <= at);
  const [counters, kept] = await Promise.all([
    countersFor(store, tenant, address, policy, events.rows, at),
    store.receiptsKept(tenant, [...new Set(events.rows.map(({ receipt_id }) => receipt_id))]),
  ]);
  const known = own.rows.length + events.rows.length + acts.length > 0;
  return {
    policy,
    facts: { address, blocking, known, listedAt, allowedUntil, events: events.rows, acts },
    past: own.rows.filter(
      (row) => row.address === address && at === null && !blocking.some(({ id }) => id === row.id),
    ),
    counters,
    kept,
  };
}
