/** What stands for an address that was erased, and texts without it. Pure. */

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
