/**
 * Standard Webhooks and Svix, which differ in the names of their headers: a signature over
 * `id.timestamp.body`, as HMAC-SHA256 (v1) or Ed25519 (v1a). Stricter than the reference libraries wherever two
 * readings of the same bytes are possible. Keys come from the source's trust list alone, never from a header.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
import { err, ok, type Result } from '../../core/result.ts';
import { MINUTE, SECOND } from '../../core/time.ts';
import type { Proof, RawRequest, VerifyError } from '../adapter.ts';
import { equalBytes, fromBase64, utf8 } from './bytes.ts';
import { hmacSha256 } from './hmac.ts';
import { untimely } from './untimely.ts';

export const TOLERANCE = 5 * MINUTE; // retries are signed anew, so it need not cover them
const MAX_SIGNATURES = 64;
const MIN_SECRET_BYTES = 16;
const ED25519_KEY_BYTES = 32;

/** How the text of a key becomes the bytes that sign; null where it cannot be one. */
export type SecretReader = (key: string) => Uint8Array<ArrayBuffer> | null;

interface Signed {
  /** Epoch ms. */
  readonly at: number;
  readonly message: Uint8Array<ArrayBuffer>;
  readonly hmacs: readonly string[];
  readonly ed25519s: readonly string[];
}

/**
 * `now` in epoch ms. `readSecret` is for vendors that use the layout but take their secret's characters as
 * they are (AhaSend).
 */
export async function verifyStandardWebhooks(
  request: Pick<RawRequest, 'headers' | 'body'>,
  keys: readonly string[],
  now: number,
  readSecret: SecretReader = secretBytes,
): Promise<Result<Proof, VerifyError>> {
  const signed = readSigned(request);
  if (!signed.ok) return err({ reason: 'forged', detail: signed.error });
  const secrets = keys.map(readSecret).filter((secret) => secret !== null);
  const publicKeys = keys.map(publicKeyBytes).filter((key) => key !== null);
  if (secrets.length + publicKeys.length === 0)
    return err({ reason: 'undecided', detail: 'no usable signing secret is configured' });
  const proven =
    (await matchesHmac(signed.value, secrets)) || (await matchesEd25519(signed.value, publicKeys));
  if (!proven) return err({ reason: 'forged', detail: 'no signature by a configured key' });
  const isTimely = Math.abs(now - signed.value.at) <= TOLERANCE;
  return isTimely ? ok({}) : untimely('a timestamp outside of five minutes');
}

export const hasStandardWebhooksHeaders = (headers: Headers): boolean =>
  ['svix', 'webhook'].some((prefix) =>
    ['id', 'timestamp', 'signature'].some((name) => headers.has(`${prefix}-${name}`)),
  );

/** The id that the signature covers; the same in every retry of one message. */
export const webhookIdOf = (headers: Headers): string | null => headers.get(`${prefixOf(headers)}-id`);

/** Null, or why a key cannot prove anything. */
export function checkStandardWebhooksKey(key: string): string | null {
  if (key.startsWith('whsk_')) return 'a private signing key: give the public one, which starts with whpk_';
  if (key.startsWith('whpk_')) {
    const bytes = publicKeyBytes(key);
    return bytes === null ? 'not whpk_ and the base64 of the 32 bytes of an Ed25519 public key' : null;
  }
  const bytes = fromBase64(key.replace(/^whsec_/, ''));
  if (bytes === null) return 'not whsec_ and base64, as the provider shows it';
  if (bytes.length < MIN_SECRET_BYTES) return `shorter than ${MIN_SECRET_BYTES} bytes`;
  return secretBytes(key) === null ? 'one byte over and over: not a secret' : null;
}

/**
 * Everything that can be wrong before a key is needed. Id and timestamp must have their exact form, or else
 * `a.1700000000` with the body `{}` would be signed by what signed the id `a` with the body `1700000000.{}`.
 */
function readSigned(request: Pick<RawRequest, 'headers' | 'body'>): Result<Signed, string> {
  const { headers, body } = request;
  const prefix = prefixOf(headers);
  const id = headers.get(`${prefix}-id`) ?? '';
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(id)) return err('no id of its form');
  const timestamp = headers.get(`${prefix}-timestamp`) ?? '';
  if (!/^\d{10}$/.test(timestamp)) return err('no timestamp of ten digits');
  const signatures = (headers.get(`${prefix}-signature`) ?? '').split(' ');
  // One comma each: two headers of the name arrive joined by ", " and are nobody's list.
  if (signatures.length > MAX_SIGNATURES || !signatures.every((one) => /^[a-z0-9]+,[^,]+$/.test(one)))
    return err('no list of signatures of its form');
  const start = utf8(`${id}.${timestamp}.`);
  const message = new Uint8Array(start.length + body.length);
  message.set(start);
  message.set(body, start.length);
  const at = Number(timestamp) * SECOND;
  return ok({ at, message, hmacs: ofVersion(signatures, 'v1'), ed25519s: ofVersion(signatures, 'v1a') });
}

/** One set of headers, whole: mixed sets would let the id that is read differ from the id that was signed. */
const prefixOf = (headers: Headers): 'svix' | 'webhook' => (headers.has('svix-id') ? 'svix' : 'webhook');

const ofVersion = (signatures: readonly string[], version: string): string[] =>
  signatures.filter((one) => one.startsWith(`${version},`)).map((one) => one.slice(version.length + 1));

async function matchesHmac({ message, hmacs }: Signed, secrets: readonly Uint8Array[]): Promise<boolean> {
  const given = hmacs.map((text) => fromBase64(text, 44)).filter((bytes) => bytes !== null);
  if (given.length === 0) return false;
  let matches = false;
  for (const secret of secrets) {
    const expected = await hmacSha256(secret, message);
    for (const signature of given) if (equalBytes(signature, expected)) matches = true;
  }
  return matches;
}

/** Nothing here is secret, so the first match ends it. */
async function matchesEd25519(
  { message, ed25519s }: Signed,
  publicKeys: readonly Uint8Array<ArrayBuffer>[],
): Promise<boolean> {
  const given = ed25519s.map((text) => fromBase64(text, 88)).filter((bytes) => bytes?.length === 64);
  for (const raw of publicKeys) {
    for (const signature of given)
      if (signature && (await verifyEd25519(raw, signature, message))) return true;
  }
  return false;
}

async function verifyEd25519(
  raw: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  message: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const key = await crypto.subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature, message);
  } catch {
    return false; // 32 bytes that are no point, or a runtime without Ed25519
  }
}

/** A public key is none: its underscore is not of base64. */
function secretBytes(key: string): Uint8Array<ArrayBuffer> | null {
  const bytes = fromBase64(key.replace(/^whsec_/, ''));
  return bytes === null || bytes.length < MIN_SECRET_BYTES || isMonotone(bytes) ? null : bytes;
}

/** A few points of small order have keys that any signature fits; zero is the one that is typed by mistake. */
function publicKeyBytes(key: string): Uint8Array<ArrayBuffer> | null {
  const bytes = key.startsWith('whpk_') ? fromBase64(key.slice(5)) : null;
  return bytes === null || bytes.length !== ED25519_KEY_BYTES || isMonotone(bytes) ? null : bytes;
}

const isMonotone = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === bytes[0]);
