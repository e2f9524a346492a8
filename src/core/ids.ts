/** Prefixed ULIDs: sortable by creation, also within one millisecond. */

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'; // Crockford base32

/** How every id of that time begins, behind its prefix; there is none of before 1970. */
export const idsFrom = (prefix: string, at: number): string => `${prefix}_${timeDigits(Math.max(0, at))}`;

export type NewId = (
  prefix: 'evt' | 'rcp' | 'sup' | 'act' | 'qua' | 'key' | 'rel' | 'inc' | 'whk',
  at: number,
) => string;

/** `random` gives 10 bytes. Ids of the same millisecond count up from the first one's random part. */
export function createIds(random: () => Uint8Array): NewId {
  let lastAt = -1;
  let tail: number[] = [];
  return (prefix, at) => {
    if (at === lastAt) increment(tail);
    else {
      lastAt = at;
      // 16 digits of 5 bits; the top bit is left free so that counting up cannot overflow.
      tail = digitsOf(random());
      tail[0] = (tail[0] as number) & 15;
    }
    return `${prefix}_${timeDigits(at)}${tail.map((digit) => alphabet[digit]).join('')}`;
  };
}

function timeDigits(at: number): string {
  let text = '';
  for (let rest = at, i = 0; i < 10; i++, rest = Math.floor(rest / 32)) text = alphabet[rest % 32] + text;
  return text;
}

function digitsOf(bytes: Uint8Array): number[] {
  const digits: number[] = [];
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      digits.push((held >> bits) & 31);
    }
    held &= (1 << bits) - 1;
  }
  return digits;
}

function increment(digits: number[]): void {
  for (let i = digits.length - 1; i >= 0; i--) {
    if ((digits[i] as number) < 31) {
      digits[i] = (digits[i] as number) + 1;
      return;
    }
    digits[i] = 0;
  }
}
