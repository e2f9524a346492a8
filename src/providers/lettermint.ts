/**
 * Lettermint webhooks: one event a request, with the server's reply in three fields. The secret's characters sign as
 * they are, `whsec_` and all. A webhook is of one route, or of all of a project's; the context says which.
 * https://docs.lettermint.co/platform/webhooks/introduction
 */
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
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
import { bounced, COMPLAINED, DELIVERED, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { listedBy, listedRow } from './rows.ts';
import { fromHex, utf8 } from './verify/bytes.ts';
import { checkSigningKey, verifyKeyedHash } from './verify/keyed-hash.ts';
import { inTime } from './verify/untimely.ts';

/** `reason` of an address on the list. */
const REASONS = {
  hard_bounce: 'bounce',
  spam_complaint: 'complaint',
  unsubscribe: 'unsubscribe',
  manual: null,
} as const;

const LABELS: Labels = {
  'message.created': 'ignored',
  'message.sent': 'ignored',
  'message.scheduled': 'ignored',
  'message.rescheduled': 'ignored',
  'message.canceled': 'ignored',
  'message.released': 'ignored',
  'message.delivered': DELIVERED,
  'message.hard_bounced': bounced('550', '5.0.0', { proof: 'hard' }),
  'message.soft_bounced': bounced('450', '4.0.0'),
  'message.failed': { kind: 'bounce' }, // "processing failure": the reply tells, where there is one
  'message.policy_rejected': 'ignored', // by Lettermint's spam filter, and no recipient is named
  ...listedBy('message.suppressed', REASONS),
  'message.spam_complaint': COMPLAINED,
  'message.unsubscribed': { kind: 'unsubscribe' },
  'message.opened': 'ignored',
  'message.clicked': 'ignored',
  'message.auto_replied': 'ignored',
  'message.inbound': 'ignored',
  ...listedBy('suppression.added', REASONS),
  'suppression.removed': { kind: 'resubscribe' },
  'webhook.test': 'ignored',
};

export const lettermint = defineAdapter({
  id: 'lettermint',
  name: 'Lettermint',
  docs: 'https://docs.lettermint.co/platform/webhooks/introduction',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret of the webhook, whole, as Lettermint shows it when the webhook is made',
  },
  setup: [
    'In Lettermint, open your project, Routes, the route, Webhooks, and Create webhook.',
    'Paste the URL, and choose message.delivered, hard_bounced, soft_bounced, failed, suppressed, spam_complaint and unsubscribed, and suppression.added and removed.',
    'Save, and copy the secret, which is not shown again.',
    'Do so for each route.',
  ],
  attach: 'metadata: {"mailstop_tag": "…"}, one recipient a message',
  labels: LABELS,
  unverified: [
    'Whether a soft bounce is tried again: it is taken for one that was given up, and so for a strike.',
  ],
  checkKey: checkSigningKey,
  verify,
  parse,
});

/** `X-Lettermint-Signature: t=1754921294,v1=5257…`, with a `v1` for each secret while one replaces another. */
const SIGNATURE = /^t=(\d{10})((?:,v1=[0-9a-f]{64}){1,8})$/;

async function verify(
  { headers, body }: RawRequest,
  trust: Trust,
  io: VerifyIo,
): Promise<Result<Proof, VerifyError>> {
  const [, t = '', list = ''] = SIGNATURE.exec(headers.get('x-lettermint-signature') ?? '') ?? [];
  const signatures = list
    .split(',v1=')
    .map((hex) => fromHex(hex, 32))
    .filter((signature) => signature !== null);
  // Lettermint's own libraries refuse what is older, so each attempt is signed anew.
  return inTime(
    await verifyKeyedHash(signatures, trust.secrets.keys, utf8(`${t}.`), body),
    Math.abs(io.now - Number(t) * SECOND) <= 5 * MINUTE,
    'a timestamp outside of five minutes',
  );
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readEvent(json.value)] });
}

function readEvent(event: Json): Item {
  const name = textOf(event.event);
  if (name === null) return unreadable('no event', event);
  const data = isRecord(event.data) ? event.data : {};
  const lists = name === 'message.suppressed' || name === 'suppression.added';
  const meaning = lists ? listedRow(LABELS, name, textOf(data.reason)) : rowOf(LABELS, name);
  if (meaning === undefined || meaning === 'ignored') return ignored(name, meaning !== undefined);
  if (!name.startsWith('suppression.')) return messageEvent(event, name, meaning, data);
  // Whole domains and top-level domains are the customer's own rules, and nobody's address.
  if (data.type === 'domain' || data.type === 'extension') return ignored(name, true);
  const scope = textOf(data.applies_to);
  return eventOf(event, name, meaning, data, {
    recipient: data.value,
    reply: {},
    group: scope === 'all' ? null : scope,
    listed: name === 'suppression.added',
  });
}

function messageEvent(event: Json, name: string, meaning: LabelMeaning, data: Json): Item {
  // A message that failed before it had recipients says nothing of any.
  if (name === 'message.failed' && textOf(data.recipient) === null) return ignored(name, true);
  const response = isRecord(data.response) ? data.response : {};
  const context = isRecord(event.context) ? event.context : {};
  return eventOf(event, name, meaning, data, {
    recipient: data.recipient,
    reply: {
      code: textOf(response.status_code),
      enhanced: textOf(response.enhanced_status_code),
      text: textOf(response.content) ?? textOf(data.reason),
    },
    group: textOf(context.route_id),
  });
}

const eventOf = (
  event: Json,
  name: string,
  meaning: LabelMeaning,
  data: Json,
  more: Pick<ProviderEvent, 'recipient' | 'reply' | 'group' | 'listed'>,
): Item =>
  eventItem({
    meaning,
    at: readTime(event.timestamp ?? event.created_at), // the older name
    providerType: name,
    eventId: textOf(event.id),
    messageId: textOf(data.message_id),
    tags: textsOf(data.tag),
    ...echoedTag(data.metadata),
    ...more,
  });
