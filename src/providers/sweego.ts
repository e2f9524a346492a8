/**
 * Sweego webhooks: one event a request, signed as Standard Webhooks but without the `v1,` before the signature; with
 * it, should it come one day, it is taken too.
 * https://learn.sweego.io/docs/webhooks/webhook_signature
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
  type VerifyIo,
} from './adapter.ts';
import { bounced, COMPLAINED, DELIVERED, eventItem, ignored, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { checkStandardWebhooksKey, verifyStandardWebhooks } from './verify/standard-webhooks.ts';

const SOFT = bounced('450', '4.0.0');
const HARD = bounced('550', '5.0.0', { proof: 'hard' });

/** Pages of Sweego write bounces with a hyphen and with an underscore. */
const LABELS: Labels = {
  email_sent: 'ignored',
  delivered: DELIVERED,
  soft_bounce: SOFT,
  'soft-bounce': SOFT,
  hard_bounce: HARD,
  'hard-bounce': HARD,
  complaint: COMPLAINED,
  list_unsub: { kind: 'unsubscribe' },
  email_opened: 'ignored',
  email_clicked: 'ignored',
  email_inbound: 'ignored',
  sms_sent: 'ignored',
  sms_undelivered: 'ignored',
};

export const sweego = defineAdapter({
  id: 'sweego',
  name: 'Sweego',
  docs: 'https://learn.sweego.io/docs/webhooks/webhook_intro',
  needs: { proof: 'signature', hint: 'keys: the secret of the webhook, as Sweego shows it' },
  setup: [
    'In Sweego, open Webhooks, add one for emails, and paste the URL.',
    'Choose delivered, soft bounce, hard bounce, complaint and list unsubscribe.',
    'Save, and copy the secret of the webhook into keys of the source.',
  ],
  labels: LABELS,
  unverified: [
    'Whether a soft bounce is tried again: it is taken for one that was given up, and so for a strike.',
    'Whether a retry is signed anew: one with a timestamp older than five minutes is refused.',
  ],
  checkKey: checkStandardWebhooksKey,
  verify,
  parse,
});

async function verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>> {
  const headers = new Headers(request.headers);
  const signature = headers.get('webhook-signature') ?? '';
  if (!signature.includes(',')) headers.set('webhook-signature', `v1,${signature}`);
  return verifyStandardWebhooks({ headers, body: request.body }, trust.secrets.keys, io.now);
}

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(body);
  return json.ok
    ? ok({ type: 'items', items: [json.value].flat().map(readEvent) })
    : err({ why: json.error });
}

function readEvent(event: unknown): Item {
  if (!isRecord(event)) return unreadable('not a JSON object', event);
  const label = textOf(event.event_type);
  if (label === null) return unreadable('no event_type', event);
  const meaning = rowOf(LABELS, label);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  if (event.channel === 'sms') return ignored(label, true); // a telephone number is no address
  const headers = isRecord(event.headers) ? event.headers : {};
  return eventItem({
    meaning,
    recipient: event.recipient,
    at: readTime(event.timestamp),
    reply: { code: textOf(event.response_code), text: textOf(event.details) },
    providerType: label,
    eventId: textOf(event.event_id),
    messageId: textOf(headers['x-transaction-id']) ?? textOf(event.transaction_id),
    tags: textsOf(event.campaign_tags),
  });
}
