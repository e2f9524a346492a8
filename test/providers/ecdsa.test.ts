import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { derToP1363, importP256Key, readSignature, verifyP256 } from '../../src/providers/verify/ecdsa.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const spki = new Uint8Array(pair.publicKey.export({ type: 'spki', format: 'der' }));
const message = utf8('1790000000[{"event":"delivered"}]\r\n');

const derOf = (...scalars: number[][]): Uint8Array => {
  const integers = scalars.flatMap((scalar) => [0x02, scalar.length, ...scalar]);
  return Uint8Array.from([0x30, integers.length, ...integers]);
};
const filled = (byte: number, length: number): number[] => Array.from({ length }, () => byte);

describe('importing a key', () => {
  const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const offCurve = spki.slice();
  offCurve[offCurve.length - 1] = (offCurve.at(-1) ?? 0) ^ 1;
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;

  it.each([
    ['base64 SPKI', toBase64(spki)],
    ['a PEM block', pem],
    ['base64 with a line end after it', `${toBase64(spki)}\n`],
  ])('%s is taken', async (_title, text) => {
    expect(await importP256Key(text)).toBeInstanceOf(CryptoKey);
  });

  it.each([
    ['an empty text', ''],
    ['a word', 'verification-key'],
    ['a key cut short', toBase64(spki.subarray(0, 88))],
    ['a key with a byte after it', toBase64(Uint8Array.from([...spki, 0]))],
    ['a point off the curve', toBase64(offCurve)],
    ['a P-384 key', p384.export({ type: 'spki', format: 'der' }).toString('base64')],
    ['an RSA key', rsa.export({ type: 'spki', format: 'der' }).toString('base64')],
    ['a private key', pair.privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')],
  ])('%s is refused', async (_title, text) => {
    expect(await importP256Key(text)).toBeNull();
  });
});

describe('verifying', () => {
  it('takes what OpenSSL signs, whatever the length of r and s', async () => {
    const key = await importP256Key(toBase64(spki));
    if (key === null) throw new Error('the key is good');
    const lengths = new Set<number>();
    for (let i = 0; i < 200; i++) {
      const der = sign('sha256', message, pair.privateKey);
      const signature = readSignature(der.toString('base64'));
      if (signature === null) throw new Error(`refused ${der.toString('hex')}`);
      lengths.add(der.length);
      expect(await verifyP256(key, signature, message)).toBe(true);
      if (i === 0) expect(await verifyP256(key, signature, utf8('1790000000[]'))).toBe(false);
    }
    expect(lengths.size).toBeGreaterThan(1);
  });
});

describe('T016 reading a DER signature', () => {
  const full = filled(0x11, 32);

  it('pads short scalars on the left and drops the sign byte', () => {
    const joined = derToP1363(derOf([0x05], [0x00, ...filled(0x99, 32)]));
    expect([...(joined ?? [])]).toEqual([...filled(0, 31), 0x05, ...filled(0x99, 32)]);
  });

  test.each<[string, Uint8Array]>([
    ['r=s=0', derOf([0], [0])],
    ['r=0', derOf([0], [1])],
    ['s=0', derOf([1], [0])],
    ['an r without digits', derOf([], [1])],
    ['a negative r', derOf(filled(0x80, 32), full)],
    ['a negative s', derOf(full, [0xff])],
    ['a needless leading zero', derOf([0x00, 0x7f], full)],
    ['two leading zeros', derOf([0x00, 0x00, 0x80], full)],
    ['33 digits', derOf(filled(0x11, 33), full)],
    ['a sign byte and 33 digits', derOf([0x00, ...filled(0x81, 33)], full)],
    ['a third integer', derOf([1], [1], [1])],
    ['more than 72 bytes', derOf(full, full, [1])],
    ['one integer only', derOf(full)],
    ['a byte after the sequence', Uint8Array.from([...derOf(full, full), 0])],
    ['a byte short', derOf(full, full).subarray(0, -1)],
    ['a sequence length that is too small', Uint8Array.from([0x30, 67, ...derOf(full, full).subarray(2)])],
    ['a scalar length beyond the end', Uint8Array.from([0x30, 6, 0x02, 0x01, 0x01, 0x02, 0x7f, 0x01])],
    ['a length in the long form', Uint8Array.from([0x30, 0x81, 68, ...derOf(full, full).subarray(2)])],
    ['a length of 0x84FFFFFFFF', Uint8Array.from([0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0x02, 0x01, 0x01])],
    ['a SET', Uint8Array.from([0x31, ...derOf(full, full).subarray(1)])],
    ['a BIT STRING for r', Uint8Array.from([0x30, 6, 0x03, 0x01, 0x01, 0x02, 0x01, 0x01])],
    ['P1363 instead of DER', Uint8Array.from([...full, ...full])],
    ['nothing', new Uint8Array()],
    ['a lone tag', Uint8Array.from([0x30])],
  ])('T016 %s is refused', (_title, der) => {
    expect(derToP1363(der)).toBeNull();
  });

  test.each([
    ['nothing', ''],
    ['text that is not base64', 'not a signature!'],
    ['base64url', '-_-_'],
    ['base64 without its padding', 'MAYCAQECAQE'],
    ['a megabyte of base64', 'MEUC'.repeat(262_144)],
    ['two signatures joined by a comma', 'MAYCAQECAQE=, MAYCAQECAQE='],
  ])('T016 %s is refused as a header', (_title, text) => {
    expect(readSignature(text)).toBeNull();
  });

  it('reads the smallest signature there is', () => {
    expect(readSignature('MAYCAQECAQE=')).toHaveLength(64);
  });
});
