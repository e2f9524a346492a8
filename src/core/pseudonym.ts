/** What stands for an address that was erased or is kept by its hash alone, and texts without it. Pure. */
import { domainOf, unicodeDomain } from './address.ts';

/** RFC 2606: a domain that nobody can have. */
export const ERASED_DOMAIN = 'erased.invalid';

export const isPseudonym = (address: string): boolean => address.endsWith(`@${ERASED_DOMAIN}`);

/** `sha256` gives lower-case hex. Hashed twice under the key, so that nothing can be appended to what was hashed. */
export function pseudonymOf(
  key: string,
  tenant: string,
  address: string,
  sha256: (text: string) => string,
): string {
  const inner = sha256(`${key} ${tenant} ${address}`);
  return `${sha256(`${key} ${inner}`).slice(0, 40)}@${ERASED_DOMAIN}`;
}

/** In place of a person at a domain, which is nobody: it stays, since lists, ladders and rules go by it. */
const HASHED = /^hashed-[0-9a-f]{32}@/;

export const isHashed = (address: string): boolean => HASHED.test(address);

/** What has been hashed stays as it is, and so does a whole domain. */
export function hashedOf(
  key: string,
  tenant: string,
  address: string,
  sha256: (text: string) => string,
): string {
  if (address.startsWith('@') || isHashed(address) || isPseudonym(address)) return address;
  const name = pseudonymOf(key, tenant, address, sha256);
  return `hashed-${name.slice(0, 32)}${address.slice(address.lastIndexOf('@'))}`;
}

/** The text without any address, whosever it is. Each run of letters is looked at once, however long it is. */
export const withoutAddresses = (text: string): string =>
  text
    .replace(/"(?:[^"\\]|\\.){1,100}"(?=@[^\s@])/g, 'x')
    .replace(/[^\s<>"(),;:]+/g, (run) => (AT.test(run) ? '<address>' : run));

/** Within a run; the last one ends with it, for its semicolon does. */
const AT = /.(?:@|%40|=40|\\u0040).|.&#64$/i;

/** What people and receivers write: without any address, and without the name by which they speak of this one. */
export const withoutPerson = (text: string, address: string): string =>
  address.startsWith('@')
    ? withoutAddresses(text)
    : withoutNames(withoutAddresses(withoutAddress(text, address, '<address>')), address, '<user>');

/** Of a message: the same for the same person, and different for another message. */
export const idWithoutPerson = (id: string, address: string, instead: string): string =>
  withoutNames(withoutAddress(id, address, instead), address, instead.slice(0, instead.lastIndexOf('@')));

/** The part before the @, with its tag and without. */
function withoutNames(text: string, address: string, instead: string): string {
  const local = address.slice(0, address.lastIndexOf('@')).replace(/^"|"$/g, '');
  const names = [local, local.split('+')[0] ?? ''].filter((name) => name !== '');
  const pattern = `(?<![a-z0-9]${ENCODED})(?:${names.map((name) => written(name)).join('|')})(?![a-z0-9])`;
  return text.replace(new RegExp(pattern, 'gi'), () => instead);
}

/**
 * The text without the address, however it is written: as it is, in a URL, in JSON, in quoted-printable, its domain in
 * Unicode; in a text, or in bytes of UTF-8 that are read as a letter each.
 */
export function withoutAddress(text: string, address: string, instead: string): string {
  if (!SEPARATOR.test(text)) return text;
  const between = SOFT_BREAK.test(text) ? BROKEN : '';
  const inForms = (part: string) => written(part, between);
  const domain = domainOf(address);
  const domains = [...new Set([domain, unicodeDomain(domain)])].map(inForms).join('|');
  const parts = [inForms(address.slice(0, address.lastIndexOf('@'))), AT_SIGN, `(?:${domains})`];
  const pattern = `${START}${parts.join(between)}${END}`;
  return text.replace(new RegExp(pattern, 'gi'), () => instead);
}

/**
 * In lower case, what every form of an address holds as it is, unless a line is broken within: by these a database can look
 * for texts of which `withoutAddress` then says whether they name it.
 */
export function heldInAnyForm(address: string): string[] {
  const domain = domainOf(address);
  const parts = [address.slice(0, -domain.length - 1), unicodeDomain(domain) === domain ? domain : ''];
  const longestFirst = (a: string, b: string) => b.length - a.length;
  return parts
    .flatMap((part) => (part.toLowerCase().match(/[a-z0-9.-]+/g) ?? []).sort(longestFirst).slice(0, 1))
    .sort(longestFirst);
}

/**
 * What ends here is the code of another letter, in a URL, in JSON or in quoted-printable: its last one is no letter of
 * a word. In quoted-printable only of signs before which an address may stand: `=ad` may be what it seems to be.
 */
const ENCODED = '(?<!%[0-9a-f]{2}|=(?:09|2[0267-9cf]|3[a-e]|5b|7c)|\\\\u[0-9a-f]{4}|\\\\[bfnrt])';
/** Not in the middle of a longer address. */
const START = `(?<![a-z0-9._]${ENCODED})`;
const END = '(?![a-z0-9-]|\\.[a-z0-9])';
/** What may be between the two parts; return paths have the last one. */
const AT_SIGN = '(?:@|%40|=40|\\\\{1,2}u0040|&#64;|=)';
const SEPARATOR = new RegExp(AT_SIGN, 'i');
/** Of quoted-printable; it may also stand in JSON. A pattern that looks for it everywhere takes long to make. */
const SOFT_BREAK = /=(?:\r?\n|(?:\\r)?\\n)/;
const BROKEN = `(?:${SOFT_BREAK.source})?`;

const written = (part: string, between = ''): string =>
  [...part].map((letter) => forms(letter, between)).join(between);

/** JSON may stand in JSON: then a backslash is two. */
function forms(letter: string, between: string): string {
  if (/[A-Za-z0-9.-]/.test(letter)) return letter.replace('.', '\\.');
  const bytes = [...new TextEncoder().encode(letter)];
  const inHex = (before: string) =>
    bytes.map((byte) => before + hex(byte, 2)).join(before === '=' ? between : '');
  const inJson = letter.split('').map((unit) => `\\\\{1,2}u${hex(unit.charCodeAt(0), 4)}`);
  return `(?:${[
    `${/["/\\]/.test(letter) ? '\\\\?' : ''}${literal(letter)}`,
    ...(bytes.length === 1 ? [] : [literal(String.fromCharCode(...bytes))]),
    inHex('%'),
    inHex('='),
    inJson.join(''),
    `&#${letter.codePointAt(0)};`,
  ].join('|')})`;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
