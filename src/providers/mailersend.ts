/**
 * MailerSend webhooks, versions 1 and 2: one event a request. Version 1 nests the message in `data.email` and the
 * reason in `data.morph`; version 2 is flat, with the reason in `data.meta`, which is an empty list where there is
 * none. Saving a webhook sends `webhook.test`, signed with a secret that is printed in the documentation.
 * A 4xx other than 429 is final, and an answer must come within three seconds.
 * https://developers.mailersend.com/api/v1/webhooks.html
 */
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
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
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { checkSigningKey, verifyBodyHash } from './verify/keyed-hash.ts';

/** Public: whoever signs with it may say `webhook.test` and nothing else. */
const TEST_SECRET = 'test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G';
const TEST = 'webhook.test';

/** `type`. The reason behind it is prose of MailerSend's, which is read as text. */
const LABELS: Labels = {
  'activity.sent': 'ignored',
  'activity.delivered': DELIVERED,
  'activity.soft_bounced': bounced('450', '4.0.0'),
  'activity.hard_bounced': bounced('550', '5.0.0', { proof: 'hard' }),
  'activity.deferred': deferred(),
  'activity.suppressed': onList(),
  'activity.spam_complaint': { ...COMPLAINED, feedback: 'abuse' },
  'activity.spam_complaints': { ...COMPLAINED, feedback: 'abuse' },
  'activity.unsubscribed': { kind: 'unsubscribe' },
  'activity.opened': 'ignored',
  'activity.opened_unique': 'ignored',
  'activity.clicked': 'ignored',
  'activity.clicked_unique': 'ignored',
  'activity.survey_opened': 'ignored',
  'activity.survey_submitted': 'ignored',
  // MailerSend waits three days with an address that bounced softly; the bounce has an event of its own.
  'recipient.on_hold_added': 'ignored',
  'recipient.on_hold_removed': 'ignored',
  'sender_identity.verified': 'ignored',
  'maintenance.start': 'ignored',
  'maintenance.end': 'ignored',
  'inbound_forward.failed': 'ignored',
  'inbound_message.rejected': 'ignored',
  'email_single.verified': 'ignored',
  'email_list.verified': 'ignored',
  'bulk_email.completed': 'ignored',
  'sms.sent': 'ignored',
  'sms.delivered': 'ignored',
  'sms.failed': 'ignored',
  [TEST]: 'ignored',
};

/** What puts an address on one of MailerSend's suppression lists, or comes from one. */
const LISTING = /^activity\.(hard_bounced|spam_complaints?|unsubscribed|suppressed)$/;

export const mailersend = defineAdapter({
  id: 'mailersend',
  name: 'MailerSend',
  docs: 'https://developers.mailersend.com/api/v1/webhooks.html',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret that MailerSend shows on the page of the webhook, which is not an API token',
  },
  setup: [
    'Make the source with any text of eight characters or more in keys for now: MailerSend tries the URL before it shows the secret.',
    'In MailerSend, open Domains, Manage, Webhooks, Create webhook, and paste the URL.',
    'Choose delivered, soft bounced, hard bounced, deferred, suppressed, unsubscribed and spam complaint, and version 2 where it is offered.',
    'Copy the signing secret of the saved webhook into keys of the source.',
  ],
  labels: LABELS,
  unverified: [
    'MailerSend’s samples of version 2 name the recipient email, its requests recipient; both are read.',
    'The reasons of suppressed events are not documented, so none is told apart.',
    'Whether bounce_code of a soft bounce is the server’s is not documented; it is taken for it.',
  ],
  checkKey: (key) =>
    key.trim() === TEST_SECRET
      ? 'the secret of MailerSend’s test request, which everybody knows'
      : checkSigningKey(key),
  verify,
  parse,
});

async function verify(request: RawRequest, trust: Trust): Promise<Result<Proof, VerifyError>> {
  const proof = await verifyBodyHash(request, 'signature', trust.secrets.keys);
  if (proof.ok || proof.error.reason === 'undecided') return proof;
  const test = await verifyBodyHash(request, 'signature', [TEST_SECRET]);
  if (!test.ok) return proof;
  const json = parseJson(request.body);
  return json.ok && isRecord(json.value) && json.value.type === TEST
    ? test
    : err({ reason: 'forged', detail: `signed with the public test secret, and not a ${TEST}` });
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readEvent(json.value)] });
}

function readEvent(fields: Json): Item {
  const type = textOf(fields.type);
  if (type === null) return unreadable('no type', fields);
  const meaning = rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored') return ignored(type, meaning !== undefined);
  const { data } = fields;
  if (!isRecord(data)) return unreadable('no data', fields);
  const told = isRecord(data.email) ? readV1(data, data.email) : readV2(data);
  const reason = textOf(told.reason);
  return eventItem({
    meaning,
    recipient: told.recipient,
    at: readTime(data.created_at) ?? readTime(fields.created_at),
    reply: { code: textOf(told.code), text: textOf(told.words) ?? reason },
    providerType: reason === null ? type : `${type}/${reason}`,
    eventId: textOf(data.id),
    messageId: textOf(told.messageId),
    tags: textsOf(told.tags),
    ...(LISTING.test(type) ? { listed: true } : {}),
  });
}

/** What both versions say. `words` is the long form of `reason`. */
interface Told {
  readonly recipient: unknown;
  readonly messageId: unknown;
  readonly tags: unknown;
  readonly reason: unknown;
  readonly words?: unknown;
  readonly code?: unknown;
}

function readV1(data: Json, email: Json): Told {
  const morph = recordOf(data.morph);
  return {
    recipient: recordOf(email.recipient).email,
    messageId: recordOf(email.message).id,
    tags: email.tags,
    reason: morph.reason,
    words: morph.readable_reason,
  };
}

function readV2(data: Json): Told {
  const meta = recordOf(data.meta);
  return {
    recipient: data.recipient ?? data.email,
    messageId: data.message_id,
    tags: data.tags,
    reason: meta.bounce_reason ?? meta.reject_reason ?? meta.suppression_reason ?? meta.unsubscribe_reason,
    code: meta.bounce_code,
  };
}

const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});
