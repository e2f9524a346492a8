/**
 * Keyed hashes for the providers that sign with a shared secret. Comparing belongs to `equalBytes`.
 * An empty key throws: whoever calls has checked that there is a key (checkKey), and a missing one must
 * never end as a signature that anyone can make.
 */

export const hmacSha256 = (key: Uint8Array, message: Uint8Array): Promise<Uint8Array> =>
  hmac('SHA-256', key, message);

export const hmacSha1 = (key: Uint8Array, message: Uint8Array): Promise<Uint8Array> =>
  hmac('SHA-1', key, message);

async function hmac(
  hash: 'SHA-256' | 'SHA-1',
  key: Uint8Array,
  message: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  if (key.length === 0) throw new RangeError('an HMAC needs a key');
  // `slice` copies into an ArrayBuffer of its own: WebCrypto's types take no shared memory.
  const secret = await crypto.subtle.importKey('raw', key.slice(), { name: 'HMAC', hash }, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', secret, message.slice()));
}
