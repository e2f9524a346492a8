/** Tenants, and the audit of what people changed. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import { toRfc3339 } from '../../core/time.ts';
import { HOME_TENANT, isOperator, operatorOnly } from '../auth.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { name, time } from '../fields.ts';
import { filtersOf, given } from '../filters.ts';
import { json, refuse } from '../problem.ts';
import { listing } from '../shapes.ts';

const about = { tag: 'Running it', scope: 'admin' } as const;
const tenantShape = z.object({ id: z.string(), name: z.string(), created_at: z.string() });
const auditFilters = z.strictObject({
  actor: z.string().max(100).optional().meta({ description: 'such as key_…' }),
  action: z.string().max(100).optional().meta({ description: 'such as key.revoke' }),
  from: time.optional(),
  to: time.optional().meta({ description: 'exclusive' }),
});
const auditShape = z.object({
  seq: z.int(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
  previous: z.string().meta({ description: 'hash of the row before' }),
  hash: z.string(),
});

export const tenantEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/tenants',
    summary: 'Make a tenant',
    description: 'A list of its own, with its own sources and keys. For the admin of the tenant "default".',
    body: z.strictObject({
      id: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 lower-case letters, digits and hyphens'),
      name,
    }),
    answers: {
      201: { description: 'made', schema: tenantShape },
      409: { description: 'there is one of this id' },
    },
    async handle({ services, caller, body }) {
      if (!isOperator(caller)) return operatorOnly();
      const row = { ...body, created_at: services.runtime.now() };
      const made = await configure(services, async () => {
        if ((await services.store.tenants()).some(({ id }) => id === body.id)) return null;
        return {
          change: { put: 'tenant', row },
          note: {
            tenant: HOME_TENANT,
            actor: caller.actor,
            action: 'tenant.create',
            subject: body.id,
            detail: { name: body.name },
          },
          value: row,
        };
      });
      return made === null
        ? refuse(409, 'There is a tenant of this id already.')
        : json({ ...made, created_at: toRfc3339(made.created_at) }, 201);
    },
  }),
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/tenants',
    summary: 'List tenants',
    query: z.strictObject(paging),
    answers: { 200: { description: 'by id', schema: listing(tenantShape) } },
    async handle({ services, caller, query }) {
      if (!isOperator(caller)) return operatorOnly();
      const place = placeOf('tenants', query);
      if (isProblem(place)) return place;
      const page = slice(await services.store.tenants(), (row) => row.id, place.request);
      return json(
        pageOf('tenants', place, page, (row) => ({
          id: row.id,
          name: row.name,
          created_at: toRfc3339(row.created_at),
        })),
      );
    },
  }),
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/audit',
    summary: 'List what people changed, newest first',
    query: auditFilters.extend(paging),
    answers: { 200: { description: 'each row’s hash covers the one before', schema: listing(auditShape) } },
    async handle({ services, caller, query, request }) {
      const place = placeOf('audit', query, given(request, ['limit', 'cursor']));
      if (isProblem(place)) return place;
      const filters = filtersOf(auditFilters, place);
      if (isProblem(filters)) return filters;
      const page = await services.store.audits(caller.tenant, { ...place.request, ...filters });
      return json(
        pageOf('audit', place, page, ({ seq, at, actor, action, subject, detail, previous, hash }) => ({
          seq,
          at: toRfc3339(at),
          actor,
          action,
          subject,
          detail: JSON.parse(detail),
          previous,
          hash,
        })),
      );
    },
  }),
];
