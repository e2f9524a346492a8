/**
 * HMAC-SHA256 for vendors that take the characters of their secret as they are, and sign the body or a few parts of
 * which it is one. May not stop at the first key that fits: every key is tried, so time tells nothing of which.
 */
import { err, ok, type Result } from '../../core/result.ts';
import type { Proof, RawRequest, VerifyError } from '../adapter.ts';
import { equalBytes, fromHex, utf8 } from './bytes.ts';
import { hmacSha256 } from './hmac.ts';

const MIN_CHARACTERS = 8; // below any vendor's; what people type themselves

/** `given`: the signatures of the request, decoded; none where there is none of its form. */
export async function verifyKeyedHash(
  given: readonly Uint8Array[],
  keys: readonly string[],
  ...parts: readonly Uint8Array[]
): Promise<Result<Proof, VerifyError>> {
  if (given.length === 0) return err({ reason: 'forged', detail: 'no signature of its form' });
  const usable = keys.filter((key) => checkSigningKey(key) === null);
  if (usable.length === 0) return err({ reason: 'undecided', detail: 'no usable signing key is configured' });
  const message = joined(parts);
  let matches = false;
  for (const key of usable) {
    const made = await hmacSha256(utf8(key), message);
    for (const signature of given) if (equalBytes(signature, made)) matches = true;
  }
  return matches ? ok({}) : err({ reason: 'forged', detail: 'no key made this signature' });
}

/**
 * The hash of the raw body as lower-case hex in one header: what most vendors mean by a signature. Neither a time nor
 * an id is signed, so an old request stays genuine for ever; that it changes nothing twice is the intake's business.
 */
export function verifyBodyHash(
  { headers, body }: RawRequest,
  header: string,
  keys: readonly string[],
): Promise<Result<Proof, VerifyError>> {
  const signature = fromHex(headers.get(header) ?? '', 32);
  return verifyKeyedHash(signature === null ? [] : [signature], keys, body);
}

/** Null, or why a key cannot prove anything. */
export function checkSigningKey(key: string): string | null {
  if (key !== key.trim()) return 'starts or ends with a space, which is not of the secret';
  if (key.length < MIN_CHARACTERS) return `shorter than ${MIN_CHARACTERS} characters`;
  return /^(.)\1*$/su.test(key) ? 'one character over and over: not a secret' : null;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
