/** The proof that the list is what its facts say. */
import * as z from 'zod';
import { rebuild } from '../../app/rebuild.ts';
import { cursorOf, isProblem, paging, placeOf } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { json } from '../problem.ts';

export const rebuildEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'Running it',
    method: 'get',
    path: '/v1/rebuild',
    summary: 'Fold the list anew, and compare',
    description:
      'Reads the facts behind a thousand addresses at a time, and says where what is stored is not what they say. Changes nothing.',
    scope: 'admin',
    query: z.strictObject({ cursor: paging.cursor }),
    answers: {
      200: {
        description: 'a part; next_cursor goes on',
        schema: z.object({
          addresses: z.int(),
          entries: z.int(),
          differences: z.array(
            z.object({
              address: z.string(),
              stream: z.string(),
              reason: z.string(),
              what: z.enum(['missing', 'left-over', 'differs']),
              fields: z.array(z.string()),
            }),
          ),
          next_cursor: z.string().nullable(),
        }),
      },
      400: { description: 'a bad cursor' },
    },
    async handle({ services, caller: { tenant }, query }) {
      const place = placeOf('rebuild', query);
      if (isProblem(place)) return place;
      const { next, ...part } = await rebuild(services, tenant, String(place.request.after?.[0] ?? ''));
      return json({ ...part, next_cursor: cursorOf('rebuild', place, next === null ? null : [next]) });
    },
  }),
];
