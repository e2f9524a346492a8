/**
 * Texts as every engine keeps them and every reader of JSON takes them: without NUL, which a text of PostgreSQL cannot
 * hold, and without half of a surrogate pair, which is no character (RFC 8259, 8.2). What is stored must be what was
 * judged, so this comes first.
 */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** What is told to whoever sent another one. */
export const NOT_STORABLE = 'holds NUL or half of a surrogate pair, which are no characters';

/** With U+FFFD in place of what is no character of a text. */
export const storable = (text: string): string =>
  isStorable(text) ? text : text.toWellFormed().replaceAll('\0', '\ufffd');

/** All texts of a value as JSON has them; the same value where nothing is to be changed. */
export const storableTexts = <T>(value: T): T => (holdsOther(value) ? (replaced(value) as T) : value);

function holdsOther(value: unknown): boolean {
  if (typeof value === 'string') return !isStorable(value);
  if (Array.isArray(value)) return value.some(holdsOther);
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsOther);
}

function replaced(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(replaced);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, of]) => [name, replaced(of)]));
}
