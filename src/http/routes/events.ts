/** What was reported, what no table knew, what was counted, and what changed. */
import * as z from 'zod';
import { kinds } from '../../core/event.ts';
import { DAY, toRfc3339 } from '../../core/time.ts';
import { type StatDimension, statDimensions } from '../../store/store.ts';
import { isProblem, pageOf, paging, placeOf } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { addressOrDomain, code, domainName, listOf, streamOrAll, time, timeOrNull } from '../fields.ts';
import { filtersOf, given } from '../filters.ts';
import { invalid, json } from '../problem.ts';
import { eventOf, eventShape, listing } from '../shapes.ts';

const about = { method: 'get', scope: 'read' } as const;

const eventFilters = z.strictObject({
  address: addressOrDomain.optional(),
  kind: z.enum(kinds).optional(),
  source_id: z.string().max(200).optional(),
  provider: z.string().max(100).optional(),
  code: code.optional(),
  enhanced: z.string().max(20).optional(),
  category: z.string().max(100).optional(),
  domain: domainName.optional(),
  stream: streamOrAll.optional(),
  from: time.optional(),
  to: time.optional(),
});

const day = z.string().meta({ format: 'date-time' });
const statShape = z.looseObject({ count: z.int() });

export const eventEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    tag: 'Events',
    path: '/v1/events',
    summary: 'List events, newest first',
    query: eventFilters.extend(paging),
    answers: {
      200: { description: 'by received_at', schema: listing(eventShape) },
      400: { description: 'a bad cursor' },
    },
    async handle({ services, caller, request, query }) {
      const place = placeOf('events', query, given(request, ['limit', 'cursor']));
      if (isProblem(place)) return place;
      const filters = filtersOf(eventFilters, place);
      if (isProblem(filters)) return filters;
      const { source_id, ...rest } = filters;
      const page = await services.store.events(caller.tenant, {
        ...place.request,
        ...rest,
        ...(source_id === undefined ? {} : { sourceId: source_id }),
      });
      return json(pageOf('events', place, page, eventOf));
    },
  }),
  endpoint({
    ...about,
    tag: 'Events',
    path: '/v1/unmapped',
    summary: 'Labels and replies that no rule knew',
    query: z.strictObject({ limit: paging.limit }),
    answers: {
      200: {
        description: 'most frequent first; templates and samples are masked',
        schema: listing(
          z.object({
            provider: z.string(),
            label: z.string().optional(),
            template: z.string().optional(),
            count: z.int(),
            first_at: day,
            last_at: day,
            sample: z.string(),
          }),
        ),
      },
    },
    async handle({ services, caller, query }) {
      const rows = await services.store.unmapped(caller.tenant, query.limit ?? 1_000);
      const data = rows.map((row) => ({
        provider: row.provider,
        [row.kind]: row.name,
        count: row.count,
        first_at: toRfc3339(row.first_at),
        last_at: toRfc3339(row.last_at),
        sample: row.sample,
      }));
      return json({ data, next_cursor: null });
    },
  }),
  endpoint({
    ...about,
    tag: 'Events',
    path: '/v1/stats',
    summary: 'Count events',
    description: 'Fields named in `by` are in each row. Counts are kept by the hour.',
    query: z.strictObject({
      from: time.optional().meta({ description: 'thirty days before `to` unless given' }),
      to: time.optional().meta({ description: 'now unless given' }),
      by: listOf([...statDimensions, 'time'])
        .optional()
        .meta({ description: `of ${statDimensions.join(', ')}; time = day; kind unless given` }),
    }),
    answers: {
      200: {
        description: 'one row for each combination',
        schema: z.object({
          from: day,
          to: day,
          by: z.array(z.string()),
          data: z.array(statShape),
          next_cursor: z.null(),
        }),
      },
    },
    async handle({ services, caller, query }) {
      const to = query.to ?? services.runtime.now() + 1;
      const from = query.from ?? to - 30 * DAY;
      if (from >= to) return invalid('/from', 'must be before to');
      const named = query.by ?? ['kind'];
      const by = [...new Set(named)];
      const rows = await services.store.statistics(
        caller.tenant,
        from,
        to,
        by.map((name): StatDimension => (name === 'time' ? 'day' : name)),
      );
      const data = rows.map(({ key, count }) => ({
        ...Object.fromEntries(by.map((name, i) => [name, shown(name, key[i])])),
        count,
      }));
      return json({ from: toRfc3339(from), to: toRfc3339(to), by, data, next_cursor: null });
    },
  }),
  endpoint({
    ...about,
    tag: 'Events',
    path: '/v1/changes',
    summary: 'Follow the list',
    description: 'Every change of an entry, oldest first. Ask again with the last `seq`.',
    query: z.strictObject({
      after: z.coerce
        .number()
        .int()
        .min(0)
        .optional()
        .meta({ description: 'the last seq known; 0 unless given' }),
      limit: paging.limit,
    }),
    answers: {
      200: {
        description: 'next_cursor is the `after` to go on with, null where nothing is left',
        schema: listing(
          z.object({
            seq: z.int(),
            at: day,
            address: z.string(),
            stream: z.string(),
            reason: z.string(),
            state: z.string(),
            until: day.nullable(),
            suppression_id: z.string(),
            was: z.string().nullable().meta({ description: 'what stood until then; null = nothing' }),
          }),
        ),
      },
    },
    async handle({ services, caller, query }) {
      const limit = query.limit ?? 50;
      const rows = await services.store.changesAfter(caller.tenant, query.after ?? 0, limit);
      const last = rows.at(-1);
      const data = rows.map(({ seq, at, address, stream, reason, state, until, suppression_id, was }) => ({
        seq,
        at: toRfc3339(at),
        address,
        stream,
        reason,
        state,
        until: timeOrNull(until),
        suppression_id,
        was,
      }));
      return json({
        data,
        next_cursor: rows.length === limit && last !== undefined ? String(last.seq) : null,
      });
    },
  }),
];

/** Hours and days are times; what was not known is null. */
function shown(name: string, value: string | number | undefined): string | null {
  if (typeof value === 'number') return toRfc3339(value);
  return name === 'code' || name === 'enhanced' || name === 'category' ? value || null : (value ?? null);
}
