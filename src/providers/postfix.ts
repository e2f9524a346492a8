/**
 * Postfix's log, as lines of syslog or entries of journald. Lines about one message are joined by its queue id: the
 * Message-ID is on another line than the recipients, and qmgr says only of the whole message that it expired. May not
 * trust an address to be one: what it holds stands in the log as it was given, next to what Postfix says.
 * https://www.postfix.org/postconf.5.html · https://github.com/vdukhovni/postfix/blob/master/postfix/src/global/log_adhoc.c
 */
import type { ProviderEvent } from '../core/event.ts';
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
import { bounced, DELIVERED, deferred, eventItem, ignored, rowOf, unreadable } from './item.ts';
import { isRecord, jsonLimits, parseJson, textOf } from './json.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

/** `status=`. The words after it and `dsn=` say what was wrong. */
const LABELS: Labels = {
  sent: DELIVERED,
  'sent/filter': 'ignored', // to a content filter on this host, which sends it on under another queue id
  'sent/discard': 'ignored', // thrown away by discard(8)
  deferred: deferred(),
  bounced: { kind: 'bounce' },
  SOFTBOUNCE: deferred(), // soft_bounce = yes: kept, to be tried again
  expired: bounced('554', '5.4.7', { category: 'expired' }),
  'force-expired': 'ignored', // by the operator: postsuper -e
  undeliverable: { kind: 'bounce' }, // an address probe, and what the server said of the address
  deliverable: 'ignored', // a probe too: no mail was delivered
};

export const postfix = defineAdapter({
  id: 'postfix',
  name: 'Postfix',
  docs: 'https://www.postfix.org/postconf.5.html',
  needs: { proof: 'shared', hint: `${sharedHint}, set in the log shipper` },
  setup: [
    'Have a log shipper (rsyslog omhttp, Vector, Fluent Bit, or journalctl and curl) post the lines of facility mail to the URL, with the secret in the header X-Mailstop-Key.',
    'Have them written with the year and the offset (RFC 3339, or journalctl -o short-iso or -o json): of "Jan 15 10:00:00" only that it came counts.',
    'Post the lines of a message together where you can: Message-ID and expiry are told on lines of their own.',
    'Post at most 50 MiB and 10,000 deliveries at once, and again until the answer is 200.',
  ],
  labels: LABELS,
  unverified: ['The format was read in Postfix’s source and in published logs; there is no page about it.'],
  checkKey: checkSharedKey,
  maxBodyBytes: 50 * 1_048_576,
  verify: (request, trust) => verifyShared(request, trust),
  parse,
});

/** One entry of the log. */
interface Entry {
  /** As written: with host and queue id it tells one delivery attempt from the next. */
  readonly stamp: string;
  readonly at: number | null;
  readonly host: string;
  /** The daemon: smtp, qmgr, cleanup. */
  readonly daemon: string;
  readonly words: string;
}

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const log: Log = { entries: 0, items: [], messageIds: new Map(), open: new Map() };
  const text = new TextDecoder().decode(body); // other people's words: not always UTF-8
  const whole = text.trimStart().startsWith('[{') ? parseJson(text) : null;
  if (whole?.ok && Array.isArray(whole.value)) for (const value of whole.value) add(log, entryOf(value));
  else
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from);
      const line = text.slice(from, end === -1 ? text.length : end).trimEnd();
      add(log, readLine(line));
      if (log.items.length > jsonLimits.itemsPerArray) break;
      from = end === -1 ? text.length : end + 1;
    }
  const { itemsPerArray } = jsonLimits;
  if (log.entries === 0) return err({ why: 'no line of a Postfix log' });
  return log.items.length > itemsPerArray
    ? err({ why: `more than ${itemsPerArray} deliveries` })
    : ok({ type: 'items', items: log.items });
}

/** Of what syslog carries, by far. */
const MAX_LINE = 65_536;

/** RFC 5424, RFC 3164, and what rsyslog, journalctl and postlogd write in files. */
const head =
  /^(?:<\d{1,3}>(?:1 )?)?(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S{1,255}) (postfix[\w./-]{0,100})(?:\[\d+\]:| \d+ \S+ \S+) +(.*)$/s;

function readLine(line: string): Entry | null {
  if (line.length > MAX_LINE) return null;
  if (line.startsWith('{')) {
    const json = parseJson(line);
    return json.ok ? entryOf(json.value) : null;
  }
  const [, stamp, host = '', program = '', words = ''] = head.exec(line) ?? [];
  if (stamp === undefined) return null;
  return { stamp, at: readTime(stamp), host, daemon: daemonOf(program), words };
}

/** journalctl -o json, and what Vector makes of journald, syslog or a file. */
function entryOf(value: unknown): Entry | null {
  if (!isRecord(value)) return null;
  const words = textOf(value.MESSAGE) ?? textOf(value.message);
  const program = textOf(value.SYSLOG_IDENTIFIER) ?? textOf(value.appname);
  if (words === null || words.startsWith('{')) return null;
  if (program === null) return readLine(words);
  if (!program.startsWith('postfix')) return null;
  const micros = textOf(value.__REALTIME_TIMESTAMP);
  const at = /^\d{16}$/.test(micros ?? '') ? Math.floor(Number(micros) / 1_000) : readTime(value.timestamp);
  const stamp = micros ?? textOf(value.timestamp) ?? '';
  return {
    stamp,
    at,
    host: textOf(value._HOSTNAME) ?? textOf(value.host) ?? '',
    daemon: daemonOf(program),
    words,
  };
}

const daemonOf = (program: string): string => program.slice(program.lastIndexOf('/') + 1);

const queued = /^([0-9A-F]{5,16}|[0-9A-Za-z]{8,20}): (.*)$/s;
const messageId = /^(?:resent-)?message-id=<([^<>]{1,998})>$/;
const wholeMessage = /^from=<.*>, status=([\w-]+), returned to sender$/;
const address = String.raw`((?:"(?:[^"\\]|\\.)*"|[^<>"])*)`;
const attempt = new RegExp(
  String.raw`^to=<${address}>(?:, orig_to=<${address}>)?((?:, [a-z_]+=[^,\s]*)*?), status=([\w-]+)(?: \((.*)|, (.*))?$`,
  's',
);

/** The entries so far, and what later ones need to know of them. A message is its host and queue id. */
interface Log {
  entries: number;
  readonly items: Item[];
  readonly messageIds: Map<string, string>;
  /** By message and recipient, the last deferral. */
  readonly open: Map<string, Map<string, ProviderEvent>>;
}

function add(log: Log, entry: Entry | null): void {
  if (entry === null) return;
  log.entries += 1;
  const [, id, said = ''] = queued.exec(entry.words) ?? [];
  if (id === undefined) return;
  const rfcMessageId = messageId.exec(said)?.[1];
  if (rfcMessageId !== undefined) log.messageIds.set(`${entry.host} ${id}`, rfcMessageId);
  else if (said.startsWith('to=<')) log.items.push(readAttempt(log, entry, id, said));
  else {
    const status = wholeMessage.exec(said)?.[1];
    if (status !== undefined) log.items.push(...endMessage(log, entry, id, status));
  }
}

function readAttempt(log: Log, entry: Entry, id: string, said: string): Item {
  const [, recipient = '', , fields = '', status, inBrackets, after] = attempt.exec(said) ?? [];
  if (status === undefined) return unreadable('a delivery without a status', entry.words);
  const text = inBrackets?.replace(/\)$/, '') ?? after ?? '';
  // Unquoted, as they are by default before Postfix 3.5, addresses may hold a whole forged status.
  if (/>, (?:orig_to|relay|delay|dsn)=/.test(text) && text.includes(', status='))
    return unreadable('two statuses in one line: an address may imitate the log', entry.words);
  const label = labelOf(status, entry.daemon, fields, text);
  const meaning = rowOf(LABELS, label);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  const reply = { enhanced: /, dsn=(\d\.\d{1,3}\.\d{1,3})(?:,|$)/.exec(fields)?.[1] ?? null, text };
  const event = eventOf(log, entry, id, { meaning, recipient, providerType: label, reply });
  const message = `${entry.host} ${id}`;
  const open = log.open.get(message) ?? new Map<string, ProviderEvent>();
  if (meaning.kind === 'deferral') log.open.set(message, open.set(recipient, event));
  else open.delete(recipient);
  return eventItem(event);
}

/** Whom it was for, only the deferrals say, and the last reply with them. */
function endMessage(log: Log, entry: Entry, id: string, status: string): Item[] {
  const meaning = rowOf(LABELS, status);
  const message = `${entry.host} ${id}`;
  const open = [...(log.open.get(message)?.values() ?? [])];
  log.open.delete(message);
  if (meaning === undefined || meaning === 'ignored' || open.length === 0)
    return [ignored(status, meaning !== undefined)];
  return open.map(({ recipient, reply }) =>
    eventItem(eventOf(log, entry, id, { meaning, recipient, providerType: status, reply })),
  );
}

const eventOf = (
  log: Log,
  { stamp, at, host }: Entry,
  id: string,
  told: Pick<ProviderEvent, 'meaning' | 'recipient' | 'providerType' | 'reply'>,
): ProviderEvent => ({
  ...told,
  at,
  eventId: `${stamp} ${host} ${id}`,
  messageId: id,
  rfcMessageId: log.messageIds.get(`${host} ${id}`) ?? null,
});

function labelOf(status: string, daemon: string, fields: string, text: string): string {
  if (status !== 'sent') return status;
  if (daemon === 'discard') return 'sent/discard';
  const isHere = /, relay=(?:localhost|127\.[\d.]+|\[?::1\]?)\[/.test(fields);
  return isHere && /\bqueued as\b/i.test(text) ? 'sent/filter' : status;
}
