/**
 * Zoho ZeptoMail webhooks: one notice a request, as JSON or as the only field of a form, whose parts come as lists or
 * as bare objects. The signature covers the JSON, but neither its own time nor anything of the URL. A notice names the
 * message's recipients, and only a bounce or a complaint, sometimes, which of them it is about.
 * https://www.zoho.com/zeptomail/help/webhooks.html
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { DAY, MINUTE, readTime } from '../core/time.ts';
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
import { bounced, COMPLAINED, DELIVERED, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { decodeUtf8, fromBase64, utf8 } from './verify/bytes.ts';
import { checkSigningKey, verifyKeyedHash } from './verify/keyed-hash.ts';
import { inTime } from './verify/untimely.ts';

/** `event_name`. The page shows the bounces, opens and clicks; the rest is what receivers in use know (UNVERIFIED). */
const LABELS: Labels = {
  softbounce: bounced('450', '4.0.0'),
  hardbounce: bounced('550', '5.0.0', { proof: 'hard' }), // "permanent, due to an invalid recipient email address"
  email_open: 'ignored',
  email_link_click: 'ignored',
  open: 'ignored',
  click: 'ignored',
  delivered: DELIVERED,
  'feedback loop': COMPLAINED,
  feedback_loop: COMPLAINED,
  fbl_compliant: COMPLAINED, // so spelled in the preview of the console
  fbl_complaint: COMPLAINED,
};

/** `ts` may be as old as a last retry; how long Zoho retries is UNVERIFIED. */
const RETRIED = DAY;

export const zeptomail = defineAdapter({
  id: 'zeptomail',
  name: 'Zoho ZeptoMail',
  docs: 'https://www.zoho.com/zeptomail/help/webhooks.html',
  needs: {
    proof: 'signature',
    hint: 'keys: the authentication key that ZeptoMail shows under Webhooks of the Mail Agent',
  },
  setup: [
    'In ZeptoMail, open Mail Agents, your agent, Webhooks, and copy the Authentication key.',
    'Choose Add webhook, and paste the URL.',
    'Tick Hard bounced, Soft bounced and Feedback loop, and save.',
    'Do so for each Mail Agent: a key proves the webhooks of its own agent.',
  ],
  labels: LABELS,
  unverified: [
    'How long ZeptoMail retries, and whether a retry carries a new time: times of the last day are taken.',
    'Whether the body is JSON or the only field of a form: Zoho’s sample of a check decodes a form, receivers in use know both, and both are read.',
    'The words for complaints and deliveries: ZeptoMail’s page shows bounces, opens and clicks only.',
  ],
  checkKey: checkSigningKey,
  verify,
  parse,
});

/** `producer-signature: ts=1768471200000;s=KABw…%3D;s-algorithm=HmacSHA256` */
const SIGNATURE = /^ts=(\d{13});s=([^;]+);s-algorithm=HmacSHA256$/;

async function verify(
  { headers, body }: RawRequest,
  trust: Trust,
  io: VerifyIo,
): Promise<Result<Proof, VerifyError>> {
  const [, ts = '', s = ''] = SIGNATURE.exec(headers.get('producer-signature') ?? '') ?? [];
  const signature = fromBase64(s.replace(/%(?:2B|2F|3D)/gi, decodeURIComponent), 44);
  const given = signature?.length === 32 ? [signature] : [];
  // Not among what is signed: it keeps out only who repeats a request just as it was, and then as a duplicate.
  return inTime(
    await verifyKeyedHash(given, trust.secrets.keys, noticeOf(body)),
    Number(ts) >= io.now - RETRIED && Number(ts) <= io.now + 5 * MINUTE,
    'a time too far from now',
  );
}

/** What Zoho signs: of a form, by its own sample, all that follows the first `=`, decoded. Anything else is as it is. */
function noticeOf(body: Uint8Array): Uint8Array {
  const text = decodeUtf8(body) ?? '';
  const [, field] = /^(?:[\w.-]{1,100}=(?=%7b|\{)|(?=%7b))(.*)$/is.exec(text) ?? [];
  const decoded = field === undefined ? null : formDecoded(field);
  return decoded === null ? body : utf8(decoded);
}

function formDecoded(value: string): string | null {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(noticeOf(request.body));
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  const { event_name, event_message, webhook_request_id } = json.value;
  const [name = null, ...others] = listOf(event_name).map(textOf);
  if (name === null) return err({ why: 'no event_name' });
  if (others.length > 0)
    return err({ why: 'several event names, and nothing that says which of the messages is of which' });
  const meaning = rowOf(LABELS, name);
  if (meaning === undefined || meaning === 'ignored')
    return ok({ type: 'items', items: [ignored(name, meaning !== undefined)] });
  const messages = listOf(event_message);
  if (messages.length === 0) return err({ why: 'no event_message' });
  const id = textOf(webhook_request_id);
  return ok({ type: 'items', items: messages.flatMap((message) => readMessage(name, meaning, message, id)) });
}

/** One item for each detail; for each recipient where a detail names none. */
function readMessage(name: string, meaning: LabelMeaning, message: unknown, id: string | null): Item[] {
  if (!isRecord(message)) return [unreadable('an event_message that is no object', message)];
  const info = isRecord(message.email_info) ? message.email_info : message;
  const details = listOf(message.event_data).flatMap((data) =>
    isRecord(data) ? listOf(data.details) : [data],
  );
  return (details.length === 0 ? [{}] : details).flatMap((detail): Item[] => {
    if (!isRecord(detail)) return [unreadable('a detail that is no object', message)];
    const bouncedOnes = listOf(detail.bounced_recipient);
    const all = recipientsOf(info);
    const reported = listOf(detail.to); // of a complaint: whom the message was to that came back
    const others = all.length !== 1 && reported.length === 1 ? reported : all;
    const recipients = bouncedOnes.length > 0 ? bouncedOnes : others;
    if (recipients.length === 0) return [unreadable('names no recipient', message)];
    const certain = bouncedOnes.length > 0 || recipients.length === 1;
    return recipients.map((recipient) =>
      eventItem({
        meaning,
        recipient,
        at: readTime(detail.time),
        reply: { text: textOf(detail.diagnostic_message) ?? textOf(detail.reason) },
        providerType: name,
        eventId: id,
        messageId: textOf(message.request_id) ?? textOf(info.email_reference),
        ...(certain ? {} : { ambiguous: true }),
      }),
    );
  });
}

/** `{"email_address": {"address": …}}`, also in a list, and without its wrapping. */
const recipientsOf = (info: Json): unknown[] =>
  [info.to, info.cc, info.bcc]
    .flatMap(listOf)
    .flatMap((one) => listOf(isRecord(one) ? (one.email_address ?? one) : one))
    .map((one) => (isRecord(one) ? one.address : one));

const listOf = (value: unknown): unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
