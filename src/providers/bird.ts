/**
 * Bird webhooks (MessageBird until 2024), of two platforms that send side by side. The newer one follows Standard
 * Webhooks: `{type, timestamp, data}`, one recipient each. The Channels API signs the URL it calls, keeps the
 * timestamp of the first attempt for all retries, and tells the status of a message whose recipients may be several.
 * May not take the URL of a request for the signed one: a proxy's headers are anyone's to write.
 * https://bird.com/docs/webhooks
 * https://docs.bird.com/api/channels-api/message-status-and-interactions
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { DAY, HOUR, MINUTE, readTime, SECOND } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type ParseError,
  type Proof,
  type RawRequest,
  type Trust,
  type VerifyError,
  type VerifyIo,
} from './adapter.ts';
import {
  bounced,
  COMPLAINED,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { complaints, listedForIn } from './rows.ts';
import { fromBase64, sha256, utf8 } from './verify/bytes.ts';
import { checkSigningKey, verifyKeyedHash } from './verify/keyed-hash.ts';
import {
  checkStandardWebhooksKey,
  hasStandardWebhooksHeaders,
  verifyStandardWebhooks,
  webhookIdOf,
} from './verify/standard-webhooks.ts';
import { inTime } from './verify/untimely.ts';

const HARD = bounced('550', '5.0.0', { proof: 'hard' });
const SOFT = bounced('450', '4.0.0');
const POLICY: LabelMeaning = { kind: 'reject', category: 'policy-rejected' };

/** `bounce_type`. Of an out-of-band bounce too: a notice that came after the message was taken. */
const bounces = (event: string): Labels => ({
  [event]: { kind: 'bounce' },
  [`${event}/hard`]: HARD, // "an invalid address or a domain that does not exist"
  [`${event}/soft`]: SOFT,
  [`${event}/block`]: bounced('554', '5.7.1', { category: 'ip-blocked' }), // "refused the sending IP on reputation grounds"
  [`${event}/admin`]: bounced('554', '5.7.1', { category: 'policy-rejected' }), // "relaying denied or a blocklisted domain"
  [`${event}/undetermined`]: { kind: 'bounce' },
});

/** The newer platform by `type` and the word that decides beside it; Channels by `event`, `status` and `reason`. */
const LABELS: Labels = {
  'email.scheduled': 'ignored',
  'email.accepted': 'ignored',
  'email.processed': 'ignored',
  'email.canceled': 'ignored',
  'email.delivered': DELIVERED,
  'email.deferred': deferred(),
  ...bounces('email.bounced'),
  ...bounces('email.out_of_band_bounce'),
  'email.rejected/recipient_suppressed': onList(),
  'email.rejected/policy_rejection': POLICY,
  'email.rejected/transmission_failed': 'ignored', // faults of the account or of Bird's, here and below
  'email.rejected/generation_failure': 'ignored',
  'email.rejected/domain_unverified': 'ignored',
  'email.rejected/quota_exceeded': 'ignored',
  'email.rejected/recipient_not_allowed': 'ignored', // of the shared domain for trying out
  'email.opened': 'ignored',
  'email.clicked': 'ignored',
  ...complaints('email.complained'),
  'email.unsubscribed': { kind: 'unsubscribe' },
  'email.list_unsubscribed': { kind: 'unsubscribe' }, // one click in the mail program (RFC 8058)
  'email.received': 'ignored',
  'email_suppression.created': onList(), // for reasons of an open list: "treat unknown values as informational"
  'preference.revoked': { kind: 'unsubscribe' },
  'preference.granted': { kind: 'resubscribe' },
  'preference.deleted': 'ignored', // "without erasing its history": neither yes nor no

  // https://docs.bird.com/api/channels-api/supported-channels/programmable-email/message-status
  'email.inbound': 'ignored',
  'email.outbound/accepted': 'ignored',
  'email.outbound/sent': 'ignored',
  'email.outbound/delivered': DELIVERED,
  'email.outbound/sending_failed/generationRejection': POLICY,
  'email.outbound/sending_failed/generationFailure': 'ignored',
  'email.outbound/sending_failed/policyRejection': POLICY,
  'email.outbound/delivery_failed': { kind: 'bounce' },
  'email.outbound/delivery_failed/bounceHard': HARD, // "invalid or could not be determined"
  'email.outbound/delivery_failed/bounceSoft': SOFT,
  'email.outbound/delivery_failed/bounceBlock': bounced('554', '5.7.1', { category: 'policy-rejected' }),
  'email.outbound/delivery_failed/bounceAdmin': POLICY, // "failed by a configured policy"
  'email.outbound/delivery_failed/bounceUndetermined': { kind: 'bounce' },
  'email.outbound/delivery_failed/delay': deferred(),
  'email.outbound/delivery_failed/out_of_band': { kind: 'bounce' },
  'email.interaction/opened': 'ignored',
  'email.interaction/clicked': 'ignored',
  'email.interaction/reported-as-spam': COMPLAINED,
  'email.interaction/unsubscribe-request': { kind: 'unsubscribe' },
};

/** Other channels, of either platform, and housekeeping of the account. */
const OTHERS =
  /^(?:sms|whatsapp|voice_call|verify|email_mailbox|domain)[._]|^(?!email\.)[a-z-]+\.(?:inbound|outbound|interaction)$/;

/** Bird tries for a day, always with the timestamp of the first attempt. */
const RETRIED = DAY + HOUR;

export const bird = defineAdapter({
  id: 'bird',
  name: 'Bird',
  docs: 'https://bird.com/docs/webhooks',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret that Bird shows once when the webhook is made (whsec_…), or the signing key that you gave to a webhook subscription of the Channels API',
    publicUrl: true,
  },
  setup: [
    'In Bird, open Developers, Webhooks, and add an endpoint with the URL.',
    'Choose email.delivered, email.deferred, email.bounced, email.out_of_band_bounce, email.rejected, email.complained, email.unsubscribed, email.list_unsubscribed, email_suppression.created, preference.revoked and preference.granted.',
    'Copy the signing secret, which starts with whsec_ and is shown only once.',
    'With the Channels API, make webhook subscriptions to email.outbound and email.interaction instead, with a signing key of your own.',
    'Set public_url to the URL just as Bird has it: the Channels API signs it.',
  ],
  labels: LABELS,
  unverified: [
    'The body of an event of the Channels API: whose address it is about is read from receiver.contacts, and nobody is blocked where that names several.',
    'The name of the Channels API’s event for complaints and unsubscribes: email.interaction is what is read.',
  ],
  checkKey: (key) => (isStandard(key) ? checkStandardWebhooksKey(key) : checkSigningKey(key)),
  verify,
  parse,
});

const isStandard = (key: string): boolean => key.startsWith('whsec_');

async function verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>> {
  const { keys } = trust.secrets;
  return hasStandardWebhooksHeaders(request.headers)
    ? verifyStandardWebhooks(request, keys.filter(isStandard), io.now)
    : verifyChannels(
        request,
        keys.filter((key) => !isStandard(key)),
        trust.publicUrl,
        io.now,
      );
}

/** Over timestamp, URL and the SHA-256 of the body, joined by newlines. */
async function verifyChannels(
  { headers, body }: RawRequest,
  keys: readonly string[],
  url: string | null,
  now: number,
): Promise<Result<Proof, VerifyError>> {
  const timestamp = headers.get('messagebird-request-timestamp') ?? '';
  if (!/^\d{10}$/.test(timestamp)) return err({ reason: 'forged', detail: 'no timestamp of ten digits' });
  const at = Number(timestamp) * SECOND;
  if (url === null) return err({ reason: 'undecided', detail: 'no public_url is configured' });
  const signature = fromBase64(headers.get('messagebird-signature') ?? '', 44);
  const start = utf8(`${timestamp}\n${url}\n`);
  const given = signature?.length === 32 ? [signature] : [];
  return inTime(
    await verifyKeyedHash(given, keys, start, await sha256(body)),
    at >= now - RETRIED && at <= now + 5 * MINUTE,
    'a timestamp too far from now',
  );
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  const notice = json.value;
  const { type, event } = notice;
  const items =
    textOf(event) === null
      ? [readEvent(textOf(type), notice, webhookIdOf(request.headers))]
      : readChannels(String(event), notice);
  return ok({ type: 'items', items });
}

function readEvent(type: string | null, notice: Json, id: string | null): Item {
  if (type === null) return unreadable('neither a type nor an event', notice);
  const data = isRecord(notice.data) ? notice.data : {};
  const label = labelOf(type, data.bounce_type ?? data.rejection_reason ?? data.feedback_type ?? data.reason);
  const meaning = rowOf(LABELS, label) ?? rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored')
    return ignored(label, meaning !== undefined || OTHERS.test(type));
  if (type.startsWith('preference.') && data.channel !== 'email') return ignored(type, true);
  const isListed = type === 'email_suppression.created';
  return eventItem({
    meaning: isListed ? onList(listedForIn(textOf(data.reason))) : meaning,
    recipient: data.recipient ?? data.email ?? data.handle,
    at: readTime(notice.timestamp),
    reply: {
      code: textOf(data.bounce_code),
      text: textOf(data.bounce_description) ?? textOf(data.defer_reason),
    },
    providerType: label,
    eventId: id,
    messageId: textOf(data.email_id),
    group: textOf(data.sender_scope) ?? textOf(data.topic_id),
    tags: (Array.isArray(data.tags) ? data.tags : []).flatMap((tag: unknown) =>
      isRecord(tag) ? [`${textOf(tag.name)}:${textOf(tag.value)}`] : [],
    ),
    ...(isListed ? { listed: true } : {}),
  });
}

function readChannels(event: string, notice: Json): Item[] {
  const payload = isRecord(notice.payload) ? notice.payload : {};
  const { status, type, reason, details, failure } = payload;
  const word = textOf(event === 'email.outbound' ? status : type);
  if (word === null && event === 'email.outbound') return [unreadable('no status', notice)];
  // Bird tells of both fields without saying which of them holds the word.
  const isWord = (one: unknown) =>
    textOf(one) !== null && rowOf(LABELS, labelOf(event, word, one)) !== undefined;
  const cause = [reason, details].find(isWord) ?? reason;
  const label = labelOf(event, word, cause);
  const row = rowOf(LABELS, label) ?? rowOf(LABELS, labelOf(event, word));
  if (row === undefined || row === 'ignored')
    return [ignored(label, row !== undefined || OTHERS.test(event))];
  const described = isRecord(failure) ? textOf(failure.description) : null;
  const text = details === cause ? described : (textOf(details) ?? described);
  const meaning = row === POLICY && /suppress/i.test(text ?? '') ? onList() : row;
  const recipients = contactsOf(payload);
  if (recipients.length === 0) return [unreadable('names no recipient', notice)];
  return recipients.map((recipient) =>
    eventItem({
      meaning,
      recipient,
      at: readTime(payload.lastStatusAt ?? payload.updatedAt ?? payload.createdAt),
      reply: { text },
      providerType: label,
      eventId: null,
      messageId: textOf(payload.messageId) ?? textOf(payload.id),
      ...(recipients.length === 1 ? {} : { ambiguous: true }),
    }),
  );
}

/** `receiver: {contacts: [{identifierValue}]}`, or one `contact`. */
function contactsOf({ receiver }: Json): unknown[] {
  const { contacts, contact } = isRecord(receiver) ? receiver : {};
  return [contacts ?? contact ?? []]
    .flat()
    .map((one: unknown) => (isRecord(one) ? one.identifierValue : one));
}

const labelOf = (...words: unknown[]): string =>
  words
    .map(textOf)
    .filter((word) => word !== null)
    .join('/');
