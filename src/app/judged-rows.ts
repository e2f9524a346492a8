/** What a judged flush writes, row by row. Pure but for new ids. */
import type { Entry } from '../core/entries.ts';
import type { Decision, MailEvent } from '../core/event.ts';
import type { EventFact } from '../core/facts.ts';
import { type Cluster, clusterOf, guard, OWN, ownCauseOf, slotOf } from '../core/guard.ts';
import type { NewId } from '../core/ids.ts';
import { labelShown, templateOf } from '../core/mask.ts';
import type { Policy } from '../core/policy.ts';
import type {
  ChangeRow,
  EntryRow,
  EventRow,
  History,
  Known,
  SurgeRow,
  UnmappedRow,
  WritePlan,
} from '../store/store.ts';
import type { Edit, Job } from './jobs.ts';
import type { Changed } from './refold.ts';
import { retention } from './retention.ts';
import type { FreshEvent, Sifted } from './sift.ts';

/** What a flush is judged by. */
export interface Desk {
  readonly known: Known;
  readonly histories: ReadonlyMap<string, History>;
  /** Of addresses that are decided anew: events that did not count so far. */
  readonly uncounted: ReadonlyMap<string, readonly EventFact[]>;
  readonly policyOf: (tenant: string) => Policy;
  readonly now: number;
  readonly newId: NewId;
}

export function entryRow(
  { tenant, address }: { tenant: string; address: string },
  entry: Entry,
  before: EntryRow | null,
  policy: Policy,
  desk: Pick<Desk, 'newId' | 'now'>,
): EntryRow {
  const { cause } = entry;
  const told = 'smtp' in cause ? cause : cause.kind === 'import' ? cause.cause : null;
  const event: EventFact | null = 'smtp' in cause ? cause : null;
  return {
    tenant,
    address,
    stream: entry.stream,
    reason: entry.reason,
    id: before?.id ?? desk.newId('sup', desk.now),
    domain: address.slice(address.lastIndexOf('@') + 1),
    origin: entry.origin,
    state: entry.state,
    until: entry.until,
    code: told?.smtp.code ?? null,
    enhanced: told?.smtp.enhanced ?? null,
    code_source: told?.smtp.source ?? null,
    category: told?.category ?? null,
    blame: told?.blame ?? null,
    severity: told?.severity ?? null,
    bounce_type: told?.bounceType ?? null,
    retry: policy.rules.find((rule) => rule.id === entry.rule)?.retry ?? 'no',
    rule: entry.rule,
    policy_version: policy.version,
    provider: event?.provider ?? told?.provider ?? null,
    source_id: event?.sourceId ?? null,
    event_id: event?.id ?? null,
    note: 'smtp' in cause ? null : cause.note,
    contradicted_at: entry.contradictedAt,
    created_at: before?.created_at ?? desk.now,
    updated_at: desk.now,
  };
}

export const changeRow = ({ before, after: entry }: Changed): ChangeRow => ({
  tenant: entry.tenant,
  at: entry.updated_at,
  address: entry.address,
  stream: entry.stream,
  reason: entry.reason,
  state: entry.state,
  until: entry.until,
  suppression_id: entry.id,
  was: wasOf(before, entry.updated_at),
});

/** What stood until then; null where nothing did. */
const wasOf = (before: EntryRow | null, at: number): ChangeRow['was'] =>
  before === null || before.state === 'released' || (before.until !== null && before.until <= at)
    ? null
    : before.state;

export function eventRow(event: MailEvent, decision: Decision, counts: boolean): EventRow {
  return {
    tenant: event.tenant,
    id: event.id,
    source_id: event.sourceId,
    receipt_id: event.receiptId,
    provider: event.provider,
    kind: event.kind,
    address: event.address,
    domain: event.address.slice(event.address.lastIndexOf('@') + 1),
    at: event.at,
    received_at: event.receivedAt,
    sent_at: event.sentAt,
    stream: event.stream,
    provider_group: event.group,
    code: event.smtp.code,
    enhanced: event.smtp.enhanced,
    text: event.smtp.text,
    code_source: event.smtp.source,
    category: event.category,
    blame: event.blame,
    bounce_type: event.bounceType,
    severity: event.severity,
    verdict: event.verdict,
    strength: event.strength,
    classified_by: event.classifiedBy,
    message_id: event.messageId,
    rfc_message_id: event.rfcMessageId,
    provider_event_id: event.providerEventId,
    provider_type: event.providerType,
    feedback: event.feedback,
    listed_for: event.listedFor,
    listed: event.listed === null ? null : Number(event.listed),
    hearsay: Number(event.hearsay),
    proven: Number(event.proven),
    tags: JSON.stringify(event.tags),
    rule: decision.rule,
    action: decision.action,
    retry: decision.retry,
    until: decision.until,
    policy_version: decision.policyVersion,
    counts: Number(counts),
  };
}

export function actRow(tenant: string, { address, act, batch }: Edit['acts'][number]) {
  const { id, kind, at, actor, ...detail } = act;
  return { tenant, id, kind, address, at, actor, detail: JSON.stringify(detail), batch: batch ?? null };
}

/** Reports that name themselves, and bodies that nobody can read. */
export const seenRows = (sifted: Sifted, now: number) => [
  ...sifted.fresh
    .filter(({ isNamed }) => isNamed)
    .map(({ event, digest }) => ({
      tenant: event.tenant,
      digest,
      forget_at: now + (event.kind === 'delivery' ? retention.seenDeliveries : retention.seen),
    })),
  ...sifted.resumed.map(({ receipt: { tenant, id } }) => ({
    tenant,
    digest: id,
    forget_at: now + retention.seen,
  })),
  ...sifted.unreadable.map(({ job, at }) => ({
    tenant: job.receipt.tenant,
    digest: at.digest,
    forget_at: now + retention.seen,
  })),
];

export const seenAgainRows = (sifted: Sifted, now: number) =>
  sifted.fresh
    .filter(({ isNamed }) => !isNamed)
    .map(({ event, digest }) => ({ tenant: event.tenant, digest, forget_at: now + retention.seenUnnamed }));

export function nonceRows(jobs: readonly Job[], sifted: Sifted, desk: Desk) {
  const rows = new Map<string, WritePlan['nonces'][number]>();
  for (const job of jobs) {
    if (job.type !== 'intake' || job.bind === null || sifted.replayed.has(job)) continue;
    const { tenant } = job.receipt;
    const key = `${tenant} ${job.provider} ${job.bind.nonce}`;
    if (desk.known.nonces.has(key)) continue;
    rows.set(key, {
      tenant,
      provider: job.provider,
      nonce: job.bind.nonce,
      body_digest: job.bind.digest,
      forget_at: desk.now + retention.seen,
    });
  }
  return [...rows.values()];
}

/** Names that one flush adds of one provider; what more there are is counted under MORE, so that no caller fills the table. */
export const UNMAPPED_A_FLUSH = 50;
const MORE = '(more)';

export function unmappedRows(jobs: readonly Job[], sifted: Sifted): UnmappedRow[] {
  const rows = new Map<string, UnmappedRow>();
  const names = new Map<string, number>();
  const count = (tenant: string, provider: string, kind: 'label' | 'template', given: string, at: number) => {
    const of = JSON.stringify([tenant, provider, kind]);
    const keyOfName = (name: string) => JSON.stringify([of, name]);
    const isKnown = rows.has(keyOfName(given));
    const name = isKnown || (names.get(of) ?? 0) < UNMAPPED_A_FLUSH ? given : MORE;
    const key = keyOfName(name);
    const known = rows.get(key);
    if (known === undefined) names.set(of, (names.get(of) ?? 0) + 1);
    rows.set(key, {
      tenant,
      provider,
      kind,
      name,
      count: (known?.count ?? 0) + 1,
      first_at: Math.min(known?.first_at ?? at, at),
      last_at: Math.max(known?.last_at ?? at, at),
      sample: name,
    });
  };
  for (const job of jobs) {
    if (job.type !== 'intake' || sifted.replayed.has(job)) continue;
    const { tenant, received_at } = job.receipt;
    for (const { label, known } of job.ignored)
      if (!known) count(tenant, job.provider, 'label', labelShown(label), received_at);
  }
  for (const { event } of sifted.fresh) {
    if (event.category === 'unknown' && event.smtp.text !== null)
      count(event.tenant, event.provider, 'template', templateOf(event.smtp.text), event.receivedAt);
  }
  return [...rows.values()];
}

/**
 * What was put on the list as dead, and failed for a cause of our own, by what it has in common. By the time of the
 * failure: a day's reports that arrive at once are no jump.
 */
export function surgeRows(
  fresh: readonly FreshEvent[],
  changed: readonly Changed[],
  alive: ReadonlySet<string>,
  { policyOf, now }: Desk,
): SurgeRow[] {
  const rows = new Map<string, SurgeRow>();
  const count = ({ tenant, at }: MailEvent, cluster: Cluster, isAlive: boolean) => {
    const slot = slotOf(at);
    const key = `${tenant} ${slot} ${cluster.receiver} ${cluster.cause}`;
    const known = rows.get(key);
    rows.set(key, {
      tenant,
      slot,
      ...cluster,
      failures: (known?.failures ?? 0) + 1,
      alive: (known?.alive ?? 0) + Number(isAlive),
    });
  };
  const since = now - guard.memory;
  const blocks = (row: EntryRow | null) =>
    row !== null && row.state !== 'released' && (row.until === null || row.until > now);
  const newlyDead = new Set<string>();
  for (const { before, after } of changed)
    if (
      after.reason === 'hard-bounce' &&
      after.event_id !== null &&
      blocks(after) &&
      !blocks(before) &&
      policyOf(after.tenant).rules.find(({ id }) => id === after.rule)?.then.do === 'dead'
    )
      newlyDead.add(after.event_id);
  for (const { event } of fresh) {
    if (event.at < since) continue;
    const own = ownCauseOf(event);
    if (own !== null) count(event, { receiver: OWN, cause: own }, false);
    else if (newlyDead.has(event.id)) count(event, clusterOf(event), alive.has(event.id));
  }
  return [...rows.values()];
}

export function heard(jobs: readonly Job[], sifted: Sifted): { id: string; at: number }[] {
  const latest = new Map<string, number>();
  for (const job of jobs) {
    if (job.type === 'intake' && !sifted.replayed.has(job))
      latest.set(
        job.receipt.source_id,
        Math.max(latest.get(job.receipt.source_id) ?? 0, job.receipt.received_at),
      );
  }
  return [...latest].map(([id, at]) => ({ id, at }));
}
