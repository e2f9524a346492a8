/** Hours of the day in which nobody wants to be woken, by the clock on the wall of a place. Pure. */
import { err, ok, type Result } from './result.ts';

export interface QuietHours {
  /** Minutes since midnight; from is in, to is out, and midnight may lie between. */
  readonly from: number;
  readonly to: number;
  /** Of the IANA database. */
  readonly zone: string;
}

const example = 'such as "22:00-07:00 Europe/Berlin"';

export function readQuietHours(text: string): Result<QuietHours, string> {
  const [, from = '', to = '', zone = ''] = /^(\d\d:\d\d)-(\d\d:\d\d) (\S+)$/.exec(text.trim()) ?? [];
  const [start, end] = [from, to].map(minutesOf);
  if (start === undefined || start === null || end === undefined || end === null)
    return err(`must be two times of a day and a time zone, ${example}`);
  if (start === end) return err('must leave some hours of the day in which alerts may come');
  if (!isZone(zone))
    return err(`names a time zone that is unknown; give one of the IANA database, ${example}`);
  return ok({ from: start, to: end, zone });
}

/** The clock that a change to summer time sets forward or back is the one that counts. */
export function isQuiet({ from, to, zone }: QuietHours, at: number): boolean {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(at);
  const now = minutesOf(clock) ?? 0;
  return from < to ? now >= from && now < to : now >= from || now < to;
}

function minutesOf(clock: string): number | null {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours < 24 && minutes < 60 && clock !== '' ? hours * 60 + minutes : null;
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false; // a RangeError: it knows none of this name
  }
}
