/**
 * SparkPost (Bird) event webhooks: batches of `{"msys": {"<class>": {…}}}`, unsigned. May not take a bounce for a
 * dead address because SparkPost calls it one: `bounce_class` says what it was, and 25 that nothing was tried.
 * https://developers.sparkpost.com/api/webhooks/
 */
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type ParseError,
  type RawRequest,
} from './adapter.ts';
import { echoedTag } from './echo.ts';
import { DELIVERED, deferred, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { BOUNCE_CLASSES, SUPPRESSED } from './labels/bounce-classes.ts';
import { complaints, feedbackTypes } from './rows.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const REJECTED: LabelMeaning = { kind: 'reject' };

const ON_LIST_CLASSES = new Set(['10', '25', '26', '30', '90']);

const under = (type: string, rows: Labels): Labels =>
  Object.fromEntries(Object.entries(rows).map(([word, meaning]) => [`${type}/${word}`, meaning]));

/** Classes of events that are incoming mail, tests, and what was fed to SparkPost; then `type`. */
const LABELS: Labels = {
  relay_message: 'ignored',
  relay_event: 'ignored',
  ab_test_event: 'ignored',
  ingest_event: 'ignored',
  injection: 'ignored',
  generation_failure: 'ignored', // a template that does not render: a fault of the account
  open: 'ignored',
  initial_open: 'ignored',
  click: 'ignored',
  amp_open: 'ignored',
  amp_initial_open: 'ignored',
  amp_click: 'ignored',
  ab_test_completed: 'ignored',
  ab_test_cancelled: 'ignored',
  sms_status: 'ignored',
  delivery: DELIVERED,
  delay: deferred(),
  bounce: { kind: 'bounce' }, // a class of tomorrow is a bounce still; its code and text decide
  ...under('bounce', BOUNCE_CLASSES),
  out_of_band: { kind: 'bounce' },
  ...under('out_of_band', BOUNCE_CLASSES),
  policy_rejection: REJECTED,
  generation_rejection: REJECTED,
  ...complaints('spam_complaint'), // by `fbtype`
  // Of everything but "transactional" mail; SparkPost says no list.
  list_unsubscribe: { kind: 'unsubscribe' },
  link_unsubscribe: { kind: 'unsubscribe' },
};

export const sparkpost = defineAdapter({
  id: 'sparkpost',
  name: 'SparkPost',
  docs: 'https://support.sparkpost.com/docs/tech-resources/webhook-authentication',
  needs: {
    proof: 'shared',
    hint: `${sharedHint}, which SparkPost calls basic auth; headers are its custom_headers`,
  },
  setup: [
    'In SparkPost, open Configuration, Webhooks, and Create Webhook with the URL as its target.',
    'Under Authentication choose Basic Auth with the user and password of the source, or name the header X-Mailstop-Key in custom_headers by the API.',
    'Select the message events Delivery, Bounce, Out of Band, Delay, Policy Rejection and Spam Complaint, and the unsubscribe and generation events.',
  ],
  attach: 'metadata: {"mailstop_tag": "…"} of each recipient',
  labels: LABELS,
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
    if (rowOf(LABELS, eventClass) === 'ignored') return ignored(eventClass, true);
    return isRecord(fields) ? readEvent(fields) : unreadable(`${eventClass} is not an object`, entry);
  });
}

function readEvent(fields: Json): Item {
  const type = textOf(fields.type);
  if (type === null) return unreadable('no type', fields);
  const meaning = type.includes('/') ? undefined : rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored') return ignored(type, meaning === 'ignored');
  const read = readers[type];
  return read === undefined ? eventOf(fields, type, meaning) : read(fields, type, meaning);
}

const readers: Readonly<Record<string, (fields: Json, type: string, meaning: LabelMeaning) => Item>> = {
  bounce: readBounce,
  out_of_band: readBounce,

  delay(fields, type, meaning) {
    const row = rowOf(BOUNCE_CLASSES, textOf(fields.bounce_class));
    const category = typeof row === 'object' && row.kind === 'bounce' ? row.category : undefined;
    return eventOf(fields, type, { ...meaning, ...(category && { category }) });
  },

  policy_rejection: (fields, type) => readRejection(fields, type),
  generation_rejection: (fields, type) => readRejection(fields, type),

  spam_complaint(fields, type, meaning) {
    const fbtype = textOf(fields.fbtype)?.toLowerCase() ?? null;
    if (fbtype === null) return eventOf(fields, type, meaning, { listed: true });
    const feedback = (Object.hasOwn(feedbackTypes, fbtype) ? feedbackTypes[fbtype] : undefined) ?? 'other';
    const listed = feedback === 'not-spam' ? {} : { listed: true };
    return eventOf(fields, `${type}/${fbtype}`, { ...meaning, feedback }, listed);
  },

  list_unsubscribe: (fields, type, meaning) => eventOf(fields, type, meaning, { listed: true }),
  link_unsubscribe: (fields, type, meaning) => eventOf(fields, type, meaning, { listed: true }),
};

function readBounce(fields: Json, type: string, otherwise: LabelMeaning): Item {
  const bounceClass = textOf(fields.bounce_class);
  const label = bounceClass === null ? type : `${type}/${bounceClass}`;
  const meaning = rowOf(BOUNCE_CLASSES, bounceClass) ?? otherwise;
  if (meaning === 'ignored') return ignored(label, true);
  if (meaning.kind === 'reject') return readRejection(fields, label, meaning);
  return eventOf(fields, label, meaning, ON_LIST_CLASSES.has(bounceClass ?? '') ? { listed: true } : {});
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
  return eventItem({
    meaning,
    recipient: fields.raw_rcpt_to ?? fields.rcpt_to, // rcpt_to is the same in lower case
    at: readTime(fields.timestamp), // seconds as a string, or ISO 8601
    sentAt: readTime(fields.injection_time),
    reply: { ...(lastFailure(text) ?? { code: basicCode(fields.error_code) }), text },
    providerType,
    eventId: textOf(fields.event_id),
    messageId: textOf(fields.transmission_id) ?? textOf(fields.message_id),
    tags: tagsOf(fields),
    ...echoedTag(fields.rcpt_meta),
    ...more,
  });
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
