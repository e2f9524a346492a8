/** Provider secrets at rest: AES-256-GCM under a key derived from MAILSTOP_SECRET (HKDF-SHA-256). */
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';

export interface Seal {
  seal(text: string): Promise<string>;
  /** Throws where the text was sealed with another secret, with a message that says so. */
  open(sealed: string): Promise<string>;
}

const PREFIX = 'v1.';
const NONCE_BYTES = 12;

/** What is sealed for one purpose cannot be opened for another. */
export async function createSeal(secret: string, purpose = 'provider secrets'): Promise<Seal> {
  const material = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveKey']);
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: utf8('mailstop'), info: utf8(purpose) },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
  return {
    async seal(text) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = new Uint8Array(
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, utf8(text)),
      );
      return PREFIX + toBase64(Uint8Array.from([...nonce, ...sealed]));
    },
    async open(sealed) {
      const bytes = sealed.startsWith(PREFIX) ? fromBase64(sealed.slice(PREFIX.length), 1_000_000) : null;
      if (bytes === null) throw new Error('a sealed secret is damaged');
      try {
        const text = await crypto.subtle.decrypt(
          { name: 'AES-GCM', iv: bytes.subarray(0, NONCE_BYTES) },
          key,
          bytes.subarray(NONCE_BYTES),
        );
        return new TextDecoder().decode(text);
      } catch {
        throw new Error(
          'the secrets in the database were sealed with another MAILSTOP_SECRET; start with that one',
        );
      }
    },
  };
}
