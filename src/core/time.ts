/** Time is epoch milliseconds in core and store, RFC 3339 UTC at the edges. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const utcDay = (at: number): number => Math.floor(at / DAY);

export function toRfc3339(at: number): string {
  const day = utcDay(at);
  const ms = Math.trunc(at - day * DAY);
  const of = (unit: number, per: number): string => twoDigits[Math.floor(ms / unit) % per] as string;
  return `${dateOf(day)}T${of(HOUR, 24)}:${of(MINUTE, 60)}:${of(SECOND, 60)}.${String(ms % SECOND).padStart(3, '0')}Z`;
}

const twoDigits = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'));

/** Lists tell of the same few hundred days, and Date takes ten times as long. */
const DATES_KEPT = 4_096;
const dates = new Map<number, string>();

function dateOf(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  const date = new Date(day * DAY).toISOString().slice(0, -'T00:00:00.000Z'.length);
  if (dates.size >= DATES_KEPT) dates.clear();
  dates.set(day, date);
  return date;
}

/**
 * A provider's time in whatever form it came: ISO 8601 (any fraction, any offset), unix seconds or
 * milliseconds as a number or a string. Above 1e11 a number is milliseconds: as seconds it would be the
 * year 5138. Null where it is not a time, or 0001-01-01, which .NET writes for none.
 */
export function readTime(value: unknown): number | null {
  const at = typeof value === 'number' ? fromUnix(value) : typeof value === 'string' ? fromText(value) : null;
  return at === null || at < 0 ? null : at;
}

function fromText(value: string): number | null {
  const text = value.trim();
  if (/^\d{1,13}(\.\d+)?$/.test(text)) return fromUnix(Number(text));
  // Anything without a year first (RFC 2822 dates apart) would be read by Date.parse in surprising ways.
  if (!/^\d{4}-\d\d-\d\d|^[a-z]{3}, *\d/i.test(text)) return null;
  const at = Date.parse(zoned(text));
  return Number.isFinite(at) ? at : null;
}

/** What names no zone is UTC, wherever we run. */
function zoned(text: string): string {
  if (/^\d{4}-\d\d-\d\d[ T][\d:.]+$/.test(text)) return `${text.replace(' ', 'T')}Z`;
  return /^[a-z].*[\d:]{4}$/i.test(text) && !/[+-]\d\d:?\d\d$/.test(text) ? `${text} UTC` : text;
}

function fromUnix(value: number): number | null {
  if (!Number.isFinite(value) || value <= 0) return null;
  const at = Math.round(value > 1e11 ? value : value * SECOND);
  return at <= 8.64e15 ? at : null;
}
