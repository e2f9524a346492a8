/** JSON from a stranger: bounded before it is parsed, and digit-exact. */
import { err, ok, type Result } from '../core/result.ts';
import { decodeUtf8 } from './verify/bytes.ts';

export const jsonLimits = {
  depth: 32,
  keysPerObject: 1_000,
  itemsPerArray: 10_000,
  members: 500_000,
} as const;

/**
 * Parses UTF-8 JSON. Integers that a double cannot hold come back as strings of their digits (Mailjet's
 * MessageID and Postmark's ID exceed 2^53). The error says what to tell the operator.
 */
export function parseJson(body: Uint8Array | string): Result<unknown, string> {
  const text = typeof body === 'string' ? body : decodeUtf8(body);
  if (text === null) return err('not UTF-8');
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const excess = findExcess(bare);
  if (excess !== null) return err(excess);
  try {
    return ok(longNumber.test(bare) ? JSON.parse(bare, exactIntegers) : JSON.parse(bare));
  } catch {
    return err('not JSON');
  }
}

/** Digits where a number may stand, as far as that can be told without parsing: it takes four times as long with them. */
const longNumber = /(?:^|[:[,])\s*-?\d{16}/;

/** One JSON value a line; blank lines are skipped. */
export function parseNdjson(body: Uint8Array): Result<unknown[], string> {
  const text = decodeUtf8(body);
  if (text === null) return err('not UTF-8');
  const values: unknown[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const value = parseJson(line);
    if (!value.ok) return err(`line ${values.length + 1}: ${value.error}`);
    values.push(value.value);
    if (values.length > jsonLimits.itemsPerArray) return err(`more than ${jsonLimits.itemsPerArray} lines`);
  }
  return ok(values);
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A non-empty string, or a number as its digits; null for anything else. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

/** Strings only; a lone string counts as a list of one. */
export const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter(
    (item): item is string => typeof item === 'string' && item !== '',
  );

function exactIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
    ? context?.source
    : value;
}

/** Counts nesting and commas outside strings. JSON.parse takes any depth; what walks the result does not. */
function findExcess(text: string): string | null {
  const { depth: maxDepth, keysPerObject, itemsPerArray, members } = jsonLimits;
  let commas = 0;
  const counts: number[] = [];
  const limits: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const char = text.charCodeAt(i);
    if (char === 34) {
      i = endOfString(text, i);
    } else if (char === 123 || char === 91) {
      if (counts.length === maxDepth) return `nested deeper than ${maxDepth} levels`;
      counts.push(1);
      limits.push(char === 123 ? keysPerObject : itemsPerArray);
    } else if (char === 125 || char === 93) {
      counts.pop();
      limits.pop();
    } else if (char === 44 && counts.length > 0) {
      commas += 1;
      if (commas > members) return `more than ${members} members`;
      const top = counts.length - 1;
      counts[top] = (counts[top] as number) + 1;
      if ((counts[top] as number) > (limits[top] as number))
        return `more than ${limits[top]} members in one object or array`;
    }
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end !== -1) {
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return end;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}
