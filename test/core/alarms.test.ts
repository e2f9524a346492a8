import { describe, expect, it } from 'vitest';
import {
  alarmsOf,
  type CountedKind,
  type Hour,
  type HourCounts,
  judgeAlarm,
  mayBeAlarming,
} from '../../src/core/alarms.ts';
import { HOUR, MINUTE } from '../../src/core/time.ts';

const NOW = Date.UTC(2026, 0, 20, 12, 30);
const none: HourCounts = {
  proven: 0,
  rejected: 0,
  untimely: 0,
  items: 0,
  early: 0,
  unmapped: 0,
  unreadable: 0,
};

/** So many hours before the one at hand. */
const hour = (ago: number, counts: Partial<HourCounts>): Hour => ({
  ...none,
  ...counts,
  hour: NOW - 30 * MINUTE - ago * HOUR,
});
const daily = (counts: Partial<HourCounts>) =>
  Array.from({ length: 240 }, (_, i) => hour(i + 2, { proven: 50, items: 50, ...counts }));

describe('an alarm opens where', () => {
  const cases: readonly (readonly [string, CountedKind, readonly Hour[], boolean])[] = [
    [
      'twenty are rejected that never were',
      'rejected',
      [...daily({}), hour(0, { proven: 9, rejected: 20 })],
      true,
    ],
    [
      'nineteen are rejected: not yet',
      'rejected',
      [...daily({}), hour(0, { proven: 9, rejected: 19 })],
      false,
    ],
    [
      'strangers knock as ever: not',
      'rejected',
      [...daily({ rejected: 10 }), hour(0, { proven: 9, rejected: 30 })],
      false,
    ],
    [
      'strangers knock more than ever',
      'rejected',
      [...daily({ rejected: 10 }), hour(0, { proven: 9, rejected: 31 })],
      true,
    ],
    [
      'it came in the last hour, as the look was late',
      'rejected',
      [hour(1, { proven: 9, rejected: 20 })],
      true,
    ],
    [
      'a secret was rotated, and five were rejected',
      'rejected',
      [...daily({}), hour(0, { rejected: 5 })],
      true,
    ],
    [
      'two a day are rejected, and nothing else comes',
      'rejected',
      [hour(96, { proven: 1 }), ...[72, 48, 24, 0].map((ago) => hour(ago, { rejected: 2 }))],
      true,
    ],
    [
      'one proves itself between them: not',
      'rejected',
      [hour(72, { rejected: 4 }), hour(24, { proven: 1 }), hour(0, { rejected: 4 })],
      false,
    ],
    ['a new source has a wrong secret from the start', 'rejected', [hour(0, { rejected: 5 })], true],
    ['signatures hold and times do not', 'skewed', [...daily({}), hour(0, { untimely: 5 })], true],
    [
      'all items come from the future',
      'skewed',
      [...daily({}), hour(0, { proven: 5, items: 5, early: 5 })],
      true,
    ],
    [
      'some items come from the future: not',
      'skewed',
      [...daily({}), hour(0, { proven: 9, items: 9, early: 5 })],
      false,
    ],
    ['a label is new', 'unmapped', [...daily({}), hour(0, { proven: 90, items: 90, unmapped: 20 })], true],
    [
      'a label is unknown as ever: not',
      'unmapped',
      [...daily({ unmapped: 40 }), hour(0, { proven: 90, items: 90, unmapped: 40 })],
      false,
    ],
    [
      'five reports cannot be read',
      'unreadable',
      [...daily({}), hour(0, { proven: 90, items: 90, unreadable: 5 })],
      true,
    ],
    ['nothing comes: not, for that is silence', 'rejected', daily({}), false],
  ];
  it.each(cases)('%s', (_title, kind, hours, isOpen) => {
    expect(judgeAlarm(kind, hours, null, NOW).isOpen).toBe(isOpen);
    // What opens an alarm is seen in the last two hours already.
    const recent = hours.filter((one) => one.hour >= NOW - 90 * MINUTE);
    if (isOpen) expect(mayBeAlarming(kind, recent)).toBe(true);
  });

  it('nothing but refused ones came, it says since when', () => {
    const state = judgeAlarm(
      'rejected',
      [hour(9, { proven: 3 }), hour(3, { rejected: 2 }), hour(0, { rejected: 4 })],
      null,
      NOW,
    );
    expect(state).toEqual({ isOpen: true, allSince: hour(3, {}).hour, count: 6, usual: 0 });
  });
});

describe('an open alarm', () => {
  const since = NOW - 3 * HOUR;
  const bad = [hour(4, { proven: 9, rejected: 40 }), hour(3, { proven: 9, rejected: 400 })];
  const cases: readonly (readonly [string, readonly Hour[], boolean])[] = [
    ['ends once two hours were as ever', [...bad, hour(1, { proven: 9 }), hour(0, { proven: 9 })], false],
    ['ends where some are rejected still', [...bad, hour(0, { proven: 9, rejected: 9 })], false],
    ['stays where many are', [...bad, hour(0, { proven: 9, rejected: 10 })], true],
    ['is no measure of what is usual', [...daily({}), ...bad, hour(1, { proven: 9, rejected: 60 })], true],
    ['stays while nothing comes at all', [hour(3, { rejected: 400 })], true],
    ['stays where nothing is left of the time before', [], true],
    [
      'ends with what proves itself',
      [hour(3, { rejected: 400 }), hour(0, { proven: 1, rejected: 2 })],
      false,
    ],
  ];
  it.each(cases)('%s', (_title, hours, isOpen) => {
    expect(judgeAlarm('rejected', hours, since, NOW).isOpen).toBe(isOpen);
  });
});

it('a source shows the alarms that are open, and none once it is disabled', () => {
  const source = {
    silent_since: null,
    rejected_since: 5,
    skewed_since: null,
    unmapped_since: 7,
    unreadable_since: null,
    unsubscribed_since: null,
  };
  expect(alarmsOf({ ...source, disabled: 0 })).toEqual([
    { kind: 'rejected', since: 5 },
    { kind: 'unmapped', since: 7 },
  ]);
  expect(alarmsOf({ ...source, disabled: 1 })).toEqual([]);
});
