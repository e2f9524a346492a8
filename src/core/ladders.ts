/**
 * The two ladders of the policy: a dead address, and soft failures counted by the day.
 * Each takes the state of one address and a fact later than all before, and gives the next state. Pure.
 */
import type { EventFact } from './facts.ts';
import { isAmong, namesOf } from './message.ts';
import { milliseconds, type Outcome, type Rule } from './policy.ts';
import { DAY, utcDay } from './time.ts';

export const EVER = Number.POSITIVE_INFINITY;
/** After an expiry, so long a single failure goes to the next step. */
export const AFTER_EXPIRY = 90 * DAY;

export interface Dead {
  readonly until: number;
  /** The first bounce. */
  readonly first: number;
  /** The last counted bounce, from which the next step is measured. */
  readonly last: number;
  readonly step: number;
  readonly strong: boolean;
  /** Grows in place: a copy for each fact would make a long history quadratic. */
  readonly messages: Set<string>;
  readonly rule: Rule;
  readonly fact: EventFact;
  readonly contradictedAt: number | null;
}

/** Null where the report changes nothing. `alive`: another message arrived in the 90 days before. */
export function climb(
  dead: Dead | null,
  fact: EventFact,
  rule: Rule,
  outcome: Extract<Outcome, { do: 'dead' }>,
  alive: boolean,
): Dead | null {
  const steps = outcome.steps.map(milliseconds);
  const top = steps.length - 1;
  const strong = fact.strength === 'strong';
  const first = alive && outcome.alive !== null ? milliseconds(outcome.alive) : (steps[0] as number);
  const chain = dead !== null && fact.at - dead.last <= milliseconds(outcome.within) ? dead : null;
  if (chain === null) {
    return {
      until: fact.at + first,
      first: fact.at,
      last: fact.at,
      step: 0,
      strong,
      rule,
      fact,
      contradictedAt: null,
      messages: new Set(namesOf(fact)),
    };
  }
  if (isAmong(fact, chain.messages)) {
    // The same failure told better: a strong report of it counts as if it had come first.
    return strong && !chain.strong
      ? { ...chain, strong, rule, fact, until: Math.max(chain.until, chain.last + first) }
      : null;
  }
  const counted = fact.at - chain.last >= milliseconds(outcome.apart);
  const step = !counted ? chain.step : chain.strong || strong ? top : Math.min(chain.step + 1, top);
  // A climb to the top of either ladder is for ever; too soon, and the current step only starts again.
  const confirmed = counted && (chain.strong || strong || step === top);
  const length = confirmed ? (steps[top] as number) : strong ? first : (steps[Math.min(step, top)] as number);
  return {
    ...chain,
    step,
    rule,
    fact,
    strong: chain.strong || strong,
    until: Math.max(chain.until, fact.at + length),
    last: counted || chain.until === EVER ? fact.at : chain.last,
    messages: including(chain.messages, fact),
  };
}

export interface Soft {
  readonly strikes: { readonly at: number; readonly day: number; readonly days: number }[];
  /** Grows in place: a copy for each fact would make a long history quadratic. */
  readonly messages: Set<string>;
  readonly step: number;
  readonly until: number | null;
  readonly rule: string;
  readonly fact: EventFact | null;
}

export const noStrikes = (): Soft => ({
  strikes: [],
  messages: new Set(),
  step: -1,
  until: null,
  rule: '',
  fact: null,
});

/** Null where the message was counted before. A new `until` means that the strike crossed the line. */
export function strike(
  before: Soft,
  fact: EventFact,
  rule: Rule,
  outcome: Extract<Outcome, { do: 'strike' }>,
): Soft | null {
  if (isAmong(fact, before.messages)) return null;
  if (before.until !== null && fact.at < before.until) return before;
  const soft = before.until !== null && fact.at - before.until > AFTER_EXPIRY ? noStrikes() : before;
  const steps = outcome.steps.map(milliseconds);
  soft.strikes.push({ at: fact.at, day: utcDay(fact.at), days: outcome.days });
  const next: Soft = {
    ...soft,
    messages: including(soft.messages, fact),
    rule: rule.id,
    fact,
  };
  // After an expiry one strike is enough.
  if (soft.until === null && daysOf(strikesIn(next, fact.at, outcome)) < outcome.days) return next;
  const step = Math.min(Math.max(soft.step + 1, outcome.from), steps.length - 1);
  return { ...next, step, until: fact.at + (steps[step] as number) };
}

/** The strikes in the window. Weightier ones (fewer days needed) count for lighter rules too. */
export function strikesIn(
  soft: Soft,
  at: number,
  outcome: Extract<Outcome, { do: 'strike' }>,
): Soft['strikes'] {
  const since = at - milliseconds(outcome.within);
  return soft.strikes.filter((one) => one.at > since && one.days <= outcome.days);
}

/** UTC days. */
export const daysOf = (strikes: Soft['strikes']): number => new Set(strikes.map(({ day }) => day)).size;

function including(messages: Set<string>, fact: EventFact): Set<string> {
  for (const name of namesOf(fact)) messages.add(name);
  return messages;
}
