/**
 * Mailstop's own form, for whatever has no adapter: one object, an array, or NDJSON of
 * `{recipient, event, code?, enhanced?, text?, at?, id?, message_id?, stream?, tags?, feedback?}`. Codes and text are
 * taken as observed; without any, a bounce stays one that nobody can read, for this form has no label to infer from.
 * Whoever sends it writes the form by hand, so every refusal names the field.
 */
import { type Kind, kinds, type LabelMeaning, type ProviderEvent } from '../core/event.ts';
import { streamName } from '../core/policy.ts';
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
import { echoedTag } from './echo.ts';
import { COMPLAINED, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, jsonLimits, parseJson } from './json.ts';
import { feedbackTypes } from './rows.ts';
import { decodeUtf8 } from './verify/bytes.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';
import {
  checkStandardWebhooksKey,
  hasStandardWebhooksHeaders,
  verifyStandardWebhooks,
} from './verify/standard-webhooks.ts';

/** A field's value, or why it cannot be one. */
type Read<T> = Result<T, string>;

/** `event`, which is a kind; and what happens to a message and says nothing of its address. */
const LABELS = {
  bounce: { kind: 'bounce' },
  deferral: { kind: 'deferral' },
  reject: { kind: 'reject' },
  complaint: COMPLAINED,
  unsubscribe: { kind: 'unsubscribe' },
  resubscribe: { kind: 'resubscribe' },
  delivery: { kind: 'delivery', category: 'delivered' },
  open: 'ignored',
  opened: 'ignored',
  click: 'ignored',
  clicked: 'ignored',
  sent: 'ignored',
  queued: 'ignored',
  scheduled: 'ignored',
  processed: 'ignored',
  accepted: 'ignored',
  received: 'ignored',
} as const satisfies Labels & Readonly<Record<Kind, LabelMeaning>>;

export const generic = defineAdapter({
  id: 'generic',
  name: 'Generic',
  docs: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  needs: {
    proof: 'shared',
    hint: `${sharedHint}; or a Standard Webhooks secret (whsec_…) or public key (whpk_…) that signs the requests`,
  },
  setup: [
    'Post to the URL from your own system: one JSON object, an array, or NDJSON of {recipient, event, code?, enhanced?, text?, at?, id?, message_id?, stream?, tags?}.',
    'Send the secret with each request in the header X-Mailstop-Key, or sign it as Standard Webhooks do.',
  ],
  attach: 'the field mailstop_tag of each event',
  labels: LABELS,
  checkKey: (key) => (signs(key) ? checkStandardWebhooksKey(key) : checkSharedKey(key)),
  verify,
  parse,
});

/** Where a request is signed, the signature decides: a right key beside it would hide a changed body. */
async function verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>> {
  const { keys } = trust.secrets;
  const signing = keys.filter(signs);
  if (signing.length > 0 && hasStandardWebhooksHeaders(request.headers))
    return verifyStandardWebhooks(request, signing, io.now);
  // A public key is no secret: sent as a shared key it would prove nothing.
  const shared = keys.filter((key) => !key.startsWith('whpk_'));
  if (signing.length > 0 && shared.length === 0) return err({ reason: 'forged', detail: 'not signed' });
  return verifyShared(request, { ...trust, secrets: { ...trust.secrets, keys: shared } });
}

const signs = (key: string): boolean => /^wh(sec|pk|sk)_/.test(key);

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const whole = parseJson(request.body);
  if (!whole.ok) return readLines(request, whole.error);
  const items = Array.isArray(whole.value) ? whole.value : [whole.value];
  return ok({ type: 'items', items: items.map(readItem) });
}

/** NDJSON, by name or by its looks: objects from the first byte on, of which one can be read. A bad line loses only itself. */
function readLines({ headers, body }: RawRequest, whyNotOne: string): Result<Delivery, ParseError> {
  const text = (decodeUtf8(body) ?? '').replace(/^\ufeff/, '');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > jsonLimits.itemsPerArray)
    return err({ why: `more than ${jsonLimits.itemsPerArray} lines` });
  const values = lines.map((line) => ({ line, value: parseJson(line) }));
  const looksLikeIt =
    text.trimStart().startsWith('{') && values.some(({ value }) => value.ok && isRecord(value.value));
  if (lines.length === 0 || !(looksLikeIt || isNdjson(headers))) return err({ why: whyNotOne });
  const items = values.map(
    ({ line, value }): Item =>
      value.ok ? readItem(value.value) : unreadable(`a line is ${value.error}`, line),
  );
  return ok({ type: 'items', items });
}

const isNdjson = (headers: Headers): boolean =>
  /^application\/(x-ndjson|ndjson|jsonl|x-jsonlines)\b/i.test(headers.get('content-type') ?? '');

function readItem(raw: unknown): Item {
  if (!isRecord(raw)) return unreadable('not an object', raw);
  const { event } = raw;
  if (typeof event !== 'string' || event === '') return unreadable('event: a kind is needed', raw);
  const label = event.trim().toLowerCase();
  const kind = kinds.find((known) => known === label);
  if (kind === undefined) return ignored(label, rowOf(LABELS, label) === 'ignored');
  const read = readEvent(raw, kind);
  return read.ok ? eventItem(read.value) : unreadable(read.error, raw);
}

function readEvent(fields: Json, kind: Kind): Read<ProviderEvent> {
  if (typeof fields.recipient !== 'string' || fields.recipient === '')
    return err('recipient: an address is needed');
  const code = readPattern(fields, 'code', /^[2-5]\d\d$/, 'three digits, such as "550"');
  if (!code.ok) return code;
  const enhanced = readPattern(fields, 'enhanced', /^[245]\.\d{1,3}\.\d{1,3}$/, 'such as "5.1.1"');
  if (!enhanced.ok) return enhanced;
  const texts = readTexts(fields);
  if (!texts.ok) return texts;
  const at = isAbsent(fields.at) ? null : readTime(fields.at);
  if (at === null && !isAbsent(fields.at)) return err('at: not a time (RFC 3339, or unix seconds)');
  const tags = readTags(fields.tags);
  if (!tags.ok) return tags;
  const meaning = readMeaning(fields, kind);
  if (!meaning.ok) return meaning;
  const { text, id, message_id: messageId, stream } = texts.value;
  if (stream !== null && stream !== '*' && !streamName.test(stream))
    return err('stream: not 1 to 64 letters, digits, and _ . : -');
  return ok({
    meaning: meaning.value,
    recipient: fields.recipient,
    at,
    reply: { code: code.value, enhanced: enhanced.value, text },
    providerType: kind,
    eventId: id,
    messageId,
    stream,
    group: stream,
    tags: tags.value,
    ...echoedTag(fields),
  });
}

function readMeaning({ feedback }: Json, kind: Kind): Read<LabelMeaning> {
  if (kind !== 'complaint' || isAbsent(feedback)) return ok(LABELS[kind]);
  const known =
    typeof feedback === 'string' && Object.hasOwn(feedbackTypes, feedback)
      ? feedbackTypes[feedback]
      : undefined;
  return known === undefined
    ? err(`feedback: not one of ${Object.keys(feedbackTypes).join(', ')}`)
    : ok({ ...COMPLAINED, feedback: known });
}

/** Codes may be given as a number. */
function readPattern(fields: Json, name: string, pattern: RegExp, form: string): Read<string | null> {
  const value = fields[name];
  if (isAbsent(value)) return ok(null);
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : value;
  return typeof text === 'string' && pattern.test(text) ? ok(text) : err(`${name}: not ${form}`);
}

const TEXTS = ['text', 'id', 'message_id', 'stream'] as const;
type Texts = Record<(typeof TEXTS)[number], string | null>;

/** Ids may be numbers; the rest is text. */
function readTexts(fields: Json): Read<Texts> {
  const texts: Texts = { text: null, id: null, message_id: null, stream: null };
  for (const name of TEXTS) {
    const value = fields[name];
    if (isAbsent(value)) continue;
    if (typeof value !== 'string' && !(typeof value === 'number' && /id$/.test(name)))
      return err(`${name}: not a string`);
    texts[name] = String(value);
  }
  return ok(texts);
}

function readTags(value: unknown): Read<readonly string[]> {
  if (isAbsent(value)) return ok([]);
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  const tags = list.filter((tag) => typeof tag === 'string');
  return tags.length === list.length ? ok(tags) : err('tags: not a list of strings');
}

const isAbsent = (value: unknown): value is null | undefined | '' =>
  value === undefined || value === null || value === '';
