/** Addresses that somebody answers for: never suppressed for a bounce, for a year at most. */
import * as z from 'zod';
import { DAY, toRfc3339 } from '../../core/time.ts';
import { isProblem, pageOf, paging, placeOf } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { addressOrDomain, time, words } from '../fields.ts';
import { invalid, json, noContent, notFound } from '../problem.ts';
import { listing } from '../shapes.ts';

const tag = 'The list';
const params = z.object({ address: addressOrDomain });
const shape = z.object({ address: z.string(), until: z.string().meta({ format: 'date-time' }) });

/** An address that nobody looks at again for longer is not one that somebody answers for. */
const LONGEST = 366 * DAY;
const USUAL = 365 * DAY;

export const allowedEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'get',
    path: '/v1/allowed',
    summary: 'List who is never suppressed for a bounce',
    scope: 'read',
    query: z.strictObject(paging),
    answers: { 200: { description: 'by address; a whole domain begins with @', schema: listing(shape) } },
    async handle({ services, caller, query }) {
      const place = placeOf('allowed', query);
      if (isProblem(place)) return place;
      const page = await services.store.allowed(caller.tenant, services.runtime.now(), place.request);
      return json(
        pageOf('allowed', place, page, ({ address, allowedUntil }) => ({
          address,
          until: toRfc3339(allowedUntil ?? 0),
        })),
      );
    },
  }),
  endpoint({
    tag,
    method: 'put',
    path: '/v1/allowed/:address',
    summary: 'Never suppress an address for a bounce',
    description:
      'Overrides hard and soft bounces, a 504 and what a provider keeps on its list too. Never a complaint, an unsubscribe or a manual entry.',
    scope: 'release',
    params,
    body: z
      .strictObject({
        until: time.optional().meta({ description: 'a year from now at most, and unless given' }),
        note: words(1_000).nullish(),
      })
      .optional(),
    answers: { 200: { description: 'from now on', schema: shape }, 422: { description: 'not an address' } },
    async handle({ services, caller, params: { address }, body }) {
      const now = services.runtime.now();
      const until = body?.until ?? now + USUAL;
      if (until <= now) return invalid('/until', 'must be in the future; DELETE takes it back');
      if (until > now + LONGEST)
        return invalid('/until', 'must be within a year: look at the address again by then');
      await services.list.allow(caller, { address, until, note: body?.note ?? null });
      return json({ address, until: toRfc3339(until) });
    },
  }),
  endpoint({
    tag,
    method: 'delete',
    path: '/v1/allowed/:address',
    summary: 'Take it back: what stands against the address blocks again',
    scope: 'release',
    params,
    query: z.strictObject({ why: words(1_000).optional().meta({ description: 'for the audit' }) }),
    answers: { 204: { description: 'taken back' }, 404: { description: 'nobody answers for it' } },
    async handle({ services, caller, params: { address }, query }) {
      const was = await services.list.disallow(caller, { address, note: query.why ?? null });
      return was ? noContent() : notFound('Nobody answers for this address.');
    },
  }),
];
