/**
 * Mailgun webhooks: JSON, and the flat forms of before 2018. The signature covers a timestamp and a token, not
 * the body, so whoever sees one request could send another body under it: the proof binds the token to its body.
 * May not report Mailgun's own numbers (498, 499, 605…) as SMTP codes.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { DAY, MINUTE, readTime, SECOND } from '../core/time.ts';
import type {
  Delivery,
  Item,
  Labels,
  Meaning,
  ParseError,
  Proof,
  RawRequest,
  Trust,
  VerifyError,
  VerifyIo,
} from './adapter.ts';
import { defineAdapter } from './adapter.ts';
import { echoedTag } from './echo.ts';
import { type FormPair, isForm, parseForm, valuesOf } from './form.ts';
import {
  bounced,
  COMPLAINED,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { equalBytes, fromHex, sha256, toHex, utf8 } from './verify/bytes.ts';
import { hmacSha256 } from './verify/hmac.ts';
import { untimely } from './verify/untimely.ts';

/** Both forms, brought to one: what `meaningOf` and `readItem` need. */
type Report = Readonly<Record<Told, string | null>> & {
  readonly recipient: unknown;
  readonly at: number | null;
  readonly tags: readonly string[];
  readonly variables: unknown;
};
type Told = 'event' | 'severity' | 'reason' | 'code' | 'enhanced' | 'text' | 'id' | 'messageId' | 'list';

/** An event of a subaccount is signed twice, by its own key and by its parent's. */
type Signed = Readonly<Record<'timestamp' | 'token', string | null>> & {
  readonly signatures: readonly string[];
};

/** `raw` is for the operator, where the report cannot be read. */
type Body = Readonly<{ signed: Signed; report: Report | null; raw: unknown }>;

const NO_MX = bounced('451', '4.4.4', { category: 'network-error' });
const NO_ANSWER = bounced('421', '4.4.1', { category: 'network-error' });
const TOO_OLD = bounced('554', '5.4.7', { category: 'expired' });
const BLOCKED = bounced('554', '5.7.1', { category: 'ip-blocked' });
const GREYLISTED = bounced('451', '4.7.1', { category: 'greylisted' });
const later = (meaning: LabelMeaning): LabelMeaning => ({ ...meaning, kind: 'deferral' });

/**
 * `event`; of a failure, its `severity`, and the `reason` or the number of Mailgun's own in `code`.
 * https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure
 */
const LABELS: Labels = {
  accepted: 'ignored',
  opened: 'ignored',
  clicked: 'ignored',
  stored: 'ignored',
  list_member_uploaded: 'ignored',
  list_member_upload_error: 'ignored',
  list_uploaded: 'ignored',
  delivered: DELIVERED, // test mode included: the manual says no more
  rejected: { kind: 'reject', category: 'policy-rejected' }, // by Mailgun: sandbox, account, content
  complained: { ...COMPLAINED, feedback: 'abuse' },
  unsubscribed: { kind: 'unsubscribe' },

  'failed/permanent': bounced('550', '5.0.0', { proof: 'hard' }),
  // It did not try. Only suppress-bounce is in a published sample.
  'failed/permanent/suppress-bounce': onList('bounce'),
  'failed/permanent/suppress-unsubscribe': onList('unsubscribe'),
  'failed/permanent/suppress-complaint': onList('complaint'),
  'failed/permanent/605': onList('bounce'), // "Not delivering to previously bounced address"
  'failed/permanent/606': onList('unsubscribe'),
  'failed/permanent/607': onList('complaint'),
  'failed/permanent/625': { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'policy-rejected' }, // poor list quality
  'failed/permanent/498': NO_MX,
  'failed/permanent/499': NO_ANSWER, // connect failed, timed out
  'failed/permanent/602': TOO_OLD, // UNVERIFIED
  'failed/permanent/old': TOO_OLD, // it tried until it gave up
  'failed/permanent/espblock': BLOCKED,
  'failed/permanent/greylisted': GREYLISTED,

  'failed/temporary': deferred(),
  'failed/temporary/498': later(NO_MX),
  'failed/temporary/499': later(NO_ANSWER),
  'failed/temporary/602': later(TOO_OLD),
  'failed/temporary/old': later(TOO_OLD),
  'failed/temporary/espblock': later(BLOCKED),
  'failed/temporary/greylisted': later(GREYLISTED),

  failed: bounced('450', '4.0.0'), // a severity nobody has told us of
};

/** How long tokens are remembered, at the least. */
const REMEMBERED = 390 * DAY;

export const mailgun = defineAdapter({
  id: 'mailgun',
  name: 'Mailgun',
  docs: 'https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks',
  needs: {
    proof: 'signature',
    hint: 'the HTTP webhook signing key of the Mailgun account, which is not its API key',
  },
  setup: [
    'In Mailgun, open Sending, Webhooks, choose the domain, and Add webhook.',
    'Paste the URL for each of Delivered Messages, Permanent Failure, Temporary Failure, Spam Complaints and Unsubscribes.',
    'Copy the HTTP webhook signing key from Settings, API Security (for a subaccount, its own or that of its parent).',
  ],
  attach:
    'v:mailstop_tag of the API (recipient variables fill it in for each), or X-Mailgun-Variables: {"mailstop_tag": "…"}',
  labels: LABELS,
  unverified: [
    'Whether a retry within its eight hours is signed anew; so tokens are remembered, and no short limit is set on the past.',
    'What 602 says in full; it is read as too old.',
  ],
  checkKey: (key) => (key.trim().length < 16 ? 'shorter than any Mailgun signing key' : null),
  verify,
  parse,
});

async function verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>> {
  const forged = (detail: string) => err({ reason: 'forged', detail } as const);
  const read = readBody(request);
  if (!read.ok) return forged(`no signature can be read: ${read.error}`);
  const { timestamp, token, signatures } = read.value.signed;
  // Ten digits, as nothing stands between it and the token: a moved digit would make a token never seen before.
  if (timestamp === null || !/^\d{10}$/.test(timestamp)) return forged('no timestamp of ten digits');
  if (token === null || !/^[\x21-\x7e]{1,256}$/.test(token)) return forged('no token');
  const given = signatures.map((signature) => fromHex(signature, 32)).filter((mac) => mac !== null);
  if (given.length === 0) return forged('no signature of 64 lower-case hex digits');
  const keys = trust.secrets.keys.map((key) => key.trim()).filter((key) => key !== '');
  if (keys.length === 0) return err({ reason: 'undecided', detail: 'no signing key is configured' });
  const made = await Promise.all(keys.map((key) => hmacSha256(utf8(key), utf8(timestamp + token))));
  if (!made.some((mac) => given.some((one) => equalBytes(mac, one))))
    return forged('no key made this signature');
  // It retries for eight hours, and whether it signs anew is UNVERIFIED; past this, a token would be unknown again.
  if (Number(timestamp) * SECOND < io.now - REMEMBERED)
    return untimely('a timestamp from before tokens are remembered');
  if (Number(timestamp) * SECOND > io.now + 5 * MINUTE) return untimely('a timestamp in the future');
  return ok({ bind: { nonce: token, digest: toHex(await sha256(request.body)) } });
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const read = readBody(request);
  if (!read.ok) return err({ why: read.error });
  const { report, raw } = read.value;
  if (report === null) return err({ why: 'no event data' });
  return ok({ type: 'items', items: [readItem(report, raw)] });
}

function readItem(report: Report, raw: unknown): Item {
  const { event } = report;
  if (event === null) return unreadable('no event', raw);
  const meaning = meaningOf(event, report);
  if (meaning === undefined || meaning === 'ignored') return ignored(event, meaning === 'ignored');
  const failed = event === 'failed' || event === 'dropped';
  const tag = report.tags.length === 1 ? (report.tags[0] ?? null) : null;
  return eventItem({
    meaning,
    recipient: report.recipient,
    at: report.at,
    // The code of older hooks may be an enhanced one (django-anymail).
    reply: { code: smtpCodeOf(report.code), enhanced: report.enhanced ?? report.code, text: report.text },
    providerType: (failed ? [event, report.severity, report.reason] : [event]).filter(Boolean).join('/'),
    eventId: report.id,
    messageId: report.messageId,
    // Tags are the message's: with several of them nobody can say which one the recipient left.
    group: meaning.kind === 'unsubscribe' ? (report.list ?? tag) : null,
    tags: report.tags,
    ...echoedTag(report.variables),
    ...(isListed(meaning, report) ? { listed: true } : {}),
  });
}

function meaningOf(event: string, { severity, reason, code }: Report): Meaning | undefined {
  if (event !== 'failed' && event !== 'dropped' && event !== 'bounced')
    return event.includes('/') ? undefined : rowOf(LABELS, event);
  const row = (word: string | null, of = 'permanent') => rowOf(LABELS, `failed/${of}/${word}`);
  const notTried = [row(code), row(reason)].find(
    (found) => typeof found === 'object' && found.kind === 'reject',
  );
  if (notTried !== undefined) return notTried;
  // The older `dropped` has no severity; it comes with a server's reply, as too old, or because it was not tried.
  if (event === 'dropped' && reason !== 'old' && code === null) return { kind: 'reject' };
  const of = severity === 'temporary' ? 'temporary' : 'permanent';
  const unclear = event === 'failed' && of === 'permanent' && severity !== 'permanent';
  return row(code, of) ?? row(reason, of) ?? rowOf(LABELS, unclear ? 'failed' : `failed/${of}`);
}

/** Its bounce list takes permanent mailbox errors; blocks and full mailboxes stay off it. */
const isListed = (meaning: LabelMeaning, report: Report): boolean =>
  meaning.kind === 'complaint' ||
  meaning.kind === 'unsubscribe' ||
  meaning.listedFor !== undefined ||
  (meaning.kind === 'bounce' && (report.reason === 'bounce' || report.event === 'bounced'));

/** Where no server said anything. */
const OWN_CODES = new Set(['498', '499']);

const smtpCodeOf = (code: string | null): string | null =>
  code !== null && /^[2-5]\d\d$/.test(code) && !OWN_CODES.has(code) ? code : null;

function readBody(request: RawRequest): Result<Body, string> {
  const contentType = request.headers.get('content-type');
  if (isForm(contentType)) {
    const form = parseForm(contentType, request.body);
    return form.ok ? ok(readLegacy(form.value)) : form;
  }
  const json = parseJson(request.body);
  if (!json.ok) return json;
  if (!isRecord(json.value)) return err('not an object');
  const data = json.value['event-data'];
  const block = recordOf(json.value.signature);
  const signed: Signed = {
    timestamp: textOf(block.timestamp),
    token: typeof block.token === 'string' ? block.token : null,
    signatures: textsOf([block.signature, block['parent-signature']]),
  };
  return ok({ signed, report: isRecord(data) ? readData(data, signed) : null, raw: data });
}

function readData(data: Record<string, unknown>, signed: Signed): Report {
  const status = recordOf(data['delivery-status']); // null at times
  const reject = recordOf(data.reject);
  const headers = recordOf(recordOf(data.message).headers);
  const list = data['mailing-list'];
  const said = [status.message, status.description, reject.reason, reject.description].map(textOf);
  return {
    event: textOf(data.event),
    severity: textOf(data.severity),
    reason: textOf(data.reason),
    code: textOf(status.code),
    enhanced: textOf(status['enhanced-code']) ?? textOf(status['bounce-code']), // the latter on delayed bounces
    text: said.find((text) => text !== null) ?? null,
    recipient: data.recipient ?? bareAddress(headers.to), // `rejected` has none
    at: readSeconds(data.timestamp) ?? readSeconds(signed.timestamp),
    // Its ids are promised to be unique for a day only; the token is no better, as a retry may bring a new one.
    id: textOf(data.id) ?? signed.token,
    messageId: textOf(headers['message-id']),
    list: textOf(recordOf(list).address) ?? textOf(list),
    tags: textsOf(data.tags),
    variables: data['user-variables'],
  };
}

/** User variables are mixed in: before the signature's three fields, after all others. */
function readLegacy(pairs: readonly FormPair[]): Body {
  const first = (name: string) => textOf(valuesOf(pairs, name)[0]);
  const last = (name: string) => textOf(valuesOf(pairs, name).at(-1));
  const signatures = textsOf(last('signature'));
  const signed: Signed = { timestamp: last('timestamp'), token: last('token'), signatures };
  const report: Report = {
    event: first('event'),
    severity: null,
    reason: first('reason'),
    code: first('code'),
    enhanced: null,
    text: first('error') ?? first('description') ?? first('notification'),
    recipient: first('recipient'),
    at: readSeconds(signed.timestamp),
    id: signed.token,
    messageId: first('Message-Id') ?? first('message-id'),
    list: first('mailing-list'),
    tags: [...valuesOf(pairs, 'tag'), ...valuesOf(pairs, 'X-Mailgun-Tag')],
    variables: Object.fromEntries(pairs),
  };
  return { signed, report, raw: Object.fromEntries(pairs) };
}

/** Cut to the millisecond, not rounded: an event must not move into the future, or past the one after it. */
function readSeconds(value: unknown): number | null {
  const seconds = Number(textOf(value) ?? Number.NaN);
  return Number.isFinite(seconds) && seconds < 1e11
    ? readTime(Math.floor(seconds * SECOND))
    : readTime(value);
}

/** `Name <a@b>` as `a@b`, where it is one address; else as it came, for quarantine to show. */
function bareAddress(header: unknown): unknown {
  if (typeof header !== 'string' || header.length > 1_000) return header;
  return /^(?:"(?:[^"\\]|\\.)*"|[^"<>,])*<([^<>,\s]+)>\s*$/.exec(header)?.[1] ?? header;
}

const recordOf = (value: unknown): Record<string, unknown> => (isRecord(value) ? value : {});
