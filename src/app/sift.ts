/** First half of a flush: what is new, and which addresses must be folded again. Pure. */
import { domainAccused, ownDomain } from '../core/domain.ts';
import type { MailEvent } from '../core/event.ts';
import { isSameMessage } from '../core/message.ts';
import { type Judged, matchRule, type Policy } from '../core/policy.ts';
import { type AddressKey, type AddressRow, type Known, keyOf } from '../store/store.ts';
import type { Intake, Job } from './jobs.ts';

export interface FreshEvent {
  readonly event: MailEvent;
  readonly digest: string;
  readonly isNamed: boolean;
  readonly job: Intake;
}

export interface Tally {
  accepted: number;
  duplicates: number;
  quarantined: number;
}

export interface Sifted {
  readonly replayed: ReadonlySet<Intake>;
  readonly tallies: ReadonlyMap<Intake, Tally>;
  /** Those that waited, and were not taken in by somebody else. */
  readonly resumed: readonly Intake[];
  /** Every event not seen before. */
  readonly fresh: readonly FreshEvent[];
  readonly unreadable: readonly { readonly job: Intake; readonly at: Intake['unreadable'][number] }[];
  /** Addresses, and whole domains, whose entries may change. */
  readonly toFold: ReadonlyMap<string, AddressKey>;
  /** What speaks of a whole domain, by its key: failures because it takes no mail, deliveries once there are any. */
  readonly ofDomains: ReadonlyMap<string, readonly MailEvent[]>;
}

export function sift(
  jobs: readonly Job[],
  known: Known,
  policyOf: (tenant: string) => Policy,
  now: number,
): Sifted {
  const taken = new Set<string>();
  const nonces = new Map(known.nonces);
  const replayed = new Set<Intake>();
  const tallies = new Map<Intake, Tally>();
  const resumed: Intake[] = [];
  const fresh: FreshEvent[] = [];
  const unreadable: { job: Intake; at: Intake['unreadable'][number] }[] = [];
  const isNew = (
    job: Intake,
    digest: string,
    mayRecur: (until: number) => boolean = () => false,
  ): boolean => {
    const key = `${job.receipt.tenant} ${digest}`;
    const until = known.seen.get(key);
    if (taken.has(key) || (until !== undefined && !mayRecur(until))) return false;
    taken.add(key);
    return true;
  };
  // Nothing tells a redelivery from the same thing happening again: it is new after an hour, and at once where
  // what the first one did has been taken back since.
  const mayRecur = (event: MailEvent) => (until: number) =>
    until <= now ||
    (known.addresses.get(keyOf(event))?.open === false &&
      event.kind !== 'delivery' &&
      event.kind !== 'resubscribe' &&
      weighs(event, policyOf(event.tenant)));
  for (const job of jobs) {
    if (job.type !== 'intake') continue;
    // What waited may be taken in by two processes at once.
    if (isReplayed(job, nonces) || (job.wait === 'ends' && !isNew(job, job.receipt.id))) {
      replayed.add(job);
      continue;
    }
    const tally: Tally = { accepted: 0, duplicates: 0, quarantined: 0 };
    tallies.set(job, tally);
    if (job.wait === 'ends') resumed.push(job);
    const before = { fresh: fresh.length, unreadable: unreadable.length };
    for (const { event, digest, isNamed } of job.events) {
      if (isNew(job, digest, isNamed ? undefined : mayRecur(event)))
        fresh.push({ event, digest, isNamed, job });
      else tally.duplicates++;
    }
    for (const at of job.unreadable) {
      if (isNew(job, at.digest)) unreadable.push({ job, at });
      else tally.duplicates++;
    }
    tally.accepted = fresh.length - before.fresh;
    tally.quarantined = unreadable.length - before.unreadable;
  }
  const ofDomains = eventsOfDomains(fresh, known, policyOf);
  return {
    replayed,
    tallies,
    resumed,
    fresh,
    unreadable,
    toFold: addressesToFold(jobs, fresh, ofDomains, known, policyOf),
    ofDomains,
  };
}

function isReplayed(job: Intake, nonces: Map<string, string>): boolean {
  if (job.bind === null) return false;
  // By provider: sources of one account share its key, and so would a token used at another of them.
  const key = `${job.receipt.tenant} ${job.provider} ${job.bind.nonce}`;
  const before = nonces.get(key);
  if (before === undefined) nonces.set(key, job.bind.digest);
  return before !== undefined && before !== job.bind.digest;
}

/**
 * Notes move nothing. A delivery matters in full only where a failure is open, or a provider is said to keep the
 * address on its own list; else it leaves its mark.
 */
function addressesToFold(
  jobs: readonly Job[],
  fresh: readonly FreshEvent[],
  ofDomains: Sifted['ofDomains'],
  known: Known,
  policyOf: (tenant: string) => Policy,
): Map<string, AddressKey> {
  const toFold = new Map<string, AddressKey>();
  const add = (key: AddressKey) => toFold.set(keyOf(key), { tenant: key.tenant, address: key.address });
  for (const job of jobs) {
    if (job.type === 'edit') for (const { address } of job.acts) add({ tenant: job.tenant, address });
    if (job.type === 'redecide') for (const address of job.addresses) add({ tenant: job.tenant, address });
  }
  for (const { event } of fresh) {
    if (
      event.kind === 'delivery' && !event.hearsay
        ? speaksAgainst(known.addresses.get(keyOf(event)))
        : weighs(event, policyOf(event.tenant))
    )
      add(event);
  }
  for (const events of ofDomains.values())
    for (const { tenant, address } of events.slice(0, 1)) {
      const domain = ownDomain(address);
      if (domain !== null) add({ tenant, address: domain });
    }
  return toFold;
}

function eventsOfDomains(
  fresh: readonly FreshEvent[],
  known: Known,
  policyOf: (tenant: string) => Policy,
): Sifted['ofDomains'] {
  const found = new Map<string, MailEvent[]>();
  const accused = new Set<string>();
  const keyed = fresh.flatMap(({ event }) => {
    const domain = event.hearsay ? null : ownDomain(event.address);
    return domain === null ? [] : [{ event, key: keyOf({ tenant: event.tenant, address: domain }) }];
  });
  for (const { event, key } of keyed)
    if (domainAccused(policyOf(event.tenant), event) !== null) accused.add(key);
  for (const { event, key } of keyed) {
    const speaks =
      event.kind === 'delivery'
        ? accused.has(key) || known.addresses.get(key)?.open === true
        : domainAccused(policyOf(event.tenant), event) !== null;
    if (!speaks) continue;
    const events = found.get(key) ?? [];
    events.push(event);
    found.set(key, events);
  }
  return found;
}

const speaksAgainst = (row: AddressRow | undefined): boolean =>
  row !== undefined && (row.open || row.listedAt.length > 0);

/** Whether an event may move the list, or says where the address is listed. */
export const weighs = (event: Judged & Pick<MailEvent, 'listed'>, policy: Policy): boolean =>
  event.listed !== null || matchRule(policy, event).then.do !== 'note';

/** At most one mark a day, the last two days with a delivery. Null where the delivery adds nothing. */
export function withMark(row: AddressRow, event: MailEvent): AddressRow | null {
  const day = (at: number) => Math.floor(at / 86_400_000);
  if (row.marks.some((mark) => day(mark.at) === day(event.at) || isSameMessage(mark, event))) return null;
  const marks = [...row.marks, { at: event.at, messageId: event.messageId, rfcMessageId: event.rfcMessageId }]
    .sort((a, b) => a.at - b.at)
    .slice(-2);
  return marks.some((mark) => mark.at === event.at && mark.messageId === event.messageId)
    ? { ...row, marks }
    : null;
}
