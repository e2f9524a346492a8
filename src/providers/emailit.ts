/**
 * Emailit webhooks (v2): up to a hundred events a request, signed over `timestamp.body` by the characters of the
 * whole secret, each attempt anew. Any 2xx within 30 seconds will do; eleven attempts over three days. Only an attempt
 * that failed for now holds the server's reply: of all else the type alone tells what happened.
 * https://emailit.com/docs/webhooks/
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { MINUTE, readTime, SECOND } from '../core/time.ts';
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
import { isRecord, parseJson, textOf } from './json.ts';
import { listedBy } from './rows.ts';
import { fromHex, utf8 } from './verify/bytes.ts';
import { checkSigningKey, verifyKeyedHash } from './verify/keyed-hash.ts';
import { inTime } from './verify/untimely.ts';

/** `type`, and of an address that came onto the list `type/why`. https://emailit.com/docs/webhooks/event-types/ */
const LABELS: Labels = {
  'email.accepted': 'ignored',
  'email.scheduled': 'ignored',
  'email.held': 'ignored', // it may still be released
  'email.canceled': 'ignored',
  'email.delivered': DELIVERED,
  'email.attempted': deferred(),
  'email.bounced': bounced('550', '5.0.0', { proof: 'hard' }),
  'email.failed': { kind: 'bounce' }, // "due to a specific error", and does not say whose
  'email.rejected': { kind: 'reject', category: 'policy-rejected' },
  'email.suppressed': onList(),
  'email.complained': COMPLAINED,
  'email.unsubscribed': { kind: 'unsubscribe' },
  'email.resubscribed': { kind: 'resubscribe' },
  'email.received': 'ignored',
  'email.clicked': 'ignored',
  'email.loaded': 'ignored',
  ...listedBy('suppression.created', {
    bounce: 'bounce',
    bounced: 'bounce',
    complaint: 'complaint',
    complained: 'complaint',
    unsubscribe: 'unsubscribe',
    recipient: null,
    manual: null,
  }),
  'suppression.updated': 'ignored',
  'suppression.deleted': { kind: 'resubscribe' },
};

/** Of domains, people, campaigns and shops; no address fails in them. */
const OTHER_FAMILIES =
  /^(domain|audience|subscriber|contact|template|campaign|cart|product|email_verification|email_verification_list)\./;

export const emailit = defineAdapter({
  id: 'emailit',
  name: 'Emailit',
  docs: 'https://emailit.com/docs/webhooks/',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret of the webhook, whole, with its whsec_, as Emailit shows it',
  },
  setup: [
    'In Emailit, open Webhooks, create one, and paste the URL.',
    'Choose email.delivered, attempted, bounced, failed, rejected, suppressed, complained, unsubscribed and resubscribed, and suppression.created and deleted.',
    'Save, and copy the signing secret into keys of the source.',
  ],
  attach: 'meta: {"mailstop_tag": "…"}, one recipient a message; events of an unsubscribe do not carry it',
  labels: LABELS,
  unverified: [
    'Which bounces were refused, and which only ran out of attempts, no event tells: each counts as a hard bounce without a reason.',
    'What a failed email failed of is not told, so it is recorded and suppresses nobody by itself.',
    'The words for why an address came onto the list: those of the web pages and of the API both have rows.',
  ],
  checkKey: checkSigningKey,
  verify,
  parse,
});

async function verify(
  { headers, body }: RawRequest,
  trust: Trust,
  io: VerifyIo,
): Promise<Result<Proof, VerifyError>> {
  const timestamp = headers.get('x-emailit-timestamp') ?? '';
  if (!/^\d{10}$/.test(timestamp)) return err({ reason: 'forged', detail: 'no timestamp of ten digits' });
  const signature = fromHex(headers.get('x-emailit-signature') ?? '', 32);
  const given = signature === null ? [] : [signature];
  return inTime(
    await verifyKeyedHash(given, trust.secrets.keys, utf8(`${timestamp}.`), body),
    Math.abs(io.now - Number(timestamp) * SECOND) <= 5 * MINUTE,
    'a timestamp outside of five minutes',
  );
}

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(body);
  return json.ok
    ? ok({ type: 'items', items: [json.value].flat().map(readEvent) })
    : err({ why: json.error });
}

function readEvent(event: unknown): Item {
  if (!isRecord(event)) return unreadable('not a JSON object', event);
  const type = textOf(event.type);
  if (type === null) return unreadable('no type', event);
  if (OTHER_FAMILIES.test(type)) return ignored(type, true);
  const object = objectOf(event);
  const onItsList = type.startsWith('suppression.');
  const label = [type, onItsList ? textOf(object.type) : null].filter(Boolean).join('/');
  const meaning = rowOf(LABELS, label) ?? rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored') return ignored(type, meaning !== undefined);
  return onItsList ? listItem(event, object, label, meaning) : emailItem(event, object, type, meaning);
}

/** The pages show it both ways. */
const objectOf = ({ object, data }: Json): Json => {
  if (isRecord(object)) return object;
  return isRecord(data) && isRecord(data.object) ? data.object : {};
};

const emailItem = (event: Json, object: Json, type: string, meaning: LabelMeaning): Item =>
  eventItem({
    meaning,
    recipient: object.to,
    at: readTime(
      object.unsubscribed_at ??
        object.resubscribed_at ??
        object.updated_at ??
        object.timestamp ??
        object.created_at,
    ),
    sentAt: readTime(object.created_at),
    reply: {
      code: textOf(object.smtp_code),
      enhanced: textOf(object.smtp_enhanced_code),
      text: textOf(object.smtp_response),
    },
    providerType: type,
    eventId: textOf(event.event_id),
    messageId: textOf(object.id),
    rfcMessageId: textOf(object.message_id),
    ...echoedTag(object.meta),
  });

const listItem = (event: Json, object: Json, label: string, meaning: LabelMeaning): Item =>
  eventItem({
    meaning,
    recipient: object.email,
    // When the entry was made, which is not when it was taken off.
    at: meaning.kind === 'resubscribe' ? null : readTime(object.timestamp ?? object.created_at),
    reply: { text: textOf(object.reason) },
    providerType: label,
    eventId: textOf(event.event_id),
    messageId: null,
    listed: meaning.kind !== 'resubscribe',
  });
