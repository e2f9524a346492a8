/** Addresses in headers and in prose, and recipients hidden in return paths. Patterns are linear. */
import { readKeyedPath } from '../../core/return-path.ts';
import { allOf, type Fields, firstOf } from './fields.ts';

export interface Found {
  readonly address: string;
  /** Where it stands in the text. */
  readonly start: number;
  readonly end: number;
}

const maxLocal = 80;
const maxAddresses = 1_000;
/** With the punctuation of languages that put no blank around an address. */
const notInLocal = /[\s"<>()[\]:;,|@\u0000-\u001f\u3000-\u303f\uff00-\uff20\uff3b-\uff40\uff5b-\uff65]/;
const domain = /[\p{L}\p{N}](?:[\w.\u0080-\uffff-]{0,251}[\p{L}\p{N}])?/uy;

/** Each address that is readable as one, in order. A full stop that ends a sentence is none of the address. */
export function findAddresses(text: string): Found[] {
  const found: Found[] = [];
  for (let at = text.indexOf('@'); at !== -1 && found.length < maxAddresses; at = text.indexOf('@', at + 1)) {
    const start = startOfLocal(text, at);
    domain.lastIndex = at + 1;
    const host = domain.exec(text);
    if (start === at || host === null) continue;
    found.push({ address: text.slice(start, domain.lastIndex), start, end: domain.lastIndex });
  }
  return found;
}

/** A local part in quotes may hold blanks. */
function startOfLocal(text: string, at: number): number {
  const least = Math.max(0, at - maxLocal);
  if (text[at - 1] === '"') {
    const quote = text.lastIndexOf('"', at - 2);
    return quote < least || text.slice(quote, at).includes('\n') ? at : quote;
  }
  let start = at;
  while (start > least && !notInLocal.test(text[start - 1] ?? ' ')) start--;
  while (start < at && /['`*]/.test(text[start] ?? '')) start++;
  return start;
}

/** Each once. */
export const addressesIn = (text: string): string[] => [
  ...new Set(findAddresses(text.slice(0, 65_536)).map(({ address }) => address)),
];

export const sameAddress = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

const maxReturnPaths = 16;

/** Where a keyed return path would stand: what the report was sent to, and what the returned original came from. */
export function returnPathsOf(report: Fields, original: Fields): string[] {
  const sentTo = allOf(report, 'to', 'delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to');
  const sentFrom = allOf(original, 'return-path', 'x-envelope-from', 'x-envelope-sender');
  const all = [...sentTo, ...sentFrom].flatMap(addressesIn);
  return [...new Set(all)].slice(0, maxReturnPaths);
}

/**
 * How senders write the recipient into a return path. The first group is the local part, the second the domain.
 * Postfix, `postfix.org/VERP_README.html`; ezmlm and qmail, `cr.yp.to/proto/verp.txt`; Mailman, VERP_FORMAT;
 * SendGrid `bounces+1234-abcd-…`; Mailgun `bounce+a1b2c3.d4e5f6-…`.
 */
const verps: readonly RegExp[] = [
  /^bounces?\+\d{1,12}-[0-9a-f]{4}-([^@=]{1,64})=([\w.-]{3,253})$/i,
  /^bounce\+[0-9a-f]{4,10}\.[0-9a-f]{4,10}-([^@=]{1,64})=([\w.-]{3,253})$/i,
  /^[\w.-]{1,64}-return-\d{1,10}-([^@=]{1,64})=([\w.-]{3,253})$/i,
  /^[\w.-]{1,64}\+([^@=+]{1,64})=([\w.-]{3,253})$/i,
  /^[\w.]{1,64}-(?:bounces?|owner|errors)-([^@=]{1,64})=([\w.-]{3,253})$/i,
  /^(?:bounces?|errors)-([^@=-]{1,64})=([\w.-]{3,253})$/i, // a second hyphen may end something else
];

/** The recipient in the first return path that holds one. */
export function recipientInVerp(returnPaths: readonly string[]): string | null {
  for (const path of returnPaths) {
    const keyed = readKeyedPath(path);
    if (keyed !== null && keyed.recipient !== null) return keyed.recipient;
    const local = path.slice(0, path.lastIndexOf('@'));
    for (const verp of verps) {
      const [, user, domain] = verp.exec(local) ?? [];
      if (user !== undefined && domain?.includes('.')) return `${user}@${domain}`;
    }
  }
  return null;
}

/**
 * To whom the original went, where one address alone can be meant: by its envelope, by its return path, or by a
 * `To` that names one. Copies (`Cc`) make it uncertain.
 */
export function onlyRecipientOf(original: Fields, returnPaths: readonly string[]): string | null {
  const enveloped = addressesIn(firstOf(original, 'x-envelope-to', 'envelope-to', 'x-rcpt-to') ?? '');
  if (enveloped.length === 1) return enveloped[0] ?? null;
  const hidden = recipientInVerp(returnPaths);
  if (hidden !== null) return hidden;
  const [only, ...more] = visibleRecipients(original);
  return more.length === 0 ? (only ?? null) : null;
}

/** Nobody where the message went through a list: who bounced, or complained, is one of its members. */
export function visibleRecipients(original: Fields): readonly string[] {
  const visible = addressesIn(allOf(original, 'to', 'cc').join(', '));
  const lists = addressesIn(allOf(original, 'list-post', 'x-beenthere', 'x-mailing-list').join(', '));
  return lists.some((list) => visible.some((address) => sameAddress(list, address))) ? [] : visible;
}
