/** What the fold knows of an address on the way. Only the fold's own files touch it. */

import { type DeadDomain, livingDomain } from './domain.ts';
import type { Decision, Origin, Reason } from './event.ts';
import type { EventFact, Listing, Mark } from './facts.ts';
import { type Dead, noStrikes, type Soft } from './ladders.ts';
import type { Policy } from './policy.ts';

export interface Standing {
  readonly stream: string;
  readonly reason: Reason;
  until: number;
  rule: string;
  fact: EventFact | Listing;
  origin: Origin;
  contradictedAt: number | null;
  /** Which incident holds it; null = none does. */
  readonly incident: string | null;
}

export interface Bar {
  readonly reasons: readonly Reason[];
  readonly code: string | null;
  readonly until: number;
}

export interface State {
  readonly policy: Policy;
  /** Event id -> the incident that holds it. */
  readonly held: ReadonlyMap<string, string>;
  /** Ids of failures for which an address is dead that took another message shortly before. */
  readonly alive: Set<string>;
  readonly decisions: Map<string, Decision>;
  deliveries: Mark[];
  dead: Dead | null;
  soft: Soft;
  /** Only under the key of a whole domain. */
  domain: DeadDomain;
  /** Grounds that only a release (or what docs/policy.md 4 names) lifts, by stream, reason and what they rest on. */
  readonly standing: Map<string, Standing>;
  readonly bars: Bar[];
  /** After a release a provider's own list makes no entry, until a failure of ours does. */
  mirrorBarred: boolean;
  readonly listedAt: Set<string>;
  allowedUntil: number | null;
  /** Every (stream, reason) ever opened, with what it last rested on. */
  readonly opened: Map<
    string,
    {
      stream: string;
      reason: Reason;
      origin: Origin;
      rule: string;
      cause: EventFact | Listing;
      until: number;
    }
  >;
}

export const newState = (policy: Policy, held: State['held'] = new Map()): State => ({
  policy,
  held,
  alive: new Set(),
  decisions: new Map(),
  deliveries: [],
  dead: null,
  soft: noStrikes(),
  domain: livingDomain,
  standing: new Map(),
  bars: [],
  mirrorBarred: false,
  listedAt: new Set(),
  allowedUntil: null,
  opened: new Map(),
});

/** Notes that a (stream, reason) has or had an entry, and on what it last rested. */
export function open(
  state: State,
  stream: string,
  reason: Reason,
  origin: Origin,
  rule: string,
  cause: EventFact | Listing,
  until: number,
): void {
  state.opened.set(`${stream} ${reason}`, { stream, reason, origin, rule, cause, until });
}

/** The basic code that a fact tells, or an imported entry brought along; a lone 5.5.4 is a 504. */
export function codeOf(fact: EventFact | Listing): string | null {
  const smtp = 'smtp' in fact ? fact.smtp : fact.kind === 'import' ? fact.cause?.smtp : undefined;
  return smtp?.code ?? (smtp?.enhanced === '5.5.4' ? '504' : null);
}
