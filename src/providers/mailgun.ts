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
  ParseError,
  Proof,
  RawRequest,
  Trust,
  VerifyError,
  VerifyIo,
} from './adapter.ts';
import { defineAdapter } from './adapter.ts';
import { type FormPair, isForm, parseForm, valuesOf } from './form.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { equalBytes, fromHex, sha256, toHex, utf8 } from './verify/bytes.ts';
import { hmacSha256 } from './verify/hmac.ts';

type Table = Readonly<Record<string, LabelMeaning>>;

/** Both forms, brought to one: what `meaningOf` and `readItem` need. */
type Report = Readonly<Record<Told, string | null>> & {
  readonly recipient: unknown;
  readonly at: number | null;
  readonly tags: readonly string[];
};
type Told = 'event' | 'severity' | 'reason' | 'code' | 'enhanced' | 'text' | 'id' | 'messageId' | 'list';

type Signed = Readonly<Record<'timestamp' | 'token' | 'signature', string | null>>;

/** `raw` is for the operator, where the report cannot be read. */
type Body = Readonly<{ signed: Signed; report: Report | null; raw: unknown }>;

const IGNORED = new Set(
  'accepted opened clicked stored list_member_uploaded list_member_upload_error list_uploaded'.split(' '),
);

const EVENTS: Table = {
  delivered: { kind: 'delivery', code: '250', category: 'delivered' }, // test mode included: the manual says no more
  rejected: { kind: 'reject', category: 'policy-rejected' }, // by Mailgun: sandbox, account, content
  complained: { kind: 'complaint', category: 'complaint', feedback: 'abuse' },
  unsubscribed: { kind: 'unsubscribe' },
};

const suppressed = { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'suppressed' } as const;
/** Mailgun did not try. By its number, then by `reason`; only suppress-bounce is in a published sample. */
const NOT_TRIED: Table = {
  605: { ...suppressed, listedFor: 'bounce' }, // "Not delivering to previously bounced address"
  606: { ...suppressed, listedFor: 'unsubscribe' },
  607: { ...suppressed, listedFor: 'complaint' },
  625: { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'policy-rejected' }, // poor list quality
  'suppress-bounce': { ...suppressed, listedFor: 'bounce' },
  'suppress-unsubscribe': { ...suppressed, listedFor: 'unsubscribe' },
  'suppress-complaint': { ...suppressed, listedFor: 'complaint' },
};

/** Mailgun's own numbers for what no server said. */
const UNANSWERED: Table = {
  498: { kind: 'bounce', code: '451', enhanced: '4.4.4', category: 'network-error' }, // "No MX"
  499: { kind: 'bounce', code: '421', enhanced: '4.4.1', category: 'network-error' }, // connect failed, timed out
  602: { kind: 'bounce', code: '554', enhanced: '5.4.7', category: 'expired' }, // "too old" (UNVERIFIED)
};

/** By `reason` of a final failure. */
const FAILED: Table = {
  old: { kind: 'bounce', code: '554', enhanced: '5.4.7', category: 'expired' }, // it tried until it gave up
  espblock: { kind: 'bounce', code: '554', enhanced: '5.7.1', category: 'ip-blocked' },
  greylisted: { kind: 'bounce', code: '451', enhanced: '4.7.1', category: 'greylisted' },
};
const PERMANENT: LabelMeaning = { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' };
const TEMPORARY: LabelMeaning = { kind: 'deferral', code: '450', enhanced: '4.0.0' };
const UNCLEAR: LabelMeaning = { kind: 'bounce', code: '450', enhanced: '4.0.0' }; // a severity nobody has told us of

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
  checkKey: (key) => (key.trim().length < 16 ? 'shorter than any Mailgun signing key' : null),
  verify,
  parse,
});

async function verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>> {
  const forged = (detail: string) => err({ reason: 'forged', detail } as const);
  const read = readBody(request);
  if (!read.ok) return forged(`no signature can be read: ${read.error}`);
  const { timestamp, token, signature } = read.value.signed;
  // Ten digits, as nothing stands between it and the token: a moved digit would make a token never seen before.
  if (timestamp === null || !/^\d{10}$/.test(timestamp)) return forged('no timestamp of ten digits');
  if (token === null || !/^[\x21-\x7e]{1,256}$/.test(token)) return forged('no token');
  const given = fromHex(signature ?? '', 32);
  if (given === null) return forged('no signature of 64 lower-case hex digits');
  const keys = trust.secrets.keys.map((key) => key.trim()).filter((key) => key !== '');
  if (keys.length === 0) return err({ reason: 'undecided', detail: 'no signing key is configured' });
  const made = await Promise.all(keys.map((key) => hmacSha256(utf8(key), utf8(timestamp + token))));
  if (!made.some((mac) => equalBytes(mac, given))) return forged('no key made this signature');
  // It retries for eight hours, and whether it signs anew is UNVERIFIED; past this, a token would be unknown again.
  if (Number(timestamp) * SECOND < io.now - REMEMBERED)
    return forged('a timestamp from before tokens are remembered');
  if (Number(timestamp) * SECOND > io.now + 5 * MINUTE) return forged('a timestamp in the future');
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
  if (event === null) return { type: 'unreadable', why: 'no event', raw };
  const meaning = meaningOf(event, report);
  if (meaning === null) return { type: 'ignored', label: event, known: IGNORED.has(event) };
  const failed = event === 'failed' || event === 'dropped';
  const tag = report.tags.length === 1 ? (report.tags[0] ?? null) : null;
  return {
    type: 'event',
    event: {
      meaning,
      recipient: report.recipient,
      at: report.at,
      reply: { code: smtpCodeOf(report.code), enhanced: report.enhanced, text: report.text },
      providerType: (failed ? [event, report.severity, report.reason] : [event]).filter(Boolean).join('/'),
      eventId: report.id,
      messageId: report.messageId,
      // Tags are the message's: with several of them nobody can say which one the recipient left.
      group: meaning.kind === 'unsubscribe' ? (report.list ?? tag) : null,
      tags: report.tags,
      ...(isListed(meaning, report) ? { listed: true } : {}),
    },
  };
}

function meaningOf(event: string, report: Report): LabelMeaning | null {
  if (event !== 'failed' && event !== 'dropped' && event !== 'bounced') return pick(EVENTS, event);
  const notTried = pick(NOT_TRIED, report.code) ?? pick(NOT_TRIED, report.reason);
  if (notTried !== null) return notTried;
  // The older `dropped` has no severity; it comes with a server's reply, as too old, or because it was not tried.
  if (event === 'dropped' && report.reason !== 'old' && report.code === null) return { kind: 'reject' };
  const why = pick(UNANSWERED, report.code) ?? pick(FAILED, report.reason);
  if (report.severity === 'temporary') return { ...(why ?? TEMPORARY), kind: 'deferral' };
  return why ?? (event === 'failed' && report.severity !== 'permanent' ? UNCLEAR : PERMANENT);
}

/** Its bounce list takes permanent mailbox errors; blocks and full mailboxes stay off it. */
const isListed = (meaning: LabelMeaning, report: Report): boolean =>
  meaning.kind === 'complaint' ||
  meaning.kind === 'unsubscribe' ||
  meaning.listedFor !== undefined ||
  (meaning.kind === 'bounce' && (report.reason === 'bounce' || report.event === 'bounced'));

const smtpCodeOf = (code: string | null): string | null =>
  code !== null && /^[2-5]\d\d$/.test(code) && pick(UNANSWERED, code) === null ? code : null;

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
    signature: typeof block.signature === 'string' ? block.signature : null,
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
  };
}

/** User variables are mixed in: before the signature's three fields, after all others. */
function readLegacy(pairs: readonly FormPair[]): Body {
  const first = (name: string) => textOf(valuesOf(pairs, name)[0]);
  const last = (name: string) => textOf(valuesOf(pairs, name).at(-1));
  const signed: Signed = { timestamp: last('timestamp'), token: last('token'), signature: last('signature') };
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

const pick = (table: Table, label: string | null): LabelMeaning | null =>
  (label !== null && Object.hasOwn(table, label) ? table[label] : null) ?? null;
