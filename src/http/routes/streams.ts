/** Streams and their classes, which are part of the tenant's policy: each change makes a new version of it. */
import { z } from 'zod';
import { type PolicyDocument, policyDocument } from '../../app/policies.ts';
import { streamClasses } from '../../core/policy.ts';
import type { PolicyRow } from '../../store/store.ts';
import { configure } from '../configure.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { streamName } from '../fields.ts';
import { json, noContent, notFound, type Problem, refuse } from '../problem.ts';
import { listing } from '../shapes.ts';

const tag = 'Streams and policy';
const streamClass = z.enum(streamClasses);
const streamShape = z.object({ id: z.string(), class: streamClass });
const params = z.object({ id: streamName });
const missing = { 404: { description: 'no such stream' } };

const policyShape = z.object({
  version: z.int().meta({ description: '0 = the default, never changed' }),
  policy_version: z.string(),
  streams: z.record(z.string(), streamClass),
  matrix: z.record(z.string(), z.array(streamClass)).meta({ description: 'which reason blocks which class' }),
  rules: z.array(z.looseObject({ id: z.string(), why: z.string() })),
});

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
      const { streams } = (await current(services, caller.tenant)).document;
      const rows = Object.entries(streams).map(([id, of]) => ({ id, class: of }));
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
      409: { description: 'there is one of this id' },
    },
    async handle(call) {
      const { id } = call.body;
      const made = await change(call, 'stream.create', id, ({ streams }) =>
        Object.hasOwn(streams, id) ? null : { streams: { ...streams, [id]: call.body.class } },
      );
      return made === null
        ? refuse(409, 'There is a stream of this id already; PATCH changes its class.')
        : json(call.body, 201);
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
      const made = await change(call, 'stream.change', id, ({ streams }) =>
        Object.hasOwn(streams, id) ? { streams: { ...streams, [id]: call.body.class } } : null,
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
      const made = await change(call, 'stream.delete', id, ({ streams: { [id]: before, ...streams } }) =>
        before === undefined ? null : { streams },
      );
      return made === null ? unknown() : noContent();
    },
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/policy',
    summary: 'Show the policy in force',
    scope: 'read',
    answers: { 200: { description: 'with its version as ETag', schema: policyShape } },
    async handle({ services, caller }) {
      const { version, document } = await current(services, caller.tenant);
      return json(await shown(services, caller.tenant, version, document), 200, { ETag: `"${version}"` });
    },
  }),
  endpoint({
    tag,
    method: 'put',
    path: '/v1/policy',
    summary: 'Replace what a user may set of the policy',
    description: 'With If-Match it is refused (412) where somebody else was faster.',
    scope: 'admin',
    body: policyDocument.extend({ streams: z.record(streamName, streamClass) }),
    answers: {
      200: { description: 'in force from the next event on', schema: policyShape },
      412: { description: 'the version is not the current one' },
    },
    async handle(call) {
      const match = call.request.headers.get('if-match');
      const made = await change(call, 'policy.change', 'policy', (_before, version) =>
        match === null || match === '*' || match === `"${version}"` ? call.body : null,
      );
      if (made === null) return refuse(412, 'The policy has changed since it was read; read it again.');
      return json(await shown(call.services, call.caller.tenant, made.version, call.body), 200, {
        ETag: `"${made.version}"`,
      });
    },
  }),
];

const unknown = (): Problem => notFound('There is no stream of this id.');

async function current(
  { store }: Pick<Call['services'], 'store'>,
  tenant: string,
): Promise<{ version: number; document: PolicyDocument }> {
  const row = await store.policy(tenant);
  return {
    version: row?.version ?? 0,
    document: policyDocument.parse(row === null ? {} : JSON.parse(row.document)),
  };
}

async function shown(
  { policies }: Call['services'],
  tenant: string,
  version: number,
  { streams }: PolicyDocument,
): Promise<z.infer<typeof policyShape>> {
  const { rules, matrix, version: name } = await policies.of(tenant);
  return {
    version,
    policy_version: name,
    streams,
    matrix: Object.fromEntries(Object.entries(matrix).map(([reason, classes]) => [reason, [...classes]])),
    rules: rules.map((rule) => ({ ...rule })),
  };
}

/** `next` is asked again where another writer was faster; null = there is nothing to change. */
function change(
  { services, caller: { tenant, actor } }: Pick<Call, 'services' | 'caller'>,
  action: string,
  subject: string,
  next: (before: PolicyDocument, version: number) => PolicyDocument | null,
): Promise<PolicyRow | null> {
  return configure(services, async () => {
    const { version, document } = await current(services, tenant);
    const after = next(document, version);
    if (after === null) return null;
    const row: PolicyRow = {
      tenant,
      version: version + 1,
      document: JSON.stringify(after),
      actor,
      created_at: services.runtime.now(),
    };
    return {
      change: { put: 'policy', row },
      note: { tenant, actor, action, subject, detail: { before: document, after } },
      value: row,
    };
  });
}
