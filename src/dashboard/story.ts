/** What a page tells of an address; the API's own story, without its shape. */
import type { Services } from '../app/services.ts';
import { classesOf, inWords } from '../app/story.ts';
import { domainOf } from '../core/address.ts';
import type { ActRow, EntryRow, EventRow } from '../store/store.ts';

export interface Story {
  readonly address: string;
  readonly words: readonly string[];
  readonly classes: readonly { readonly name: string; readonly blocked: boolean }[];
  readonly blocking: readonly EntryRow[];
  readonly past: readonly EntryRow[];
  readonly events: readonly EventRow[];
  readonly acts: readonly ActRow[];
}

const LIMIT = 200;
const states = ['active', 'held', 'expired', 'released'] as const;

export async function storyOf(
  { store, list, policies, runtime }: Services,
  tenant: string,
  address: string,
): Promise<Story> {
  const page = { limit: LIMIT, after: null } as const;
  const [policy, standing, own, events, acts] = await Promise.all([
    policies.of(tenant),
    list.blocking(tenant, address, null),
    store.entries(tenant, { ...page, states, q: address, domain: domainOf(address) }, runtime.now()),
    store.events(tenant, { ...page, address }),
    store.acts(tenant, address),
  ]);
  const { entries: blocking, listedAt, allowedUntil } = standing;
  const known = own.rows.length + events.rows.length + acts.length > 0;
  const facts = { address, blocking, known, listedAt, allowedUntil, events: events.rows, acts };
  return {
    address,
    words: inWords(policy, facts),
    classes: Object.entries(classesOf(policy, blocking)).map(([name, entry]) => ({
      name,
      blocked: entry !== null,
    })),
    blocking,
    past: own.rows.filter((row) => row.address === address && !blocking.some(({ id }) => id === row.id)),
    events: events.rows,
    acts,
  };
}
