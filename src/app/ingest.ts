/** One request of a provider: verify, parse, normalize, then one durable commit. Knows no HTTP framework and no vendor. */
import { alarmLimits } from '../core/alarms.ts';
import type { ProviderEvent } from '../core/event.ts';
import { identityOf } from '../core/identity.ts';
import { normalize, type Reading } from '../core/normalize.ts';
import { err } from '../core/result.ts';
import { storable } from '../core/storable.ts';
import type { Delivery, Item, Proof, RawRequest, Reply, VerifyIo } from '../providers/adapter.ts';
import { sha256, toHex } from '../providers/verify/bytes.ts';
import type { ReceiptRow } from '../store/store.ts';
import type { Committer } from './commit.ts';
import { noteHeard, noteSubscribed, noteUnsubscribed } from './feed.ts';
import type { Intake, IntakeCounts } from './jobs.ts';
import { safeMessage } from './log.ts';
import { verifyOrigin } from './origin.ts';
import { stumbled, submitOrHold } from './poison.ts';
import { receiptOf, requestOf } from './receipt.ts';
import type { Runtime } from './runtime.ts';
import type { Services } from './services.ts';
import type { Source } from './sources.ts';
import type { Tally } from './tally.ts';
import { Busy } from './until-fresh.ts';
import { type VettingDeps, vettedItems } from './vetted-items.ts';

export type Outcome =
  | { readonly type: 'stored'; readonly counts: IntakeCounts; readonly warning: string | null }
  | Reply
  /** No proof, or a false one: final, and nothing is stored. `why` is for the operator, never for the caller. */
  | { readonly type: 'forged'; readonly why: string }
  /** We cannot tell or cannot store: the provider must come again. */
  | { readonly type: 'busy'; readonly why: string };

export interface IngestDeps extends VettingDeps {
  readonly committer: Committer;
  readonly runtime: Runtime;
  readonly tally: Tally;
  readonly store: Services['store'];
  readonly log: Services['log'];
  readonly fetchCertificate: VerifyIo['fetchCertificate'];
}

export async function ingest(deps: IngestDeps, source: Source, request: RawRequest): Promise<Outcome> {
  const { runtime } = deps;
  const receivedAt = runtime.now();
  const proof = await verifyOrigin(source, request, {
    now: receivedAt,
    fetchCertificate: deps.fetchCertificate,
  });
  if (!proof.ok) {
    const { reason, detail, untimely } = proof.error;
    if (reason === 'undecided') return { type: 'busy', why: detail };
    await deps.tally.count(source.row, untimely ? { untimely: 1 } : { rejected: 1 });
    return { type: 'forged', why: detail };
  }
  const outcome = await handOver(deps, source, request, proof.value, receivedAt);
  if (outcome.type !== 'busy')
    await deps.tally.count(source.row, outcome.type === 'forged' ? { rejected: 1 } : { proven: 1 });
  return outcome;
}

/** What is known to come from where it says: its proof was found good, or its bearer needs none. */
export async function handOver(
  deps: IngestDeps,
  source: Source,
  request: RawRequest,
  proof: Proof = {},
  receivedAt = deps.runtime.now(),
): Promise<Outcome> {
  const delivery = await read(source, request);
  if (delivery.type === 'reply') return delivery;
  if (delivery.type === 'confirm') return confirm(deps, source, delivery);
  const outcome = await keep(deps, source, request, receivedAt, proof, delivery.items);
  if (outcome.type === 'stored')
    await (delivery.left === true ? noteUnsubscribed : noteHeard)(deps, source.row);
  return outcome;
}

/** What cannot be read goes to quarantine whole; so does what an adapter stumbles over, rather than be lost. */
async function read(source: Source, request: RawRequest): Promise<Delivery> {
  const whole = (why: string): Delivery => ({
    type: 'items',
    items: [{ type: 'unreadable', why, raw: null }],
  });
  try {
    const parsed = await source.adapter.parse(request);
    return parsed.ok ? parsed.value : whole(parsed.error.why);
  } catch (error) {
    return whole(stumbled(`the ${source.adapter.name} adapter`, error));
  }
}

const ignoredOnce: IntakeCounts = { accepted: 0, duplicates: 0, ignored: 1, quarantined: 0 };

/** Answers a subscription handshake, only where an allow-list has proved the topic ours. */
async function confirm(
  deps: IngestDeps,
  source: Source,
  delivery: Extract<Delivery, { type: 'confirm' }>,
): Promise<Outcome> {
  const outcome = await confirmed(deps, source, delivery);
  await (outcome.type === 'stored' && outcome.warning === null ? noteSubscribed : noteUnsubscribed)(
    deps,
    source.row,
  );
  return outcome;
}

async function confirmed(
  { runtime }: IngestDeps,
  source: Source,
  delivery: Extract<Delivery, { type: 'confirm' }>,
): Promise<Extract<Outcome, { type: 'stored' | 'busy' }>> {
  const allowed = source.row.allow_unsigned === 0 && source.secrets.topicArns.length > 0;
  if (!allowed)
    return {
      type: 'stored',
      counts: ignoredOnce,
      warning: `${delivery.what} was not confirmed: the source has no topic_arns`,
    };
  try {
    const answer = await runtime.fetch(delivery.url, {
      redirect: 'manual',
      signal: AbortSignal.timeout(3_000),
    });
    if (answer.status === 200) return { type: 'stored', counts: ignoredOnce, warning: null };
    return { type: 'busy', why: `${delivery.what}: the confirmation answered ${answer.status}` };
  } catch {
    return { type: 'busy', why: `${delivery.what}: the confirmation could not be fetched` };
  }
}

async function keep(
  deps: IngestDeps,
  source: Source,
  request: RawRequest,
  receivedAt: number,
  proof: Proof,
  items: readonly Item[],
): Promise<Outcome> {
  const { committer, runtime } = deps;
  const receipt = await receiptOf(runtime, source, request, receivedAt);
  const isPaused = source.row.paused_at !== null;
  try {
    const job = isPaused
      ? waitingJob(runtime, source, receipt, proof)
      : await jobFor(deps, source, request, receipt, proof, items);
    const result = await submitOrHold(committer, runtime, job);
    if (result.type === 'replayed')
      return { type: 'forged', why: 'a known signature came with another body' };
    const counts = isPaused ? countsOf(items) : result.counts;
    const unmapped = job.ignored.filter(({ known }) => !known).length;
    const early = items.filter((item) => isEarly(item, receivedAt)).length;
    await deps.tally.count(source.row, {
      items: items.length,
      early,
      unmapped,
      unreadable: counts.quarantined,
    });
    return { type: 'stored', counts, warning: proof.warning ?? null };
  } catch (error) {
    return {
      type: 'busy',
      why:
        error instanceof Busy
          ? error.message
          : `could not store: ${error instanceof Error ? safeMessage(error.message) : 'unknown'}`,
    };
  }
}

const isEarly = (item: Item, receivedAt: number): boolean =>
  item.type === 'event' && item.event.at !== null && item.event.at > receivedAt + alarmLimits.ahead;
/** What a paused source is told: all that may come to something is kept, and counts as taken in. */
function countsOf(items: readonly Item[]): IntakeCounts {
  const ignored = items.filter(({ type }) => type === 'ignored').length;
  return { accepted: items.length - ignored, duplicates: 0, ignored, quarantined: 0 };
}

const waitingJob = (runtime: Runtime, source: Source, receipt: ReceiptRow, proof: Proof): Intake => ({
  ...jobOf(runtime, source, receipt, proof, [], ''),
  wait: 'begins',
});

/** A kept request is read again as it was when it came; its proof was looked at then. */
export async function jobOfWaiting(
  deps: VettingDeps & Pick<IngestDeps, 'runtime'>,
  source: Source,
  receipt: ReceiptRow,
): Promise<Intake> {
  const request = await requestOf(deps.runtime, receipt);
  const delivery = await read(source, request);
  const items = delivery.type === 'items' ? delivery.items : [];
  return { ...(await jobFor(deps, source, request, receipt, {}, items)), wait: 'ends' };
}

const jobFor = async (
  deps: VettingDeps & Pick<IngestDeps, 'runtime'>,
  source: Source,
  request: RawRequest,
  receipt: ReceiptRow,
  proof: Proof,
  items: readonly Item[],
): Promise<Intake> =>
  jobOf(
    deps.runtime,
    source,
    receipt,
    proof,
    await vettedItems(deps, source, items),
    await digestOfWhole(request, items),
  );

/** Only a body that could not be read at all is known by its bytes. */
const digestOfWhole = async (request: RawRequest, items: readonly Item[]): Promise<string> =>
  items.some((item) => item.type === 'unreadable' && item.raw === null)
    ? toHex(await sha256(request.body))
    : '';

/**
 * Normalizes each item by itself: one that cannot be read is quarantined, its neighbours go on. `bodyDigest` names
 * a body that is unreadable as a whole.
 */
export function jobOf(
  runtime: Pick<Runtime, 'newId' | 'sha256'>,
  source: Source,
  receipt: ReceiptRow,
  proof: Proof,
  items: readonly Item[],
  bodyDigest: string,
): Intake {
  const { row, adapter } = source;
  const reading: Reading = {
    tenant: row.tenant,
    sourceId: row.id,
    provider: row.provider,
    stream: row.stream,
    streams: source.streams,
    trust: readTrust(row.trust),
    receiptId: receipt.id,
    receivedAt: receipt.received_at,
  };
  const events: Intake['events'][number][] = [];
  const ignored: Intake['ignored'][number][] = [];
  const unreadable: Intake['unreadable'][number][] = [];
  const digestOf = (text: string) => runtime.sha256(text).slice(0, 32);
  const refuse = (item: number, why: string, raw: unknown) => {
    const whole = raw === null ? '' : typeof raw === 'string' ? raw : (JSON.stringify(raw) ?? String(raw));
    const text = storable(whole.slice(0, 65_536));
    unreadable.push({
      item,
      why,
      raw: text,
      digest: digestOf(JSON.stringify([row.id, 'unreadable', raw === null ? bodyDigest : text])),
    });
  };
  const normalized = (event: ProviderEvent): ReturnType<typeof normalize> => {
    try {
      return normalize(event, reading);
    } catch (error) {
      return err(stumbled(`reading what the ${adapter.name} adapter found`, error));
    }
  };
  for (const [i, item] of items.entries()) {
    if (item.type === 'ignored') ignored.push({ label: item.label, known: item.known });
    else if (item.type === 'unreadable')
      refuse(item.raw === null && items.length === 1 ? -1 : i, item.why, item.raw);
    else {
      const event = normalized(item.event);
      if (!event.ok) refuse(i, event.error, item.event);
      else {
        const id = runtime.newId('evt', receipt.received_at);
        events.push({
          event: { ...event.value, id },
          digest: digestOf(identityOf(event.value, item.event.at)),
          isNamed: item.event.eventId !== null || item.event.at !== null,
        });
      }
    }
  }
  return {
    type: 'intake',
    receipt,
    events,
    ignored,
    unreadable,
    bind: proof.bind ?? null,
    provider: adapter.id,
  };
}

const readTrust = (trust: string | null): Reading['trust'] =>
  trust === 'full' || trust === 'proven' ? trust : null;
