/**
 * Basic and enhanced codes, from a provider's fields and from the server's words as wrapped by whoever passed
 * them on. What a field says is never overruled by text, but for a 504. May not read IP addresses, versions, sizes, ports or
 * HTTP statuses as codes: where in doubt there is none. Every pattern is linear, and text is bounded first.
 * RFC 5321 4.2, RFC 3463 2.
 */
import type { Reply } from './event.ts';

type Codes = Pick<Reply, 'code' | 'enhanced'>;

const maxBytes = 4_096;

/** RFC 5321 ends at x5x; 571 and 591 are in use, but 498 and 499 are Mailgun's and nginx's own. */
const fieldCode = /^#?((?:[23][0-5]|4[0-8]|5\d)\d)(?![^\s:;,-])[\s:;,-]{0,3}/;
const fieldEnhanced = /^[#(]?([245]\.\d{1,3}\.\d{1,3})(?![\w.]\w|\w)/;

// A code never starts inside a word, a number with separators, a host name or an e-mail address.
const code = String.raw`(?<![\w.@/+%&-]|\d[,:])([245]\d\d)`;
const enhanced = String.raw`([245]\.\d\.\d{1,3})(?!\w|\.\w)`;
const pairs = new RegExp(String.raw`${code}[-:;, ]{1,3}[#<(\['"]{0,2}${enhanced}`, 'g');
const lones = new RegExp(String.raw`${code}(?![\w.@/+%&]|-\d|[,:]\d)`, 'g');
const enhancedAlone = new RegExp(String.raw`(?<![\w./@-])${enhanced}`, 'g');

/** What stands before a reply that is quoted: a line's start, `: ` (or `：`), a bracket, or one of these words. */
const quotes =
  /(?:^|[\n\r;>|：]|: )["' ]*$|^: *$|(?<![^\s"'([])[["'(]$|\b(?:said|says|returned|reported|replied|responded|response|reply|with|code|error|status|because of|[el]?smtp)[ :=]*["'[(]?$|[245]\.\d\.\d{1,3} $/i;
const labels =
  /\b(?:size|length|port|lines?|id|count|limit|number|year|age|time|delay|(?:https?(?!:\/\/)|webhook|upstream)[ \w/.]{0,24})[ :=#]*$/i;
const units =
  /^ ?(?:%|(?:[kKMG]i?B|bytes?|ms|sec(?:ond)?s?|min(?:ute)?s?|hours?|days?|times|messages|recipients|connections|lines|users|char(?:acter)?s|of)\b)/;
/** Reason phrases of HTTP statuses, with what a proxy adds. */
const http =
  /^ (?:Bad Gateway|Gateway|Bad Request|Forbidden|Not Found|Too Many Requests|Internal Server Error|from upstream)\b/i;
const versions = /(?:version|release|build|postfix|sendmail|exim|exchange|server|esmtp|smtpd|v)[ :=(]*$/i;

export function readReply(given: {
  readonly code?: string | number | null;
  readonly enhanced?: string | null;
  readonly text?: string | null;
}): Reply {
  const text = cleanText(given.text);
  const field = readFields(given.code, given.enhanced);
  const found = text === null ? { code: null, enhanced: null } : parseReplyText(boundText(given.text ?? ''));
  if (field.code === null && field.enhanced === null) {
    const source = found.code === null && found.enhanced === null ? null : 'parsed';
    return { ...found, text, source };
  }
  // A rule of its own: some fields hold what the provider made of a reply, and not the reply.
  if (found.code === '504' && field.code !== null && !isSuccess(field.code))
    return { code: '504', enhanced: found.enhanced ?? field.enhanced, text, source: 'parsed' };
  return { ...completeFrom(found, field), text, source: 'reported' };
}

/** The reply that a text leads with, else the first failure it quotes. */
export function parseReplyText(text: string): Codes {
  const pair = firstPair(text);
  const lone = firstLone(text);
  const paired =
    pair !== null && (lone === null || pair.at <= lone.at || isSuccess(lone.code) || !lone.leads);
  if (paired) return { code: pair.code, enhanced: pair.enhanced };
  if (lone === null) return { code: null, enhanced: firstEnhanced(text, null) };
  const sameCode = pair !== null && pair.code === lone.code ? pair.enhanced : null;
  return { code: lone.code, enhanced: sameCode ?? firstEnhanced(text, lone.code) };
}

/** By the basic code, else by the enhanced one; null where neither is the end of a command. */
export function replyClass({ code, enhanced }: Codes): 2 | 4 | 5 | null {
  const digit = (code ?? enhanced ?? '').charAt(0);
  return digit === '2' ? 2 : digit === '4' ? 4 : digit === '5' ? 5 : null;
}

function readFields(codeField: unknown, enhancedField: unknown): Codes {
  const one = readField(codeField);
  const other = readField(enhancedField);
  return { code: one.code ?? other.code, enhanced: other.enhanced ?? one.enhanced };
}

/** Either code may come in the other's field, or both in one. */
function readField(value: unknown): Codes {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  const basic = fieldCode.exec(text);
  const rest = basic === null ? text : text.slice(basic[0].length);
  return { code: basic?.[1] ?? null, enhanced: fieldEnhanced.exec(rest)?.[1] ?? null };
}

/** Text fills what the fields leave open where it speaks of the same reply; a 504 always. */
function completeFrom(found: Codes, field: Codes): Codes {
  const same =
    found.enhanced !== null && field.enhanced !== null
      ? found.enhanced === field.enhanced
      : found.code !== null && found.code === field.code;
  const agrees = (value: string | null, with_: string | null): boolean =>
    same || (value !== null && value.charAt(0) === with_?.charAt(0));
  if (field.code === null)
    return agrees(found.code, field.enhanced) || found.code === '504'
      ? { ...field, code: found.code }
      : field;
  return field.enhanced === null && agrees(found.enhanced, field.code)
    ? { ...field, enhanced: found.enhanced }
    : field;
}

type Found = { readonly at: number; readonly code: string };

function firstPair(text: string): (Found & { readonly enhanced: string }) | null {
  let success: (Found & { readonly enhanced: string }) | null = null;
  for (const match of text.matchAll(pairs)) {
    const [, basic = '', second = ''] = match;
    const pair = { at: match.index, code: basic, enhanced: second };
    if (!isSuccess(basic)) return pair;
    success ??= pair;
  }
  return success;
}

/** A basic code with no enhanced one beside it must stand where a reply starts. */
function firstLone(text: string): (Found & { readonly leads: boolean }) | null {
  let success: (Found & { readonly leads: boolean }) | null = null;
  for (const match of text.matchAll(lones)) {
    const at = match.index;
    const before = text.slice(Math.max(0, at - 40), at);
    const after = text.slice(at + 3, at + 30);
    if (!quotes.test(before) || labels.test(before) || units.test(after) || http.test(after)) continue;
    const lone = {
      at,
      code: match[1] ?? '',
      leads: /^[\s#]*(?:[a-z-]{1,20};\s*)?$/i.test(text.slice(0, Math.min(at, 30))),
    };
    if (!isSuccess(lone.code)) return lone;
    success ??= lone;
  }
  return success;
}

function firstEnhanced(text: string, basic: string | null): string | null {
  for (const match of text.matchAll(enhancedAlone)) {
    const found = match[1] ?? '';
    const sameClass = basic === null || basic.charAt(0) === found.charAt(0);
    if (sameClass && !versions.test(text.slice(Math.max(0, match.index - 16), match.index))) return found;
  }
  return null;
}

const isSuccess = (basic: string): boolean => basic.startsWith('2');

/** One line of at most 4 KiB of UTF-8, without what would act on a terminal or a page; null where nothing is left. */
function cleanText(given: unknown): string | null {
  if (typeof given !== 'string') return null;
  const line = boundText(given)
    .replace(/\x1b\[[\d;?]*[A-Za-z]/g, ' ')
    .replace(/[\s\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim();
  return line === '' ? null : cutToBytes(line);
}

/** Cheap first cut: whatever is left holds all that 4 KiB can, with some white space to fold. */
const boundText = (text: string): string => text.slice(0, 2 * maxBytes).toWellFormed();

const encoder = new TextEncoder();
function cutToBytes(text: string): string {
  if (text.length * 3 <= maxBytes) return text;
  const buffer = new Uint8Array(maxBytes);
  return text.slice(0, encoder.encodeInto(text, buffer).read);
}
