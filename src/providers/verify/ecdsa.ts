/**
 * ECDSA over P-256 with SHA-256, as SendGrid signs: keys as base64 SPKI, signatures as ASN.1 DER. WebCrypto
 * takes r||s (IEEE P1363) only, so the DER is read here, strictly: one encoding per signature, nothing left
 * over, and the zero values that "psychic signatures" (CVE-2022-21449) are made of refused before any library
 * sees them.
 */
import { equalBytes, fromBase64 } from './bytes.ts';

/** SEQUENCE { SEQUENCE { id-ecPublicKey, prime256v1 }, BIT STRING { 04 … the 64 bytes of the point */
const SPKI_PREFIX = Uint8Array.from([
  0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
  0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
]);
const SPKI_BYTES = SPKI_PREFIX.length + 64;
const SCALAR_BYTES = 32;
/** The base64 of the longest DER signature (72 bytes). */
const MAX_SIGNATURE_TEXT = 96;

/** A base64 SPKI key, with or without PEM armour; null for anything but a point on P-256. */
export async function importP256Key(text: string): Promise<CryptoKey | null> {
  const bare = text.replace(/-----(BEGIN|END) PUBLIC KEY-----|\s/g, '');
  const spki = fromBase64(bare, 256);
  if (spki?.length !== SPKI_BYTES || !equalBytes(spki.subarray(0, SPKI_PREFIX.length), SPKI_PREFIX))
    return null;
  try {
    return await crypto.subtle.importKey('spki', spki, { name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'verify',
    ]);
  } catch {
    return null; // the right shape, but not a point on the curve
  }
}

/** A base64 DER signature as r||s; null for anything that is not exactly one. */
export function readSignature(text: string): Uint8Array<ArrayBuffer> | null {
  const der = fromBase64(text, MAX_SIGNATURE_TEXT);
  return der === null ? null : derToP1363(der);
}

export const verifyP256 = (
  key: CryptoKey,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> => crypto.subtle.verify({ name: 'ECDSA', hash: 'SHA-256' }, key, signature, message);

/** SEQUENCE { INTEGER r, INTEGER s } in DER proper. At 72 bytes no length needs the long form. */
export function derToP1363(der: Uint8Array): Uint8Array<ArrayBuffer> | null {
  if (der.length > 72 || der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = readScalar(der, 2);
  const s = r === null ? null : readScalar(der, r.end);
  if (r === null || s === null || s.end !== der.length) return null;
  const joined = new Uint8Array(SCALAR_BYTES * 2);
  joined.set(r.digits, SCALAR_BYTES - r.digits.length);
  joined.set(s.digits, SCALAR_BYTES * 2 - s.digits.length);
  return joined;
}

/** A positive, minimally encoded INTEGER of at most 32 bytes, without its sign byte. */
function readScalar(der: Uint8Array, start: number): { digits: Uint8Array; end: number } | null {
  const length = der[start + 1];
  if (der[start] !== 0x02 || length === undefined || length === 0) return null;
  const end = start + 2 + length;
  if (end > der.length) return null;
  const [first = 0, second = 0] = der.subarray(start + 2, end);
  if (first >= 0x80) return null; // negative
  if (first !== 0) return length > SCALAR_BYTES ? null : { digits: der.subarray(start + 2, end), end };
  // A leading zero is there only to keep a high bit from meaning "negative"; so a lone zero falls here too.
  if (second < 0x80 || length - 1 > SCALAR_BYTES) return null;
  return { digits: der.subarray(start + 3, end), end };
}
