/**
 * Mandrill (Mailchimp Transactional) webhooks: a form with one field, a JSON array of up to 1,000 events. The
 * signature is over the URL as Mandrill has it (scheme, host, user and query included), and over the decoded field,
 * name and value without anything between; so no second field may be there for its text to move into. `msg.ts` is
 * when the message was sent, `ts` when the event happened; `_id` is the message's.
 * https://mailchimp.com/developer/transactional/docs/webhooks/
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
import { echoedTag } from './echo.ts';
import { parseForm } from './form.ts';
import {
  bounced,
  COMPLAINED,
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
import { BOUNCE_CLASSES } from './labels/bounce-classes.ts';
import { equalBytes, fromBase64, utf8 } from './verify/bytes.ts';
import { hmacSha1 } from './verify/hmac.ts';
import { checkSigningKey } from './verify/keyed-hash.ts';

/** What Mandrill signs its trial POST with, before the webhook has a key. Public, so it proves nothing. */
const TRIAL_KEY = 'test-webhook';
const TRIAL_BODY = '[]';
const FIELD = 'mandrill_events';

/** A change of the list, by the entry's `reason`. It comes beside the event that was the cause. */
const listChanges = (list: string): Labels => ({
  [`${list}/hard-bounce`]: onList('bounce'),
  [`${list}/soft-bounce`]: onList('bounce'),
  [`${list}/spam`]: onList('complaint'),
  [`${list}/unsub`]: onList('unsubscribe'),
  [`${list}/custom`]: onList(),
  [`${list}/remove`]: { kind: 'resubscribe' },
});

/** What `bounce_description` calls some of the `bgtools_code`. Not documented: these were seen. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  10: 'bad_mailbox',
  21: 'invalid_domain',
  22: 'mailbox_full',
  23: 'message_too_large',
};

const descriptionOf = (code: unknown): string | null => {
  const text = textOf(code);
  return text !== null && Object.hasOwn(DESCRIPTIONS, text) ? (DESCRIPTIONS[text] ?? null) : text;
};

/**
 * The codes that name a cause, or mail that is no bounce. Of any other the event says more; and to leave a list, or to
 * be on one, is another event than a bounce.
 */
const causes = (event: string): Labels =>
  Object.fromEntries(
    Object.entries(BOUNCE_CLASSES)
      .filter(([, row]) => row === 'ignored' || (row.kind === 'bounce' && row.category !== undefined))
      .map(([code, row]) => [`${event}/${DESCRIPTIONS[code] ?? code}`, row]),
  );

/**
 * `event`, and of a bounce its `bounce_description` or `bgtools_code`, of a reject the reason; of a change of the
 * list, its `type` and the reason.
 */
const LABELS: Labels = {
  send: 'ignored', // "message has been sent successfully": to the queue
  open: 'ignored',
  click: 'ignored',
  inbound: 'ignored',
  delivered: DELIVERED,
  deferral: deferred(),
  hard_bounce: bounced('550', '5.0.0', { proof: 'hard' }),
  ...causes('hard_bounce'),
  'hard_bounce/invalid_domain': bounced('550', '5.1.2', { category: 'domain-invalid', proof: 'cause' }),
  soft_bounce: bounced('450', '4.0.0'),
  ...causes('soft_bounce'),
  'soft_bounce/bad_mailbox': bounced('450', '4.1.1', { category: 'mailbox-unknown' }),
  'soft_bounce/invalid_domain': bounced('450', '4.1.2', { category: 'domain-invalid' }),
  spam: { ...COMPLAINED, feedback: 'abuse' },
  unsub: { kind: 'unsubscribe' },

  reject: onList(),
  'reject/hard-bounce': onList('bounce'),
  'reject/soft-bounce': onList('bounce'),
  'reject/spam': onList('complaint'),
  'reject/unsub': onList('unsubscribe'),
  'reject/custom': onList(),
  'reject/invalid': {
    kind: 'reject',
    code: '553',
    enhanced: '5.1.3',
    category: 'address-syntax',
    proof: 'cause',
  },
  'reject/invalid-sender': { kind: 'reject', category: 'sender-rejected' },
  'reject/unsigned': { kind: 'reject', category: 'auth-failure' }, // the sending domain has no DKIM or SPF of yours
  'reject/rule': { kind: 'reject', category: 'policy-rejected' }, // of the account's own
  'reject/test-mode-limit': 'ignored',

  // The page says denylist and allowlist, and samples blacklist and whitelist.
  ...listChanges('blacklist'),
  ...listChanges('denylist'),
  whitelist: 'ignored',
  allowlist: 'ignored',
  safelist: 'ignored',
};

export const mandrill = defineAdapter({
  id: 'mandrill',
  name: 'Mandrill (Mailchimp Transactional)',
  docs: 'https://mailchimp.com/developer/transactional/docs/webhooks/',
  needs: {
    proof: 'signature',
    hint: 'keys: the key of the webhook, which Mandrill shows in its list of webhooks; and public_url, which is signed',
    publicUrl: true,
  },
  setup: [
    'Make the source with any text of eight characters or more in keys for now, and public_url exactly as Mandrill will call it, such as https://mail.example.org/webhooks/{id}.',
    'In Mandrill, open Settings, Webhooks, Add a Webhook.',
    'Choose Message Is Delivered, Delayed, Bounced, Soft-Bounced, Rejected, Marked As Spam and Recipient Unsubscribes, and Rejection Denylist Changes.',
    'Paste the URL into Post To URL and create the webhook.',
    'Copy the key that the list of webhooks shows for it into keys of the source.',
  ],
  attach: 'metadata: {"mailstop_tag": "…"}, or recipient_metadata of each recipient',
  labels: LABELS,
  unverified: [
    'Of bgtools_code 10, 21 and 22 were seen to be the numbers of SparkPost’s bounce_class; the others are taken to be.',
    'Mandrill does not list the values of bounce_description; those that were seen have rows, and of any other the event and the server’s words decide.',
    'Mandrill does not say how long it tries again after an answer other than 200.',
    'Whether the type of list changes is blacklist or denylist by now is not certain; both are read.',
  ],
  checkKey: (key) =>
    key.trim() === TRIAL_KEY ? 'Mandrill’s public test key, which proves nothing' : checkSigningKey(key),
  verify,
  parse,
});

async function verify(request: RawRequest, trust: Trust): Promise<Result<Proof, VerifyError>> {
  const forged = (detail: string) => err({ reason: 'forged', detail } as const);
  const keys = trust.secrets.keys.map((key) => key.trim()).filter((key) => key !== '');
  if (keys.length === 0) return err({ reason: 'undecided', detail: 'no webhook key is configured' });
  if (trust.publicUrl === null) return err({ reason: 'undecided', detail: 'no public_url is configured' });
  const given = fromBase64(request.headers.get('x-mandrill-signature') ?? '', 28);
  if (given?.length !== 20) return forged('no signature of 28 base64 characters');
  const events = readField(request);
  if (!events.ok) return forged(events.error);
  const message = utf8(`${trust.publicUrl}${FIELD}${events.value}`);
  const signers = events.value === TRIAL_BODY ? [...keys, TRIAL_KEY] : keys;
  const made = await Promise.all(signers.map((key) => hmacSha1(utf8(key), message)));
  return made.filter((mac) => equalBytes(mac, given)).length > 0
    ? ok({})
    : forged('no key made this signature over public_url and the events');
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const events = readField(request);
  if (!events.ok) return err({ why: events.error });
  const json = parseJson(events.value);
  if (!json.ok) return err({ why: `${FIELD}: ${json.error}` });
  if (!Array.isArray(json.value)) return err({ why: `${FIELD}: not an array of events` });
  return ok({ type: 'items', items: json.value.map(readEvent) });
}

/** The one field's text. */
function readField({ headers, body }: RawRequest): Result<string, string> {
  const form = parseForm(headers.get('content-type'), body);
  if (!form.ok) return form;
  const [field, ...others] = form.value;
  return field?.[0] === FIELD && others.length === 0
    ? ok(field[1])
    : err(`not a form with ${FIELD} and nothing else`);
}

function readEvent(fields: unknown): Item {
  if (!isRecord(fields)) return unreadable('not an object', fields);
  const event = textOf(fields.event);
  if (event === null) return readChange(fields);
  const msg = recordOf(fields.msg);
  const failed = /bounce$|^reject$/.test(event);
  const detail = failed ? (textOf(msg.bounce_description) ?? reasonOf(msg.reject)) : null;
  const label = detail === null ? event : `${event}/${detail}`;
  const meaning =
    rowOf(LABELS, `${event}/${detail?.replaceAll(' ', '_')}`) ??
    rowOf(LABELS, `${event}/${descriptionOf(msg.bgtools_code)}`) ??
    rowOf(LABELS, event);
  if (meaning === undefined) return ignored(event, false);
  if (meaning === 'ignored') return ignored(label, true);
  return eventItem({
    meaning,
    recipient: msg.email,
    at: readTime(fields.ts),
    sentAt: readTime(msg.ts),
    reply: { text: textOf(msg.diag) ?? lastWords(event, msg) },
    providerType: label,
    eventId: null,
    messageId: textOf(fields._id) ?? textOf(msg._id),
    group: textOf(msg.subaccount),
    tags: textsOf(msg.tags),
    ...echoedTag(msg.metadata),
    ...(event === 'hard_bounce' || isListed(meaning) ? { listed: true } : {}),
  });
}

function readChange(fields: Json): Item {
  const type = textOf(fields.type);
  if (type === null) return unreadable('neither event nor type', fields);
  if (rowOf(LABELS, type) === 'ignored') return ignored(type, true);
  const entry = recordOf(fields.reject);
  const action = textOf(fields.action);
  const meaning =
    rowOf(LABELS, `${type}/${action === 'remove' ? action : textOf(entry.reason)}`) ??
    rowOf(LABELS, `${type}/custom`);
  if (typeof meaning !== 'object') return ignored(type, false);
  // Nobody is on the list by it any more, and nobody has asked for mail either.
  if (entry.expired === true && meaning.kind !== 'resubscribe') return ignored(type, true);
  return eventItem({
    meaning,
    recipient: entry.email,
    at: readTime(fields.ts),
    reply: {},
    providerType: type,
    eventId: null,
    messageId: null,
    group: textOf(entry.subaccount),
    listed: action !== 'remove',
  });
}

/** A delay and a delivery have no `diag` of their own. */
const STAGES: Readonly<Record<string, string>> = { deferral: 'deferred', delivered: 'sent' };

function lastWords(event: string, { smtp_events: events }: Json): string | null {
  const last = (Array.isArray(events) ? events : [])
    .filter(isRecord)
    .findLast(({ type }) => type === STAGES[event]);
  return textOf(last?.diag);
}

/** A text, or an entry of the list with its reason. */
const reasonOf = (reject: unknown): string | null => textOf(isRecord(reject) ? reject.reason : reject);

const recordOf = (value: unknown): Json => (isRecord(value) ? value : {});
