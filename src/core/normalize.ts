/** From what an adapter read to one classified fact in Mailstop's words. Pure. */
import { canonicalAddress } from './address.ts';
import { classify } from './classify.ts';
import type { Kind, MailEvent, ProviderEvent, Reply } from './event.ts';
import { err, ok, type Result } from './result.ts';
import { readReply } from './smtp.ts';
import { MINUTE } from './time.ts';

/** The parts of a source that say how its events are to be read. */
export interface Reading {
  readonly tenant: string;
  readonly sourceId: string;
  readonly provider: string;
  /** Where whatever is not mapped belongs; null = all mail. */
  readonly stream: string | null;
  /** The provider's group -> our stream. */
  readonly streams: Readonly<Record<string, string>>;
  /** `full`: bounce mail counts as proven; `proven`: unproven reports are only recorded. */
  readonly trust: 'full' | 'proven' | null;
  readonly receiptId: string;
  readonly receivedAt: number;
}

const CLOCK_SKEW = 5 * MINUTE;

/** Everything but the id. The error says why the recipient cannot be read; the item goes to quarantine. */
export function normalize(given: ProviderEvent, reading: Reading): Result<Omit<MailEvent, 'id'>, string> {
  const address = canonicalAddress(given.recipient);
  if (!address.ok) return err(`recipient: ${address.error}`);
  const { meaning } = given;
  const smtp = withInferredCodes(readReply(given.reply), given);
  const found = classify({ kind: meaning.kind, reply: smtp, meaning, provider: reading.provider });
  const proven = (given.proven ?? true) || reading.trust === 'full';
  return ok({
    tenant: reading.tenant,
    sourceId: reading.sourceId,
    receiptId: reading.receiptId,
    provider: reading.provider,
    kind: meaning.kind,
    address: address.value,
    at: happenedAt(given, reading),
    receivedAt: reading.receivedAt,
    sentAt: given.sentAt ?? null,
    stream: streamOf(given, reading),
    group: given.group ?? null,
    smtp,
    category: found.category,
    blame: found.blame,
    bounceType: found.bounceType,
    severity: found.severity,
    verdict: found.verdict,
    strength: found.strength === 'strong' && !proven ? 'weak' : found.strength,
    classifiedBy: found.rule,
    messageId: given.messageId,
    rfcMessageId: given.rfcMessageId ?? null,
    providerEventId: given.eventId,
    providerType: given.providerType,
    feedback: meaning.kind === 'complaint' ? (meaning.feedback ?? 'abuse') : null,
    listedFor: meaning.listedFor ?? null,
    listed: given.listed ?? null,
    hearsay: given.ambiguous === true || (!proven && (reading.trust === 'proven' || widens(meaning.kind))),
    proven,
    tags: given.tags ?? [],
  });
}

/** A time that is none, or too far ahead, is that of the receipt. */
const happenedAt = ({ at }: ProviderEvent, { receivedAt }: Reading): number =>
  at !== null && at <= receivedAt + CLOCK_SKEW && Number.isFinite(at) ? at : receivedAt;

/** Anyone can mail a success report: one that nothing proves must not lift what blocks an address. */
const widens = (kind: Kind): boolean => kind === 'delivery' || kind === 'resubscribe';

function withInferredCodes(reply: Reply, { meaning }: ProviderEvent): Reply {
  if (reply.source !== null || (meaning.code === undefined && meaning.enhanced === undefined)) return reply;
  return { ...reply, code: meaning.code ?? null, enhanced: meaning.enhanced ?? null, source: 'inferred' };
}

/** A global unsubscribe is from all mail, also where the source's mail is one stream. Nothing is narrower than we can enforce. */
function streamOf({ stream, group, meaning }: ProviderEvent, reading: Reading): string {
  if (group !== undefined && group !== null && Object.hasOwn(reading.streams, group))
    return reading.streams[group] as string;
  if (stream !== undefined && stream !== null) return stream;
  const leavesOrJoins =
    meaning.kind === 'unsubscribe' ||
    meaning.kind === 'resubscribe' ||
    meaning.listedFor === 'unsubscribe' ||
    meaning.feedback === 'opt-out';
  const global = leavesOrJoins && (group === undefined || group === null);
  return global ? '*' : (reading.stream ?? '*');
}
