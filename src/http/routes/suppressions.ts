/** The list by hand: ask, look, block, release. */
import * as z from 'zod';
import { filledPage } from '../../app/entry-pages.ts';
import { isProblem, pageOf, paging, placeOf } from '../cursor.ts';
import { block, blockInput, release, releaseInput, releaseQuery } from '../edits.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { entryFilters, entryQueryOf } from '../entry-filters.ts';
import { addressOrDomain, streamName } from '../fields.ts';
import { filtersOf, given } from '../filters.ts';
import { json, notFound } from '../problem.ts';
import { entryOf, entryShape, listing } from '../shapes.ts';

const tag = 'The list';
const params = z.object({ address: addressOrDomain });
const problems = {
  404: { description: 'nothing stands against it' },
  422: { description: 'not an address' },
};

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
      const asked = { ...entryQueryOf(filters), ...place.request };
      const page = await filledPage(services, caller.tenant, asked, now);
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
