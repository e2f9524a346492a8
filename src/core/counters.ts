/**
 * What the ladders had counted when each event was decided: the fold tells it on the way. Reports stand in the order of
 * their own time, so one that came in late is counted in its place. Pure.
 */
import { failuresIn } from './domain.ts';
import type { EventFact, Facts } from './facts.ts';
import { fold } from './fold.ts';
import type { State } from './fold-state.ts';
import { AFTER_EXPIRY, daysOf, EVER, strikesIn } from './ladders.ts';
import { isBarred } from './lifting.ts';
import { isAmong } from './message.ts';
import { type DomainLadder, type Duration, matchRule, type Outcome, type Policy } from './policy.ts';
import { utcDay } from './time.ts';

export interface Count {
  readonly counted: number;
  readonly needed: number;
}

/** Why an event moved a ladder nowhere. */
export type Uncounted =
  | 'same-message' // counted before, from another report
  | 'stands-already' // what it could lead to stands
  | 'released' // its message was sent before a release
  | 'held'; // by an incident, and counts for nothing else

export interface Counter {
  /** `strike`: soft failures by the day; `dead`: a dead address; `domain`: a whole domain. */
  readonly ladder: 'strike' | 'dead' | 'domain';
  readonly rule: string;
  readonly policyVersion: string;
  readonly uncounted: Uncounted | null;
  /** UTC days with such a failure. */
  readonly days: Count | null;
  /** Different addresses of the domain. */
  readonly addresses: Count | null;
  /** Failures in the window, this one included. */
  readonly failures: number | null;
  /** Of the durations of the rule; null below the line. */
  readonly step: { readonly reached: number; readonly of: number } | null;
  readonly within: Duration;
  /** Less than so long after the last one, and it is no further step. */
  readonly apart: Duration | null;
  /** The first failure that was counted. */
  readonly since: number | null;
  /** What it led to; null where nothing is blocked, or for ever. */
  readonly until: number | null;
  readonly blocks: boolean;
  /** It took another message shortly before, which makes its first step a short one. */
  readonly alive: boolean;
}

/** By event id. */
export function countersOf(
  policy: Policy,
  facts: Facts,
  scope: 'address' | 'domain',
): ReadonlyMap<string, Counter> {
  const counters = new Map<string, Counter>();
  fold(policy, facts, scope, (before, after, fact) => {
    const rule = matchRule(policy, fact);
    const about = { rule: rule.id, policyVersion: policy.version };
    if (scope === 'domain') {
      if (rule.domain !== undefined && !fact.hearsay && fact.kind !== 'delivery')
        counters.set(fact.id, { ...about, ...ofDomain(before, after, fact, rule.domain) });
    } else if (rule.then.do === 'strike')
      counters.set(fact.id, { ...about, ...ofStrikes(before, after, fact, rule.then) });
    else if (rule.then.do === 'dead')
      counters.set(fact.id, { ...about, ...ofDead(before, after, fact, rule.then) });
  });
  return counters;
}

type Counted = Omit<Counter, 'rule' | 'policyVersion'>;

const nothing = {
  uncounted: null,
  days: null,
  addresses: null,
  failures: null,
  step: null,
  apart: null,
  since: null,
  until: null,
  blocks: false,
  alive: false,
} as const;

function ofStrikes(
  before: State,
  { soft }: State,
  fact: EventFact,
  outcome: Extract<Outcome, { do: 'strike' }>,
): Counted {
  const base = { ...nothing, ladder: 'strike', within: outcome.within } as const;
  if (isBarred(before, 'soft-bounce', fact)) return { ...base, uncounted: 'released' };
  if (soft.fact !== fact)
    return isAmong(fact, soft.messages)
      ? { ...base, uncounted: 'same-message' }
      : { ...base, uncounted: 'stands-already', until: finite(soft.until), blocks: true };
  const strikes = strikesIn(soft, fact.at, outcome);
  const until = before.soft.until;
  const afterExpiry = until !== null && fact.at - until <= AFTER_EXPIRY;
  const crossed = soft.until !== null;
  return {
    ...base,
    days: { counted: daysOf(strikes), needed: afterExpiry ? 1 : outcome.days },
    failures: strikes.length,
    since: Math.min(...strikes.map(({ at }) => at)),
    step: crossed ? { reached: soft.step + 1, of: outcome.steps.length } : null,
    until: finite(soft.until),
    blocks: crossed,
  };
}

function ofDead(
  before: State,
  { dead, alive, held }: State,
  fact: EventFact,
  outcome: Extract<Outcome, { do: 'dead' }>,
): Counted {
  const base = { ...nothing, ladder: 'dead', within: outcome.within, apart: outcome.apart } as const;
  if (isBarred(before, 'hard-bounce', fact)) return { ...base, uncounted: 'released' };
  if (held.has(fact.id)) return { ...base, uncounted: 'held', blocks: true };
  if (dead === null || dead.fact !== fact) return { ...base, uncounted: 'same-message' };
  return {
    ...base,
    since: dead.first,
    step: { reached: dead.step + 1, of: outcome.steps.length },
    until: finite(dead.until),
    blocks: true,
    alive: alive.has(fact.id) && dead.first === fact.at,
  };
}

function ofDomain(before: State, { domain }: State, fact: EventFact, ladder: DomainLadder): Counted {
  const base = { ...nothing, ladder: 'domain', within: ladder.within, apart: ladder.apart } as const;
  if (isBarred(before, 'hard-bounce', fact)) return { ...base, uncounted: 'released' };
  if (domain.fact !== fact)
    return { ...base, uncounted: 'stands-already', until: finite(domain.until), blocks: true };
  const counted = failuresIn(domain.failures, fact.at, ladder);
  const until = before.domain.until;
  const afterExpiry = until !== null && fact.at - until <= AFTER_EXPIRY;
  const crossed = domain.until !== null;
  return {
    ...base,
    days: {
      counted: new Set(counted.map(({ at }) => utcDay(at))).size,
      needed: afterExpiry ? 1 : ladder.days,
    },
    addresses: {
      counted: new Set(counted.map(({ address }) => address)).size,
      needed: afterExpiry ? 1 : ladder.addresses,
    },
    failures: counted.length,
    since: Math.min(...counted.map(({ at }) => at)),
    step: crossed ? { reached: domain.step + 1, of: ladder.steps.length } : null,
    until: finite(domain.until),
    blocks: crossed,
  };
}

const finite = (until: number | null): number | null => (until === EVER ? null : until);
