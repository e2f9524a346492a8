/**
 * Cloudflare Email Sending: events of a Queues subscription, as a consumer posts them: one, an array, one a line, or
 * the batch that Queues hands out. Cloudflare posts to no URL itself, and signs nothing.
 * https://developers.cloudflare.com/email-service/platform/event-subscriptions/
 */
import type { FeedbackType, LabelMeaning } from '../core/event.ts';
import { readTime } from '../core/time.ts';
import { defineAdapter, type Item, type Labels } from './adapter.ts';
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
import { readRecords } from './records.ts';
import { decodeUtf8, fromBase64 } from './verify/bytes.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const complaint = (feedback: FeedbackType): LabelMeaning => ({ ...COMPLAINED, feedback });

/** The last word of `type`, and `bounce.type`, `rejection.reason` or `complaint.type`. */
const LABELS: Labels = {
  delivered: DELIVERED,
  deferred: deferred(),
  'deferred/soft': deferred(),
  bounced: { kind: 'bounce' },
  'bounced/hard': bounced('550', '5.0.0', { proof: 'hard' }),
  'bounced/soft': bounced('450', '4.0.0'), // "when temporary delivery retries are exhausted"
  failed: 'ignored', // "an internal or non-SMTP delivery error": nothing about the address
  rejected: { kind: 'reject', category: 'policy-rejected' }, // "by policy, including … validation rejection, or spam rejection"
  'rejected/suppressed': onList(),
  complained: COMPLAINED,
  'complained/abuse': complaint('abuse'),
};

const FEEDBACK: Readonly<Record<string, LabelMeaning>> = {
  'auth-failure': complaint('auth-failure'),
  fraud: complaint('fraud'),
  'not-spam': complaint('not-spam'),
  virus: complaint('virus'),
};

export const cloudflare = defineAdapter({
  id: 'cloudflare',
  name: 'Cloudflare Email Sending',
  docs: 'https://developers.cloudflare.com/email-service/platform/event-subscriptions/',
  needs: { proof: 'shared', hint: `${sharedHint}, set in the Worker that consumes the queue` },
  setup: [
    'In the Cloudflare dashboard, open Queues, create a queue, and under Subscriptions choose Subscribe to events.',
    'Choose Email Sending as the source, the sending domain, and every event; do so for each sending domain.',
    'Give the queue a consumer Worker whose queue handler posts JSON.stringify(batch.messages.map((message) => message.body)) to the URL, with the secret in the header X-Mailstop-Key.',
    'Have it throw where the answer is not 200, so that Queues delivers the batch again.',
    'Where Mailstop itself runs on Workers, leave out these two: name the queue in its wrangler.toml.',
  ],
  labels: LABELS,
  unverified: [
    'Of the reasons of a rejection Cloudflare’s page names only "suppressed", and of the types of a complaint only "abuse"; others are read by the names of RFC 5965.',
    'Messages of an HTTP pull consumer are taken with their body as JSON, as text, or as base64 of JSON.',
  ],
  checkKey: checkSharedKey,
  verify: (request, trust) => verifyShared(request, trust),
  parse: ({ body }) => readRecords(body, readRecord),
});

/** An event, or what holds events: the answer to a pull, a batch, one message of a queue. */
function readRecord(record: Json): Item[] {
  if (typeof record.type === 'string') return [readEvent(record, record.type)];
  const { messages = isRecord(record.result) ? record.result.messages : undefined } = record;
  if (Array.isArray(messages))
    return messages.flatMap((message) =>
      isRecord(message) ? readMessage(message) : [unreadable('a message of the queue is no object', message)],
    );
  return 'body' in record ? readMessage(record) : [unreadable('no type: not an event', record)];
}

function readMessage(message: Json): Item[] {
  const event = typeof message.body === 'string' ? readBody(message.body) : (message.body ?? message);
  return isRecord(event) && typeof event.type === 'string'
    ? [readEvent(event, event.type)]
    : [unreadable('a message of the queue holds no event', message)];
}

function readBody(body: string): unknown {
  const text = body.trimStart().startsWith('{') ? body : decodeUtf8(fromBase64(body, body.length) ?? NOTHING);
  const json = parseJson(text ?? '');
  return json.ok ? json.value : null;
}
const NOTHING = new Uint8Array();

function readEvent(event: Json, type: string): Item {
  const name = /^cf\.email\.sending\.message\.(.+)$/.exec(type)?.[1];
  if (name === undefined) return ignored(type, false);
  const payload = part(event, 'payload');
  const bounce = part(payload, 'bounce');
  const details: Readonly<Record<string, readonly unknown[]>> = {
    deferred: [bounce.type, bounce.classification],
    bounced: [bounce.type, bounce.classification],
    rejected: [part(payload, 'rejection').reason],
    complained: [part(payload, 'complaint').type],
  };
  const words = (Object.hasOwn(details, name) ? (details[name] ?? []) : []).flatMap(
    (word) => textOf(word) ?? [],
  );
  const [first = ''] = words;
  const meaning =
    rowOf(LABELS, `${name}/${first}`) ??
    (name === 'complained' && Object.hasOwn(FEEDBACK, first) ? FEEDBACK[first] : undefined) ??
    rowOf(LABELS, name);
  if (meaning === undefined || meaning === 'ignored') return ignored(name, meaning !== undefined);
  const delivery = part(payload, 'delivery');
  return eventItem({
    meaning,
    recipient: payload.recipient,
    at: readTime(part(event, 'metadata').eventTimestamp),
    reply: {
      code: textOf(delivery.smtpStatusCode),
      enhanced: textOf(delivery.smtpEnhancedStatusCode),
      text:
        textOf(delivery.smtpResponse) ?? textOf(bounce.reason) ?? textOf(part(payload, 'rejection').detail),
    },
    providerType: [name, ...words].join('/'),
    eventId: textOf(payload.eventId),
    messageId: textOf(payload.messageId),
    group: textOf(part(event, 'source').domain),
    ...(first === 'suppressed' && { listed: true }),
  });
}

const part = (record: Json, name: string): Json => {
  const value = record[name];
  return isRecord(value) ? value : {};
};
