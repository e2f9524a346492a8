/**
 * HMAC-SHA256 of the raw body as lower-case hex in one header: what several vendors mean by a signature. Neither a
 * time nor an id is signed, so an old request stays genuine for ever; that it changes nothing twice is the intake's
 * business. May not look into the body.
 */
import { err, ok, type Result } from '../../core/result.ts';
import type { Proof, RawRequest, VerifyError } from '../adapter.ts';
import { equalBytes, fromHex, utf8 } from './bytes.ts';
import { hmacSha256 } from './hmac.ts';

/** Shorter ones are slips of the hand: vendors make theirs of 16 characters and more. */
const MIN_KEY_LENGTH = 8;

export async function verifyBodyHmac(
  { headers, body }: RawRequest,
  header: string,
  keys: readonly string[],
): Promise<Result<Proof, VerifyError>> {
  const secrets = keys.map((key) => key.trim()).filter((key) => key !== '');
  if (secrets.length === 0) return err({ reason: 'undecided', detail: 'no signing secret is configured' });
  const given = fromHex(headers.get(header) ?? '', 32);
  if (given === null)
    return err({ reason: 'forged', detail: `no ${header} of 64 lower-case hexadecimal digits` });
  const made = await Promise.all(secrets.map((key) => hmacSha256(utf8(key), body)));
  return made.filter((mac) => equalBytes(mac, given)).length > 0
    ? ok({})
    : err({ reason: 'forged', detail: 'no signing secret made this signature' });
}

export const checkSigningKey = (key: string): string | null =>
  key.trim().length < MIN_KEY_LENGTH ? 'shorter than any signing secret' : null;
