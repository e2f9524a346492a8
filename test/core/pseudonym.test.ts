import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPseudonym, pseudonymOf, withoutAddress } from '../../src/core/pseudonym.ts';

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

describe('a text without an address', () => {
  const written = [
    ['as it is', 'to <ann+x@b.test>: gone'],
    ['in capitals', 'to <ANN+X@B.test>'],
    ['in a URL', 'email=ann%2Bx%40b.test&x=1'],
    ['in JSON', '{"to":"ann+x\\u0040b.test"}'],
    ['in quoted-printable', 'To: ann+x=40b.test'],
    ['in a return path', 'bounce-ann+x=b.test@sender.test'],
    ['in a URL, in angle brackets', 'to=%3Cann%2Bx%40b.test%3E'],
    ['at the end of a sentence', 'No such user: ann+x@b.test.'],
    ['twice', 'ann+x@b.test ann+x@b.test'],
  ] as const;
  it.each(written)('has none of it, written %s', (_title, text) => {
    const rest = withoutAddress(text, 'ann+x@b.test', 'HASH');
    expect(rest).toContain('HASH');
    expect(rest.toLowerCase()).not.toMatch(/ann/);
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
