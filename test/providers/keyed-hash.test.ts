import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { RawRequest } from '../../src/providers/adapter.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { checkSigningKey, verifyBodyHash, verifyKeyedHash } from '../../src/providers/verify/keyed-hash.ts';

const KEY = 'the first secret';
const OTHER = 'the other secret';
const sign = (text: string, key = KEY) => hmacSha256(utf8(key), utf8(text));

describe('a keyed hash', () => {
  it('is of the parts one after another', async () => {
    const parts = [utf8('1790000000.'), utf8('{}')];
    expect((await verifyKeyedHash([await sign('1790000000.{}')], [KEY], ...parts)).ok).toBe(true);
    expect((await verifyKeyedHash([await sign('{}1790000000.')], [KEY], ...parts)).ok).toBe(false);
  });

  it('T022 is enough among others, and by any of the keys', async () => {
    const given = [await sign('x'), await sign('{}', OTHER)];
    expect((await verifyKeyedHash(given, [KEY, OTHER], utf8('{}'))).ok).toBe(true);
    expect(await verifyKeyedHash(given, [KEY], utf8('{}'))).toMatchObject({ error: { reason: 'forged' } });
  });

  it('T021 that is missing or cut short is forged', async () => {
    const whole = await sign('{}');
    for (const given of [[], [whole.subarray(0, 16)], [new Uint8Array()]])
      expect(await verifyKeyedHash(given, [KEY], utf8('{}'))).toMatchObject({ error: { reason: 'forged' } });
  });

  it('T026 cannot be judged by keys that prove nothing', async () => {
    const weak = 'aaaaaaaaaaaaaaaa';
    const given = [await sign('{}', weak)];
    expect(await verifyKeyedHash(given, [weak, ''], utf8('{}'))).toMatchObject({
      error: { reason: 'undecided' },
    });
  });

  test.each([
    ['', 'shorter'],
    ['1234567', 'shorter'],
    [' the first secret', 'space'],
    ['the first secret\n', 'space'],
    ['aaaaaaaaaaaaaaaa', 'over and over'],
  ])('T026 the key %j is refused at configuration', (key, why) => {
    expect(checkSigningKey(key)).toContain(why);
  });

  it('T026 eight characters are enough', () => {
    expect(checkSigningKey('12345678')).toBeNull();
  });
});

const BODY = Buffer.from('{"type":"x",\r\n "n": 1}');
const macOf = (body: Buffer | string = BODY, key = KEY) =>
  createHmac('sha256', key).update(body).digest('hex');

const requestOf = (signature: string | null, body: Uint8Array = BODY): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/x'),
  headers: new Headers(signature === null ? {} : { signature }),
  body,
});
const outcome = async (request: RawRequest, keys = [KEY]) => {
  const proof = await verifyBodyHash(request, 'signature', keys);
  return proof.ok ? 'proven' : proof.error.reason;
};

describe('a signature over the body', () => {
  it('T021 proves the bytes that were signed, line ends and all', async () => {
    expect(await outcome(requestOf(macOf()))).toBe('proven');
    const without = Buffer.from(BODY.toString().replace('\r\n', '\n'));
    expect(await outcome(requestOf(macOf(), without))).toBe('forged');
  });

  it('T021 proves a body that is not UTF-8 by its bytes, and one that is empty', async () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    expect(await outcome(requestOf(macOf(bytes), bytes))).toBe('proven');
    expect(await outcome(requestOf(macOf(''), new Uint8Array()))).toBe('proven');
  });

  const good = macOf();
  test.each<[string, string | null]>([
    ['in upper case', good.toUpperCase()],
    ['with one digit in upper case', good.replace(/[a-f]/, (digit) => digit.toUpperCase())],
    ['cut by a digit', good.slice(0, 63)],
    ['cut by half', good.slice(0, 32)],
    ['with a digit more', `${good}0`],
    ['that ends in what is not hex', `${good.slice(0, 62)}zz`],
    ['with a prefix', `sha256=${good}`],
    ['that comes twice', `${good}, ${good}`],
    ['in base64', Buffer.from(good, 'hex').toString('base64')],
    ['of another body', macOf('{}')],
    ['by another secret', macOf(BODY, OTHER)],
    ['that is empty', ''],
    ['that is missing', null],
  ])('T020 is refused: one %s', async (_, signature) => {
    expect(await outcome(requestOf(signature))).toBe('forged');
  });

  it('T027 holds by the old secret and the new until the old one is taken out', async () => {
    expect(await outcome(requestOf(macOf()), [OTHER, KEY])).toBe('proven');
    expect(await outcome(requestOf(macOf()), [OTHER])).toBe('forged');
  });

  it('T026 decides nothing without a secret', async () => {
    expect(await outcome(requestOf(macOf(BODY, '')), [''])).toBe('undecided');
    expect(await outcome(requestOf(macOf()), [])).toBe('undecided');
  });
});
