/** Streams and their classes, which are part of the tenant's policy: each change makes a new version of it. */
import * as z from 'zod';
import { policyLimits } from '../../app/policy-document.ts';
import { streamClasses } from '../../core/policy.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { streamName } from '../fields.ts';
import { changePolicy, currentPolicy } from '../policy-edits.ts';
import { json, noContent, notFound, type Problem, refuse } from '../problem.ts';
import { listing } from '../shapes.ts';

const tag = 'Streams and policy';
const streamClass = z.enum(streamClasses);
const streamShape = z.object({ id: z.string(), class: streamClass });
const params = z.object({ id: streamName });
const missing = { 404: { description: 'no such stream' } };

export const streamEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'get',
    path: '/v1/streams',
    summary: 'List streams',
    scope: 'read',
    query: z.strictObject(paging),
    answers: { 200: { description: 'an unknown stream is marketing', schema: listing(streamShape) } },
    async handle({ services, caller, query }) {
      const place = placeOf('streams', query);
      if (isProblem(place)) return place;
      const { streams } = (await currentPolicy(services, caller.tenant)).document;
      const rows = Object.keys(streams)
        .sort()
        .map((id) => ({ id, class: streams[id] ?? 'marketing' }));
      return json(
        pageOf(
          'streams',
          place,
          slice(rows, (row) => row.id, place.request),
          (row) => row,
        ),
      );
    },
  }),
  endpoint({
    tag,
    method: 'post',
    path: '/v1/streams',
    summary: 'Make a stream',
    scope: 'admin',
    body: z.strictObject({ id: streamName, class: streamClass }),
    answers: {
      201: { description: 'made', schema: streamShape },
      409: { description: 'there is one of this id, or there are 1,000' },
    },
    async handle(call) {
      const { id } = call.body;
      let known = false;
      const made = await changePolicy(call, 'stream.create', id, ({ streams, ...before }) => {
        known = Object.hasOwn(streams, id);
        return known || Object.keys(streams).length >= policyLimits.streams
          ? null
          : { ...before, streams: { ...streams, [id]: call.body.class } };
      });
      if (made !== null) return json(call.body, 201);
      return refuse(
        409,
        known
          ? 'There is a stream of this id already; PATCH changes its class.'
          : `There are ${policyLimits.streams} streams, and no room for more; delete one that is no longer used.`,
      );
    },
  }),
  endpoint({
    tag,
    method: 'patch',
    path: '/v1/streams/:id',
    summary: 'Change the class of a stream',
    scope: 'admin',
    params,
    body: z.strictObject({ class: streamClass }),
    answers: { 200: { description: 'changed', schema: streamShape }, ...missing },
    async handle(call) {
      const { id } = call.params;
      const made = await changePolicy(call, 'stream.change', id, (before) =>
        Object.hasOwn(before.streams, id)
          ? { ...before, streams: { ...before.streams, [id]: call.body.class } }
          : null,
      );
      return made === null ? unknown() : json({ id, class: call.body.class });
    },
  }),
  endpoint({
    tag,
    method: 'delete',
    path: '/v1/streams/:id',
    summary: 'Forget a stream; its entries stay, and it counts as marketing',
    scope: 'admin',
    params,
    answers: { 204: { description: 'gone' }, ...missing },
    async handle(call) {
      const { id } = call.params;
      const made = await changePolicy(
        call,
        'stream.delete',
        id,
        ({ streams: { [id]: known, ...streams }, ...before }) =>
          known === undefined ? null : { ...before, streams },
      );
      return made === null ? unknown() : noContent();
    },
  }),
];

const unknown = (): Problem => notFound('There is no stream of this id.');
