/** What was known of addresses at a moment: all that a fold takes. */
import type { Facts } from '../core/facts.ts';
import { idsFrom } from '../core/ids.ts';
import { type AddressKey, type EntryRow, keyOf, type Store } from '../store/store.ts';

export interface KnownThen {
  readonly facts: Facts;
  /** As they stand now. */
  readonly entries: readonly EntryRow[];
}

/** What was known of each by then; null = now. */
export async function factsAt(
  store: Store,
  keys: readonly AddressKey[],
  at: number | null,
): Promise<ReadonlyMap<string, KnownThen>> {
  const [histories, known] = await Promise.all([
    store.histories(keys),
    store.known({ digests: [], nonces: [], addresses: keys }),
  ]);
  // An id begins with the time at which its request came in.
  const later = at === null ? null : idsFrom('evt', at + 1);
  const until = at ?? Number.POSITIVE_INFINITY;
  return new Map(
    keys.map((key): [string, KnownThen] => {
      const { events, acts, entries } = histories.get(keyOf(key)) ?? { events: [], acts: [], entries: [] };
      const facts = {
        events: events.filter(({ id }) => later === null || id < later),
        acts: acts.filter((act) => act.at <= until),
        marks: (known.addresses.get(keyOf(key))?.marks ?? []).filter((mark) => mark.at <= until),
      };
      return [keyOf(key), { facts, entries }];
    }),
  );
}
