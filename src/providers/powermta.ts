/**
 * PowerMTA accounting records, posted by whatever reads the accounting file or its pipe: CSV under the header line
 * that PowerMTA writes, or JSON keyed by the names in that line. Which fields there are is up to `record-fields`.
 * The vendor shows the guide to its customers only; this is a copy of it.
 * https://serverok.in/doc/pmta/UsersGuide.html
 */
import type { FeedbackType, LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readReply } from '../core/smtp.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type Meaning,
  type ParseError,
  type RawRequest,
} from './adapter.ts';
import { csvReader } from './csv-records.ts';
import {
  bounced,
  COMPLAINED,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  type Json,
  rowOf,
  unreadable,
} from './item.ts';
import { jsonLimits, textOf, textsOf } from './json.ts';
import { readRecords } from './records.ts';
import { feedbackRows } from './rows.ts';
import { decodeUtf8 } from './verify/bytes.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

/** `bounceCat`, in the words of the user's guide: "messages rejected due to …". */
const CATEGORIES: Labels = {
  'bad-configuration': bounced('550', '5.3.5', { category: 'system-error' }), // "issues with remote host"
  'bad-connection': bounced('421', '4.4.2', { category: 'network-error' }),
  'bad-domain': bounced('550', '5.1.2', { category: 'domain-invalid', proof: 'cause' }),
  'bad-mailbox': bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  'content-related': bounced('554', '5.6.0', { category: 'content-rejected' }),
  'inactive-mailbox': bounced('550', '5.2.1', { category: 'mailbox-disabled', proof: 'cause' }),
  'invalid-sender': bounced('550', '5.1.8', { category: 'sender-rejected' }),
  'message-expired': bounced('554', '5.4.7', { category: 'expired' }),
  'no-answer-from-host': bounced('421', '4.4.1', { category: 'network-error' }),
  other: { kind: 'bounce' },
  'policy-related': bounced('554', '5.7.1', { category: 'policy-rejected' }),
  'protocol-errors': bounced('550', '5.5.0', { category: 'protocol' }),
  'quota-issues': bounced('552', '5.2.2', { category: 'mailbox-full', proof: 'cause' }),
  'relaying-issues': bounced('550', '5.7.1', { category: 'relay-denied' }),
  'routing-errors': bounced('550', '5.4.4', { category: 'routing-error' }),
  'spam-related': bounced('554', '5.7.1', { category: 'spam-content' }),
  'virus-related': bounced('554', '5.7.0', { category: 'virus' }),
};

const each = (type: string, meaningOf: (meaning: Meaning) => Meaning): Labels =>
  Object.fromEntries(
    Object.entries(CATEGORIES).map(([label, meaning]) => [`${type}/${label}`, meaningOf(meaning)]),
  );
const asDeferral = (meaning: Meaning): Meaning =>
  meaning === 'ignored' ? meaning : deferred('450', '4.0.0', meaning.category);

const complaint = (feedback: FeedbackType): LabelMeaning => ({ ...COMPLAINED, feedback });

/** `type`, and where it has one `type/bounceCat` or `type/feedbackType`. */
const LABELS: Labels = {
  d: DELIVERED,
  b: { kind: 'bounce' },
  ...each('b', (meaning) => meaning),
  t: deferred(),
  ...each('t', asDeferral),
  tq: deferred(), // of a whole queue, where it names no recipient
  ...each('tq', asDeferral),
  r: 'ignored', // received from the sender
  rb: { kind: 'bounce' }, // a bounce by mail, hours after the receiver took the message
  ...each('rb', (meaning) => meaning),
  rs: 'ignored', // a report by mail that is no bounce
  f: COMPLAINED,
  ...feedbackRows('f/'),
};

/** How `record-fields` names some of them. */
const SHORT: Readonly<Record<string, string>> = { delivery: 'd', bounce: 'b', transient: 't' };

/** They come by mail, which anyone can send. */
const BY_MAIL = ['rb', 'f'];

export const powermta = defineAdapter({
  id: 'powermta',
  name: 'PowerMTA',
  docs: 'https://serverok.in/doc/pmta/UsersGuide.html',
  needs: { proof: 'shared', hint: `${sharedHint}, set in the program that posts the records` },
  setup: [
    'In the PowerMTA config, open an <acct-file> for a file or a pipe with records d, b, t, rb, f.',
    'Let record-fields have at least timeLogged, rcpt, dsnAction, dsnStatus, dsnDiag, bounceCat and for f feedbackType, best also timeQueued, vmtaPool, jobId and header_Message-Id.',
    'Have a script post it to the URL with the secret in X-Mailstop-Key, whenever a file is moved or every minute: as CSV with the header line first, or as JSON by the same names.',
    'Post at most 10,000 records and 50 MiB at once, and again until the answer is 200.',
  ],
  labels: LABELS,
  unverified: [
    'PowerMTA 5 is said to post records itself; of that nobody has seen a request, so the names of the accounting file are expected there too.',
    'A timeLogged without an offset is taken for UTC.',
  ],
  checkKey: checkSharedKey,
  maxBodyBytes: 50 * 1_048_576,
  verify: (request, trust) => verifyShared(request, trust),
  parse,
});

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const text = decodeUtf8(body);
  if (text === null) return err({ why: 'not UTF-8' });
  return /^\ufeff?\s*[[{]/.test(text) ? readRecords(body, (record) => [readRecord(record)]) : readCsv(text);
}

/** What the parser would be slow to refuse: quotes may hold line breaks and commas, but not most of them. */
const maxCsv = { lines: 2 * jsonLimits.itemsPerArray, commas: 2 * jsonLimits.members } as const;

function readCsv(text: string): Result<Delivery, ParseError> {
  if (!/^\ufeff?"?type"?[,\r\n]/.test(text))
    return err({
      why: 'the first line does not name the columns: send PowerMTA’s header line with each part',
    });
  const items: Item[] = [];
  const { itemsPerArray } = jsonLimits;
  const tooMany = err({ why: `more than ${itemsPerArray} records` });
  if (hasMoreThan(maxCsv.lines, '\n', text) || hasMoreThan(maxCsv.commas, ',', text)) return tooMany;
  const reader = csvReader();
  const records = [...reader.push(text), ...reader.end()];
  // The header line is one of them, and each file has its own.
  if (records.length > itemsPerArray + 1) return tooMany;
  let columns: readonly string[] = [];
  for (const record of records) {
    if (!record.ok) items.push(unreadable(record.why, record.text));
    else if (record.cells[0] === 'type')
      columns = record.cells; // files joined end to end have a header each
    else if (record.cells.length > columns.length)
      items.push(unreadable('more values than the header line has columns', record.cells));
    else items.push(readRecord(Object.fromEntries(record.cells.map((value, i) => [columns[i], value]))));
  }
  return ok({ type: 'items', items });
}

function hasMoreThan(limit: number, mark: string, text: string): boolean {
  let count = 0;
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + 1))
    if (++count > limit) return true;
  return false;
}

function readRecord(record: Json): Item {
  const given = textOf(record.type);
  if (given === null) return unreadable('no type: not an accounting record', record);
  const type = Object.hasOwn(SHORT, given) ? (SHORT[given] as string) : given;
  const detail = textOf(type === 'f' ? record.feedbackType : type === 'd' ? null : record.bounceCat);
  const label = detail === null ? type : `${type}/${detail.toLowerCase()}`;
  // A category of tomorrow, or of the user's own making, is a bounce still.
  const meaning = rowOf(LABELS, label) ?? rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored') return ignored(type, meaning !== undefined);
  const recipient = textOf(record.rcpt);
  if (recipient === null && type === 'tq') return ignored(type, true);
  return eventOf(record, label, detail !== null && type === 'f' ? ofFeedback(meaning) : meaning, {
    recipient,
    ...(BY_MAIL.includes(type) ? { proven: false } : { sentAt: readTime(record.timeQueued) }),
  });
}

const ofFeedback = (meaning: LabelMeaning): LabelMeaning =>
  meaning.feedback === undefined ? complaint('other') : meaning;

function eventOf(
  record: Json,
  providerType: string,
  meaning: LabelMeaning,
  more: Pick<ProviderEvent, 'recipient' | 'sentAt' | 'proven'>,
): Item {
  return eventItem({
    meaning,
    at: readTime(record.timeLogged),
    reply: replyOf(record),
    providerType,
    eventId: null, // records have none
    messageId: textOf(record.envId),
    rfcMessageId: textOf(record['header_Message-Id'])?.replace(/^<|>$/g, '') ?? null,
    group: textOf(record.vmtaPool) ?? textOf(record.vmta),
    tags: textsOf(record.jobId),
    ...more,
  });
}

/** "5.0.0 (undefined status)" is PowerMTA's, and says less than a code in the receiver's own reply. */
function replyOf({ dsnStatus, dsnDiag }: Json): ProviderEvent['reply'] {
  const status = textOf(dsnStatus);
  const text = textOf(dsnDiag);
  const vague = /^[245]\.0\.0\b/.test(status ?? '') && readReply({ text }).enhanced !== null;
  return { enhanced: vague ? null : status, text };
}
