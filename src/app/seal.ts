/** Secrets at rest: AES-256-GCM under a key derived from MAILSTOP_SECRET, or from the pepper (HKDF-SHA-256). */
import { fromBase64, toBase64, utf8 } from '../providers/verify/bytes.ts';

export interface Seal {
  seal(text: string): Promise<string>;
  /** Throws where the text was sealed with another secret, with a message that says so. */
  open(sealed: string): Promise<string>;
  sealBytes(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
  /** Throws as `open` does. */
  openBytes(sealed: Uint8Array): Promise<Uint8Array<ArrayBuffer>>;
}

const PREFIX = 'v1.';
const NONCE_BYTES = 12;

/** What is sealed for one purpose cannot be opened for another. `name`: of the secret, for whoever has to find it. */
export async function createSeal(
  secret: string,
  purpose = 'provider secrets',
  name = 'MAILSTOP_SECRET',
): Promise<Seal> {
  const material = await crypto.subtle.importKey('raw', utf8(secret), 'HKDF', false, ['deriveKey']);
  const key = await crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: utf8('mailstop'), info: utf8(purpose) },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
  const seal: Seal = {
    async sealBytes(bytes) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = new Uint8Array(
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, key, bytes.slice()),
      );
      const whole = new Uint8Array(NONCE_BYTES + sealed.length);
      whole.set(nonce);
      whole.set(sealed, NONCE_BYTES);
      return whole;
    },
    async openBytes(sealed) {
      try {
        const iv = sealed.slice(0, NONCE_BYTES);
        return new Uint8Array(
          await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed.slice(NONCE_BYTES)),
        );
      } catch {
        throw new Error(`the secrets in the database were sealed with another ${name}; start with that one`);
      }
    },
    seal: async (text) => PREFIX + toBase64(await seal.sealBytes(utf8(text))),
    async open(sealed) {
      const bytes = sealed.startsWith(PREFIX) ? fromBase64(sealed.slice(PREFIX.length), 1_000_000) : null;
      if (bytes === null) throw new Error('a sealed secret is damaged');
      return new TextDecoder().decode(await seal.openBytes(bytes));
    },
  };
  return seal;
}
