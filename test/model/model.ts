/**
 * What must hold of a few addresses, said without the product's own fold: who is blocked follows from what was said of
 * them and which releases named it, whatever the order of arrival and however often it was said.
 */
export type Said = 'complaint' | 'unsubscribe' | 'hard-bounce';
export type Reason = Said | 'manual';

export interface Fact {
  readonly id: string;
  readonly address: string;
  readonly said: Said;
  /** Epoch ms, always in the past. */
  readonly at: number;
}

export interface Release {
  readonly reasons: readonly Reason[];
  readonly at: number;
  readonly evidenceAt: number | null;
}

/** By address; facts by their id, so that saying a thing twice says it once. */
export interface Model {
  readonly addresses: readonly string[];
  readonly facts: Map<string, Fact>;
  readonly releases: Map<string, Release[]>;
  /** Places on the list by hand or import, and releases of them, in the order in which they were made. */
  readonly placed: Map<string, Set<Reason>>;
}

export const newModel = (domain: string): Model => ({
  addresses: ['ann', 'bob', 'cy'].map((name) => `${name}@${domain}`),
  facts: new Map(),
  releases: new Map(),
  placed: new Map(),
});

/** Only newer consent lifts what a person said; a bounce is barred by a release after it. */
function isLifted(fact: Fact, release: Release): boolean {
  if (!release.reasons.includes(fact.said)) return false;
  if (fact.said === 'hard-bounce') return release.at >= fact.at;
  return release.evidenceAt !== null && release.evidenceAt >= fact.at;
}

export function standing({ facts, releases, placed }: Model, address: string): Set<Reason> {
  const reasons = new Set<Reason>(placed.get(address) ?? []);
  for (const fact of facts.values())
    if (fact.address === address && !(releases.get(address) ?? []).some((release) => isLifted(fact, release)))
      reasons.add(fact.said);
  return reasons;
}
