/**
 * Postal webhooks: one event a request, signed over the raw body by the key of the whole installation. So every
 * customer of a shared Postal can have requests signed for any URL they know: keep the URL secret. `output` is the
 * server's reply, cut at 512 characters; `details` are Postal's own words, and no reply. Postal waits five seconds,
 * and drops a request after six attempts in 36 minutes.
 * https://docs.postalserver.io/developer/webhooks
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTime, SECOND } from '../core/time.ts';
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
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  isListed,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { importRsaKeys, readRsaSignature, verifyRsa } from './verify/rsa.ts';

/**
 * `event/status`, and where Postal itself decided, what its details say.
 * https://docs.postalserver.io/features/mail-server-settings#held-messages
 */
const LABELS: Labels = {
  'MessageSent/Sent': DELIVERED,
  'MessageDelayed/SoftFail': deferred(),
  'MessageDelayed/SoftFail/no servers': deferred('421', '4.4.1', 'network-error'),
  'MessageDeliveryFailed/HardFail': bounced('550', '5.0.0', { proof: 'hard' }),
  'MessageDeliveryFailed/HardFail/attempts': bounced('554', '5.4.7', { category: 'expired' }),
  'MessageDeliveryFailed/HardFail/spam': {
    kind: 'reject',
    code: '554',
    enhanced: '5.7.1',
    category: 'spam-content',
  }, // by Postal's own filter
  // The sending domain, the recipient or the text of the message is gone from Postal.
  'MessageDeliveryFailed/HardFail/incomplete': 'ignored',
  'MessageHeld/Held': 'ignored', // development mode, send limit, suspension: it may still be released
  'MessageHeld/Held/suppression list': onList('bounce'), // only failures bring an address there
  // "receives a bounce message for a message that was previously accepted", and passes on neither code nor words
  MessageBounced: bounced('550', '5.0.0'),
  MessageLinkClicked: 'ignored',
  MessageLoaded: 'ignored',
  DomainDNSError: 'ignored',
  SendLimitApproaching: 'ignored',
  SendLimitExceeded: 'ignored',
};

/** Each of these has one status, so that it says the same where the status is missing or new. */
const STATUS_OF: ReadonlyMap<string, string> = new Map([
  ['MessageSent', 'Sent'],
  ['MessageDelayed', 'SoftFail'],
  ['MessageDeliveryFailed', 'HardFail'],
  ['MessageHeld', 'Held'],
]);

/** How details begin, or what they hold, where they say more than the status. */
const DETAILS: readonly (readonly [RegExp, string])[] = [
  [/^Recipient \(.*\) is on the suppression list/s, 'suppression list'],
  [/^No SMTP servers were available/, 'no servers'],
  [/^Maximum number of delivery attempts/, 'attempts'],
  [/^Message is likely spam/, 'spam'],
  [/^Message's domain no longer exist|^Message doesn't have an RCPT TO|^Raw message has been/, 'incomplete'],
];

const sha1Warning =
  'This Postal signs with SHA-1 only. Upgrade it to a version that sends X-Postal-Signature-256, then set require_sha256.';

export const postal = defineAdapter({
  id: 'postal',
  name: 'Postal',
  docs: 'https://docs.postalserver.io/developer/webhooks',
  needs: {
    proof: 'signature',
    hint: 'keys: the public key of the installation: the p= part or all of what "postal default-dkim-record" prints, or what https://postal.example.org/.well-known/jwks.json answers',
  },
  setup: [
    'On the Postal host run "postal default-dkim-record", or open /.well-known/jwks.json of your Postal, and copy the public key into keys of the source.',
    'In Postal, open the mail server, Webhooks, Add new webhook, and paste the URL.',
    'Choose MessageSent, MessageDelayed, MessageDeliveryFailed, MessageHeld and MessageBounced, and save; do so for each mail server.',
  ],
  labels: LABELS,
  unverified: [
    'The wording of details is that of Postal 3; where another version words them otherwise, the status alone decides.',
  ],
  checkKey: async (key) =>
    (await importRsaKeys(key, 'SHA-256')).length === 0
      ? 'no RSA public key of 1,024 bits or more, as base64, PEM, a DKIM record or a JSON Web Key'
      : null,
  verify,
  parse,
});

/** The SHA-1 header counts only where there is no other: beside a wrong one it would be a way down. */
async function verify({ headers, body }: RawRequest, trust: Trust): Promise<Result<Proof, VerifyError>> {
  const forged = (detail: string) => err({ reason: 'forged', detail } as const);
  const sha256 = headers.get('x-postal-signature-256');
  if (sha256 === null && trust.requireSha256)
    return forged('no X-Postal-Signature-256, and this source requires SHA-256');
  const hash = sha256 === null ? 'SHA-1' : 'SHA-256';
  const imported = await Promise.all(trust.secrets.keys.map((key) => importRsaKeys(key, hash)));
  const keys = imported.flat();
  if (keys.length === 0) return err({ reason: 'undecided', detail: 'no usable public key is configured' });
  const signature = readRsaSignature(sha256 ?? headers.get('x-postal-signature') ?? '');
  if (signature === null) return forged('no signature in base64');
  if (!(await verifyRsa(keys, signature, body))) return forged('no key made this signature');
  return ok(hash === 'SHA-1' ? { warning: sha1Warning } : {});
}

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readEvent(json.value)] });
}

function readEvent(fields: Json): Item {
  const event = textOf(fields.event);
  if (event === null && 'rcpt_to' in fields)
    return unreadable(
      'a message that Postal received for you: in Postal, give the HTTP endpoint another URL; this one takes the webhooks of a mail server',
      fields,
    );
  if (event === null) return unreadable('no event', fields);
  const payload = isRecord(fields.payload) ? fields.payload : {};
  const details = textOf(payload.details) ?? '';
  const label = rowLabel(event, payload);
  const detail = DETAILS.find(([words]) => words.test(details))?.[1];
  const meaning = rowOf(LABELS, `${label}/${detail}`) ?? rowOf(LABELS, label);
  if (meaning === undefined || meaning === 'ignored') return ignored(event, meaning !== undefined);
  const message = payload.message ?? payload.original_message;
  if (!isRecord(message)) return unreadable('neither message nor original_message', fields);
  // Mail that came in, and how it reached an endpoint of ours.
  if (message.direction === 'incoming') return ignored(event, true);
  const queuedAt = readTime(fields.timestamp);
  return eventItem({
    meaning,
    recipient: message.to,
    at: queuedAt === null ? null : queuedAt - (queuedAt % SECOND), // the fraction is of the queue, not of the event
    sentAt: readTime(message.timestamp),
    reply: { text: textOf(payload.output) },
    providerType: [event, textOf(payload.status)].filter(Boolean).join('/'),
    eventId: textOf(fields.uuid),
    messageId: textOf(message.id),
    rfcMessageId: textOf(message.message_id),
    tags: textsOf(message.tag),
    ...listedBy(details, meaning),
  });
}

/** Versions differ in what they call the event of a bounce that came later; it alone holds both messages. */
function rowLabel(event: string, { original_message: original, bounce }: Json): string {
  if (isRecord(original) && isRecord(bounce)) return 'MessageBounced';
  const status = STATUS_OF.get(event);
  return status === undefined ? event : `${event}/${status}`;
}

/** Postal adds to the details what it did with its list: on a failure too many, and on the first success again. */
function listedBy(details: string, meaning: LabelMeaning): { readonly listed?: boolean } {
  if (isListed(meaning) || /added .{0,320}to suppression list/i.test(details)) return { listed: true };
  return /removed from suppression list/.test(details) ? { listed: false } : {};
}
