import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { isStorable, storable, storableTexts } from '../../src/core/storable.ts';

describe('a text', () => {
  test.each([
    ['plain', 'plain'],
    ['für 💌', 'für 💌'],
    ['a\0b', 'a\ufffdb'],
    ['half \ud83d of a pair', 'half \ufffd of a pair'],
    ['\udc8c\ud83d', '\ufffd\ufffd'],
    ['tab\tand\u0001', 'tab\tand\u0001'],
  ])('%j is kept as %j', (given, kept) => {
    expect(storable(given)).toBe(kept);
    expect(isStorable(given)).toBe(given === kept);
  });

  it('is kept in the same way however often', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, (given) => {
        expect(isStorable(storable(given))).toBe(true);
        expect(storable(storable(given))).toBe(storable(given));
      }),
    );
  });

  it('is found at any depth, and a value without fault is given back itself', () => {
    const sound = { at: 1, of: [null, 'a', { b: true }] };
    expect(storableTexts(sound)).toBe(sound);
    expect(storableTexts({ a: ['x\0'], b: { c: '\ud800', d: 2, e: null } })).toEqual({
      a: ['x\ufffd'],
      b: { c: '\ufffd', d: 2, e: null },
    });
  });
});
