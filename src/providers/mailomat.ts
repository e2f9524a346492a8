/**
 * Mailomat webhooks: one event a request. What is signed is `id.event.timestamp` of the headers and not the body, so
 * whoever sees one request could send another body under it: the proof binds the id to its body.
 * https://api.mailomat.swiss/docs/#tag/webhook-security
 */
import { err, ok, type Result } from '../core/result.ts';
import { HOUR, MINUTE, readTime, SECOND } from '../core/time.ts';
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
import { bounced, DELIVERED, deferred, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { fromHex, sha256, toHex, utf8 } from './verify/bytes.ts';
import { checkSigningKey, verifyKeyedHash } from './verify/keyed-hash.ts';
import { inTime } from './verify/untimely.ts';

const LABELS: Labels = {
  accepted: 'ignored', // into the queue
  not_accepted: { kind: 'reject', category: 'policy-rejected' }, // the reason tells, and is mostly the sender's
  delivered: DELIVERED,
  failure_tmp: deferred(),
  failure_perm: bounced('550', '5.0.0', { proof: 'hard' }),
  opened: 'ignored',
  clicked: 'ignored',
};

const PAST = 12 * HOUR; // what Mailomat's own library takes, which is how long it tries again

export const mailomat = defineAdapter({
  id: 'mailomat',
  name: 'Mailomat',
  docs: 'https://api.mailomat.swiss/docs/#tag/webhook',
  needs: { proof: 'signature', hint: 'keys: the secret of the webhook, as Mailomat shows it' },
  setup: [
    'In Mailomat, open Webhooks, add one, and paste the URL.',
    'Choose delivered, not_accepted, failure_tmp and failure_perm.',
    'Save, and copy the secret of the webhook into keys of the source.',
  ],
  labels: LABELS,
  unverified: [
    'Whether the event in the header always equals the one in the body: only the header is signed, and they need not be equal.',
  ],
  checkKey: checkSigningKey,
  verify,
  parse,
});

/** The forms are exact, so that no dot can move from one part into the next. */
async function verify(
  { headers, body }: RawRequest,
  trust: Trust,
  io: VerifyIo,
): Promise<Result<Proof, VerifyError>> {
  const [id = '', event = '', timestamp = '', signature = ''] = ['Id', 'Event', 'Timestamp', 'Signature'].map(
    (name) => headers.get(`X-MOM-Webhook-${name}`) ?? '',
  );
  const forged = (detail: string) => err({ reason: 'forged', detail } as const);
  if (!/^[\w-]{1,128}$/.test(id) || !/^\w{1,64}$/.test(event) || !/^\d{10}$/.test(timestamp))
    return forged('no id, event and timestamp of their forms');
  const at = Number(timestamp) * SECOND;
  const given = signature.startsWith('sha256=') ? fromHex(signature.slice(7), 32) : null;
  const signed = utf8(`${id}.${event}.${timestamp}`);
  const proof = inTime(
    await verifyKeyedHash(given === null ? [] : [given], trust.secrets.keys, signed),
    at >= io.now - PAST && at <= io.now + 5 * MINUTE,
    'a timestamp outside of twelve hours',
  );
  return proof.ok ? ok({ bind: { nonce: id, digest: toHex(await sha256(body)) } }) : proof;
}

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readEvent(json.value)] });
}

function readEvent(event: Json): Item {
  const label = textOf(event.eventType);
  if (label === null) return unreadable('no eventType', event);
  const meaning = rowOf(LABELS, label);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  const payload = isRecord(event.payload) ? event.payload : {};
  const status = isRecord(payload['delivery-status']) ? payload['delivery-status'] : {};
  return eventItem({
    meaning,
    recipient: event.recipient,
    at: readTime(event.occurredAt),
    reply: {
      code: textOf(status.code),
      enhanced: textOf(status['enhanced-code']),
      text: textOf(status.message) ?? textOf(payload.reason),
    },
    providerType: label,
    eventId: textOf(event.id),
    messageId: textOf(event.messageUuid),
    rfcMessageId: textOf(event.messageId),
  });
}
