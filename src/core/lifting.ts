/** What lifts entries: deliveries, resubscribes and releases (docs/policy.md 4). */
import { livingDomain } from './domain.ts';
import type { Reason } from './event.ts';
import type { Act, EventFact, Mark } from './facts.ts';
import { codeOf, type State } from './fold-state.ts';
import { EVER, noStrikes } from './ladders.ts';
import { isAmong, isSameMessage } from './message.ts';
import { DAY } from './time.ts';

/** Past this, a delivery to a for-ever entry may have reached a new owner. */
export const REVIVAL_WINDOW = 30 * DAY;

/** A message arrived. Of the same message as the failure it proves nothing: accepted, then bounced. */
export function deliver(state: State, mark: Mark): 'release' | 'note' {
  let lifted = false;
  const { dead, soft } = state;
  if (dead !== null && !isAmong(mark, dead.messages)) {
    if (dead.until === EVER && mark.at - dead.last > REVIVAL_WINDOW)
      state.dead = { ...dead, contradictedAt: dead.contradictedAt ?? mark.at };
    else {
      lifted ||= dead.until > mark.at;
      state.dead = null;
    }
  }
  if (soft.strikes.length > 0 && !isAmong(mark, soft.messages)) {
    lifted ||= soft.until !== null && soft.until > mark.at;
    state.soft = noStrikes();
  }
  for (const [key, ground] of state.standing) {
    if (ground.stream !== '*' || (ground.reason !== 'hard-bounce' && ground.reason !== 'soft-bounce'))
      continue;
    if (ground.incident !== null && isSameMessage(mark, ground.fact as EventFact)) continue;
    const revivable =
      ground.incident !== null ||
      ground.origin === 'provider' ||
      (ground.origin === 'import' && (ground.until !== EVER || mark.at - ground.fact.at <= REVIVAL_WINDOW));
    if (!revivable) ground.contradictedAt ??= mark.at;
    else {
      lifted ||= ground.until > mark.at;
      state.standing.delete(key);
    }
  }
  // Whoever there took mail, and whichever message it was: the domain lives.
  state.domain = livingDomain;
  rememberDelivery(state, mark);
  return lifted ? 'release' : 'note';
}

/** The last delivery, and the last one of any other message: all that `wasAlive` can ask for. */
function rememberDelivery(state: State, mark: Mark): void {
  const other = state.deliveries.findLast((known) => !isSameMessage(known, mark));
  state.deliveries = other === undefined ? [mark] : [other, mark];
}

/**
 * A person's resubscribe lifts unsubscribes of exactly its scope. A provider that took an address off its own
 * list (`listed: false`) speaks for its own reports only, and never lifts a complaint.
 */
export function resubscribe(state: State, fact: EventFact): 'release' | 'note' {
  let lifted = false;
  for (const [key, ground] of state.standing) {
    if (!('smtp' in ground.fact) || ground.reason === 'complaint') continue;
    const sameScope =
      ground.reason === 'unsubscribe' && ground.stream === fact.stream && isSameGroup(ground.fact, fact);
    const ownList =
      fact.listed === false &&
      ground.fact.sourceId === fact.sourceId &&
      (sameScope || ground.origin === 'provider');
    if (fact.listed === false ? !ownList : !sameScope) continue;
    lifted ||= ground.until > fact.at;
    state.standing.delete(key);
  }
  return lifted ? 'release' : 'note';
}

/** Two providers' groups that map to one stream are one scope; unmapped ones are each their own. */
const isSameGroup = (left: EventFact, joined: EventFact): boolean =>
  left.stream !== '*' ||
  (left.group === joined.group && (left.group === null || left.sourceId === joined.sourceId));

export function release(state: State, fact: Extract<Act, { kind: 'release' }>): void {
  if (fact.incident !== undefined) {
    releaseHeld(state, fact.at, fact.incident);
    return;
  }
  const names = (reason: Reason, stream: string) =>
    fact.reasons.includes(reason) && (fact.stream === null || fact.stream === stream);
  for (const [key, ground] of state.standing) {
    const { stream, reason } = ground;
    if (!names(reason, stream) || (fact.code !== null && codeOf(ground.fact) !== fact.code)) continue;
    const consent = reason === 'complaint' || reason === 'unsubscribe';
    if (consent && (fact.evidence === null || ground.fact.at > fact.evidence.at)) continue;
    state.standing.delete(key);
  }
  if (names('hard-bounce', '*')) {
    if (state.dead !== null && (fact.code === null || codeOf(state.dead.fact) === fact.code))
      state.dead = null;
    const { fact: accuser } = state.domain;
    if (fact.code === null || (accuser !== null && codeOf(accuser) === fact.code))
      state.domain = livingDomain;
    if (fact.code === null) state.mirrorBarred = true;
  }
  if (names('soft-bounce', '*') && fact.code === null) state.soft = noStrikes();
  state.bars.push({
    reasons: fact.stream === null || fact.stream === '*' ? fact.reasons : [],
    code: fact.code,
    until: fact.at + fact.grace,
  });
}

/** Like a release of what came since its first failure: what blocked before that stands. */
function releaseHeld(state: State, at: number, incident: string): void {
  const held = [...state.standing].find(([, ground]) => ground.incident === incident);
  if (held === undefined) return;
  const [key, { fact }] = held;
  state.standing.delete(key);
  if (state.dead !== null && state.dead.first >= fact.at) state.dead = null;
  for (const [other, ground] of state.standing)
    if (ground.origin === 'provider' && ground.reason === 'hard-bounce' && ground.fact.at >= fact.at)
      state.standing.delete(other);
  state.mirrorBarred = true;
  state.bars.push({ reasons: ['hard-bounce'], code: null, until: at });
}

/** A failure of a message sent before a release of its reason does not act, however late it comes. */
export function isBarred(state: State, reason: Reason, fact: EventFact): boolean {
  const sent = Math.min(fact.sentAt ?? fact.at, fact.at);
  return state.bars.some(
    (bar) =>
      bar.reasons.includes(reason) && (bar.code === null || bar.code === codeOf(fact)) && sent <= bar.until,
  );
}
