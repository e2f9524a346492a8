/** The middle of a flush: every address and whole domain that something new was said of is folded, and compared with what is stored. Pure but for new ids. */
import { domainAccused } from '../core/domain.ts';
import type { Decision } from '../core/event.ts';
import type { Act, EventFact } from '../core/facts.ts';
import { type Folded, fold } from '../core/fold.ts';
import { matchRule, type Policy } from '../core/policy.ts';
import { utcDay } from '../core/time.ts';
import {
  type AddressKey,
  type AddressRow,
  type DomainFactRow,
  type EntryRow,
  type History,
  keyOf,
  type WritePlan,
} from '../store/store.ts';
import type { EditResult, Job } from './jobs.ts';
import { type Desk, entryRow } from './judged-rows.ts';
import { type Sifted, weighs } from './sift.ts';

export type Changed = EditResult['changed'][number];

export interface FoldedAll {
  readonly decisions: ReadonlyMap<string, Decision>;
  /** Events that are kept for good, as ones that moved the list or still may. */
  readonly counting: ReadonlySet<string>;
  readonly counted: WritePlan['counted'][number][];
  readonly domainFacts: DomainFactRow[];
  readonly rows: Map<string, AddressRow>;
  /** Ids of failures by which an address is dead that took another message shortly before. */
  readonly alive: ReadonlySet<string>;
  readonly changed: ReadonlyMap<string, readonly Changed[]>;
}

export function foldAll(jobs: readonly Job[], sifted: Sifted, desk: Desk): FoldedAll {
  const acts = actsByAddress(jobs);
  const events = Map.groupBy(
    sifted.fresh.map(({ event }) => event),
    keyOf,
  );
  const all = {
    decisions: new Map<string, Decision>(),
    counting: new Set<string>(),
    counted: [] as WritePlan['counted'][number][],
    domainFacts: [] as DomainFactRow[],
    rows: new Map<string, AddressRow>(),
    alive: new Set<string>(),
    changed: new Map<string, readonly Changed[]>(),
  };
  for (const [key, address] of sifted.toFold) {
    const history = desk.histories.get(key) ?? { events: [], acts: [], entries: [] };
    const policy = desk.policyOf(address.tenant);
    const scope = address.address.startsWith('@') ? 'domain' : 'address';
    const fresh = (scope === 'domain' ? sifted.ofDomains : events).get(key) ?? [];
    const old = (desk.uncounted.get(key) ?? []).filter((event) => mayCount(event, policy));
    const facts = withinBounds([...old, ...fresh], history, policy, scope);
    const own = acts.get(key) ?? [];
    const row = desk.known.addresses.get(key) ?? newAddress(address);
    const folded = fold(
      policy,
      { events: [...history.events, ...facts], acts: [...history.acts, ...own], marks: row.marks },
      scope,
    );
    for (const id of folded.alive) all.alive.add(id);
    for (const { id } of facts) {
      const decision = folded.decisions.get(id);
      if (decision !== undefined) all.decisions.set(id, decision);
    }
    for (const event of facts) if (scope === 'domain' || mayCount(event, policy)) all.counting.add(event.id);
    if (scope === 'domain')
      all.domainFacts.push(
        ...facts.map(({ id }) => ({ tenant: address.tenant, domain: address.address, event_id: id })),
      );
    else
      all.counted.push(
        ...facts.filter((fact) => old.includes(fact)).map(({ id }) => ({ tenant: address.tenant, id })),
      );
    const changed = differences(address, folded, history.entries, policy, desk);
    all.changed.set(key, changed);
    // Decided anew and found the same: nothing to write, and nothing that a reader of the row must know.
    if (facts.length + own.length + changed.length > 0)
      all.rows.set(key, {
        ...row,
        open: folded.open,
        listedAt: folded.listedAt,
        allowedUntil: folded.allowedUntil,
      });
  }
  all.domainFacts.push(...accusationsOfOld(jobs, desk));
  return all;
}

/** What is kept of addresses that are decided anew and, under the policy at hand, speaks against their domains. */
function accusationsOfOld(jobs: readonly Job[], desk: Desk): DomainFactRow[] {
  const counts = new Map<string, number>();
  return jobs.flatMap((job) => {
    if (job.type !== 'redecide') return [];
    const { tenant } = job;
    const policy = desk.policyOf(tenant);
    const kept = job.addresses.flatMap((address) => {
      const key = keyOf({ tenant, address });
      return [...(desk.histories.get(key)?.events ?? []), ...(desk.uncounted.get(key) ?? [])];
    });
    return kept.flatMap((event) => {
      const domain = domainAccused(policy, event);
      const day = utcDay(event.at);
      if (domain === null || count(counts, `${day} ${event.address}`) > 1) return [];
      const most = Math.max(FACTS_A_DAY, matchRule(policy, event).domain?.addresses ?? 0);
      return count(counts, `${day} ${domain}`) > most ? [] : [{ tenant, domain, event_id: event.id }];
    });
  });
}

export const newAddress = ({ tenant, address }: AddressKey): AddressRow => ({
  tenant,
  address,
  revision: 0,
  open: false,
  marks: [],
  listedAt: [],
  allowedUntil: null,
});

/** Whether an event may move the list. */
const mayCount = (event: EventFact, policy: Policy): boolean =>
  (event.kind === 'delivery' && !event.hearsay) || weighs(event, policy);

/**
 * Of one kind of fact, at most so many a day and address count; more of them say nothing new, and reading them
 * back with every later fact would let one hot address slow down everyone. Counted anew after whatever may lift an
 * entry: a release, or the last delivery.
 */
export const FACTS_A_DAY = 20;

function withinBounds(
  fresh: readonly EventFact[],
  history: History,
  policy: Policy,
  scope: 'address' | 'domain',
): readonly EventFact[] {
  if (fresh.length + history.events.length <= FACTS_A_DAY) return fresh;
  const acts = history.acts.filter(({ kind }) => kind !== 'written');
  const lifts = [...acts, ...[...history.events, ...fresh].filter(({ kind }) => kind === 'delivery')];
  const lifted = lifts.reduce((latest, { at }) => Math.max(latest, at), 0);
  const counts = new Map<string, number>();
  /** Whether it says anything beyond what was counted. */
  const saysMore = (fact: EventFact): boolean => {
    const rule = matchRule(policy, fact);
    const key = JSON.stringify([
      utcDay(fact.at),
      fact.at > lifted,
      fact.kind,
      fact.stream,
      fact.sourceId,
      fact.group,
      fact.listedFor,
      rule.id,
    ]);
    // Of a domain it counts how many of its addresses failed, not how often one did.
    if (scope === 'domain' && count(counts, `${key} ${fact.address}`) > 1) return false;
    return count(counts, key) <= Math.max(FACTS_A_DAY, rule.domain?.addresses ?? 0);
  };
  for (const fact of history.events) saysMore(fact);
  return fresh.filter(saysMore);
}

function count(counts: Map<string, number>, key: string): number {
  const times = (counts.get(key) ?? 0) + 1;
  counts.set(key, times);
  return times;
}

function actsByAddress(jobs: readonly Job[]): Map<string, Act[]> {
  const acts = new Map<string, Act[]>();
  for (const job of jobs) {
    if (job.type !== 'edit') continue;
    for (const { address, act } of job.acts) {
      const key = keyOf({ tenant: job.tenant, address });
      acts.set(key, [...(acts.get(key) ?? []), act]);
    }
  }
  return acts;
}

// --- Entries

/** The folded entries that differ from the stored ones. */
function differences(
  address: { tenant: string; address: string },
  folded: Folded,
  stored: readonly EntryRow[],
  policy: Policy,
  desk: Desk,
): Changed[] {
  const known = new Map(stored.map((row) => [`${row.stream} ${row.reason}`, row]));
  const entries = folded.entries.flatMap((entry): Changed[] => {
    const before = known.get(`${entry.stream} ${entry.reason}`) ?? null;
    const after = entryRow(address, entry, before, policy, desk);
    known.delete(`${entry.stream} ${entry.reason}`);
    return before !== null && sameEntry(before, after) ? [] : [{ before, after }];
  });
  // A late fact may show that an entry should never have been: strikes that a delivery between takes back.
  const withdrawn = [...known.values()].filter((row) => row.state !== 'released');
  return [
    ...entries,
    ...withdrawn.map(
      (before): Changed => ({ before, after: { ...before, state: 'released', updated_at: desk.now } }),
    ),
  ];
}

const compared = [
  'state',
  'until',
  'origin',
  'rule',
  'retry',
  'code',
  'enhanced',
  'event_id',
  'note',
  'contradicted_at',
] as const;
export const differingFields = (a: EntryRow, b: EntryRow): string[] =>
  compared.filter((name) => a[name] !== b[name]);
const sameEntry = (a: EntryRow, b: EntryRow): boolean => compared.every((name) => a[name] === b[name]);
