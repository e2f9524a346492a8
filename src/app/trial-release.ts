/** Whether a release would lift anything, before it is made. */
import type { Act } from '../core/facts.ts';
import { fold } from '../core/fold.ts';
import type { Policy } from '../core/policy.ts';
import { type AddressKey, keyOf, type Store } from '../store/store.ts';
import { factsAt, type KnownThen } from './facts-at.ts';

export async function wouldLift(
  store: Store,
  policy: Policy,
  key: AddressKey,
  release: Extract<Act, { kind: 'release' }>,
): Promise<boolean> {
  const { facts } = (await factsAt(store, [key], null)).get(keyOf(key)) as KnownThen;
  // It comes after what is known, whatever the clocks say.
  const at = Math.max(release.at, ...[...facts.events, ...facts.acts].map((fact) => fact.at + 1));
  const scope = key.address.startsWith('@') ? 'domain' : 'address';
  const standing = (acts: readonly Act[]) =>
    fold(policy, { ...facts, acts }, scope).entries.filter(({ state }) => state !== 'released').length;
  return standing([...facts.acts, { ...release, at }]) < standing(facts.acts);
}
