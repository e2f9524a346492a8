/**
 * When a whole domain is blocked: enough of its addresses failed because the domain takes no mail, on enough
 * days, and nothing was delivered there between. One fold of its own under the key `@example.com`. Pure.
 */
import type { EventFact } from './facts.ts';
import { AFTER_EXPIRY } from './ladders.ts';
import { isMailboxProvider } from './mailbox-providers.ts';
import { type DomainLadder, type Judged, matchRule, milliseconds, type Policy, type Rule } from './policy.ts';
import { isPseudonym } from './pseudonym.ts';
import { utcDay } from './time.ts';

export interface DeadDomain {
  readonly failures: readonly {
    readonly at: number;
    readonly address: string;
    /** How many addresses its rule asks for: those of a rule that asks for fewer count for the others too. */
    readonly needs: number;
  }[];
  readonly step: number;
  readonly until: number | null;
  readonly rule: string;
  readonly fact: EventFact | null;
}

export const livingDomain: DeadDomain = { failures: [], step: -1, until: null, rule: '', fact: null };

/** The key of a domain that may be blocked as a whole; null for those of mailbox providers, and of who was erased. */
export function ownDomain(address: string): string | null {
  const key = address.slice(address.lastIndexOf('@'));
  return isMailboxProvider(key.slice(1)) || isPseudonym(address) ? null : key;
}

/** The key of the domain that an event may speak against; null where it speaks of the address alone. */
export function domainAccused(policy: Policy, event: Judged): string | null {
  return event.hearsay || matchRule(policy, event).domain === undefined ? null : ownDomain(event.address);
}

/** Null where the fact changes nothing. A new `until` means that it crossed the line. */
export function accuse(
  before: DeadDomain,
  fact: EventFact,
  rule: Rule,
  ladder: DomainLadder,
): DeadDomain | null {
  if (before.until !== null && fact.at < before.until) return null;
  const fresh = before.until !== null && fact.at - before.until > AFTER_EXPIRY;
  const domain = fresh ? livingDomain : before;
  const failures = [...domain.failures, { at: fact.at, address: fact.address, needs: ladder.addresses }];
  const next: DeadDomain = { ...domain, failures, rule: rule.id, fact };
  if (domain.until === null && !isEnough(failures, fact.at, ladder)) return next;
  const step = Math.min(domain.step + 1, ladder.steps.length - 1);
  return { ...next, step, until: fact.at + milliseconds(ladder.steps[step] ?? '30d') };
}

/** Those in the window; of rules that ask for fewer addresses too. */
export function failuresIn(
  failures: DeadDomain['failures'],
  now: number,
  ladder: DomainLadder,
): DeadDomain['failures'] {
  const since = now - milliseconds(ladder.within);
  return failures.filter(({ at, needs }) => at > since && needs <= ladder.addresses);
}

function isEnough(failures: DeadDomain['failures'], now: number, ladder: DomainLadder): boolean {
  const counted = failuresIn(failures, now, ladder);
  const times = counted.map(({ at }) => at);
  return (
    new Set(counted.map(({ address }) => address)).size >= ladder.addresses &&
    new Set(times.map(utcDay)).size >= ladder.days &&
    Math.max(...times) - Math.min(...times) >= milliseconds(ladder.apart)
  );
}
