/**
 * Postmark webhooks: one record a request, unsigned, told apart by `RecordType`. May not show `Description` to the
 * classifier: it is Postmark's prose about the type ("ex: unknown user, mailbox not found"), not the server's.
 * https://postmarkapp.com/developer/webhooks/webhooks-overview
 */
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import { type Delivery, defineAdapter, type Item, type ParseError, type RawRequest } from './adapter.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

type Json = Readonly<Record<string, unknown>>;

/** `ignored` = known, and nothing about whether mail may be sent. */
type Meaning = LabelMeaning | 'ignored';

const failed = (code: string, enhanced: string, more: Omit<LabelMeaning, 'kind'> = {}): LabelMeaning => ({
  kind: 'bounce',
  code,
  enhanced,
  ...more,
});
const COMPLAINT: LabelMeaning = { kind: 'complaint', category: 'complaint', feedback: 'abuse' };
const DELAYED: LabelMeaning = { kind: 'deferral', code: '451', enhanced: '4.4.3', category: 'network-error' };
const ON_LIST: LabelMeaning = { kind: 'reject', category: 'suppressed' };

/** `Type`, `TypeCode` and meaning. https://postmarkapp.com/developer/api/bounce-api#bounce-types */
const TYPES: readonly (readonly [type: string, typeCode: string, meaning: Meaning])[] = [
  ['HardBounce', '1', failed('550', '5.1.1', { proof: 'hard' })],
  ['Transient', '2', DELAYED], // "could not temporarily deliver your message"
  ['Unsubscribe', '16', { kind: 'unsubscribe' }],
  ['Subscribe', '32', { kind: 'resubscribe' }],
  ['AutoResponder', '64', 'ignored'],
  ['AddressChange', '128', 'ignored'], // "the recipient has requested an address change": an answer, not a failure
  ['DnsError', '256', DELAYED],
  // "was delivered, but was either blocked by the user, or classified as spam": by a filter, so not a complaint
  ['SpamNotification', '512', failed('554', '5.7.1', { category: 'spam-content' })],
  ['OpenRelayTest', '1024', 'ignored'], // "a test email message to see if the mail server is an open relay"
  ['Unknown', '2048', { kind: 'bounce' }], // "unable to classify the NDR": Details may tell
  ['SoftBounce', '4096', failed('450', '4.0.0')],
  ['VirusNotification', '8192', failed('554', '5.7.0', { category: 'virus' })],
  ['ChallengeVerification', '16384', 'ignored'],
  ['BadEmailAddress', '100000', failed('553', '5.1.3', { category: 'address-syntax', proof: 'cause' })],
  ['SpamComplaint', '100001', COMPLAINT],
  ['ManuallyDeactivated', '100002', ON_LIST],
  ['Unconfirmed', '100003', { kind: 'reject', category: 'sender-rejected' }], // "registration not confirmed"
  ['Blocked', '100006', failed('554', '5.7.1', { category: 'policy-rejected' })], // "due to content or blacklisting"
  ['SMTPApiError', '100007', 'ignored'], // faults of the account, here and below
  ['InboundError', '100008', 'ignored'],
  ['DMARCPolicy', '100009', failed('550', '5.7.26', { category: 'auth-failure' })],
  ['TemplateRenderingFailed', '100010', 'ignored'],
];
const BY_TYPE = new Map(TYPES.map(([type, , meaning]) => [type, meaning]));
const BY_CODE = new Map(TYPES.map(([, typeCode, meaning]) => [typeCode, meaning]));

/** The reason for which an address was put on the stream's list, in the record that tells of it. */
const LISTED = new Map<string, LabelMeaning>([
  ['HardBounce', { ...ON_LIST, listedFor: 'bounce' }],
  ['SpamComplaint', { ...ON_LIST, listedFor: 'complaint' }], // the complaint itself has a record of its own
]);

export const postmark = defineAdapter({
  id: 'postmark',
  name: 'Postmark',
  docs: 'https://postmarkapp.com/developer/webhooks/webhooks-overview',
  needs: { proof: 'shared', hint: `${sharedHint}, which Postmark also takes in the URL` },
  checkKey: checkSharedKey,
  verify: (request, trust) => verifyShared(request, trust),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readRecord(json.value)] });
}

function readRecord(record: Json): Item {
  const type = textOf(record.RecordType);
  switch (type) {
    case 'Bounce':
    case 'SpamComplaint':
      return readBounce(record, type);
    case 'Delivery':
      return eventOf(
        record,
        type,
        { kind: 'delivery', code: '250', category: 'delivered' },
        record.DeliveredAt,
      );
    case 'SubscriptionChange':
      return readChange(record);
    case 'Open':
    case 'Click':
      return { type: 'ignored', label: type, known: true };
  }
  if (type === 'Inbound' || (type === null && 'FromFull' in record && 'ToFull' in record))
    return unreadable(
      'a message that Postmark received for you: in Postmark, give the inbound stream another webhook URL; this one takes the Bounce, Spam Complaint, Subscription Change and Delivery webhooks of an outbound stream',
      record,
    );
  return type === null ? unreadable('no RecordType', record) : { type: 'ignored', label: type, known: false };
}

function readBounce(record: Json, recordType: string): Item {
  const type = textOf(record.Type) ?? textOf(record.TypeCode) ?? recordType;
  const label = type === recordType ? recordType : `${recordType}/${type}`;
  const meaning =
    recordType === 'SpamComplaint'
      ? COMPLAINT
      : (BY_TYPE.get(type) ?? BY_CODE.get(textOf(record.TypeCode) ?? ''));
  if (meaning === undefined || meaning === 'ignored')
    return { type: 'ignored', label, known: meaning !== undefined };
  return eventOf(record, label, meaning, record.BouncedAt, record.Inactive === true ? { listed: true } : {});
}

/**
 * An address came onto the list of a message stream, or left it. Comes beside the Bounce or SpamComplaint record
 * that was the cause, so here it is only the list's notice and no second failure.
 * https://postmarkapp.com/developer/webhooks/subscription-change-webhook
 */
function readChange(record: Json): Item {
  const { SuppressSending: suppressed, SuppressionReason: reason, Origin: origin, ChangedAt: at } = record;
  if (suppressed === false)
    return eventOf(record, 'SubscriptionChange', { kind: 'resubscribe' }, at, { listed: false });
  if (suppressed !== true) return unreadable('SuppressSending is neither true nor false', record);
  // "If a recipient unsubscribes, they will be suppressed with the SuppressionReason of ManualSuppression."
  const meaning: LabelMeaning =
    reason === 'ManualSuppression' && origin === 'Recipient'
      ? { kind: 'unsubscribe' }
      : (LISTED.get(textOf(reason) ?? '') ?? ON_LIST);
  return eventOf(record, 'SubscriptionChange', meaning, at, { listed: true });
}

function eventOf(
  record: Json,
  providerType: string,
  meaning: LabelMeaning,
  at: unknown,
  more: Pick<ProviderEvent, 'listed'> = {},
): Item {
  return {
    type: 'event',
    event: {
      meaning,
      recipient: record.Email ?? record.Recipient,
      at: readTime(at),
      reply: { text: textOf(record.Details) }, // "smtp;550 5.1.1 …"
      providerType,
      eventId: textOf(record.ID),
      messageId: textOf(record.MessageID),
      group: textOf(record.MessageStream),
      tags: textsOf(record.Tag),
      ...more,
    },
  };
}

const unreadable = (why: string, raw: unknown): Item => ({ type: 'unreadable', why, raw });
