/**
 * The list as a fold: everything known of one address, in the order of its own time, gives its entries.
 * Pure, total, and the same whatever the order and repetition in which facts arrived. Expiry needs no job:
 * an entry carries the time until which it blocks, and readers compare.
 */

import { accuse } from './domain.ts';
import { type Entry, entriesOf } from './entries.ts';
import type { Decision } from './event.ts';
import {
  type Act,
  type EventFact,
  type Facts,
  inOrder,
  type Listing,
  notUndone,
  wishesOnly,
} from './facts.ts';
import { newState, open, type State } from './fold-state.ts';
import { climb, EVER, strike } from './ladders.ts';
import { deliver, isBarred, release, resubscribe } from './lifting.ts';
import { isSameMessage } from './message.ts';
import { matchRule, milliseconds, type Outcome, type Policy, type Rule } from './policy.ts';
import { DAY } from './time.ts';

export interface Folded {
  readonly entries: readonly Entry[];
  /** By event id. */
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Ids of failures by which an address is dead that took another message in the 90 days before. */
  readonly alive: ReadonlySet<string>;
  readonly listedAt: readonly string[];
  /** Until then no bounce blocks the address, whatever stands. */
  readonly allowedUntil: number | null;
  /** A failure is open: deliveries matter in full from here on. */
  readonly open: boolean;
}

const ALIVE_WINDOW = 90 * DAY;

/** Told of each event: what was known before it, and after. Only `soft.strikes` and sets of messages grow in place. */
export type Watch = (before: State, after: State, fact: EventFact) => void;

/** `scope` domain: the facts are those of a whole domain, and only what speaks of it as a whole counts. */
export function fold(
  policy: Policy,
  facts: Facts,
  scope: 'address' | 'domain' = 'address',
  watch?: Watch,
): Folded {
  const acts = notUndone(facts.acts);
  const state = newState(policy, heldBy(acts));
  for (const step of inOrder({ ...facts, events: wishesOnly(facts.events), acts })) {
    if (step.type === 'mark') deliver(state, step.fact);
    else if (step.type === 'act') perform(state, step.fact);
    else {
      const before = watch && { ...state };
      if (scope === 'domain') judgeDomain(state, step.fact);
      else state.decisions.set(step.fact.id, decide(state, step.fact));
      if (watch && before) watch(before, state, step.fact);
    }
  }
  const entries = entriesOf(state);
  return {
    entries,
    decisions: state.decisions,
    alive: state.alive,
    listedAt: [...state.listedAt].sort(),
    allowedUntil: state.allowedUntil,
    open:
      entries.some((entry) => entry.state !== 'released') ||
      state.soft.strikes.length > 0 ||
      state.dead !== null ||
      state.domain.failures.length > 0,
  };
}

const heldBy = (acts: readonly Act[]): ReadonlyMap<string, string> =>
  new Map(
    acts.flatMap((act) =>
      act.kind === 'hold' ? act.events.map((id): [string, string] => [id, act.incident]) : [],
    ),
  );

// --- Events

function decide(state: State, fact: EventFact): Decision {
  const rule = matchRule(state.policy, fact);
  if (fact.listed === true) state.listedAt.add(fact.provider);
  const takenOff = fact.listed === false || fact.kind === 'delivery';
  if (takenOff && !fact.hearsay) state.listedAt.delete(fact.provider);
  const { action, until } = apply(state, fact, rule);
  return {
    rule: rule.id,
    action,
    retry: rule.retry,
    until: until === null || until === EVER ? null : until,
    policyVersion: state.policy.version,
  };
}

type Effect = { readonly action: Decision['action']; readonly until: number | null };
const noted: Effect = { action: 'note', until: null };

function apply(state: State, fact: EventFact, rule: Rule): Effect {
  const outcome = rule.then;
  switch (outcome.do) {
    case 'note':
      return noted;
    case 'release':
      return {
        action: fact.kind === 'resubscribe' ? resubscribe(state, fact) : deliver(state, fact),
        until: null,
      };
    case 'suppress':
      return suppress(state, fact, rule, outcome);
    case 'dead':
      return isBarred(state, 'hard-bounce', fact) ? noted : climbed(state, fact, rule, outcome);
    case 'strike':
      return isBarred(state, 'soft-bounce', fact) ? noted : struck(state, fact, rule, outcome);
  }
}

function suppress(
  state: State,
  fact: EventFact,
  rule: Rule,
  outcome: Extract<Outcome, { do: 'suppress' }>,
): Effect {
  const { reason } = outcome;
  const mirrored = outcome.origin === 'provider';
  const isBounce = reason === 'hard-bounce' || reason === 'soft-bounce';
  if (isBounce && (isBarred(state, reason, fact) || (mirrored && state.mirrorBarred))) return noted;
  if (isBounce && !mirrored) state.mirrorBarred = false;
  const stream = reason === 'unsubscribe' || outcome.scope === 'stream' ? fact.stream : '*';
  const until = fact.at + milliseconds(outcome.for);
  const key = JSON.stringify([
    stream,
    reason,
    ...(mirrored ? ['provider', fact.sourceId] : [rule.id, ...leftGroup(fact)]),
  ]);
  const known = state.standing.get(key);
  // Each newer fact takes over, so that a release with older evidence cannot lift it.
  if (known === undefined || until >= known.until || known.until <= fact.at) {
    state.standing.set(key, {
      stream,
      reason,
      until,
      rule: rule.id,
      fact,
      origin: mirrored ? 'provider' : 'event',
      contradictedAt: null,
      incident: null,
    });
  }
  open(state, stream, reason, mirrored ? 'provider' : 'event', rule.id, fact, until);
  return { action: 'suppress', until };
}

/** The ladder of a dead address. */
function climbed(
  state: State,
  fact: EventFact,
  rule: Rule,
  outcome: Extract<Outcome, { do: 'dead' }>,
): Effect {
  const incident = state.held.get(fact.id);
  if (incident !== undefined) return hold(state, fact, rule, incident);
  state.mirrorBarred = false;
  const alive = wasAlive(state, fact);
  const dead = climb(state.dead, fact, rule, outcome, alive);
  if (dead === null) return noted;
  if (alive) state.alive.add(fact.id);
  state.dead = dead;
  open(state, '*', 'hard-bounce', 'event', rule.id, fact, dead.until);
  return { action: 'suppress', until: dead.until };
}

/** Blocks until a person or time decides, and is no step of any ladder. */
function hold(state: State, fact: EventFact, rule: Rule, incident: string): Effect {
  const key = JSON.stringify(['*', 'hard-bounce', 'held', incident]);
  // It rests on its first failure: a release takes back what came since then.
  if (!state.standing.has(key))
    state.standing.set(key, {
      stream: '*',
      reason: 'hard-bounce',
      until: EVER,
      rule: rule.id,
      fact,
      origin: 'event',
      contradictedAt: null,
      incident,
    });
  open(state, '*', 'hard-bounce', 'event', rule.id, fact, EVER);
  return { action: 'suppress', until: EVER };
}

function wasAlive(state: State, fact: EventFact): boolean {
  return state.deliveries.some((mark) => !isSameMessage(mark, fact) && fact.at - mark.at <= ALIVE_WINDOW);
}

/** Soft failures, counted by the day. */
function struck(
  state: State,
  fact: EventFact,
  rule: Rule,
  outcome: Extract<Outcome, { do: 'strike' }>,
): Effect {
  const soft = strike(state.soft, fact, rule, outcome);
  if (soft === null) return noted;
  const before = state.soft.until;
  state.soft = soft;
  if (soft.until === null || soft.until === before) return { action: 'strike', until: soft.until };
  open(state, '*', 'soft-bounce', 'event', rule.id, fact, soft.until);
  return { action: 'suppress', until: soft.until };
}

/** An unsubscribe from a group that is mapped to no stream blocks all mail, but stays that group's. */
const leftGroup = (fact: EventFact): string[] =>
  fact.stream === '*' && fact.kind === 'unsubscribe' && fact.group !== null
    ? [fact.sourceId, fact.group]
    : [];

// --- A whole domain

function judgeDomain(state: State, fact: EventFact): void {
  if (fact.hearsay) return;
  const rule = matchRule(state.policy, fact);
  if (fact.kind === 'delivery') {
    if (rule.then.do === 'release') deliver(state, fact);
    return;
  }
  if (rule.domain === undefined || isBarred(state, 'hard-bounce', fact)) return;
  const domain = accuse(state.domain, fact, rule, rule.domain);
  if (domain === null) return;
  state.domain = domain;
  if (domain.until !== null) open(state, '*', 'hard-bounce', 'event', rule.id, fact, domain.until);
}

// --- Acts of people

function perform(state: State, act: Act): void {
  if (act.kind === 'release') release(state, act);
  else if (act.kind === 'allow') state.allowedUntil = act.until > act.at ? act.until : null;
  else if (act.kind === 'written') {
    if (act.what === 'added') state.listedAt.add(act.provider);
    else if (act.what === 'removed') state.listedAt.delete(act.provider);
  } else if (act.kind === 'block' || act.kind === 'import') put(state, act);
}

function put(state: State, act: Listing): void {
  const { stream, reason } = act;
  const origin = act.kind === 'import' ? 'import' : 'manual';
  if (act.kind === 'import' && act.listedAt !== undefined) state.listedAt.add(act.listedAt);
  const until = act.until ?? EVER;
  const key = JSON.stringify([stream, reason, origin]);
  const known = state.standing.get(key);
  // An import may add or lengthen, never shorten; a person's newer block is taken as it is.
  if (origin === 'manual' || known === undefined || known.until < until) {
    state.standing.set(key, {
      stream,
      reason,
      until,
      rule: origin,
      fact: act,
      origin,
      contradictedAt: null,
      incident: null,
    });
  }
  open(state, stream, reason, origin, origin, act, until);
}
