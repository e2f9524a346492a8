/**
 * Reads a notice that follows no standard: which addresses failed, and what the server said about each. Works by
 * place and by phrase (phrases.ts), not by program: an address that stands where recipients stand, and the words
 * from it to the next. May not take the sender, who stands in many notices too, for a recipient.
 */
import { parseReplyText } from '../../core/smtp.ts';
import { type Found, findAddresses } from './addresses.ts';
import { type Place, places, recipientRules, replyMarkers, senders, stops } from './phrases.ts';

export interface Notice {
  readonly lines: readonly string[];
  /** In the order of their lines. */
  readonly mentions: readonly Mention[];
  /** The same, by address in lower case. */
  readonly of: ReadonlyMap<string, readonly Mention[]>;
  /** Whether it is written as Exim's are, which name the command that a reply answered. */
  readonly mayTellCommands: boolean;
  /** What the notice says as a whole: for the one recipient, or for all where it tells them nothing apart. */
  readonly words: string;
}

interface Mention {
  readonly key: string;
  readonly address: string;
  readonly place: Place;
  readonly line: number;
  /** Where the address ends in its line. */
  readonly end: number;
  /** Its place among all mentions. */
  readonly index: number;
}

const maxLines = 2_000;
const maxLine = 2_000;
const maxText = 4_096;
/** A line may go on with more addresses. */
const maxPerLine = 100;
const maxBlock = 40;
const maxWhole = 200;
const maxMentions = 2_000;
/** Of one recipient. */
const maxBlocks = 8;

/** People to ask, in notices that name them. */
const roles = /^(?:postmaster|abuse|mailer-daemon|support|help|helpdesk|hostmaster|webmaster|noc)@/i;

export function readNotice(text: string): Notice {
  const lines = text.split(/\r\n|\n|\r/, maxLines).map((line) => line.slice(0, maxLine).trimEnd());
  const mentions: Mention[] = [];
  let before = '';
  for (const [number, line] of lines.entries()) {
    if (mentions.length >= maxMentions) break;
    if (line.includes('@') && !senders.test(before))
      for (const { address, end, place } of mentionsIn(line))
        mentions.push({ key: keyOf(address), address, place, end, line: number, index: mentions.length });
    if (line !== '') before = line.slice(-80);
  }
  const of = Map.groupBy(mentions, ({ key }) => key);
  const whole = lines.slice(0, maxWhole).join('\n');
  return { lines, mentions, of, mayTellCommands: /SMTP error from remote/.test(whole), words: tidy(whole) };
}

const keyOf = (address: string): string => address.toLowerCase();

/** Those of the surest place that the notice holds; `not` are the sender's own. */
export function recipientsOf(notice: Notice, not: readonly string[]): string[] {
  const others = new Set(not.map(keyOf));
  const possible = notice.mentions.filter(({ key }) => !others.has(key));
  for (const place of places) {
    const named = possible.filter((one) => one.place === place);
    // Whom the server took, in the session of a message that failed for another.
    const failed = named.filter((one) => place !== 'spoken' || !isTaken(notice, one));
    const all = failed.length > 0 ? failed : named;
    const people = all.filter(({ address }) => !roles.test(address));
    if (all.length > 0) return onceEach(people.length > 0 ? people : all);
  }
  return [];
}

const onceEach = (mentions: readonly Mention[]): string[] =>
  [...new Map(mentions.toReversed().map(({ key, address }) => [key, address])).values()].toReversed();

/** What a notice says about its recipients, each by itself; of those it leaves out where it names others, nothing. */
export function wordsBy(notice: Notice, recipients: readonly string[]): (recipient: string) => string | null {
  const keys = new Set(recipients.map(keyOf));
  const namesAny = [...keys].some((key) => notice.of.has(key));
  return (recipient) => {
    if (namesAny && !notice.of.has(keyOf(recipient))) return null;
    const blocks = (notice.of.get(keyOf(recipient)) ?? [])
      .slice(0, maxBlocks)
      .flatMap((mention) =>
        mention.place === 'spoken' ? spoken(notice, mention) : block(notice, mention, keys),
      )
      .map(tidy);
    const isAlone = keys.size <= 1 || !blocks.some((text) => text !== '');
    return mostTelling(blocks, isAlone ? notice.words : '');
  };
}

/** The words about the recipient that hold a code, else the whole notice if it does, else whatever words there are. */
function mostTelling(blocks: readonly string[], whole: string): string | null {
  const coded =
    blocks.find((text) => isFailure(parseReplyText(text).code)) ??
    blocks.find((text) => isFailure(parseReplyText(text).enhanced));
  if (coded !== undefined) return coded;
  const found = parseReplyText(whole);
  // Among so many words there are telephone numbers too.
  const isReply =
    /^[45][0-5]\d$/.test(found.code ?? '') || (found.code === null && isFailure(found.enhanced));
  return (isReply ? whole : (blocks.find((text) => text !== '') ?? whole)) || null;
}

const isFailure = (code: string | null): boolean => code !== null && !code.startsWith('2');

function mentionsIn(line: string): (Found & { readonly place: Place })[] {
  const found = findAddresses(line).slice(0, maxPerLine);
  for (const [i, { start, end }] of found.slice(0, 4).entries()) {
    const [before, after] = [line.slice(0, start), line.slice(end)];
    const rule = recipientRules.find((one) => one.before.test(before) && one.after.test(after));
    if (rule !== undefined)
      return listFrom(line, found.slice(i)).map((one) => ({ ...one, place: rule.place }));
  }
  return [];
}

/** The first, and those that follow it with nothing but commas between. */
function listFrom(line: string, found: readonly Found[]): Found[] {
  const isLast = found.findIndex((one, i) => {
    const next = found[i + 1];
    return (
      next === undefined ||
      !/^[>"')\]]{0,3}(?:[,;]|\s)\s{0,8}(?:and )?[<"'(]{0,3}$/.test(line.slice(one.end, next.start))
    );
  });
  return found.slice(0, isLast + 1);
}

/** From the address on, to the next recipient or to words about something else. */
function block({ lines, mentions }: Notice, mention: Mention, recipients: ReadonlySet<string>): string[] {
  let last = Math.min(lines.length, mention.line + maxBlock);
  for (const next of mentions.slice(mention.index + 1, mention.index + maxBlock * 4)) {
    if (next.line >= last) break;
    if (next.line > mention.line && next.key !== mention.key && recipients.has(next.key)) last = next.line;
  }
  const rest = (lines[mention.line] ?? '').slice(mention.end).replace(/^[>"')\]:;,.\s]+/, '');
  const text = [rest, ...lines.slice(mention.line + 1, last)].join('\n');
  return [text.slice(0, stops.exec(text)?.index ?? maxText)];
}

/** A line of the SMTP session, and the server's answer to it. */
function spoken({ lines }: Notice, { line }: Mention): string[] {
  const text = lines[line] ?? '';
  if (/^[\s>]{0,8}(?:<<< ?)?[45]\d\d/.test(text)) return [text];
  const answer = lines.slice(line + 1, line + 4).find((one) => /<<<|^[\s>]{0,8}(?:Out: )?[45]\d\d/.test(one));
  return answer === undefined ? [] : [answer];
}

/**
 * The whole of a reply of which a report gives the first line: its lines in the transcript, one after another. Null
 * where the notice does not quote it.
 */
export function wholeReply({ lines }: Notice, firstLine: string): string | null {
  const quoted = lines.map((line) => /^[ \t>]{0,8}<<< ?(.*)$/.exec(line)?.[1]);
  const start = quoted.indexOf(firstLine);
  if (start === -1) return null;
  const end = quoted.findIndex((line, i) => i >= start && !/^[245]\d\d-/.test(line ?? ''));
  return quoted
    .slice(start, end + 1)
    .join('\n')
    .trim();
}

/** The command before RCPT that a reply answered, as Exim tells it in the notice and not in the report. */
export const earlierCommand = (words: string | null): string | null =>
  /\bafter (?:initial connection|(?:pipelined )?MAIL FROM|EHLO|HELO|STARTTLS)\b/.exec(words ?? '')?.[0] ??
  null;

const isTaken = ({ lines }: Notice, { line }: Mention): boolean =>
  /^[\s>]{0,8}(?:<<< ?|Out: )250\b/.test(lines[line + 1] ?? '');

/** Less the sender's half of a session, what it was told of success, and what only introduces the reply. */
function tidy(text: string): string {
  const kept = text
    .slice(0, 2 * maxText)
    .replace(/^ (?:In|Out): {1,2}(?![45]\d\d[ -]).*(?:\n {5}\S.*)*/gm, '')
    .replace(/^ (?:In|Out): {1,2}/gm, '')
    .replace(/^[ \t]{0,8}(?:sent )?>>>.*$/gim, '')
    .replace(/^[ \t]{0,8}(?:received )?<<< ?/gim, '')
    .replace(/^([ \t]{0,8})#+(?=[245]\d\d\b)/gm, '$1');
  const marker = replyMarkers.exec(kept);
  if (marker === null) return kept.trim().slice(0, maxText);
  // What Exim says of the command stays: a refusal before RCPT is not of the recipient.
  const start = /^after /i.test(marker[0]) ? marker.index : marker.index + marker[0].length;
  return kept.slice(start).trim().slice(0, maxText);
}
