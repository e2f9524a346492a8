/**
 * How much of a corpus of bounce mail and abuse reports the dsn and arf adapters find, beside Sisimai, and how fast,
 * beside postal-mime over the same files. A row of the labels for each expected bounce: file (below the folder),
 * recipient, replyCode, enhancedCode and category. Counted apart: rows whose recipient the reporter removed, and
 * auto-replies, in which nothing is to be found; and recipients whom we name by the address the sender used
 * (Original-Recipient) where the label names the mailbox behind that alias.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { canonicalAddress } from '../../src/core/address.ts';
import { classify } from '../../src/core/classify.ts';
import type { ProviderEvent } from '../../src/core/event.ts';
import { readReply } from '../../src/core/smtp.ts';
import type { Item, ProviderAdapter } from '../../src/providers/adapter.ts';
import { arf } from '../../src/providers/arf.ts';
import { dsn } from '../../src/providers/dsn.ts';
import { type Judged, type Label, MISSED } from './judged.ts';

interface Row extends Label {
  readonly file: string;
  readonly recipient: string;
  readonly replyCode: string;
  readonly enhancedCode: string;
}

/** Sisimai p5 v5.1.0p3 on the whole set from which such corpora are drawn, as its own tests label it. */
const SISIMAI = { recipient: 99.2, code: 98.7, enhanced: 99.4, speed: 1_820 } as const;
const TARGETS = { recipient: 99.5, code: 99, enhanced: 99, extra: 0, ratio: 0.6, speed: 1_820 } as const;

interface Found {
  readonly recipient: string;
  readonly event: ProviderEvent;
  readonly code: string | null;
  readonly enhanced: string | null;
}

interface Message {
  readonly file: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly rows: readonly Row[];
}

export interface MailScore {
  readonly lines: readonly string[];
  readonly failures: readonly string[];
  readonly reached: boolean;
  /** Each labelled bounce, and what its reply was taken for. */
  readonly judged: readonly Judged[];
}

type Share = [right: number, of: number];
interface Tally {
  readonly recipients: Share;
  readonly codes: Share;
  readonly enhanced: Share;
  /** Messages that name nobody, seen as such. */
  readonly none: Share;
  extra: number;
  /** Found by the address the sender used, where the label names the mailbox behind it. */
  aliases: number;
}

export async function scoreMail(labels: string, folder: string, rounds: number): Promise<MailScore> {
  const messages = readCorpus(labels, folder);
  const tally: Tally = {
    recipients: [0, 0],
    codes: [0, 0],
    enhanced: [0, 0],
    none: [0, 0],
    extra: 0,
    aliases: 0,
  };
  const failures: string[] = [];
  const judged: Judged[] = [];
  for (const message of messages) score(message, await itemsOf(message), { tally, failures, judged });
  const speed = await measure(messages, rounds);
  return {
    lines: linesOf(messages, tally, speed),
    failures,
    judged,
    reached:
      percent(tally.recipients) >= TARGETS.recipient &&
      tally.extra <= TARGETS.extra &&
      percent(tally.codes) >= TARGETS.code &&
      percent(tally.enhanced) >= TARGETS.enhanced &&
      speed.ratio >= TARGETS.ratio &&
      speed.ours >= TARGETS.speed,
  };
}

const percent = ([right, of]: Share): number => (of === 0 ? 100 : (right / of) * 100);
const line = (what: string, ours: string, theirs: string, target: string): string =>
  `${what.padEnd(28)} ${ours.padStart(18)} ${theirs.padStart(10)} ${target.padStart(8)}`;
const share = (what: string, of: Share, theirs: string, target: string): string =>
  line(what, `${percent(of).toFixed(1)} % (${of[0]}/${of[1]})`, theirs, target);

function linesOf(messages: readonly Message[], tally: Tally, speed: Speed): string[] {
  const rows = messages.flatMap((message) => message.rows).length;
  const found: Share = [tally.recipients[0] - tally.aliases, tally.recipients[1]];
  return [
    `${messages.length} messages, ${rows} rows`,
    line('', 'Mailstop', 'Sisimai', 'target'),
    share('recipient found', tally.recipients, `${SISIMAI.recipient} %`, `${TARGETS.recipient} %`),
    share('  under the label’s name', found, '', ''),
    line('extra recipients', String(tally.extra), '0', String(TARGETS.extra)),
    share('reply code', tally.codes, `${SISIMAI.code} %`, `${TARGETS.code} %`),
    share('enhanced code', tally.enhanced, `${SISIMAI.enhanced} %`, `${TARGETS.enhanced} %`),
    share('names nobody, and seen so', tally.none, '', ''),
    line('messages/s', speed.ours.toFixed(0), String(SISIMAI.speed), String(TARGETS.speed)),
    line(
      'postal-mime alone, and ratio',
      `${speed.alone.toFixed(0)}, ${speed.ratio.toFixed(2)}`,
      '',
      String(TARGETS.ratio),
    ),
  ];
}

function readCorpus(file: string, folder: string): Message[] {
  const rows = readFileSync(file, 'utf8')
    .split('\n')
    .filter((text) => text !== '')
    .map((text): Row => JSON.parse(text));
  return [...Map.groupBy(rows, (row) => row.file)].map(([name, of]) => ({
    file: name,
    body: new Uint8Array(readFileSync(join(folder, name))),
    rows: of,
  }));
}

/** As an owner of one mailbox for both would do: what is no bounce goes to the source for abuse reports. */
async function itemsOf({ body }: Message): Promise<readonly Item[]> {
  const items = await parsedBy(dsn, body);
  return items.every(({ type }) => type === 'unreadable') ? parsedBy(arf, body) : items;
}

async function parsedBy(adapter: ProviderAdapter, body: Uint8Array): Promise<readonly Item[]> {
  const parsed = await adapter.parse({
    method: 'POST',
    url: new URL('https://mailstop.example/webhooks/x'),
    headers: new Headers({ 'content-type': 'message/rfc822' }),
    body,
  });
  return parsed.ok && parsed.value.type === 'items' ? parsed.value.items : [];
}

/** Nobody can be found: the reporter removed the address or mangled it, or it is no report at all. */
function isNobody({ recipient, category }: Row): boolean {
  const isAddress = canonicalAddress(recipient).ok && !recipient.endsWith('@libsisimai.org.invalid');
  return !isAddress || category === 'auto-reply';
}

/** The report says itself that the mailbox of the label was reached by the address we found. */
function isAlias(body: Uint8Array, final: string, original: string): boolean {
  const groups = new TextDecoder('latin1')
    .decode(body)
    .toLowerCase()
    .split(/\r?\n\r?\n/);
  return groups.some(
    (group) =>
      /^final-recipient:.*$/m.exec(group)?.[0].includes(final) &&
      /^original-recipient:.*$/m.exec(group)?.[0].includes(original),
  );
}

interface Scored {
  readonly tally: Tally;
  readonly failures: string[];
  readonly judged: Judged[];
}

function score({ file, body, rows }: Message, items: readonly Item[], scored: Scored): void {
  const { tally, failures, judged } = scored;
  const found = items.flatMap(readItem);
  const why = items.map((item) => (item.type === 'unreadable' ? item.why : item.type)).join(', ');
  const extra = new Set(found.map(({ recipient }) => recipient));
  for (const row of rows) {
    const wanted = canonicalAddress(row.recipient);
    const recipient = wanted.ok ? wanted.value : row.recipient;
    extra.delete(recipient);
    const match =
      found.find((one) => one.recipient === recipient) ??
      found.find((one) => isAlias(body, recipient, one.recipient));
    if (match !== undefined) extra.delete(match.recipient);
    if (match !== undefined && match.recipient !== recipient) tally.aliases += 1;
    if (!isNobody(row)) judged.push(judge(row, match));
    const say = (what: string, got: string | null): void => {
      failures.push(
        `${file}: ${what} expected ${recipient} ${row.replyCode} ${row.enhancedCode}, got ${got}`,
      );
    };
    if (isNobody(row)) {
      tally.none[1] += 1;
      if (found.length === 0) tally.none[0] += 1;
      else say('nobody', found.map((one) => one.recipient).join(' '));
      continue;
    }
    tally.recipients[1] += 1;
    if (match === undefined) say('recipient', `${found.map((one) => one.recipient).join(' ')} (${why})`);
    else tally.recipients[0] += 1;
    for (const [name, field, of] of [
      ['replyCode', 'code', tally.codes],
      ['enhancedCode', 'enhanced', tally.enhanced],
    ] as const) {
      if (row[name] === '') continue;
      of[1] += 1;
      if (match?.[field] === row[name]) of[0] += 1;
      else if (match !== undefined) say(name, match[field]);
    }
  }
  tally.extra += extra.size;
  if (extra.size > 0) failures.push(`${file}: extra ${[...extra].join(' ')}`);
}

/** A bounce that is not found is judged wrong. */
function judge(row: Row, match: Found | undefined): Judged {
  const text = `${row.file}: ${match?.event.reply.text ?? '(not found)'}`;
  const about = { text, code: row.replyCode, receiver: row.file };
  if (match === undefined) return { ...about, label: row, found: MISSED };
  const { event } = match;
  const reply = readReply(event.reply);
  const found = classify({ kind: event.meaning.kind, reply, meaning: event.meaning });
  return { ...about, label: row, found };
}

/** What Mailstop would record: an address that it cannot read goes to quarantine. */
function readItem(item: Item): Found[] {
  if (item.type !== 'event' || item.event.ambiguous === true) return [];
  const address = canonicalAddress(item.event.recipient);
  const { code, enhanced } = readReply(item.event.reply);
  return address.ok ? [{ recipient: address.value, event: item.event, code, enhanced }] : [];
}

interface Speed {
  readonly ours: number;
  readonly alone: number;
  readonly ratio: number;
}

/** Both by turns over the same files, so that whatever else the machine does falls on both. */
async function measure(messages: readonly Message[], rounds: number): Promise<Speed> {
  const times: { ours: number; alone: number }[] = [];
  for (let round = 0; round < rounds + 2; round++) {
    const began = performance.now();
    for (const message of messages) await itemsOf(message);
    const between = performance.now();
    for (const { body } of messages) await PostalMime.parse(body);
    times.push({ ours: between - began, alone: performance.now() - between });
  }
  const warm = times.slice(2);
  const perSecond = (of: (time: { ours: number; alone: number }) => number): number =>
    (messages.length / median(warm.map(of))) * 1_000;
  return {
    ours: perSecond(({ ours }) => ours),
    alone: perSecond(({ alone }) => alone),
    ratio: median(warm.map(({ ours, alone }) => alone / ours)),
  };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
