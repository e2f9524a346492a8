/** Incidents: jumps of one failure that stood out, and what a person says of them. */
import * as z from 'zod';
import { confirmIncident, reachOf, releaseIncident } from '../../app/incidents.ts';
import { firstFix } from '../../core/codes/catalogue.ts';
import { OWN } from '../../core/guard.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { EntryRow, IncidentRow } from '../../store/store.ts';
import { isProblem, pageOf, paging, placeOf } from '../cursor.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { timeOrNull, words } from '../fields.ts';
import { type Answer, json, notFound, refuse } from '../problem.ts';
import { entryOf, entryShape, listing } from '../shapes.ts';

const SAMPLES = 10;
const at = z.string().meta({ format: 'date-time' });

const incidentShape = z
  .object({
    id: z.string(),
    kind: z.enum(['receiver', 'own']).meta({
      description: '`receiver`: a suspected mistake of theirs, whose entries are held; `own`: ours to mend',
    }),
    receiver: z.string().nullable().meta({ description: 'the recipients’ domain; null = many' }),
    cause: z.string().meta({ description: 'what the replies have in common; of our own, 504 or a category' }),
    state: z.enum(['open', 'confirmed', 'released', 'passed']),
    first_at: at,
    opened_at: at,
    last_at: at.meta({ description: 'the last failure' }),
    failures: z.int(),
    held: z.int().meta({ description: 'addresses that it has held' }),
    code: z.string().nullable(),
    enhanced: z.string().nullable(),
    sample: z.string().nullable().meta({ description: 'one of the replies, addresses masked' }),
    fix: z.string().nullable().meta({ description: 'of a cause of our own: what to do' }),
    closed_at: at.nullable(),
    closed_by: z.string().nullable(),
    why: z.string().nullable(),
    release_id: z.string().nullable().meta({ description: 'POST /v1/releases/{id}/undo takes it back' }),
  })
  .meta({ id: 'Incident' });

const incidentOf = (row: IncidentRow): z.infer<typeof incidentShape> => ({
  id: row.id,
  kind: row.receiver === OWN ? 'own' : 'receiver',
  receiver: row.receiver === OWN ? null : row.receiver,
  cause: row.cause,
  state: row.state,
  first_at: toRfc3339(row.first_at),
  opened_at: toRfc3339(row.opened_at),
  last_at: toRfc3339(row.last_at),
  failures: row.failures,
  held: row.held,
  code: row.code,
  enhanced: row.enhanced,
  sample: row.sample,
  fix: row.receiver === OWN ? firstFix(row) : null,
  closed_at: timeOrNull(row.closed_at),
  closed_by: row.closed_by,
  why: row.why,
  release_id: row.release_id,
});

const params = z.object({ id: z.string().max(100) });
const order = z.strictObject({
  why: words(1_000, 'must say why'),
  dry_run: z.boolean().optional(),
});
const decided = {
  200: {
    description: 'what was, or would be, decided about',
    schema: z.object({
      dry_run: z.boolean(),
      addresses: z.int(),
      excluded: z.record(z.string(), z.int()).meta({ description: 'entries of the same people that stay' }),
      samples: z.array(entryShape),
      incident: incidentShape,
    }),
  },
  404: { description: 'no such incident' },
  409: { description: 'it is closed, and holds nobody; or somebody else has just decided' },
} as const;

export const incidentEndpoints: readonly Endpoint[] = [
  endpoint({
    tag: 'Incidents',
    method: 'get',
    path: '/v1/incidents',
    summary: 'List incidents, newest first',
    scope: 'read',
    query: z.strictObject({ state: z.enum(['open']).optional(), ...paging }),
    answers: { 200: { description: 'a page', schema: listing(incidentShape) } },
    async handle({ services, caller: { tenant }, query }) {
      const place = placeOf('incidents', query, { state: query.state });
      if (isProblem(place)) return place;
      const open = place.filters.state === 'open' ? { open: true } : {};
      const page = await services.store.incidents(tenant, { ...place.request, ...open });
      return json(pageOf('incidents', place, page, incidentOf));
    },
  }),
  endpoint({
    tag: 'Incidents',
    method: 'get',
    path: '/v1/incidents/:id',
    summary: 'Show an incident',
    scope: 'read',
    params,
    answers: { 200: { description: 'it', schema: incidentShape }, 404: { description: 'no such incident' } },
    async handle({ services, caller: { tenant }, params: { id } }) {
      const row = await services.store.incident(tenant, id);
      return row === null ? notFound('There is no such incident.') : json(incidentOf(row));
    },
  }),
  endpoint({
    tag: 'Incidents',
    method: 'post',
    path: '/v1/incidents/:id/confirm',
    summary: 'The receiver was right',
    description: 'What the incident holds counts like any other failure. With dry_run nothing changes.',
    scope: 'release',
    params,
    body: order,
    answers: decided,
    handle: (call) =>
      decide(call, (incident) => confirmIncident(call.services, call.caller, incident, call.body.why)),
  }),
  endpoint({
    tag: 'Incidents',
    method: 'post',
    path: '/v1/incidents/:id/release',
    summary: 'It was a mistake, or is mended',
    description:
      'What the incident has put on the list is free, and failures of mail sent before now are barred. What stood before, complaints, unsubscribes and manual entries stay. With dry_run nothing changes.',
    scope: 'release',
    params,
    body: order,
    answers: decided,
    handle: (call) =>
      decide(call, (incident, entries) =>
        releaseIncident(call.services, call.caller, incident, call.body.why, entries),
      ),
  }),
];

async function decide(
  {
    services,
    caller: { tenant },
    params: { id },
    body,
  }: Call<{ id: string }, unknown, z.output<typeof order>>,
  act: (incident: IncidentRow, entries: readonly EntryRow[]) => Promise<IncidentRow | null>,
): Promise<Answer> {
  await services.guard.lookNow(tenant);
  const incident = await services.store.incident(tenant, id);
  if (incident === null) return notFound('There is no such incident.');
  const { entries, excluded } = await reachOf(services, incident);
  if (incident.closed_at !== null && entries.length === 0)
    return refuse(409, `This incident is ${incident.state}, and holds nobody.`);
  const dryRun = body.dry_run === true;
  const after = dryRun ? incident : await act(incident, entries);
  if (after === null)
    return refuse(409, 'Somebody else has decided about this incident meanwhile; look at it again.');
  const now = services.runtime.now();
  return json({
    dry_run: dryRun,
    addresses: new Set(entries.map(({ address }) => address)).size,
    excluded,
    samples: entries.slice(0, SAMPLES).map((row) => entryOf(row, now)),
    incident: incidentOf(after),
  });
}
