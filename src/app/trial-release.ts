/** Whether a release would lift anything, before it is made. Pure. */
import type { Act, Facts } from '../core/facts.ts';
import { fold } from '../core/fold.ts';
import type { Policy } from '../core/policy.ts';

export function wouldLift(
  policy: Policy,
  address: string,
  facts: Facts,
  release: Extract<Act, { kind: 'release' }>,
): boolean {
  // It comes after what is known, whatever the clocks say.
  const at = Math.max(release.at, ...[...facts.events, ...facts.acts].map((fact) => fact.at + 1));
  const scope = address.startsWith('@') ? 'domain' : 'address';
  const standing = (acts: readonly Act[]) =>
    fold(policy, { ...facts, acts }, scope).entries.filter(({ state }) => state !== 'released').length;
  return standing([...facts.acts, { ...release, at }]) < standing(facts.acts);
}
