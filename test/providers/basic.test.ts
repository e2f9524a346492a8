import { describe, expect, it, test } from 'vitest';
import { verifyBasic } from '../../src/providers/verify/basic.ts';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';

const accepted = [
  { username: 'old', password: 'first password' },
  { username: 'new', password: 'pass:word' },
  { username: 'jörg', password: 'schlüssel' },
];
const basic = (text: string) => `Basic ${toBase64(utf8(text))}`;
const verify = (authorization: string | null, pairs = accepted) =>
  verifyBasic(new Headers(authorization === null ? {} : { authorization }), pairs);

describe('basic auth', () => {
  test.each([
    ['the first of several pairs is accepted', basic('old:first password')],
    ['a later pair is accepted, colons and all', basic('new:pass:word')],
    ['UTF-8 credentials are accepted', basic('jörg:schlüssel')],
    ['the scheme may have any case', basic('old:first password').replace('Basic', 'bAsIc')],
  ])('%s', async (_, header) => {
    expect(await verify(header)).toBe(true);
  });

  test.each<[string, string | null]>([
    ['no header', null],
    ['an empty header', ''],
    ['a wrong user', basic('nobody:first password')],
    ['a wrong password', basic('old:second password')],
    ['the password of another pair', basic('old:pass:word')],
    ['Bearer with the right credentials', basic('old:first password').replace('Basic', 'Bearer')],
    ['credentials that are not base64', 'Basic old:first password'],
    ['base64 without its padding', basic('new:pass:word').replace(/=+$/, '')],
    ['a URL-safe alphabet', 'Basic _w-_'],
    ['a NUL after the right password', basic('old:first password\0')],
    ['a line break after the right password', basic('old:first password\n')],
    ['Latin-1 credentials', `Basic ${btoa('j\xf6rg:schl\xfcssel')}`],
    ['a user only', basic('old:')],
    ['no colon', basic('old')],
    ['an empty user and password', basic(':')],
    ['two headers joined', `${basic('old:first password')}, ${basic('x:y')}`],
    ['5,000 characters', basic(`old:${'x'.repeat(5_000)}`)],
    ['upper case in the user', basic('OLD:first password')],
  ])('T031 %s is refused', async (_, header) => {
    expect(await verify(header)).toBe(false);
  });

  it('T031 a configured pair without a password lets nobody in', async () => {
    expect(await verify(basic('old:'), [{ username: 'old', password: '' }])).toBe(false);
  });

  it('T031 a control character is refused even where it is configured', async () => {
    expect(await verify(basic('old:nul\0'), [{ username: 'old', password: 'nul\0' }])).toBe(false);
  });

  it('T031 without any pair nobody gets in', async () => {
    expect(await verify(basic('old:first password'), [])).toBe(false);
  });
});
