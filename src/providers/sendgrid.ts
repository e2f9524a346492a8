/**
 * Twilio SendGrid, Event Webhook. Reads its batches of events and proves them by its ECDSA signature over the
 * timestamp header and the raw body. May not parse the body before the signature holds, and may not take
 * `type=blocked` for a dead address whatever status stands beside it: that is the classifier's judgement.
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
 */
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { MINUTE, readTime, SECOND } from '../core/time.ts';
import type {
  Delivery,
  Item,
  ParseError,
  Proof,
  RawRequest,
  Trust,
  VerifyError,
  VerifyIo,
} from './adapter.ts';
import { defineAdapter } from './adapter.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { utf8 } from './verify/bytes.ts';
import { importP256Key, readSignature, verifyP256 } from './verify/ecdsa.ts';

type Table = Readonly<Record<string, LabelMeaning>>;
type Fields = Readonly<Record<string, unknown>>;

/** Known and not about whether mail may be sent. */
const IGNORED = new Set(['processed', 'open', 'click', 'account_status_change']);

const EVENTS: Table = {
  delivered: { kind: 'delivery', code: '250', category: 'delivered' },
  deferred: { kind: 'deferral', code: '450', enhanced: '4.0.0' },
  spamreport: { kind: 'complaint', category: 'complaint', feedback: 'abuse' },
  unsubscribe: { kind: 'unsubscribe' }, // "Opt Out of All Emails"
  group_unsubscribe: { kind: 'unsubscribe' },
  group_resubscribe: { kind: 'resubscribe' },
};

/** `type=bounce`: the address goes on SendGrid's bounce list. By `bounce_classification`. */
const BOUNCED: Table = {
  'invalid address': {
    kind: 'bounce',
    code: '550',
    enhanced: '5.1.1',
    category: 'mailbox-unknown',
    proof: 'cause',
  },
  'mailbox unavailable': { kind: 'bounce', code: '550', enhanced: '5.2.0', proof: 'hard' }, // full, disabled, …
  'technical failure': { kind: 'bounce', code: '550', enhanced: '5.4.0', category: 'network-error' },
  content: { kind: 'bounce', code: '554', enhanced: '5.7.1', category: 'spam-content' },
  reputation: { kind: 'bounce', code: '554', enhanced: '5.7.1', category: 'ip-blocked' },
  'frequency or volume too high': {
    kind: 'bounce',
    code: '421',
    enhanced: '4.7.0',
    category: 'rate-limited',
  },
};
const BOUNCED_OTHERWISE: LabelMeaning = { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' };

/** `type=blocked`: this message was refused and the next is tried, so the label proves nothing of the address. */
const BLOCKED: Table = {
  ...BOUNCED,
  'invalid address': { kind: 'bounce', code: '550', enhanced: '5.1.1', category: 'mailbox-unknown' },
  'mailbox unavailable': { kind: 'bounce', code: '450', enhanced: '4.2.0' },
  'technical failure': { kind: 'bounce', code: '421', enhanced: '4.4.0', category: 'network-error' },
};
const BLOCKED_OTHERWISE: LabelMeaning = { kind: 'bounce', code: '450', enhanced: '4.0.0' };

/** `type=expired`: seen in django-anymail's tests, absent from the vendor's page. */
const EXPIRED: LabelMeaning = { kind: 'bounce', code: '554', enhanced: '5.4.7', category: 'expired' };

const listed = { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'suppressed' } as const;
/** By the `reason` of `dropped`. */
const DROPPED: Table = {
  'bounced address': { ...listed, listedFor: 'bounce' },
  'unsubscribed address': { ...listed, listedFor: 'unsubscribe' },
  'spam reporting address': { ...listed, listedFor: 'complaint' },
  invalid: { kind: 'reject', code: '553', enhanced: '5.1.3', category: 'address-syntax', proof: 'cause' },
  'spam content': { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'spam-content' }, // their spam checker
  'invalid smtpapi header': { kind: 'reject', category: 'content-rejected' }, // our X-SMTPAPI
  'recipient list over package quota': { kind: 'reject', category: 'sender-rejected' }, // our account
};
const DROPPED_OTHERWISE: LabelMeaning = { kind: 'reject' };

export const sendgrid = defineAdapter({
  id: 'sendgrid',
  name: 'Twilio SendGrid',
  docs: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  needs: {
    proof: 'signature',
    hint: 'the verification key that SendGrid shows under Mail Settings, Event Webhooks, Signature Verification',
  },
  checkKey: async (key) =>
    (await importP256Key(key)) === null ? 'not a P-256 public key in base64, as SendGrid shows it' : null,
  verify,
  parse,
});

async function verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>> {
  const forged = (detail: string) => err({ reason: 'forged', detail } as const);
  const timestamp = request.headers.get('x-twilio-email-event-webhook-timestamp') ?? '';
  // Nothing separates it from the body: without a fixed length a digit could move from one to the other.
  if (!/^\d{10}$/.test(timestamp)) return forged('no timestamp of ten digits');
  const signature = readSignature(request.headers.get('x-twilio-email-event-webhook-signature') ?? '');
  if (signature === null) return forged('no readable signature');
  const keys = await Promise.all(trust.secrets.keys.map(importP256Key));
  const message = new Uint8Array(timestamp.length + request.body.length);
  message.set(utf8(timestamp));
  message.set(request.body, timestamp.length);
  for (const key of keys) {
    if (key === null || !(await verifyP256(key, signature, message))) continue;
    // No limit on the past: a retry up to a day later carries the timestamp of the first attempt (UNVERIFIED).
    return Number(timestamp) * SECOND > io.now + 5 * MINUTE ? forged('a timestamp in the future') : ok({});
  }
  // With a key missing or unreadable, this may be a true event that we cannot check.
  return keys.length === 0 || keys.includes(null)
    ? err({ reason: 'undecided', detail: 'no usable verification key is configured' })
    : forged('no key made this signature');
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const body = parseJson(request.body);
  if (!body.ok) return err({ why: body.error });
  if (!Array.isArray(body.value)) return err({ why: 'not an array of events' });
  return ok({ type: 'items', items: body.value.map(readItem) });
}

function readItem(raw: unknown): Item {
  if (!isRecord(raw)) return { type: 'unreadable', why: 'not an object', raw };
  const label = raw.event;
  if (typeof label !== 'string' || label === '') return { type: 'unreadable', why: 'no event', raw };
  const meaning = meaningOf(label, raw);
  if (meaning === null) return { type: 'ignored', label, known: IGNORED.has(label) };
  // Without its group it would lift the opt-out of all mail.
  if (meaning.kind === 'resubscribe' && textOf(raw.asm_group_id) === null) {
    return { type: 'unreadable', why: 'a resubscription to no group', raw };
  }
  return { type: 'event', event: readEvent(label, meaning, raw) };
}

function meaningOf(label: string, fields: Fields): LabelMeaning | null {
  if (label === 'dropped') return pick(DROPPED, fields.reason) ?? DROPPED_OTHERWISE;
  if (label !== 'bounce') return pick(EVENTS, label);
  const classification = fields.bounce_classification;
  if (fields.type === 'expired') return EXPIRED;
  if (fields.type === 'bounce') return pick(BOUNCED, classification) ?? BOUNCED_OTHERWISE;
  return pick(BLOCKED, classification) ?? BLOCKED_OTHERWISE;
}

function readEvent(label: string, meaning: LabelMeaning, fields: Fields): ProviderEvent {
  const status = textOf(fields.status)?.trim() ?? '';
  const type = label === 'bounce' ? textOf(fields.type) : null;
  return {
    meaning,
    recipient: fields.email,
    at: readTime(fields.timestamp), // seconds; Single Sends show milliseconds
    reply: {
      // `status` is an enhanced code mostly, a basic one at times, and may be missing.
      code: /^[2-5]\d\d$/.test(status) ? status : null,
      enhanced: /^[245]\.\d{1,3}\.\d{1,3}$/.test(status) ? status : null,
      // A reason of theirs that the table knows is no server's words.
      text:
        label === 'dropped' && pick(DROPPED, fields.reason) !== null
          ? null
          : (textOf(fields.reason) ?? textOf(fields.response)),
    },
    providerType: type === null ? label : `${label}/${type}`,
    eventId: textOf(fields.sg_event_id),
    // Delayed bounces lack sg_message_id: smtp-id, which is in every event about a message's fate, joins them to it.
    messageId: textOf(fields.sg_message_id) ?? textOf(fields['smtp-id']),
    rfcMessageId: textOf(fields['smtp-id']),
    // Elsewhere `asm_group_id` is the group the mail was sent to, not what the recipient left.
    group: label.startsWith('group_') ? textOf(fields.asm_group_id) : null,
    tags: textsOf(fields.category),
    ...(isListed(label, meaning, fields) ? { listed: true } : {}),
  };
}

const isListed = (label: string, meaning: LabelMeaning, fields: Fields): boolean =>
  label === 'bounce'
    ? fields.type === 'bounce'
    : label === 'spamreport' || label === 'unsubscribe' || meaning.listedFor !== undefined;

const pick = (table: Table, label: unknown): LabelMeaning | null => {
  const key = typeof label === 'string' ? label.trim().toLowerCase() : '';
  return (Object.hasOwn(table, key) ? table[key] : null) ?? null;
};
