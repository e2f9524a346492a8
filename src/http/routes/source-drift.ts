/** What a provider's own list and ours did not share when the server last compared them. */
import * as z from 'zod';
import { toRfc3339 } from '../../core/time.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { timeOrNull } from '../fields.ts';
import { json, notFound } from '../problem.ts';
import { find, unknown } from '../source-edits.ts';

const at = z.string().meta({ format: 'date-time' });
const some = z.array(z.string()).meta({ description: 'at most 10' });

export const sourceDriftEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'Sources',
    method: 'get',
    path: '/v1/sources/:id/drift',
    summary: 'What the provider’s own list and this one do not share',
    description:
      'As of the last night: the server compares them once a night, between midnight and six UTC, where it has access to the provider’s list (PUT /v1/sources/{id}/list). What is younger than an hour is left out. A change of the counts is told as source.drift.',
    scope: 'read',
    params: z.object({ id: z.string().max(100) }),
    answers: {
      200: {
        description: 'the last report',
        schema: z
          .object({
            source_id: z.string(),
            provider: z.string(),
            compared_at: at.nullable().meta({ description: 'null = not yet' }),
            there: z.int().meta({ description: 'addresses on the provider’s list' }),
            only_there: z
              .int()
              .meta({ description: 'of them, those that this list would let go; the provider drops them' }),
            only_here: z.int().meta({
              description:
                'addresses that this source reported, or with write-back all that were to be put there, and are not',
            }),
            samples: z.object({ only_there: some, only_here: some }),
            failed_at: at.nullable().meta({ description: 'an attempt since that failed' }),
            error: z.string().nullable(),
            next_at: at,
          })
          .meta({ id: 'SourceDrift' }),
      },
      404: { description: 'no source of this id, or no access to its list' },
    },
    async handle(call) {
      const source = await find(call, call.params.id);
      if (source === null) return unknown();
      const { store, driftNights } = call.services;
      const { tenant, id, provider } = source;
      if ((await store.sourceList(tenant, id)) === null)
        return notFound('The source has no access to its provider’s list; give it with PUT …/list.');
      const row = await store.sourceDrift(tenant, id);
      return json({
        source_id: id,
        provider,
        compared_at: timeOrNull(row?.compared_at ?? null),
        there: row?.there ?? 0,
        only_there: row?.only_there ?? 0,
        only_here: row?.only_here ?? 0,
        samples: row === null ? { only_there: [], only_here: [] } : JSON.parse(row.samples),
        failed_at: timeOrNull(row?.failed_at ?? null),
        error: row?.error ?? null,
        next_at: toRfc3339(row?.next_at ?? driftNights.nextOf(id)),
      });
    },
  }),
];
