import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { RawRequest } from '../../src/providers/adapter.ts';
import { checkSigningKey, verifyBodyHmac } from '../../src/providers/verify/body-hmac.ts';

const KEY = 'a-secret-of-the-test-suite';
const NEXT = 'the-secret-after-rotation';
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
  const proof = await verifyBodyHmac(request, 'signature', keys);
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
    ['by another secret', macOf(BODY, NEXT)],
    ['that is empty', ''],
    ['that is missing', null],
  ])('T020 is refused: one %s', async (_, signature) => {
    expect(await outcome(requestOf(signature))).toBe('forged');
  });

  it('T027 holds by the old secret and the new until the old one is taken out', async () => {
    expect(await outcome(requestOf(macOf()), [NEXT, KEY])).toBe('proven');
    expect(await outcome(requestOf(macOf()), [NEXT])).toBe('forged');
  });

  it('is made by a secret without the spaces that were pasted around it', async () => {
    expect(await outcome(requestOf(macOf()), [` ${KEY}\n`])).toBe('proven');
  });

  test.each<[string, string[]]>([
    ['no secret', []],
    ['an empty secret', ['']],
    ['a blank secret', [' \n']],
  ])('T026 decides nothing with %s', async (_, keys) => {
    expect(await outcome(requestOf(macOf()), keys)).toBe('undecided');
  });

  test.each(['', '       ', ' short ', '1234567'])(
    'T026 the secret %j is refused at configuration',
    (key) => {
      expect(checkSigningKey(key)).toContain('shorter');
    },
  );

  it('T026 any longer secret may be configured', () => {
    expect(checkSigningKey('12345678')).toBeNull();
  });
});
