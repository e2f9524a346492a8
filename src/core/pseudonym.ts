/** What stands for an address that was erased or is kept by its hash alone, and texts without it. Pure. */

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
  const pattern = `(?<![a-z0-9](?<!%[0-9a-f]{2}))(?:${names.map(escaped).join('|')})(?![a-z0-9])`;
  return text.replace(new RegExp(pattern, 'gi'), () => instead);
}

/** The text without the address, however it is written: as it is, in a URL, in JSON, in quoted-printable. */
export function withoutAddress(text: string, address: string, instead: string): string {
  const [local, domain] = [
    address.slice(0, address.lastIndexOf('@')),
    address.slice(address.lastIndexOf('@') + 1),
  ];
  const pattern = `${START}${escaped(local)}(?:@|%40|=40|\\\\u0040|&#64;|=)${escaped(domain)}${END}`;
  return text.replace(new RegExp(pattern, 'gi'), () => instead);
}

/** Not in the middle of a longer address; what is left of an encoded character is none of its letters. */
const START = '(?<![a-z0-9._](?<!%[0-9a-f]{2}))';
const END = '(?![a-z0-9-]|\\.[a-z0-9])';

/** Letters of a local part may be written in either way in URLs and forms. */
const escaped = (part: string): string =>
  [...part]
    .map((letter) => {
      const literal = letter.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
      return /[A-Za-z0-9.-]/.test(letter)
        ? literal
        : `(?:${literal}|%${letter.charCodeAt(0).toString(16).padStart(2, '0')})`;
    })
    .join('');
