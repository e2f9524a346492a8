/**
 * SocketLabs event webhooks: one event a request or a batch, as JSON, or as a form from the oldest endpoints. Nothing
 * is signed: each event holds the endpoint's secret key in `SecretKey`, so whoever sees one body can write others. A
 * new endpoint is tried with an event of the type Validation, whose key an account-wide endpoint must answer.
 * http://help.socketlabs.com/docs/event-webhooks-events
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type Meaning,
  type ParseError,
  type Proof,
  type RawRequest,
  type Trust,
  type VerifyError,
} from './adapter.ts';
import { echoedTag } from './echo.ts';
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
import { formOrJson } from './records.ts';
import { complaints } from './rows.ts';
import { equalSecrets } from './verify/bytes.ts';

const BLOCKED = bounced('554', '5.7.1', { category: 'ip-blocked' });
const UNKNOWN = bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' });
const HARD = bounced('550', '5.0.0', { proof: 'hard' });
const SOFT = bounced('450', '4.0.0');

/**
 * `FailureCode`, by SocketLabs' own library.
 * https://github.com/socketlabs/SocketLabs.EventWebhooks.Extensions/blob/main/src/SocketLabs.EventWebhooks.Extensions/Utilities/FailureCodes.cs
 */
const FAILURES: Labels = {
  '1002': BLOCKED,
  '1003': BLOCKED,
  '1004': bounced('554', '5.7.1', { category: 'spam-content' }), // "due to its content"
  '1006': bounced('421', '4.7.0', { category: 'rate-limited' }),
  '1007': bounced('554', '5.7.0', { category: 'virus' }),
  '1011': 'ignored', // challenge and response: a person is asked to confirm
  '1999': BLOCKED,
  '2001': UNKNOWN,
  '2002': bounced('550', '5.1.2', { category: 'domain-invalid', proof: 'cause' }),
  '2003': bounced('553', '5.1.3', { category: 'address-syntax', proof: 'cause' }),
  '2004': UNKNOWN,
  '2999': HARD,
  '3001': bounced('452', '4.2.2', { category: 'mailbox-full' }),
  '3002': bounced('550', '5.2.1', { category: 'mailbox-disabled', proof: 'cause' }),
  '3003': SOFT,
  '3999': SOFT,
  '4001': bounced('421', '4.3.2'),
  '4002': bounced('421', '4.4.2'),
  '4003': bounced('421', '4.4.1'),
  '4004': bounced('554', '5.4.7', { category: 'expired' }),
  '4006': bounced('550', '5.1.2'), // "not accepting mail for the destination domain"
  '4999': SOFT,
  '5001': 'ignored', // an automatic reply
  '5999': 'ignored', // informational
  '9999': { kind: 'bounce' },
};

const failures = (label: string, alone: LabelMeaning, rows = FAILURES): Labels => ({
  [label]: alone,
  ...Object.fromEntries(Object.entries(rows).map(([code, meaning]) => [`${label}/${code}`, meaning])),
});

/** What SocketLabs itself holds to be temporary proves nothing of the address, whatever the code. */
const UNPROVEN: Labels = Object.fromEntries(
  Object.entries(FAILURES).map(([code, meaning]) => {
    if (meaning === 'ignored') return [code, meaning];
    const { proof: _, ...rest } = meaning;
    return [code, rest];
  }),
);

/** `Type`, of a failure `Type/FailureType/FailureCode`, of tracking `Type/TrackingType`, of a complaint `Type/FblType`. */
const LABELS: Labels = {
  Queued: 'ignored',
  Sent: DELIVERED, // the older name of the next
  Delivered: DELIVERED,
  Deferred: deferred(),
  Failed: { kind: 'bounce' }, // where it says no type its code tells, or its words
  ...failures('Failed/Temporary', SOFT, UNPROVEN), // given up: what is tried again is Deferred
  ...failures('Failed/Permanent', HARD),
  'Failed/Suppressed': onList(),
  ...complaints('Complaint'),
  'Tracking/Click': 'ignored',
  'Tracking/Open': 'ignored',
  'Tracking/Unsubscribe': { kind: 'unsubscribe' },
};

/** Some SDKs and older endpoints write the number of the enumeration. */
const NUMBERED: Readonly<Record<string, readonly string[]>> = {
  Failed: ['Temporary', 'Permanent', 'Suppressed'],
  Tracking: ['Click', 'Open', 'Unsubscribe'],
};

export const socketlabs = defineAdapter({
  id: 'socketlabs',
  name: 'SocketLabs',
  docs: 'http://help.socketlabs.com/docs/event-webhooks-events',
  needs: {
    proof: 'signature',
    hint: 'keys: the secret key of the event endpoint, as SocketLabs shows it beside the endpoint',
  },
  setup: [
    'In SocketLabs, open the server, Configuration, Event Webhooks, and create an endpoint; copy its secret key into keys of the source first.',
    'Paste the URL as the endpoint, and choose the events Delivered, Failed, Deferred, Complaint and Tracking (Unsubscribe).',
    'Validate: SocketLabs sends an event of the type Validation, which is answered with its key.',
  ],
  attach:
    'MetaData: [{"Key": "mailstop_tag", "Value": "…"}], or the header X-xsMetaData-mailstop_tag, one recipient a message',
  labels: LABELS,
  unverified: [
    'How often and how long SocketLabs tries again is not documented.',
    'Which values FblType may have is not documented; those of feedback reports are read, and any other is a complaint.',
  ],
  checkKey: (key) =>
    /^[\w-]{16,256}$/.test(key) ? null : 'not 16 or more letters, digits, - and _, as SocketLabs shows it',
  verify,
  parse,
});

async function verify(request: RawRequest, trust: Trust): Promise<Result<Proof, VerifyError>> {
  const keys = trust.secrets.keys.filter((key) => key !== '');
  if (keys.length === 0) return err({ reason: 'undecided', detail: 'no secret key is configured' });
  const events = formOrJson(request);
  const given = (events.ok ? events.value : []).map((event) => isRecord(event) && textOf(event.SecretKey));
  // Of several events in one body each must hold it.
  const proven = given.map((one) => keys.filter((key) => one && equalSecrets(one, key)).length > 0);
  return proven.length > 0 && !proven.includes(false)
    ? ok({})
    : err({ reason: 'forged', detail: 'no SecretKey, or a wrong one' });
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const events = formOrJson(request);
  if (!events.ok) return err({ why: events.error });
  const [first] = events.value;
  if (isRecord(first) && first.Type === 'Validation') {
    const key = textOf(first.SecretKey) ?? '';
    return ok({ type: 'reply', body: /^[\w-]{1,256}$/.test(key) ? key : '', contentType: 'text/plain' });
  }
  return ok({ type: 'items', items: events.value.map(readEvent) });
}

function readEvent(event: unknown): Item {
  if (!isRecord(event)) return unreadable('not a JSON object', event);
  const { SecretKey: _, ...fields } = event; // no secret in quarantine
  const type = textOf(fields.Type);
  if (type === null) return unreadable('no Type', fields);
  const [detail, code] = detailsOf(type, fields).map(textOf);
  const name = NUMBERED[type]?.[Number(detail ?? 'NaN')] ?? detail;
  const label = [type, name, code].filter(Boolean).join('/');
  const word = type === 'Complaint' ? textOf(fields.FblType)?.toLowerCase() : name;
  const meaning = meaningOf(type, word ?? null, code ?? null);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  const data = dataOf(fields.Data);
  return eventItem({
    meaning,
    recipient: fields.Address,
    at: readTime(fields.DateTime),
    reply: { enhanced: textOf(fields.BounceStatus), text: replyText(fields) },
    providerType: [type, detail, code].filter(Boolean).join('/'),
    eventId: null,
    messageId: textOf(fields.MessageId),
    tags: textsOf(data.Tags),
    ...echoedTag(data.Meta),
    ...(isListed(meaning) ? { listed: true } : {}),
  });
}

function meaningOf(type: string, word: string | null, code: string | null): Meaning | undefined {
  const row = rowOf(LABELS, `${type}/${word}/${code}`) ?? rowOf(LABELS, `${type}/${word}`);
  if (row !== undefined || type !== 'Failed') return row ?? rowOf(LABELS, type);
  // A type of tomorrow may be of mail that was not tried.
  return word === null ? (rowOf(FAILURES, code) ?? rowOf(LABELS, type)) : undefined;
}

const detailsOf = (type: string, { FailureType, FailureCode, TrackingType }: Json): unknown[] => {
  if (type === 'Failed') return [FailureType, FailureCode];
  return type === 'Tracking' ? [TrackingType] : [];
};

/** `DiagnosticCode` is of DSNs, and begins with `smtp;`; `Reason` is SocketLabs' wording where there is none. */
const replyText = ({ DiagnosticCode, Reason, Response }: Json): string | null =>
  textOf(DiagnosticCode) ?? textOf(Reason) ?? textOf(Response);

/** In a form `Data` is JSON as text. */
function dataOf(data: unknown): Json {
  const json = typeof data === 'string' ? parseJson(data) : ok(data);
  return json.ok && isRecord(json.value) ? json.value : {};
}
