/** Requests as they came, kept for a month: shown, and read again after an update. */
import * as z from 'zod';
import type { IntakeCounts } from '../../app/jobs.ts';
import { toRfc3339 } from '../../core/time.ts';
import { decodeUtf8, toBase64 } from '../../providers/verify/bytes.ts';
import { isProblem, pageOf, paging, placeOf } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { json, notFound, refuse } from '../problem.ts';
import { readReceipt } from '../replaying.ts';
import { listing } from '../shapes.ts';

const tag = 'Events';
const params = z.object({ id: z.string().max(100) });
const at = z.string().meta({ format: 'date-time' });
const missing = { 404: { description: 'none of this id, or deleted by age' } };
const head = z.object({ id: z.string(), source_id: z.string(), received_at: at });
const nothing: IntakeCounts = { accepted: 0, duplicates: 0, ignored: 0, quarantined: 0 };

export const receiptEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'get',
    path: '/v1/receipts',
    summary: 'List kept requests, oldest first',
    scope: 'admin',
    query: z.strictObject({ source_id: z.string().optional(), ...paging }),
    answers: { 200: { description: 'a page', schema: listing(head) }, 400: { description: 'a bad cursor' } },
    async handle({ services, caller: { tenant }, query }) {
      const place = placeOf('receipts', query, { source_id: query.source_id });
      if (isProblem(place)) return place;
      const { source_id: source } = place.filters;
      const page = await services.store.receiptHeads(tenant, source ?? null, place.request);
      return json(
        pageOf('receipts', place, page, (row) => ({ ...row, received_at: toRfc3339(row.received_at) })),
      );
    },
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/receipts/:id',
    summary: 'Show a request as it came',
    description: 'Every event names its receipt. What proves the caller is not kept.',
    scope: 'admin',
    params,
    answers: {
      200: {
        description: 'it',
        schema: head.extend({
          method: z.string(),
          query: z.string(),
          headers: z.record(z.string(), z.string()),
          body: z.string().nullable().meta({ description: 'null where it is not UTF-8' }),
          body_base64: z.string().nullable(),
        }),
      },
      ...missing,
    },
    async handle({ services, caller: { tenant }, params: { id } }) {
      const row = await services.store.receipt(tenant, id);
      if (row === null) return notFound('There is no such request, or it was deleted by age.');
      const bytes = row.encoding === 'gzip' ? await services.runtime.gunzip(row.body) : row.body;
      const body = decodeUtf8(bytes);
      return json({
        id,
        source_id: row.source_id,
        received_at: toRfc3339(row.received_at),
        method: row.method,
        query: row.query,
        headers: JSON.parse(row.headers),
        body,
        body_base64: body === null ? base64(bytes) : null,
      });
    },
  }),
  endpoint({
    tag,
    method: 'post',
    path: '/v1/receipts/:id/replay',
    summary: 'Read a request again',
    description:
      'By the adapters of today: what an update reads that was ignored or unreadable is taken in, and what was taken in before counts as a duplicate.',
    scope: 'write',
    params,
    answers: {
      200: {
        description: 'what became of it',
        schema: z.object({
          accepted: z.int(),
          duplicates: z.int(),
          ignored: z.int(),
          quarantined: z.int(),
          why: z.string().nullable().meta({ description: 'why it cannot be read' }),
        }),
      },
      ...missing,
      409: { description: 'its source is gone, or paused' },
    },
    async handle(call) {
      const { services, caller, params: of } = call;
      const receipt = await services.store.receipt(caller.tenant, of.id);
      if (receipt === null) return notFound('There is no such request, or it was deleted by age.');
      const again = await readReceipt(call, receipt, null);
      if (!again.ok)
        return again.error.type === 'unreadable'
          ? json({ ...nothing, quarantined: 1, why: again.error.why })
          : refuse(
              409,
              again.error.type === 'gone'
                ? 'Its source is gone; it cannot be read again.'
                : 'Its source is paused; resume it first.',
            );
      const result = await services.committer.submit(again.value.job);
      return json({ ...(result.type === 'intake' ? result.counts : nothing), why: null });
    },
  }),
];

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; from += 3_000)
    parts.push(toBase64(bytes.subarray(from, from + 3_000)));
  return parts.join('');
}
