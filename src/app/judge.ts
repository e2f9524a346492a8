/** Second half of a flush: folds, compares with what is stored, and says what to write. Pure but for new ids. */

import type { Decision, MailEvent } from '../core/event.ts';
import type { Act, EventFact } from '../core/facts.ts';
import { type Folded, fold } from '../core/fold.ts';
import { matchRule, type Policy } from '../core/policy.ts';
import { utcDay } from '../core/time.ts';
import { type AddressRow, type EntryRow, type History, keyOf, type WritePlan } from '../store/store.ts';
import type { EditResult, Intake, Job, JobResult } from './jobs.ts';
import {
  actRow,
  changeRow,
  type Desk,
  entryRow,
  eventRow,
  heard,
  nonceRows,
  seenAgainRows,
  seenRows,
  statRows,
  unmappedRows,
} from './judged-rows.ts';
import { type FreshEvent, type Sifted, weighs, withMark } from './sift.ts';

export interface Judgement {
  readonly plan: Omit<WritePlan, 'audit'>;
  readonly results: readonly JobResult[];
}

type Changed = EditResult['changed'][number];

export function judge(jobs: readonly Job[], sifted: Sifted, desk: Desk): Judgement {
  const acts = actsByAddress(jobs);
  const events = byAddress(sifted.fresh);
  const decisions = new Map<string, Decision>();
  const counting = new Set<string>();
  const rows = new Map<string, AddressRow>();
  const changed = new Map<string, readonly Changed[]>();
  for (const [key, address] of sifted.toFold) {
    const history = desk.histories.get(key) ?? { events: [], acts: [], entries: [] };
    const row = desk.known.addresses.get(key) ?? {
      ...address,
      revision: 0,
      open: false,
      marks: [],
      listedAt: [],
    };
    const policy = desk.policyOf(address.tenant);
    const fresh = (events.get(key) ?? []).map((one) => one.event);
    const facts = withinBounds(fresh, history, policy);
    for (const event of facts) counting.add(event.id);
    const folded = fold(policy, {
      events: [...history.events, ...facts],
      acts: [...history.acts, ...(acts.get(key) ?? [])],
      marks: row.marks,
    });
    for (const { id } of facts) {
      const decision = folded.decisions.get(id);
      if (decision !== undefined) decisions.set(id, decision);
    }
    changed.set(key, differences(address, folded, history.entries, policy, desk));
    rows.set(key, { ...row, open: folded.open, listedAt: folded.listedAt });
  }
  markDeliveries(sifted, desk, rows);
  const kept = sifted.fresh.filter(
    ({ event }) => event.kind !== 'delivery' || event.hearsay || sifted.toFold.has(keyOf(event)),
  );
  const entries = [...changed.values()].flat();
  return {
    plan: {
      receipts: jobs
        .filter((job): job is Intake => job.type === 'intake' && wasUseful(job, sifted))
        .map((job) => job.receipt),
      seen: seenRows(sifted, desk.now),
      seenAgain: seenAgainRows(sifted, desk.now),
      nonces: nonceRows(jobs, sifted, desk),
      events: kept.map(({ event }) =>
        eventRow(
          event,
          decisions.get(event.id) ?? alone(event, desk),
          counting.has(event.id) && mayCount(event, desk),
        ),
      ),
      acts: jobs.flatMap((job) =>
        job.type === 'edit' ? job.acts.map(({ address, act }) => actRow(job.tenant, address, act)) : [],
      ),
      addresses: [...rows.values()],
      entries: entries.map((one) => one.after),
      changes: entries.map((one) => changeRow(one.after)),
      quarantine: sifted.unreadable.map(({ job, at }) => ({
        tenant: job.receipt.tenant,
        id: desk.newId('qua', desk.now),
        source_id: job.receipt.source_id,
        receipt_id: job.receipt.id,
        item: at.item,
        why: at.why,
        raw: at.raw,
        received_at: job.receipt.received_at,
      })),
      unmapped: unmappedRows(jobs, sifted, desk.now),
      stats: statRows(sifted.fresh),
      sourcesHeard: heard(jobs, sifted),
    },
    results: jobs.map((job) => resultOf(job, sifted, changed)),
  };
}

/** Whether an event is kept for good, as one that moved the list or still may. */
const mayCount = (event: MailEvent, desk: Desk): boolean =>
  (event.kind === 'delivery' && !event.hearsay) || weighs(event, desk.policyOf(event.tenant));

/**
 * Of one kind of fact, at most so many a day and address count; more of them say nothing new, and reading them
 * back with every later fact would let one hot address slow down everyone. Counted anew after whatever may lift an
 * entry: a release, or the last delivery.
 */
export const FACTS_A_DAY = 20;

function withinBounds(fresh: readonly MailEvent[], history: History, policy: Policy): readonly MailEvent[] {
  if (fresh.length + history.events.length <= FACTS_A_DAY) return fresh;
  const lifts = [...history.acts, ...[...history.events, ...fresh].filter(({ kind }) => kind === 'delivery')];
  const lifted = lifts.reduce((latest, { at }) => Math.max(latest, at), 0);
  const counts = new Map<string, number>();
  const another = (fact: EventFact): number => {
    const key = JSON.stringify([
      utcDay(fact.at),
      fact.at > lifted,
      fact.kind,
      fact.stream,
      fact.listedFor,
      matchRule(policy, fact).id,
    ]);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count;
  };
  for (const fact of history.events) another(fact);
  return fresh.filter((event) => another(event) <= FACTS_A_DAY);
}

const alone = (event: MailEvent, desk: Desk): Decision => {
  const policy = desk.policyOf(event.tenant);
  const rule = matchRule(policy, event);
  return { rule: rule.id, action: 'note', retry: rule.retry, until: null, policyVersion: policy.version };
};

function byAddress(fresh: readonly FreshEvent[]): Map<string, FreshEvent[]> {
  return Map.groupBy(fresh, ({ event }) => keyOf(event));
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

function markDeliveries(sifted: Sifted, desk: Desk, rows: Map<string, AddressRow>): void {
  for (const { event } of sifted.fresh) {
    if (event.kind !== 'delivery' || event.hearsay) continue;
    const key = keyOf(event);
    const row = rows.get(key) ??
      desk.known.addresses.get(key) ?? {
        tenant: event.tenant,
        address: event.address,
        revision: 0,
        open: false,
        marks: [],
        listedAt: [],
      };
    const marked = withMark(row, event);
    if (marked !== null) rows.set(key, marked);
  }
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
  'code',
  'enhanced',
  'event_id',
  'note',
  'contradicted_at',
] as const;
const sameEntry = (a: EntryRow, b: EntryRow): boolean => compared.every((name) => a[name] === b[name]);

// --- Answers

function resultOf(job: Job, sifted: Sifted, changed: ReadonlyMap<string, readonly Changed[]>): JobResult {
  if (job.type === 'edit') {
    const keys = new Set(job.acts.map(({ address }) => keyOf({ tenant: job.tenant, address })));
    return { type: 'edit', changed: [...keys].flatMap((key) => changed.get(key) ?? []) };
  }
  const tally = sifted.tallies.get(job);
  return tally === undefined
    ? { type: 'replayed' }
    : { type: 'intake', counts: { ...tally, ignored: job.ignored.length } };
}

/** A receipt is kept where anything new was in it; a redelivery is not kept again. */
function wasUseful(job: Intake, sifted: Sifted): boolean {
  const tally = sifted.tallies.get(job);
  return (
    tally !== undefined &&
    (tally.accepted > 0 || tally.quarantined > 0 || job.ignored.some((one) => !one.known))
  );
}
