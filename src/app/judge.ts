/** Second half of a flush: judges what is new, and says what to write. Pure but for new ids. */

import { ownDomain } from '../core/domain.ts';
import type { Decision, MailEvent } from '../core/event.ts';
import { matchRule } from '../core/policy.ts';
import { isPseudonym } from '../core/pseudonym.ts';
import { type AddressRow, type ErasureRow, keyOf, type WritePlan } from '../store/store.ts';
import { ruleCountRows, statRows } from './counted-rows.ts';
import type { Intake, Job, JobResult } from './jobs.ts';
import {
  actRow,
  changeRow,
  type Desk,
  eventRow,
  heard,
  nonceRows,
  seenAgainRows,
  seenRows,
  surgeRows,
  unmappedRows,
} from './judged-rows.ts';
import { type Changed, foldAll, newAddress } from './refold.ts';
import { type Sifted, withMark } from './sift.ts';

export interface Judgement {
  readonly plan: Omit<WritePlan, 'audit' | 'names' | 'judgedBy'>;
  readonly results: readonly JobResult[];
}

export function judge(jobs: readonly Job[], sifted: Sifted, desk: Desk): Judgement {
  const found = foldAll(jobs, sifted, desk);
  const { rows, decisions, counting, changed } = found;
  markDeliveries(sifted, desk, rows);
  const kept = sifted.fresh.filter(
    ({ event }) =>
      event.kind !== 'delivery' || event.hearsay || sifted.toFold.has(keyOf(event)) || counting.has(event.id),
  );
  const entries = [...changed.values()].flat();
  return {
    plan: {
      resumed: sifted.resumed.map(waitingRow),
      receipts: jobs
        .filter((job): job is Intake => job.type === 'intake' && wasUseful(job, sifted))
        .map((job) => job.receipt),
      waiting: jobs
        .filter((job): job is Intake => job.type === 'intake' && begins(job, sifted))
        .map(waitingRow),
      seen: seenRows(sifted, desk.now),
      seenAgain: seenAgainRows(sifted, desk.now),
      nonces: nonceRows(jobs, sifted, desk),
      events: kept.map(({ event }) =>
        eventRow(event, decisions.get(event.id) ?? alone(event, desk), counting.has(event.id)),
      ),
      acts: jobs.flatMap((job) =>
        job.type === 'edit' ? job.acts.map((done) => actRow(job.tenant, done)) : [],
      ),
      counted: found.counted,
      domainFacts: found.domainFacts,
      addresses: [...rows.values()],
      entries: entries.map((one) => one.after),
      changes: entries.map(changeRow),
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
      unmapped: unmappedRows(jobs, sifted),
      stats: statRows(sifted.fresh),
      ruleCounts: ruleCountRows(sifted.fresh, decisions, desk),
      surges: surgeRows(sifted.fresh, entries, found.alive, desk),
      erasures: erasedElsewhere(rows.values(), desk),
      sourcesHeard: heard(jobs, sifted),
      redecided: jobs.flatMap((job) =>
        job.type === 'redecide' && job.progress !== null ? [job.progress] : [],
      ),
    },
    results: jobs.map((job) => resultOf(job, sifted, changed)),
  };
}

/** A hash in the place of an address comes with a list from the server that erased it: it is looked for from now on. */
const erasedElsewhere = (rows: Iterable<AddressRow>, { now }: Desk): ErasureRow[] =>
  [...rows].flatMap(({ tenant, address }) =>
    isPseudonym(address) ? [{ tenant, pseudonym: address, filter_hash: '', at: now }] : [],
  );

const alone = (event: MailEvent, desk: Desk): Decision => {
  const policy = desk.policyOf(event.tenant);
  const rule = matchRule(policy, event);
  return { rule: rule.id, action: 'note', retry: rule.retry, until: null, policyVersion: policy.version };
};

function markDeliveries(sifted: Sifted, desk: Desk, rows: Map<string, AddressRow>): void {
  for (const { event } of sifted.fresh) {
    // One that a rule only notes, as of a smart host that takes everything, proves nothing.
    if (event.kind !== 'delivery' || event.hearsay) continue;
    if (matchRule(desk.policyOf(event.tenant), event).then.do !== 'release') continue;
    const domain = ownDomain(event.address);
    for (const address of domain === null ? [event.address] : [event.address, domain]) {
      const key = keyOf({ tenant: event.tenant, address });
      const row =
        rows.get(key) ?? desk.known.addresses.get(key) ?? newAddress({ tenant: event.tenant, address });
      const marked = withMark(row, event);
      if (marked !== null) rows.set(key, marked);
    }
  }
}

// --- Answers

function resultOf(job: Job, sifted: Sifted, changed: ReadonlyMap<string, readonly Changed[]>): JobResult {
  if (job.type !== 'intake') {
    const addresses = job.type === 'edit' ? job.acts.map(({ address }) => address) : job.addresses;
    const keys = new Set(addresses.map((address) => keyOf({ tenant: job.tenant, address })));
    const moved = [...keys].flatMap((key) => changed.get(key) ?? []);
    return job.type === 'edit'
      ? { type: 'edit', acts: job.acts, changed: moved }
      : { type: 'redecide', changed: moved };
  }
  const tally = sifted.tallies.get(job);
  return tally === undefined
    ? { type: 'replayed' }
    : { type: 'intake', counts: { ...tally, ignored: job.ignored.length } };
}

const waitingRow = ({ receipt: { tenant, source_id, id } }: Intake) => ({
  tenant,
  source_id,
  receipt_id: id,
});

const begins = (job: Intake, sifted: Sifted): boolean => job.wait === 'begins' && !sifted.replayed.has(job);

/** A receipt is kept where anything new was in it; a redelivery is not kept again. One that waits may hold anything. */
function wasUseful(job: Intake, sifted: Sifted): boolean {
  const tally = sifted.tallies.get(job);
  return (
    tally !== undefined &&
    (job.wait === 'begins' ||
      tally.accepted > 0 ||
      tally.quarantined > 0 ||
      job.ignored.some((one) => !one.known))
  );
}
