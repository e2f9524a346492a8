/** The list by hand: ask, look, block, release. */
import { z } from 'zod';
import { reasons } from '../../core/event.ts';
import { categories } from '../../core/taxonomy.ts';
import type { EntryQuery } from '../../store/store.ts';
import { isProblem, pageOf, paging, placeOf } from '../cursor.ts';
import { block, blockInput, release, releaseInput, releaseQuery } from '../edits.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { addressOrDomain, code, listOf, streamName, streamOrAll, time } from '../fields.ts';
import { filtersOf, given } from '../filters.ts';
import { json, notFound } from '../problem.ts';
import { entryOf, entryShape, listing } from '../shapes.ts';

const tag = 'The list';
const params = z.object({ address: addressOrDomain });
const states = ['active', 'held', 'expired', 'released'] as const;
const problems = {
  404: { description: 'nothing stands against it' },
  422: { description: 'not an address' },
};

const entryFilters = z.strictObject({
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
  domain: z.string().max(255).optional(),
  stream: streamOrAll.optional(),
  from: time.optional().meta({ description: 'updated_at, inclusive' }),
  to: time.optional().meta({ description: 'updated_at, exclusive' }),
  q: z.string().max(320).optional().meta({ description: 'what the address begins with, taken literally' }),
});

export const suppressionEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'get',
    path: '/v1/suppressions',
    summary: 'List entries, newest first',
    scope: 'read',
    query: entryFilters.extend(paging),
    answers: {
      200: { description: 'by updated_at', schema: listing(entryShape) },
      400: { description: 'a bad cursor' },
    },
    async handle({ services, caller, request, query }) {
      const place = placeOf('suppressions', query, given(request, ['limit', 'cursor']));
      if (isProblem(place)) return place;
      const filters = filtersOf(entryFilters, place);
      if (isProblem(filters)) return filters;
      const now = services.runtime.now();
      const page = await services.store.entries(
        caller.tenant,
        { ...entryQueryOf(filters), ...place.request },
        now,
      );
      return json(pageOf('suppressions', place, page, (row) => entryOf(row, now)));
    },
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/suppressions/:address',
    summary: 'Show what blocks one address',
    scope: 'read',
    params,
    query: z.strictObject({
      stream: streamName
        .optional()
        .meta({ description: 'what blocks this stream; the strictest answer unless given' }),
    }),
    answers: {
      200: {
        description: 'hardest to lift first',
        schema: z.object({
          address: z.string(),
          suppressed: z.literal(true),
          entries: z.array(entryShape),
          listed_at: z.array(z.string()),
        }),
      },
      ...problems,
    },
    async handle({ services, caller, params: { address }, query }) {
      const { entries, listedAt } = await services.list.blocking(
        caller.tenant,
        address,
        query.stream ?? null,
      );
      if (entries.length === 0) return notFound('Nothing stands against this address.');
      const now = services.runtime.now();
      return json({
        address,
        suppressed: true,
        entries: entries.map((row) => entryOf(row, now)),
        listed_at: listedAt,
      });
    },
  }),
  endpoint({
    tag,
    method: 'put',
    path: '/v1/suppressions/:address',
    summary: 'Block an address',
    scope: 'write',
    params,
    body: blockInput,
    answers: {
      200: { description: 'it was blocked for that already', schema: entryShape },
      201: { description: 'blocked', schema: entryShape },
      422: { description: 'not an address' },
    },
    handle: (call) => block(call, call.params.address, call.body ?? {}),
  }),
  endpoint({
    tag,
    method: 'delete',
    path: '/v1/suppressions/:address',
    summary: 'Release an address',
    description: 'A complaint or unsubscribe must be named in `reasons`, with evidence of consent.',
    scope: 'release',
    params,
    query: releaseQuery,
    body: releaseInput,
    answers: {
      200: {
        description: 'what was released, and the id to take it back by',
        schema: z.object({ id: z.string(), released: z.array(entryShape) }),
      },
      ...problems,
      409: { description: 'evidence is needed' },
    },
    handle: (call) => release(call, call.params.address, { ...call.query, ...call.body }),
  }),
];

function entryQueryOf({
  state,
  domain,
  q,
  ...rest
}: Partial<z.output<typeof entryFilters>>): Omit<EntryQuery, 'limit' | 'after'> {
  return {
    ...(Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)) as Omit<
      EntryQuery,
      'limit' | 'after' | 'states'
    >),
    states: state ?? ['active', 'held'],
    ...(domain === undefined ? {} : { domain: domain.toLowerCase().replace(/^@/, '') }),
    // Addresses are kept in ASCII lower case.
    ...(q === undefined ? {} : { q: q.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) }),
  };
}
