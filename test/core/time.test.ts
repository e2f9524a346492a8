/** Times in the forms in which providers and mail servers write them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readTime, toRfc3339 } from '../../src/core/time.ts';

const NOON = Date.UTC(2026, 9, 1, 12);

test.each([
  ['2026-10-01T12:00:00Z'],
  ['2026-10-01T14:00:00.000+02:00'],
  ['2026-10-01 12:00:00'],
  ['2026-10-01T12:00:00'],
  ['Thu, 01 Oct 2026 12:00:00 +0000'],
  ['Thu,  1 Oct 2026 14:00:00 +0200'],
  ['THU, 1 OCT 2026 12:00:00 GMT'],
  ['Thu, 1 Oct 2026 12:00:00'],
  ['Thu, 1 Oct 2026 07:00:00 -05:00'],
  [NOON],
  [NOON / 1_000],
  [String(NOON / 1_000)],
  [`${NOON / 1_000}.0004`],
])('%j is noon', (given) => {
  expect(readTime(given)).toBe(NOON);
});

test.each([
  ['tomorrow'],
  ['10/01/2026'],
  ['2026'.repeat(5)],
  ['0001-01-01T00:00:00Z'],
  [0],
  [-1],
  [Number.NaN],
  [1e300],
  [null],
  [{}],
])('%j is no time', (given) => {
  expect(readTime(given)).toBeNull();
});

test('a time is told as Date tells it, whichever was told before', () => {
  const time = fc.integer({ min: -8.64e15, max: 8.64e15 });
  fc.assert(
    fc.property(fc.array(time, { minLength: 1 }), (times) => {
      expect(times.map(toRfc3339)).toEqual(times.map((at) => new Date(at).toISOString()));
    }),
  );
  expect(() => toRfc3339(Number.NaN)).toThrow(RangeError);
});
