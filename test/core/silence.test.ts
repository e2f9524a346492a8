import { describe, expect, it } from 'vitest';
import { isSilent, usualGap } from '../../src/core/silence.ts';
import { DAY, HOUR } from '../../src/core/time.ts';

const START = Date.UTC(2026, 0, 5);
const each = (hours: number, count: number) =>
  Array.from({ length: count }, (_, i) => START + i * hours * HOUR);

describe('a source', () => {
  const hourly = each(1, 100);
  const weekly = [0, 7, 14, 21].flatMap((day) => [0, 1, 2].map((hour) => START + day * DAY + hour * HOUR));
  const cases = [
    ['heard each hour is silent after six hours', hourly, 6 * HOUR + 1, true],
    ['heard each hour is not silent after five', hourly, 5 * HOUR, false],
    ['heard each four hours is silent after twelve', each(4, 50), 12 * HOUR + 1, true],
    ['heard each four hours is not silent after eleven', each(4, 50), 11 * HOUR, false],
    ['heard on Mondays is not silent on Sunday', weekly, 6 * DAY, false],
    ['heard on Mondays is silent after three of them', weekly, 21 * DAY + 1, true],
    ['heard four times has nothing usual', each(1, 4), 365 * DAY, false],
  ] as const;
  it.each(cases)('%s', (_title, hours, ago, silent) => {
    const last = Math.max(...hours);
    expect(isSilent(last, hours, last + ago)).toBe(silent);
  });
  it('has a usual gap that one holiday does not change', () => {
    expect(usualGap([...each(1, 50), START + 100 * HOUR])).toBe(HOUR);
  });
});
