import { describe, expect, it } from 'vitest';
import { isQuiet, readQuietHours } from '../../src/core/quiet-hours.ts';

const hours = (text: string) => {
  const read = readQuietHours(text);
  if (!read.ok) throw new Error(read.error);
  return read.value;
};
const at = (text: string) => Date.parse(text);

describe('quiet hours', () => {
  const night = '22:00-07:00 Europe/Berlin';
  const cases: readonly (readonly [string, string, string, boolean])[] = [
    ['begin with their first minute', night, '2026-01-10T22:00:00+01:00', true],
    ['have not begun a minute before', night, '2026-01-10T21:59:59+01:00', false],
    ['go on across midnight', night, '2026-01-11T00:00:00+01:00', true],
    ['end with their last minute', night, '2026-01-11T07:00:00+01:00', false],
    ['are those of the place in summer, too', night, '2026-07-10T22:00:00+02:00', true],
    ['and not those of its winter', night, '2026-07-11T07:30:00+02:00', false],
    ['of a day lie within it', '12:00-13:30 Europe/Berlin', '2026-01-10T13:29:00+01:00', true],
    ['of a day are over at night', '12:00-13:30 Europe/Berlin', '2026-01-10T23:00:00+01:00', false],
    // 2026-03-29: 02:00 is followed by 03:00.
    [
      'that end in an hour that summer time leaves out, end',
      '22:00-02:30 Europe/Berlin',
      '2026-03-29T03:00:00+02:00',
      false,
    ],
    ['last until the clock is set forward', '22:00-02:30 Europe/Berlin', '2026-03-29T01:59:00+01:00', true],
    // 2026-10-25: 02:59 is followed by 02:00.
    [
      'that end in an hour that comes twice, end',
      '22:00-02:30 Europe/Berlin',
      '2026-10-25T02:45:00+02:00',
      false,
    ],
    ['and go on when it comes again', '22:00-02:30 Europe/Berlin', '2026-10-25T02:15:00+01:00', true],
    ['reckon by a zone of half an hour', '22:00-07:00 Asia/Kolkata', '2026-01-10T22:00:00+05:30', true],
  ];
  it.each(cases)('%s', (_title, text, time, quiet) => {
    expect(isQuiet(hours(text), at(time))).toBe(quiet);
  });
});
