/**
 * Postmark webhooks: one record a request, unsigned, told apart by `RecordType`. May not show `Description` to the
 * classifier: it is Postmark's prose about the type ("ex: unknown user, mailbox not found"), not the server's.
 * https://postmarkapp.com/developer/webhooks/webhooks-overview
 */
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type ParseError,
  type RawRequest,
} from './adapter.ts';
import { echoedTag } from './echo.ts';
import { bounced, COMPLAINED, DELIVERED, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const COMPLAINT: LabelMeaning = { ...COMPLAINED, feedback: 'abuse' };
const DELAYED: LabelMeaning = { kind: 'deferral', code: '451', enhanced: '4.4.3', category: 'network-error' };
const ON_LIST: LabelMeaning = { kind: 'reject', category: 'suppressed' };

/**
 * `RecordType/Type`. https://postmarkapp.com/developer/api/bounce-api#bounce-types
 * Of changes of the list, the reason and who was its origin.
 */
const LABELS: Labels = {
  Delivery: DELIVERED,
  Open: 'ignored',
  Click: 'ignored',
  SpamComplaint: COMPLAINT,
  'Bounce/HardBounce': bounced('550', '5.1.1', { proof: 'hard' }),
  'Bounce/Transient': DELAYED, // "could not temporarily deliver your message"
  'Bounce/Unsubscribe': { kind: 'unsubscribe' },
  'Bounce/Subscribe': { kind: 'resubscribe' },
  'Bounce/AutoResponder': 'ignored',
  'Bounce/AddressChange': 'ignored', // "the recipient has requested an address change": an answer, not a failure
  'Bounce/DnsError': DELAYED,
  // "was delivered, but was either blocked by the user, or classified as spam": by a filter, so not a complaint
  'Bounce/SpamNotification': bounced('554', '5.7.1', { category: 'spam-content' }),
  'Bounce/OpenRelayTest': 'ignored', // "a test email message to see if the mail server is an open relay"
  Bounce: { kind: 'bounce' }, // of no type
  'Bounce/Unknown': { kind: 'bounce' }, // "unable to classify the NDR": Details may tell
  'Bounce/SoftBounce': bounced('450', '4.0.0'),
  'Bounce/VirusNotification': bounced('554', '5.7.0', { category: 'virus' }),
  'Bounce/ChallengeVerification': 'ignored',
  'Bounce/BadEmailAddress': bounced('553', '5.1.3', { category: 'address-syntax', proof: 'cause' }),
  'Bounce/SpamComplaint': COMPLAINT,
  'Bounce/ManuallyDeactivated': ON_LIST,
  'Bounce/Unconfirmed': { kind: 'reject', category: 'sender-rejected' }, // "registration not confirmed"
  'Bounce/Blocked': bounced('554', '5.7.1', { category: 'policy-rejected' }), // "due to content or blacklisting"
  // Not taken, for its list: https://postmarkapp.com/developer/webhooks/smtp-api-error
  'Bounce/SMTPApiError/inactive': ON_LIST,
  'Bounce/SMTPApiError': 'ignored', // faults of the account, here and below
  'Bounce/InboundError': 'ignored',
  'Bounce/DMARCPolicy': bounced('550', '5.7.26', { category: 'auth-failure' }),
  'Bounce/TemplateRenderingFailed': 'ignored',
  'SubscriptionChange/HardBounce': { ...ON_LIST, listedFor: 'bounce' },
  'SubscriptionChange/SpamComplaint': { ...ON_LIST, listedFor: 'complaint' }, // the complaint itself has a record of its own
  // "If a recipient unsubscribes, they will be suppressed with the SuppressionReason of ManualSuppression."
  'SubscriptionChange/ManualSuppression by Recipient': { kind: 'unsubscribe' },
  'SubscriptionChange/ManualSuppression by Customer': ON_LIST,
  'SubscriptionChange/ManualSuppression by Admin': ON_LIST,
  'SubscriptionChange/SuppressSending false': { kind: 'resubscribe' },
};

/** `TypeCode`, for records that leave `Type` out. */
const TYPE_OF_CODE: Readonly<Record<string, string>> = {
  1: 'HardBounce',
  2: 'Transient',
  16: 'Unsubscribe',
  32: 'Subscribe',
  64: 'AutoResponder',
  128: 'AddressChange',
  256: 'DnsError',
  512: 'SpamNotification',
  1024: 'OpenRelayTest',
  2048: 'Unknown',
  4096: 'SoftBounce',
  8192: 'VirusNotification',
  16384: 'ChallengeVerification',
  100000: 'BadEmailAddress',
  100001: 'SpamComplaint',
  100002: 'ManuallyDeactivated',
  100003: 'Unconfirmed',
  100006: 'Blocked',
  100007: 'SMTPApiError',
  100008: 'InboundError',
  100009: 'DMARCPolicy',
  100010: 'TemplateRenderingFailed',
};

export const postmark = defineAdapter({
  id: 'postmark',
  name: 'Postmark',
  docs: 'https://postmarkapp.com/developer/webhooks/webhooks-overview',
  needs: { proof: 'shared', hint: `${sharedHint}, which Postmark also takes in the URL` },
  setup: [
    'In Postmark, open Servers, your server, the message stream, Webhooks, and Add webhook.',
    'Paste the URL, and under Custom headers add X-Mailstop-Key with the secret (or use Basic auth).',
    'Choose Delivery, Bounce, Spam complaint and Subscription change, and save; do so for each message stream.',
  ],
  attach: 'Metadata: {"mailstop_tag": "…"} of the API, or the header X-PM-Metadata-mailstop_tag',
  labels: LABELS,
  unverified: [
    'The words of an SMTPApiError about a recipient on Postmark’s list are taken to be those of its API.',
  ],
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
      return eventOf(record, type, DELIVERED, record.DeliveredAt);
    case 'SubscriptionChange':
      return readChange(record);
  }
  if (type === 'Inbound' || (type === null && 'FromFull' in record && 'ToFull' in record))
    return unreadable(
      'a message that Postmark received for you: in Postmark, give the inbound stream another webhook URL; this one takes the Bounce, Spam Complaint, Subscription Change and Delivery webhooks of an outbound stream',
      record,
    );
  return type === null
    ? unreadable('no RecordType', record)
    : ignored(type, rowOf(LABELS, type) === 'ignored');
}

/** "You tried to send to a recipient that has been marked as inactive." */
const refusedInactive = /\bmarked as inactive\b|\binactive (?:recipient|address)/i;

function readBounce(record: Json, recordType: string): Item {
  const typeCode = textOf(record.TypeCode);
  const type = textOf(record.Type) ?? TYPE_OF_CODE[typeCode ?? ''] ?? typeCode;
  const label = type === null || recordType === 'SpamComplaint' ? recordType : `${recordType}/${type}`;
  const detail = refusedInactive.test(textOf(record.Details) ?? '') ? `${label}/inactive` : null;
  // A type of tomorrow may have a code of today.
  const meaning =
    rowOf(LABELS, detail) ?? rowOf(LABELS, label) ?? rowOf(LABELS, `Bounce/${TYPE_OF_CODE[typeCode ?? '']}`);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  const listed = record.Inactive === true || meaning === ON_LIST;
  return eventOf(record, label, meaning, record.BouncedAt, listed ? { listed } : {});
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
  const why = textOf(reason) ?? '';
  const meaning =
    rowOf(LABELS, `SubscriptionChange/${why}`) ??
    rowOf(LABELS, `SubscriptionChange/${why} by ${textOf(origin)}`);
  return eventOf(record, 'SubscriptionChange', typeof meaning === 'object' ? meaning : ON_LIST, at, {
    listed: true,
  });
}

function eventOf(
  record: Json,
  providerType: string,
  meaning: LabelMeaning,
  at: unknown,
  more: Pick<ProviderEvent, 'listed'> = {},
): Item {
  return eventItem({
    meaning,
    recipient: record.Email ?? record.Recipient,
    at: readTime(at),
    reply: { text: textOf(record.Details) }, // "smtp;550 5.1.1 …"
    providerType,
    eventId: textOf(record.ID),
    messageId: textOf(record.MessageID),
    group: textOf(record.MessageStream),
    tags: textsOf(record.Tag),
    ...echoedTag(record.Metadata),
    ...more,
  });
}
