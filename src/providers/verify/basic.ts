/**
 * HTTP Basic authentication (RFC 7617, UTF-8), against any of several accepted pairs. Says yes or no and never
 * why: what was wrong must not reach the caller.
 * https://www.rfc-editor.org/rfc/rfc7617
 */
import type { Secrets } from '../adapter.ts';
import { decodeUtf8, equalSecrets, fromBase64 } from './bytes.ts';

/** True where the credentials are one of the pairs. Every pair is compared, so time tells nothing of which. */
export async function verifyBasic(headers: Headers, accepted: Secrets['basicAuth']): Promise<boolean> {
  const given = readCredentials(headers.get('authorization'));
  if (given === null) return false;
  let matches = false;
  for (const { username, password } of accepted) {
    const sameUser = equalSecrets(given.username, username);
    const samePassword = equalSecrets(given.password, password);
    // A pair without a password would let in whoever guesses its name.
    if (sameUser && samePassword && password !== '') matches = true;
  }
  return matches;
}

/** Two Authorization headers arrive joined by a comma, which is not base64: refused. */
function readCredentials(header: string | null): { username: string; password: string } | null {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(header ?? '')?.[1];
  const bytes = encoded === undefined ? null : fromBase64(encoded);
  const text = bytes === null ? null : decodeUtf8(bytes);
  // RFC 7617 section 2: neither part may hold control characters.
  if (text === null || /[\x00-\x1f\x7f]/.test(text)) return null;
  const colon = text.indexOf(':');
  return colon === -1 ? null : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
