/**
 * One key per mailbox, or a refusal: never a guess. Case is folded for ASCII letters only (U+212A KELVIN
 * SIGN lower-cases to a plain k), everything is checked before IDNA sees it (IDNA maps `①` to `1`), and
 * plus tags, dots and VERP, BATV or SRS wrappings are kept as given.
 */
import { err, ok, type Result } from './result.ts';

/** A short sentence: what is wrong. It never repeats the address. */
export type AddressProblem = string;

// RFC 5321 4.5.3.1: bytes of UTF-8. A path of 256 less its two angle brackets leaves 254.
const maxLocal = 64;
const maxTotal = 254;
const maxDomain = 253;
/** With a display name; anything longer is no address. */
const maxInput = 1_000;

/** What most lists hold: ASCII, so that lower-casing is all there is to do. The rest goes the long way. */
const plain =
  /^[A-Za-z0-9_+=-]+(?:\.[A-Za-z0-9_+=-]+)*@(?:(?![Xx][Nn]--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?![Xx][Nn]--)[A-Za-z](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** Controls, formatting characters (bidi, zero width), any space but U+0020, fillers, and what stands for lost bytes. */
const forbidden = /(?! )[\p{Cc}\p{Cf}\p{Z}\p{DI}\ufffd]/u;
const named = /^(?:"(?:[^"\\]|\\.)*" *|[^"<>@,;:\\()[\]]*)<([^<>]*)>$/;
const quoted = /^"((?:[^"\\]|\\.)*)"@([^@]*)$/;
const unquoted = /^([^@]*)@([^@]*)$/;
/** RFC 5322 atext and RFC 6531's UTF-8. Dots are checked apart: Japanese carriers gave out `a..b.@`. */
const atoms = /^[a-z0-9!#$%&'*+/=?^_`{|}~.\u0080-\u{10ffff}-]+$/u;
const strayDots = /^\.|\.\.|\.$/;
const encodedWord = /=\?[^?]*\?[bq]\?/;
const asciiLabel = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
/** Letters, marks, numbers, pictures, and the middle dots of Catalan and Japanese names. */
const idnLabel = /^[-\p{L}\p{M}\p{N}\p{So}\u00b7\u30fb]+$/u;
const onlyAscii = /^[\x00-\x7f]*$/;

export function canonicalAddress(input: unknown): Result<string, AddressProblem> {
  if (typeof input !== 'string') return err('not a text');
  if (input.length <= maxTotal && input.indexOf('@') <= maxLocal && plain.test(input))
    return ok(input.toLowerCase());
  if (input.length > maxInput) return err('too long for an address');
  const text = trimSpaces(input);
  if (text === '') return err('empty');
  if (!text.isWellFormed()) return err('not valid Unicode');
  if (forbidden.test(text)) return err('holds a control or invisible character');
  return readMailbox(lowerAscii((text.endsWith('>') ? named.exec(text)?.[1]?.trim() : text) ?? text));
}

/** Of a canonical address. */
export const domainOf = (canonical: string): string => canonical.slice(canonical.lastIndexOf('@') + 1);

/** Of a canonical domain, as people write it. */
export const unicodeDomain = (domain: string): string =>
  domain
    .split('.')
    .map((label) => toUnicodeLabel(label) ?? label)
    .join('.');

function readMailbox(address: string): Result<string, AddressProblem> {
  const inQuotes = quoted.exec(address);
  const parts = inQuotes ?? unquoted.exec(address);
  if (parts === null) return err(address.includes('@') ? 'more than one @' : 'no @');
  const [, given = '', host = ''] = parts;
  const local = inQuotes === null ? readAtoms(given) : readQuoted(given);
  if (!local.ok) return local;
  const domain = readDomain(host.endsWith('.') ? host.slice(0, -1) : host);
  if (!domain.ok) return domain;
  if (byteLength(local.value) > maxLocal) return err(`more than ${maxLocal} bytes before the @`);
  const whole = `${local.value}@${domain.value}`;
  return byteLength(whole) > maxTotal ? err(`more than ${maxTotal} bytes`) : ok(whole);
}

function readAtoms(local: string): Result<string, AddressProblem> {
  if (local === '') return err('nothing before the @');
  if (!atoms.test(local)) return err('a character before the @ that needs quotes');
  if (encodedWord.test(local)) return err('an encoded word, not an address');
  return quoteIfNeeded(local);
}

function readQuoted(content: string): Result<string, AddressProblem> {
  const local = content.replace(/\\(.)/gsu, '$1');
  if (local === '') return err('nothing before the @');
  return atoms.test(local) ? readAtoms(local) : quoteIfNeeded(local);
}

/** `"alice"@` and `alice@` are one mailbox, and so are `"a..b"@`, as it should be written, and `a..b@`. */
function quoteIfNeeded(local: string): Result<string, AddressProblem> {
  // Two spellings that look alike would be two keys. KELVIN SIGN is not in this form either.
  if (local.normalize('NFC') !== local) return err('not in Unicode normal form C');
  const bare = atoms.test(local) && !strayDots.test(local);
  return ok(bare ? local : `"${local.replace(/["\\]/g, '\\$&')}"`);
}

function readDomain(domain: string): Result<string, AddressProblem> {
  if (domain === '') return err('nothing after the @');
  if (domain.startsWith('[')) return err('an address literal, not a domain');
  const labels = domain.split('.');
  if (labels.includes('')) return err('an empty label in the domain');
  // A URL parser reads such a host as an IPv4 address, in hex and octal too.
  if (/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? '')) return err('an IP address, not a domain');
  const allAscii = labels.every((label) => asciiLabel.test(label) && !label.startsWith('xn--'));
  const name = allAscii ? domain : toALabels(labels);
  if (name === null) return err('not a domain name after the @');
  return name.length > maxDomain ? err('a domain name that is too long') : ok(name);
}

/**
 * By the URL parser's UTS 46, which Node and workerd share, but only where it changes nothing except case:
 * any other mapping would give two names one key.
 */
function toALabels(labels: readonly string[]): string | null {
  const names: string[] = [];
  for (const label of labels) {
    const name = toUnicodeLabel(label);
    if (name === null) return null;
    names.push(name);
  }
  const url = `http://${names.join('.')}/`;
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const same = host.split('.').every((found, i) => {
    const given = labels[i] ?? '';
    return (
      asciiLabel.test(found) &&
      toUnicodeLabel(found) === names[i] &&
      (!given.startsWith('xn--') || found === given)
    );
  });
  return same ? host : null;
}

/** In lower case; null for what has no single spelling. */
function toUnicodeLabel(label: string): string | null {
  if (onlyAscii.test(label) && !label.startsWith('xn--')) return asciiLabel.test(label) ? label : null;
  const name = label.startsWith('xn--') ? decodePunycode(label.slice(4)) : label;
  if (name === null || !idnLabel.test(name) || onlyAscii.test(name)) return null;
  let lowered = '';
  for (const char of name) {
    const lower = char.toLowerCase();
    // KELVIN SIGN would become an ASCII k, and the capital sharp s comes and goes with the Unicode version.
    if (lower !== char && lower.toUpperCase() !== char) return null;
    if (char.normalize('NFC') !== char) return null;
    lowered += lower;
  }
  return lowered.normalize('NFC');
}

/** RFC 3492, 6.2. Null for what is not the encoding of anything. */
function decodePunycode(encoded: string): string | null {
  const delimiter = encoded.lastIndexOf('-');
  const points = [...encoded.slice(0, Math.max(delimiter, 0))].map((char) => char.codePointAt(0) ?? 0);
  let [n, i, bias, at] = [128, 0, 72, delimiter + 1];
  while (at < encoded.length) {
    const start = i;
    for (let weight = 1, k = 36; ; k += 36) {
      const digit = 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(encoded[at++] ?? ' ');
      if (digit === -1) return null;
      i += digit * weight;
      const threshold = Math.min(Math.max(k - bias, 1), 26);
      if (digit < threshold) break;
      weight *= 36 - threshold;
    }
    const length = points.length + 1;
    bias = adaptBias(i - start, length, start === 0);
    n += Math.floor(i / length);
    i %= length;
    if (n > 0x10ffff || (n >= 0xd800 && n < 0xe000)) return null;
    points.splice(i++, 0, n);
  }
  return String.fromCodePoint(...points);
}

function adaptBias(gap: number, length: number, first: boolean): number {
  let delta = Math.floor(gap / (first ? 700 : 2));
  delta += Math.floor(delta / length);
  let k = 0;
  for (; delta > 455; k += 36) delta = Math.floor(delta / 35);
  return k + Math.floor((36 * delta) / (delta + 38));
}

/** `trim` would take controls, NBSP and U+2028 with it: whoever cuts lines takes their ends off first. */
function trimSpaces(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === ' ') start++;
  while (end > start && text[end - 1] === ' ') end--;
  return text.slice(start, end);
}

const lowerAscii = (text: string): string => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

const encoder = new TextEncoder();
const byteLength = (text: string): number =>
  onlyAscii.test(text) ? text.length : encoder.encode(text).length;
