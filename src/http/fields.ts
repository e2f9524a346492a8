/** Fields that several endpoints take, each with its check and its place in the API description. */
import * as z from 'zod';
import { canonicalAddress, domainOf } from '../core/address.ts';
import { streamName as streamNamePattern } from '../core/policy.ts';
import type { Result } from '../core/result.ts';
import { isStorable, NOT_STORABLE } from '../core/storable.ts';
import { toRfc3339 } from '../core/time.ts';

/** RFC 3339, or a date alone (midnight UTC), to epoch ms. */
export const time = z
  .string()
  .transform((text, context) => {
    const at = /^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d))?$/.test(text)
      ? Date.parse(text)
      : Number.NaN;
    if (Number.isFinite(at)) return at;
    context.addIssue('must be a time like 2026-01-31T12:00:00Z');
    return z.NEVER;
  })
  .meta({ format: 'date-time', example: '2026-01-31T12:00:00Z' });

/** Free text of people's. `empty`: what is said where there is none. */
export const words = (most: number, empty?: string) =>
  (empty === undefined ? z.string() : z.string().trim().min(1, empty))
    .max(most)
    .refine(isStorable, NOT_STORABLE);

/** Beside what is no letter or sign, what Unicode means to be left out where it cannot be shown. */
const VISIBLE = /[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u;

/** For people. */
export const name = words(200, 'must not be empty').refine(
  (text) => text === '' || VISIBLE.test(text),
  'must hold something that can be seen',
);

export const streamName = z
  .string()
  .regex(streamNamePattern, 'must be 1 to 64 letters, digits, and _ . : -')
  .meta({ example: 'newsletter' });

export const streamOrAll = z.union([z.literal('*'), streamName], {
  error: 'must be "*" or a stream of 1 to 64 letters, digits, and _ . : -',
});

/** A canonical address, or a whole domain as `@example.com`. */
export const addressOrDomain = z
  .string()
  .transform((text, context) => {
    const read = readAddressOrDomain(text);
    if (read.ok) return read.value;
    context.addIssue(`is not an address: ${read.error}`);
    return z.NEVER;
  })
  .meta({ example: 'person@example.com' });

export function readAddressOrDomain(text: string): Result<string, string> {
  if (!/^ *@/.test(text)) return canonicalAddress(text);
  const read = canonicalAddress(`a${text.replace(/^ +/, '')}`);
  return read.ok ? { ok: true, value: read.value.slice(1) } : read;
}

/** As it is kept: in ASCII lower case, with or without the @ that stands for a whole domain. What is none is found nowhere. */
export const domainName = z
  .string()
  .min(1, 'must not be empty')
  .max(255)
  .transform((text) => {
    const bare = text.trim().replace(/^@/, '');
    const read = canonicalAddress(`a@${bare}`);
    return read.ok ? domainOf(read.value) : bare.toLowerCase();
  })
  .meta({ example: 'example.com' });

/** Codes are strings; a number is taken too. */
export const code = z
  .union([z.string(), z.number().int()], { error: 'must be a code like "550"' })
  .transform(String)
  .meta({ example: '550' });

/** `a,b` or the parameter twice; each one of `allowed`. */
export const listOf = <const T extends string>(allowed: readonly T[]) =>
  z
    .string()
    .transform((text, context): T[] => {
      const parts = text.split(',').map((part) => part.trim());
      const known = parts.filter((part): part is T => allowed.some((one) => one === part));
      if (known.length !== parts.length)
        context.addIssue(`must be of ${allowed.join(', ')}, separated by commas`);
      return known;
    })
    .meta({ example: allowed[0] });

export const timeOrNull = (at: number | null): string | null => (at === null ? null : toRfc3339(at));
