import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../src/core/address.ts';
import { keyedPath, readBounceAddress, readKeyedPath } from '../../src/core/return-path.ts';

const TAG = 'k7dw2mq4xyzabc23';
const base = { local: 'bounces', domain: 'example.org' };

describe('a keyed return path', () => {
  it.each([
    ['names the recipient', 'ann@example.com', `bounces+${TAG}=ann=example.com@example.org`],
    ['keeps a plus of theirs', 'ann+shop@example.com', `bounces+${TAG}=ann+shop=example.com@example.org`],
    ['keeps a sign like our own', 'a=b@example.com', `bounces+${TAG}=a=b=example.com@example.org`],
    [
      'leaves out a recipient too long for a local part',
      'a.person.of.a.very.long.name@department.example.com',
      `bounces+${TAG}@example.org`,
    ],
    ['leaves out one that would need quotes', '"a b"@example.com', `bounces+${TAG}@example.org`],
    ['leaves out one beyond ASCII', 'jürgen@example.com', `bounces+${TAG}@example.org`],
  ])('%s', (_title, recipient, path) => {
    expect(keyedPath(base, TAG, recipient)).toBe(path);
    expect(readKeyedPath(path)).toEqual({
      tag: TAG,
      recipient: path.includes('=') ? recipient : null,
    });
  });

  it('is an address, and tells what it was made of, for every recipient', () => {
    const anyone = fc
      .emailAddress()
      .map(canonicalAddress)
      .filter((address) => address.ok)
      .map((address) => (address.ok ? address.value : ''));
    fc.assert(
      fc.property(anyone, (recipient) => {
        const path = keyedPath(base, TAG, recipient);
        const read = readKeyedPath(path);
        expect(canonicalAddress(path)).toEqual({ ok: true, value: path });
        expect(read?.tag).toBe(TAG);
        expect([recipient, null]).toContain(read?.recipient);
        expect(readKeyedPath(path.toUpperCase())?.tag).toBe(TAG);
      }),
    );
  });

  it.each([
    ['no tag', 'bounces@example.org'],
    ['a short tag', `bounces+${TAG.slice(1)}=ann=example.com@example.org`],
    ['a long tag', `bounces+${TAG}a=ann=example.com@example.org`],
    ['a tag of other letters', 'bounces+k7dw2mq4xyz0abc1=ann=example.com@example.org'],
    ['a plain VERP of somebody else', 'bounces+christopherjones-smith=example.com@example.org'],
    ['nothing before the tag', `+${TAG}=ann=example.com@example.org`],
    ['no domain', `bounces+${TAG}=ann=example.com`],
    ['nothing at all', ''],
  ])('is not read out of %s', (_title, path) => expect(readKeyedPath(path)).toBeNull());
});

describe('the address for bounces', () => {
  it('is taken in its canonical form', () => {
    expect(readBounceAddress('Bounces@Example.ORG')).toEqual({ ok: true, value: base });
    expect(readBounceAddress(`${'b'.repeat(47)}@example.org`).ok).toBe(true);
  });
  it.each([
    ['no address', 'example.org', 'must be an address'],
    ['an address with a plus', 'bounces+x@example.org', 'must hold no "+"'],
    ['one that leaves no room for a tag', `${'b'.repeat(48)}@example.org`, 'at most 47 characters'],
    ['a quoted one', '"b c"@example.org', 'no quotes'],
  ])('is refused where it is %s', (_title, text, words) => {
    const read = readBounceAddress(text);
    expect(read.ok ? '' : read.error).toContain(words);
  });
});
