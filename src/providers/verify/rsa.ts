/**
 * RSA with PKCS #1 v1.5 padding, as Postal signs. A key is taken in each form that people find it in: base64 SPKI
 * with or without PEM armour, a DKIM record (RFC 6376, `p=`), a JSON Web Key or a set of them. A public exponent of
 * one is refused: under it everybody's message is its own signature.
 */
import { isRecord, parseJson, textOf } from '../json.ts';
import { fromBase64 } from './bytes.ts';

const NAME = 'RSASSA-PKCS1-v1_5';
const MIN_BITS = 1024; // what installations of Postal made before 2024 still have
const MAX_BITS = 8192;

export type RsaHash = 'SHA-1' | 'SHA-256';

/** The usable keys of the text: none, or several of a key set. A key serves one hash only. */
export async function importRsaKeys(text: string, hash: RsaHash): Promise<CryptoKey[]> {
  const algorithm = { name: NAME, hash };
  const imported = text.trimStart().startsWith('{')
    ? webKeysOf(text).map((jwk) => crypto.subtle.importKey('jwk', jwk, algorithm, false, ['verify']))
    : spkisOf(text).map((spki) => crypto.subtle.importKey('spki', spki, algorithm, false, ['verify']));
  const settled = await Promise.allSettled(imported);
  return settled.flatMap((one) => (one.status === 'fulfilled' && isSound(one.value) ? [one.value] : []));
}

/** Null for anything that is no signature by a key of a size we take. */
export function readRsaSignature(text: string): Uint8Array<ArrayBuffer> | null {
  const signature = fromBase64(text, Math.ceil(MAX_BITS / 8 / 3) * 4);
  return signature === null || signature.length < MIN_BITS / 8 ? null : signature;
}

/** Whether one of the keys made the signature. */
export async function verifyRsa(
  keys: readonly CryptoKey[],
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array,
): Promise<boolean> {
  // `slice` copies into an ArrayBuffer of its own: WebCrypto's types take no shared memory.
  const bytes = message.slice();
  const holds = await Promise.all(keys.map((key) => crypto.subtle.verify(NAME, key, signature, bytes)));
  return holds.includes(true);
}

/** `n` and `e` alone: what else a web key says (`alg`, `use`) would bind it to one hash. */
function webKeysOf(text: string): JsonWebKey[] {
  const json = parseJson(text);
  if (!json.ok || !isRecord(json.value)) return [];
  const { keys } = json.value;
  return (Array.isArray(keys) ? keys : [json.value]).flatMap((key) => {
    const [n, e] = isRecord(key) && key.kty === 'RSA' ? [textOf(key.n), textOf(key.e)] : [];
    return n && e ? [{ kty: 'RSA', n, e }] : [];
  });
}

function spkisOf(text: string): Uint8Array<ArrayBuffer>[] {
  const bare = text.replace(/-----(BEGIN|END) PUBLIC KEY-----|[\s"]/g, '');
  const spki = fromBase64(/(?:^|;)p=([^;]*)/.exec(bare)?.[1] ?? bare);
  return spki === null ? [] : [spki];
}

function isSound({ algorithm }: CryptoKey): boolean {
  const { modulusLength, publicExponent } = algorithm as RsaHashedKeyAlgorithm;
  const isOne = publicExponent.every((byte, i) => byte === Number(i === publicExponent.length - 1));
  return modulusLength >= MIN_BITS && modulusLength <= MAX_BITS && !isOne;
}
