import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { importRsaKeys, readRsaSignature, verifyRsa } from '../../src/providers/verify/rsa.ts';

const made = (modulusLength: number, publicExponent?: number) =>
  generateKeyPairSync('rsa', { modulusLength, ...(publicExponent && { publicExponent }) });
const pair = made(2048);
const spkiOf = (key: KeyObject): Uint8Array =>
  new Uint8Array(key.export({ type: 'spki', format: 'der' }) as Buffer);
const spki = toBase64(spkiOf(pair.publicKey));
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const jwk = pair.publicKey.export({ format: 'jwk' });
const message = utf8('{"event":"MessageSent"}\r\n');

const exponentOfOne = (): string => {
  const weak = createPublicKey({ key: { ...jwk, e: 'AQ' }, format: 'jwk' });
  return toBase64(spkiOf(weak));
};

describe('importing a key', () => {
  it.each([
    ['base64 SPKI', spki],
    ['a PEM block', pem],
    ['the p= part of a DKIM record', `p=${spki}`],
    ['a whole DKIM record', `v=DKIM1; t=s; h=sha256; p=${spki};`],
    ['a DKIM record as a zone file breaks it', `"v=DKIM1; p=${spki.slice(0, 200)}" "${spki.slice(200)}"`],
    ['a JSON Web Key', JSON.stringify(jwk)],
    ['a JSON Web Key bound to another hash', JSON.stringify({ ...jwk, alg: 'RS512', use: 'sig' })],
    ['a set of one key', JSON.stringify({ keys: [jwk] })],
  ])('%s is taken, for either hash', async (_title, text) => {
    expect(await importRsaKeys(text, 'SHA-1')).toHaveLength(1);
    const [key] = await importRsaKeys(text, 'SHA-256');
    const signature = new Uint8Array(sign('sha256', message, pair.privateKey));
    expect(key && (await verifyRsa([key], signature, message))).toBe(true);
  });

  it('a set of keys gives those that are usable', async () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const keys = [ec, jwk, made(2048).publicKey.export({ format: 'jwk' }), { kty: 'RSA' }, null];
    expect(await importRsaKeys(JSON.stringify({ keys }), 'SHA-256')).toHaveLength(2);
  });

  it.each([
    ['an empty text', ''],
    ['a word', 'public-key'],
    ['a key cut short', spki.slice(0, 200)],
    ['a key of 512 bits', toBase64(spkiOf(made(512).publicKey))],
    ['an exponent of one', exponentOfOne()],
    ['a key of another kind', toBase64(spkiOf(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey))],
    ['a private key', pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a DKIM record whose key is revoked', 'v=DKIM1; p='],
    ['JSON that is no key', '{"keys":"none"}'],
    ['broken JSON', '{"keys":['],
  ])('%s is refused', async (_title, text) => {
    expect(await importRsaKeys(text, 'SHA-256')).toEqual([]);
  });
});

describe('verifying', () => {
  const signature = new Uint8Array(sign('sha256', message, pair.privateKey));

  it('takes a signature by any of the keys, over these very bytes', async () => {
    const keys = (
      await Promise.all(
        [toBase64(spkiOf(made(2048).publicKey)), spki].map((key) => importRsaKeys(key, 'SHA-256')),
      )
    ).flat();
    expect(await verifyRsa(keys, signature, message)).toBe(true);
    expect(await verifyRsa(keys, signature, utf8('{"event":"MessageSent"}\n'))).toBe(false);
    expect(await verifyRsa(keys.slice(0, 1), signature, message)).toBe(false);
  });

  test('a key that was imported for one hash takes no signature over the other', async () => {
    const keys = await importRsaKeys(spki, 'SHA-1');
    expect(await verifyRsa(keys, signature, message)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['one that is too short for any key', toBase64(signature.slice(0, 127))],
    ['base64 with a line break', `${toBase64(signature).slice(0, 60)}\n${toBase64(signature).slice(60)}`],
  ])('%s is no signature', (_title, text) => {
    expect(readRsaSignature(text)).toBeNull();
  });

  test('a signature whose bytes are too few or too many for the key is wrong, and no crash', async () => {
    const keys = await importRsaKeys(spki, 'SHA-256');
    for (const bytes of [signature.slice(0, 200), Uint8Array.from([0, ...signature]), new Uint8Array(256)])
      expect(await verifyRsa(keys, bytes, message)).toBe(false);
  });
});
