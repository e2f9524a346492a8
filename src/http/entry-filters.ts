/** Which entries of the list are meant: the same words wherever they are listed, exported or looked through. */
import * as z from 'zod';
import { reasons } from '../core/event.ts';
import { categories } from '../core/taxonomy.ts';
import type { EntryQuery } from '../store/store.ts';
import { code, domainName, listOf, streamOrAll, time } from './fields.ts';

const states = ['active', 'held', 'expired', 'released'] as const;

export const entryFilters = z.strictObject({
  reason: z.enum(reasons).optional(),
  origin: z.enum(['event', 'manual', 'import', 'provider']).optional(),
  state: listOf(states).optional().meta({ description: 'active,held unless given' }),
  code: code.optional(),
  enhanced: z.string().max(20).optional(),
  category: z
    .string()
    .refine((name) => Object.hasOwn(categories, name), `must be one of ${Object.keys(categories).join(', ')}`)
    .optional(),
  provider: z.string().max(100).optional(),
  domain: domainName.optional(),
  stream: streamOrAll.optional(),
  from: time.optional().meta({ description: 'updated_at, inclusive' }),
  to: time.optional().meta({ description: 'updated_at, exclusive' }),
  q: z.string().max(320).optional().meta({ description: 'what the address begins with, taken literally' }),
});

export function entryQueryOf({
  state,
  q,
  ...rest
}: Partial<z.output<typeof entryFilters>>): Omit<EntryQuery, 'limit' | 'after'> {
  return {
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Omit<
      EntryQuery,
      'limit' | 'after' | 'states'
    >),
    states: state ?? ['active', 'held'],
    // Addresses are kept in ASCII lower case.
    ...(q === undefined ? {} : { q: q.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) }),
  };
}
