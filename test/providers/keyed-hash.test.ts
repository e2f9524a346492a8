import { describe, expect, it, test } from 'vitest';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { checkSigningKey, verifyKeyedHash } from '../../src/providers/verify/keyed-hash.ts';

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
