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
  Labels,
  Meaning,
  ParseError,
  Proof,
  RawRequest,
  Trust,
  VerifyError,
  VerifyIo,
} from './adapter.ts';
import { defineAdapter } from './adapter.ts';
import { echoedTag } from './echo.ts';
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
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { utf8 } from './verify/bytes.ts';
import { importP256Key, readSignature, verifyP256 } from './verify/ecdsa.ts';
import { untimely } from './verify/untimely.ts';

const CONTENT = bounced('554', '5.7.1', { category: 'spam-content' });
const REPUTATION = bounced('554', '5.7.1', { category: 'ip-blocked' });
const NO_MAIL_HOST = bounced('550', '5.4.4', { category: 'domain-invalid' });
const TOO_MUCH = bounced('421', '4.7.0', { category: 'rate-limited' });

/**
 * `event`; of a bounce, its `type` and `bounce_classification`, or what `reason` says better; of a drop, its `reason`;
 * both in lower case.
 * https://www.twilio.com/docs/sendgrid/ui/analytics-and-reporting/bounce-and-block-classifications
 */
const LABELS: Labels = {
  processed: 'ignored',
  open: 'ignored',
  click: 'ignored',
  account_status_change: 'ignored',
  delivered: DELIVERED,
  deferred: deferred(),
  spamreport: { ...COMPLAINED, feedback: 'abuse' },
  unsubscribe: { kind: 'unsubscribe' }, // "Opt Out of All Emails"
  group_unsubscribe: { kind: 'unsubscribe' },
  group_resubscribe: { kind: 'resubscribe' },

  // The address goes on SendGrid's bounce list.
  'bounce/bounce': bounced('550', '5.0.0', { proof: 'hard' }),
  'bounce/bounce/invalid address': bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  'bounce/bounce/mailbox unavailable': bounced('550', '5.2.0', { proof: 'hard' }), // full, disabled, …
  'bounce/bounce/technical failure': bounced('550', '5.4.0', { category: 'network-error' }),
  'bounce/bounce/no mail host': NO_MAIL_HOST,
  'bounce/bounce/content': CONTENT,
  'bounce/bounce/reputation': REPUTATION,
  'bounce/bounce/frequency or volume too high': TOO_MUCH,

  // This message was refused and the next is tried, so the label proves nothing of the address.
  'bounce/blocked': bounced('450', '4.0.0'),
  'bounce/blocked/invalid address': bounced('550', '5.1.1', { category: 'mailbox-unknown' }),
  'bounce/blocked/mailbox unavailable': bounced('450', '4.2.0'),
  'bounce/blocked/technical failure': bounced('421', '4.4.0', { category: 'network-error' }),
  'bounce/blocked/no mail host': NO_MAIL_HOST,
  'bounce/blocked/content': CONTENT,
  'bounce/blocked/reputation': REPUTATION,
  'bounce/blocked/frequency or volume too high': TOO_MUCH,

  'bounce/expired': bounced('554', '5.4.7', { category: 'expired' }), // in django-anymail's tests, not on the page

  dropped: { kind: 'reject' },
  'dropped/bounced address': onList('bounce'),
  'dropped/unsubscribed address': onList('unsubscribe'),
  'dropped/spam reporting address': onList('complaint'),
  'dropped/invalid': {
    kind: 'reject',
    code: '553',
    enhanced: '5.1.3',
    category: 'address-syntax',
    proof: 'cause',
  },
  'dropped/spam content': { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'spam-content' }, // their spam checker
  'dropped/invalid smtpapi header': { kind: 'reject', category: 'content-rejected' }, // our X-SMTPAPI
  'dropped/recipient list over package quota': { kind: 'reject', category: 'sender-rejected' }, // our account
};

export const sendgrid = defineAdapter({
  id: 'sendgrid',
  name: 'Twilio SendGrid',
  docs: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features',
  needs: {
    proof: 'signature',
    hint: 'the verification key that SendGrid shows under Mail Settings, Event Webhooks, Signature Verification',
  },
  setup: [
    'In SendGrid, open Settings, Mail Settings, Event Webhooks, and create one with the URL as its Post URL.',
    'Choose Delivered, Deferred, Bounced, Dropped, Spam Reports, Unsubscribes, Group Unsubscribes and Group Resubscribes.',
    'Under Security features switch on Signed Event Webhook, save, and copy the verification key it then shows.',
  ],
  attach: 'custom_args: {"mailstop_tag": "…"} of each personalization, or unique_args of X-SMTPAPI',
  labels: LABELS,
  unverified: [
    'Whether a retry up to a day later carries the timestamp of the first attempt; so there is no limit on the past.',
  ],
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
    return Number(timestamp) * SECOND > io.now + 5 * MINUTE ? untimely('a timestamp in the future') : ok({});
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
  if (!isRecord(raw)) return unreadable('not an object', raw);
  const label = raw.event;
  if (typeof label !== 'string' || label === '') return unreadable('no event', raw);
  const meaning = meaningOf(label, raw);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning === 'ignored');
  // Without its group it would lift the opt-out of all mail.
  if (meaning.kind === 'resubscribe' && textOf(raw.asm_group_id) === null)
    return unreadable('a resubscription to no group', raw);
  return eventItem(readEvent(label, meaning, raw));
}

/** SendGrid's own words where it found nobody to ask. A name server that failed says nothing of the domain. */
const noMailHost = /^unable to (?:get mx info|resolve mx host)\b(?!.*(?:server misbehaving|timeout))/is;

function meaningOf(label: string, fields: Json): Meaning | undefined {
  if (label === 'dropped') return droppedAs(fields.reason) ?? rowOf(LABELS, label);
  if (label !== 'bounce') return label.includes('/') ? undefined : rowOf(LABELS, label);
  // A type of tomorrow proves as little as a block.
  const type = fields.type === 'bounce' || fields.type === 'expired' ? fields.type : 'blocked';
  const detail = noMailHost.test(wordsOf(fields.reason))
    ? 'no mail host'
    : wordsOf(fields.bounce_classification);
  return rowOf(LABELS, `bounce/${type}/${detail}`) ?? rowOf(LABELS, `bounce/${type}`);
}

const droppedAs = (reason: unknown): Meaning | undefined => rowOf(LABELS, `dropped/${wordsOf(reason)}`);

const wordsOf = (value: unknown): string => (typeof value === 'string' ? value.trim().toLowerCase() : '');

function readEvent(label: string, meaning: LabelMeaning, fields: Json): ProviderEvent {
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
      text: textOf(fields.reason) ?? textOf(fields.response), // of a drop, SendGrid's own words
    },
    providerType: type === null ? label : `${label}/${type}`,
    eventId: textOf(fields.sg_event_id),
    // Delayed bounces lack sg_message_id: smtp-id, which is in every event about a message's fate, joins them to it.
    messageId: textOf(fields.sg_message_id) ?? textOf(fields['smtp-id']),
    rfcMessageId: textOf(fields['smtp-id']),
    // Elsewhere `asm_group_id` is the group the mail was sent to, not what the recipient left.
    group: label.startsWith('group_') ? textOf(fields.asm_group_id) : null,
    tags: textsOf(fields.category),
    ...echoedTag(fields), // custom arguments stand among the fields
    ...(isListed(label, meaning, fields) ? { listed: true } : {}),
  };
}

const isListed = (label: string, meaning: LabelMeaning, fields: Json): boolean =>
  label === 'bounce'
    ? fields.type === 'bounce'
    : label === 'spamreport' || label === 'unsubscribe' || meaning.listedFor !== undefined;
