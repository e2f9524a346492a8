/** Keyed tags: short texts that only who holds the key can make. In letters and digits that survive any mail system. */
import { TAG_CHARACTERS } from '../core/return-path.ts';
import { utf8 } from '../providers/verify/bytes.ts';

export const keyedTag = async (key: CryptoKey, text: string): Promise<string> =>
  base32(new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(text)))).slice(0, TAG_CHARACTERS);

/** RFC 4648 section 6, in lower case; whole groups of five bits only. */
function base32(bytes: Uint8Array): string {
  const digits = 'abcdefghijklmnopqrstuvwxyz234567';
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{5}/g) ?? []).map((five) => digits[Number.parseInt(five, 2)]).join('');
}
