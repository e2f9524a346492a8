/** From the folded state of an address to its entries. Pure. */
import type { EntryState, Origin, Reason } from './event.ts';
import type { EventFact, Listing } from './facts.ts';
import { codeOf, type Standing, type State } from './fold-state.ts';
import { EVER } from './ladders.ts';

/** One (stream, reason) of an address after the fold. `until` null = for ever. */
export interface Entry {
  readonly stream: string;
  readonly reason: Reason;
  readonly origin: Origin;
  readonly state: Exclude<EntryState, 'expired'>;
  readonly until: number | null;
  readonly rule: string;
  /** What it rests on: the fact that is hardest to lift. */
  readonly cause: EventFact | Listing;
  /** Since when a delivery speaks against an entry that no delivery lifts. */
  readonly contradictedAt: number | null;
}

/** One entry for each (stream, reason) ever opened. It may rest on several grounds and stands while one does. */
export function entriesOf(state: State): Entry[] {
  const grounds = new Map<string, Standing[]>();
  const add = (key: string, ground: Standing) => grounds.set(key, [...(grounds.get(key) ?? []), ground]);
  for (const ground of state.standing.values()) add(`${ground.stream} ${ground.reason}`, ground);
  const { dead, soft, domain } = state;
  if (dead !== null)
    add('* hard-bounce', {
      ...dead,
      stream: '*',
      reason: 'hard-bounce',
      rule: dead.rule.id,
      origin: 'event',
      incident: null,
    });
  if (soft.until !== null && soft.fact !== null) {
    add('* soft-bounce', {
      stream: '*',
      reason: 'soft-bounce',
      until: soft.until,
      rule: soft.rule,
      fact: soft.fact,
      origin: 'event',
      contradictedAt: null,
      incident: null,
    });
  }
  if (domain.until !== null && domain.fact !== null) {
    add('* hard-bounce', {
      stream: '*',
      reason: 'hard-bounce',
      until: domain.until,
      rule: domain.rule,
      fact: domain.fact,
      origin: 'event',
      contradictedAt: null,
      incident: null,
    });
  }
  return [...state.opened.values()].map((last) => {
    const hardest = (grounds.get(`${last.stream} ${last.reason}`) ?? []).reduce<Standing | null>(
      hardestToLift,
      null,
    );
    const { stream, reason } = last;
    if (hardest === null) {
      return {
        stream,
        reason,
        origin: last.origin,
        state: 'released',
        until: finite(last.until),
        rule: last.rule,
        cause: last.cause,
        contradictedAt: null,
      };
    }
    const { origin, until, rule, fact, contradictedAt, incident } = hardest;
    return {
      stream,
      reason,
      origin,
      state: incident === null ? 'active' : 'held',
      until: finite(until),
      rule,
      cause: fact,
      contradictedAt,
    };
  });
}

const finite = (until: number): number | null => (until === EVER ? null : until);

const originOrder: readonly Origin[] = ['manual', 'event', 'import', 'provider'];

/** The longest; among equals what is not held, what no delivery lifts, then what we saw ourselves. */
function hardestToLift(a: Standing | null, b: Standing): Standing {
  if (a === null || b.until !== a.until) return a === null || b.until > a.until ? b : a;
  if ((a.incident === null) !== (b.incident === null)) return a.incident === null ? a : b;
  if (codeOf(a.fact) === '504' || codeOf(b.fact) === '504') return codeOf(a.fact) === '504' ? a : b;
  return originOrder.indexOf(b.origin) < originOrder.indexOf(a.origin) ? b : a;
}
