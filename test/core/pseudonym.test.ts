import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../src/core/address.ts';
import {
  hashedOf,
  heldInAnyForm,
  idWithoutPerson,
  isHashed,
  isPseudonym,
  pseudonymOf,
  withoutAddress,
  withoutAddresses,
  withoutPerson,
} from '../../src/core/pseudonym.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a pseudonym', () => {
  const of = (key: string, tenant: string, address: string) => pseudonymOf(key, tenant, address, sha256);
  it('is the same for the same address, and another one for another key, tenant or address', () => {
    const all = [
      of('k', 't', 'a@b.test'),
      of('l', 't', 'a@b.test'),
      of('k', 'u', 'a@b.test'),
      of('k', 't', 'c@b.test'),
    ];
    expect(new Set(all).size).toBe(4);
    expect(of('k', 't', 'a@b.test')).toBe(all[0]);
    expect(all.every(isPseudonym)).toBe(true);
    expect(isPseudonym('a@b.test')).toBe(false);
  });
});

describe('a hashed address', () => {
  const of = (address: string, tenant = 't') => hashedOf('k', tenant, address, sha256);
  it('keeps its domain, and is an address itself', () => {
    expect(of('ann@b.test')).toMatch(/^hashed-[0-9a-f]{32}@b\.test$/);
    expect(canonicalAddress(of('ann@b.test'))).toEqual({ ok: true, value: of('ann@b.test') });
    expect([of('ann@b.test'), of('ann@c.test'), of('ann@b.test', 'u')].every(isHashed)).toBe(true);
    expect(of('ann@b.test').split('@')[0]).not.toBe(of('ann@c.test').split('@')[0]);
    expect(of('ann@b.test')).not.toBe(of('ann@b.test', 'u'));
  });
  it('is hashed once, and neither is a whole domain nor who was erased', () => {
    const erased = pseudonymOf('k', 't', 'a@b.test', sha256);
    for (const same of [of('ann@b.test'), '@b.test', erased]) expect(of(same)).toBe(same);
  });
});

describe('a text without a person', () => {
  it.each([
    ['550 5.1.1 <ann@b.test>: unknown', 'ann@b.test', '550 5.1.1 <<address>>: unknown'],
    [
      'User ANN is over quota, as ann, but not joanne',
      'ann@b.test',
      'User <user> is over quota, as <user>, but not joanne',
    ],
    ['ann and ann+x of b.test', 'ann+x@b.test', '<user> and <user> of b.test'],
    ['forwarded to bob%40c.test and bob@c.test.', 'ann@b.test', 'forwarded to <address> and <address>'],
    [`'o'neill@c.test', x&#64;c.test`, 'ann@b.test', '<address>, <address>;c.test'],
    ['of "x y"@c.test', 'ann@b.test', 'of <address>'],
    ['to "a \\"b" at', '"a \\"b"@b.test', 'to "<user>" at'],
    ['all of @b.test', '@b.test', 'all of @b.test'],
    ['no such user', 'ann@b.test', 'no such user'],
  ])('says of %j about %s: %j', (text, address, rest) => {
    expect(withoutPerson(text, address)).toBe(rest);
  });
  it('holds no address of anybody, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.emailAddress(), fc.emailAddress(), (text, address, other) => {
        const rest = withoutPerson(`${text} <${address}> ${other} ${text}`, address);
        expect([rest.includes(address), rest.includes(other)]).toEqual([false, false]);
        expect(withoutAddresses(`${text} <${other}>`).includes(other)).toBe(false);
      }),
    );
  });
  it('leaves names of messages apart', () => {
    const id = (text: string) => idWithoutPerson(text, 'ann@b.test', 'hashed-1@b.test');
    expect(id('<20260101.7@mta.test>')).toBe('<20260101.7@mta.test>');
    expect(id('<ann=b.test.7@mta.test>')).toBe('<hashed-1=b.test.7@mta.test>');
    expect(id('ann=b.test@mta.test')).toBe('hashed-1@b.test@mta.test');
    expect(id('<ann.8@mta.test>')).toBe('<hashed-1.8@mta.test>');
  });
});

describe('a text without an address', () => {
  const written = [
    ['as it is', 'to <ann+x@b.test>: gone'],
    ['in capitals', 'to <ANN+X@B.test>'],
    ['in a URL', 'email=ann%2Bx%40b.test&x=1'],
    ['in JSON', '{"to":"ann+x\\u0040b.test"}'],
    ['in quoted-printable', 'To: ann+x=40b.test'],
    [
      'in a link in quoted-printable',
      '<a href=3D"https://x.test/u?email=3Dann+x@b.test&amp;to=3D=3Cann+x@b.test">',
    ],
    ['in a return path', 'bounce-ann+x=b.test@sender.test'],
    ['in a URL, in angle brackets', 'to=%3Cann%2Bx%40b.test%3E'],
    ['at the end of a sentence', 'No such user: ann+x@b.test.'],
    ['twice', 'ann+x@b.test ann+x@b.test'],
  ] as const;
  /** Whether a database finds it, which only compares. */
  const isFound = (text: string, address: string) =>
    heldInAnyForm(address).every((held) => text.toLowerCase().includes(held));

  it.each(written)('has none of it, written %s', (_title, text) => {
    expect(isFound(text, 'ann+x@b.test')).toBe(true);
    const rest = withoutAddress(text, 'ann+x@b.test', 'HASH');
    expect(rest).toContain('HASH');
    expect(rest.toLowerCase()).not.toMatch(/ann/);
  });
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  it.each([
    ['in letters', 'to jürgen😀@münchen.test'],
    ['with the domain in ASCII', 'to jürgen😀@xn--mnchen-3ya.test'],
    ['in bytes of UTF-8', bytes('to jürgen😀@münchen.test')],
    ['in a URL', `email=${encodeURIComponent('jürgen😀@münchen.test')}`],
    ['in JSON', '"j\\u00FCrgen\\ud83d\\ude00\\u0040m\\u00fcnchen.test"'],
    ['in JSON in JSON', '"\\"j\\\\u00fcrgen\\\\ud83d\\\\ude00\\\\u0040m\\\\u00fcnchen.test\\""'],
    ['in quoted-printable', 'j=C3=BCrgen=F0=9F=98=80@m=C3=BCnchen.test'],
    ['in quoted-printable, over two lines', 'j=C3=BC=\r\nrgen=F0=9F=98=80@m=C3=\r\n=BCnchen.test'],
  ])('has none of it, of letters beyond ASCII, written %s', (_title, text) => {
    expect(isFound(text, 'jürgen😀@xn--mnchen-3ya.test')).toBe(true);
    const rest = withoutAddress(text, 'jürgen😀@xn--mnchen-3ya.test', 'HASH');
    expect(rest).toContain('HASH');
    expect(rest).not.toMatch(/rgen|nchen/);
  });
  it.each([
    ['after a line break in JSON', '{"text":"said:\\nann.o\'x/y+z@b.test"}'],
    ['after a sign that JSON escapes', '{"to":"\\u003cann.o\\u0027x\\/y\\u002Bz@b.test\\u003e"}'],
    ['in HTML', '<p>ann.o&#39;x/y&#43;z&#64;b.test</p>'],
  ])('has none of it, with signs, %s', (_title, text) => {
    expect(isFound(text, "ann.o'x/y+z@b.test")).toBe(true);
    const rest = withoutAddress(text, "ann.o'x/y+z@b.test", 'HASH');
    expect(rest).toContain('HASH');
    expect(rest).not.toContain('ann');
  });
  it('has none of it, in quotes, as JSON', () => {
    const rest = withoutAddress(JSON.stringify({ to: '"a \\"b"@c.test' }), '"a \\"b"@c.test', 'HASH');
    expect(JSON.parse(rest)).toEqual({ to: 'HASH' });
  });
  it('is looked for by what all forms of the address hold, the longest first', () => {
    expect(heldInAnyForm('ann+news@b.test')).toEqual(['b.test', 'news']);
    expect(heldInAnyForm('ünal@xn--mnchen-3ya.test')).toEqual(['nal']);
    expect(heldInAnyForm('ü@xn--mnchen-3ya.test')).toEqual([]);
  });
  it('keeps all else', () => {
    expect(withoutAddress('joann@b.test, ann@b.testing', 'ann@c.test', 'HASH')).toBe(
      'joann@b.test, ann@b.testing',
    );
  });
  it('is the same again, whatever the text', () => {
    fc.assert(
      fc.property(fc.string(), fc.emailAddress(), (text, address) => {
        const once = withoutAddress(`${text} <${address}> ${text}`, address, 'hash');
        expect(once.includes(address)).toBe(false);
        expect(withoutAddress(once, address, 'hash')).toBe(once);
      }),
    );
  });
});
