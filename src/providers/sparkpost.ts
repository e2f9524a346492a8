/**
 * SparkPost (Bird) event webhooks: batches of `{"msys": {"<class>": {…}}}`, unsigned. May not take a bounce for a
 * dead address because SparkPost calls it one: `bounce_class` says what it was, and 25 that nothing was tried.
 * https://developers.sparkpost.com/api/webhooks/
 */
import type { FeedbackType, LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import { type Delivery, defineAdapter, type Item, type ParseError, type RawRequest } from './adapter.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

type Json = Readonly<Record<string, unknown>>;

/** `ignored` = known, and nothing about whether mail may be sent. */
type Meaning = LabelMeaning | 'ignored';

const IGNORED = new Set([
  'injection',
  'generation_failure', // a template that does not render: a fault of the account
  'open',
  'initial_open',
  'click',
  'amp_open',
  'amp_initial_open',
  'amp_click',
  'ab_test_completed',
  'ab_test_cancelled',
  'sms_status',
]);
/** Incoming mail, tests, and what was fed to SparkPost. */
const IGNORED_CLASSES = new Set(['relay_message', 'relay_event', 'ab_test_event', 'ingest_event']);

const failed = (code: string, enhanced: string, more: Omit<LabelMeaning, 'kind'> = {}): LabelMeaning => ({
  kind: 'bounce',
  code,
  enhanced,
  ...more,
});
const SUPPRESSED: LabelMeaning = {
  kind: 'reject',
  code: '554',
  enhanced: '5.7.1',
  category: 'suppressed',
  listedFor: 'bounce', // or a complaint or an unsubscribe: SparkPost says "customer policy" of all three
};
const REJECTED: LabelMeaning = { kind: 'reject' };

/**
 * `bounce_class`. "Only hard or admin are suppression-level": 10, 25, 30, 90.
 * https://support.sparkpost.com/docs/deliverability/bounce-classification-codes
 */
const CLASSES = new Map<string, Meaning>([
  ['1', { kind: 'bounce' }], // "the response text could not be identified"
  ['10', failed('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' })],
  ['20', failed('450', '4.0.0')],
  ['21', failed('451', '4.4.3', { category: 'network-error' })], // "due to a DNS failure"
  ['22', failed('452', '4.2.2', { category: 'mailbox-full', proof: 'cause' })],
  ['23', failed('552', '5.3.4', { category: 'message-too-large' })],
  ['24', failed('554', '5.4.7', { category: 'expired' })],
  ['25', SUPPRESSED], // https://support.sparkpost.com/docs/tech-resources/preparing-for-async-suppressions
  ['26', SUPPRESSED], // "Smart Send Suppression"
  ['30', failed('550', '5.0.0', { proof: 'hard' })], // "no recipient could be determined for the message"
  ['40', failed('450', '4.0.0')], // "failed for unspecified reasons"
  ['50', failed('554', '5.7.1', { category: 'policy-rejected' })], // "blocked by the receiver"
  ['51', failed('554', '5.7.1', { category: 'ip-blocked' })], // "blocked by the receiver as coming from a known spam source"
  ['52', failed('554', '5.7.1', { category: 'spam-content' })],
  ['53', failed('554', '5.7.0', { category: 'content-rejected' })],
  ['54', failed('550', '5.7.1', { category: 'relay-denied' })],
  ['60', 'ignored'], // auto-reply
  ['70', failed('450', '4.0.0')], // "message transmission has been temporarily delayed"
  ['80', 'ignored'], // a mail that looks like a request to subscribe names no list, and anyone can write it
  ['90', { kind: 'unsubscribe' }],
  ['100', 'ignored'], // challenge-response
]);
const ON_LIST_CLASSES = new Set(['10', '25', '26', '30', '90']);

/** `fbtype`, as feedback reports name it (RFC 5965), and the two of older drafts. */
const FEEDBACK = new Map<string, FeedbackType>([
  ['abuse', 'abuse'],
  ['auth-failure', 'auth-failure'],
  ['fraud', 'fraud'],
  ['not-spam', 'not-spam'],
  ['opt-out', 'opt-out'],
  ['opt-out-list', 'opt-out'],
  ['virus', 'virus'],
]);

export const sparkpost = defineAdapter({
  id: 'sparkpost',
  name: 'SparkPost',
  docs: 'https://support.sparkpost.com/docs/tech-resources/webhook-authentication',
  needs: {
    proof: 'shared',
    hint: `${sharedHint}, which SparkPost calls basic auth; headers are its custom_headers`,
  },
  checkKey: checkSharedKey,
  verify: (request, trust) => verifyShared(request, trust),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!Array.isArray(json.value)) return err({ why: 'not an array of events' });
  return ok({ type: 'items', items: json.value.flatMap(readEntry) });
}

/** `{"msys": {}}` is how SparkPost tries a webhook when it is made, changed or validated: no event. */
function readEntry(entry: unknown): Item[] {
  const msys = isRecord(entry) ? entry.msys : null;
  if (!isRecord(msys)) return [unreadable('no msys object', entry)];
  return Object.entries(msys).map(([eventClass, fields]): Item => {
    if (IGNORED_CLASSES.has(eventClass)) return ignored(eventClass, true);
    return isRecord(fields) ? readEvent(fields) : unreadable(`${eventClass} is not an object`, entry);
  });
}

function readEvent(fields: Json): Item {
  const type = textOf(fields.type);
  if (type === null) return unreadable('no type', fields);
  if (IGNORED.has(type)) return ignored(type, true);
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  return read === undefined ? ignored(type, false) : read(fields, type);
}

const readers: Readonly<Record<string, (fields: Json, type: string) => Item>> = {
  bounce: readBounce,
  out_of_band: readBounce,

  delivery: (fields, type) => eventOf(fields, type, { kind: 'delivery', code: '250', category: 'delivered' }),

  delay(fields, type) {
    const meaning = CLASSES.get(textOf(fields.bounce_class) ?? '');
    const category = typeof meaning === 'object' && meaning.kind === 'bounce' ? meaning.category : undefined;
    return eventOf(fields, type, {
      kind: 'deferral',
      code: '450',
      enhanced: '4.0.0',
      ...(category && { category }),
    });
  },

  policy_rejection: (fields, type) => readRejection(fields, type),
  generation_rejection: (fields, type) => readRejection(fields, type),

  spam_complaint(fields, type) {
    const fbtype = textOf(fields.fbtype)?.toLowerCase() ?? null;
    const feedback = fbtype === null ? null : (FEEDBACK.get(fbtype) ?? 'other');
    const meaning: LabelMeaning = { kind: 'complaint', category: 'complaint', ...(feedback && { feedback }) };
    const listed = feedback === 'not-spam' ? {} : { listed: true };
    return eventOf(fields, fbtype === null ? type : `${type}/${fbtype}`, meaning, listed);
  },

  // Of everything but "transactional" mail; SparkPost says no list.
  list_unsubscribe: (fields, type) => eventOf(fields, type, { kind: 'unsubscribe' }, { listed: true }),
  link_unsubscribe: (fields, type) => eventOf(fields, type, { kind: 'unsubscribe' }, { listed: true }),
};

function readBounce(fields: Json, type: string): Item {
  const bounceClass = textOf(fields.bounce_class);
  const label = bounceClass === null ? type : `${type}/${bounceClass}`;
  // A class of tomorrow is a bounce still; its code and text decide.
  const meaning = bounceClass === null ? undefined : CLASSES.get(bounceClass);
  if (meaning === 'ignored') return ignored(label, true);
  if (meaning?.kind === 'reject') return readRejection(fields, label, meaning);
  const listed = ON_LIST_CLASSES.has(bounceClass ?? '') ? { listed: true } : {};
  return eventOf(fields, label, meaning ?? { kind: 'bounce' }, listed);
}

/** SparkPost did not try: for its list ("recipient address suppressed", "blackholed"), or for what we sent. */
function readRejection(fields: Json, label: string, silent = REJECTED): Item {
  const text = reasonOf(fields);
  const meaning = text === null ? silent : /suppress|blackhole/i.test(text) ? SUPPRESSED : REJECTED;
  return eventOf(fields, label, meaning, meaning === SUPPRESSED ? { listed: true } : {});
}

function eventOf(
  fields: Json,
  providerType: string,
  meaning: LabelMeaning,
  more: Pick<ProviderEvent, 'listed'> = {},
): Item {
  const text = reasonOf(fields);
  return {
    type: 'event',
    event: {
      meaning,
      recipient: fields.raw_rcpt_to ?? fields.rcpt_to, // rcpt_to is the same in lower case
      at: readTime(fields.timestamp), // seconds as a string, or ISO 8601
      sentAt: readTime(fields.injection_time),
      reply: { ...(lastFailure(text) ?? { code: basicCode(fields.error_code) }), text },
      providerType,
      eventId: textOf(fields.event_id),
      messageId: textOf(fields.transmission_id) ?? textOf(fields.message_id),
      tags: tagsOf(fields),
      ...more,
    },
  };
}

/**
 * "554 5.4.7 [internal] message timeout (last transfail: 454 4.4.4 [internal] no MX or A for domain)": 5.4.7 says
 * only that SparkPost gave up, the inner reply says why.
 */
function lastFailure(text: string | null): { code: string; enhanced: string | null } | null {
  const inner = /\(last transfail: ([245]\d\d)[ -](?:([245]\.\d{1,3}\.\d{1,3})\b)?/i.exec(text ?? '');
  return inner?.[1] === undefined ? null : { code: inner[1], enhanced: inner[2] ?? null };
}

const reasonOf = (fields: Json): string | null => textOf(fields.raw_reason) ?? textOf(fields.reason);

const basicCode = (value: unknown): string | null =>
  /^[2-5]\d\d$/.exec(textOf(value)?.trim() ?? '')?.[0] ?? null;

function tagsOf(fields: Json): string[] {
  const named = (['campaign_id', 'subaccount_id'] as const).flatMap((name) => {
    const value = textOf(fields[name]);
    return value === null || value === '0' ? [] : [`${name}:${value}`]; // subaccount 0 is the account itself
  });
  return [...textsOf(fields.rcpt_tags), ...named];
}

const ignored = (label: string, known: boolean): Item => ({ type: 'ignored', label, known });
const unreadable = (why: string, raw: unknown): Item => ({ type: 'unreadable', why, raw });
