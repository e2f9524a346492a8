/** Who may call: API keys. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import type { KeyRow } from '../../store/store.ts';
import { isOperator, operatorOnly, scopes } from '../auth.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { name } from '../fields.ts';
import { type Answer, invalid, json, noContent, notFound } from '../problem.ts';
import { listing } from '../shapes.ts';
import { keyOf, keyShape } from '../shapes-setup.ts';

const about = { tag: 'Running it', scope: 'admin' } as const;
const KEY_CHARACTERS = 43; // 256 bits of [A-Za-z0-9]
const CHECKSUM_CHARACTERS = 6;
const PREFIX_CHARACTERS = 8;

const newKey = z.strictObject({
  name,
  scopes: z.array(z.enum(scopes)).min(1, 'must name one scope or more'),
  tenant: z
    .string()
    .optional()
    .meta({ description: 'another tenant than your own: for the admin of the tenant "default"' }),
  rate_limit: z
    .int()
    .min(1)
    .max(1_000_000)
    .nullish()
    .meta({ description: 'requests a minute, in each process; null = without a limit' }),
});

export const keyEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/keys',
    summary: 'Make an API key',
    description: 'The key is in this answer and nowhere else: only its SHA-256 is kept.',
    body: newKey,
    answers: {
      201: { description: 'shown once', schema: keyShape.extend({ key: z.string() }).meta({ id: 'NewKey' }) },
    },
    handle: (call) => makeKey(call, call.body),
  }),
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/keys',
    summary: 'List API keys, without the keys themselves',
    query: z.strictObject(paging),
    answers: { 200: { description: 'oldest first', schema: listing(keyShape) } },
    async handle({ services, caller, query }) {
      const place = placeOf('keys', query);
      if (isProblem(place)) return place;
      return json(
        pageOf(
          'keys',
          place,
          slice(await services.store.keys(caller.tenant), (row) => row.id, place.request),
          keyOf,
        ),
      );
    },
  }),
  endpoint({
    ...about,
    method: 'delete',
    path: '/v1/keys/:id',
    summary: 'Revoke an API key',
    description: 'It is refused from the next request on.',
    params: z.object({ id: z.string() }),
    answers: { 204: { description: 'revoked' }, 404: { description: 'none of this id' } },
    async handle({ services, caller: { tenant, actor }, params: { id } }) {
      const gone = await configure(services, async () => {
        const row = (await services.store.keys(tenant)).find((key) => key.id === id);
        if (row === undefined) return null;
        return {
          change: { drop: 'key', tenant, id },
          note: { tenant, actor, action: 'key.revoke', subject: id, detail: { name: row.name } },
          value: true,
        };
      });
      return gone === null ? notFound('There is no key of this id.') : noContent();
    },
  }),
];

async function makeKey(
  call: Pick<Call, 'services' | 'caller'>,
  body: z.output<typeof newKey>,
): Promise<Answer> {
  const { services, caller } = call;
  const { store, runtime } = services;
  const tenant = body.tenant ?? caller.tenant;
  if (tenant !== caller.tenant && !isOperator(caller)) return operatorOnly();
  if (!(await store.tenants()).some(({ id }) => id === tenant))
    return invalid('/tenant', 'is no tenant; make it with POST /v1/tenants');
  const random = runtime.randomText(KEY_CHARACTERS);
  // A scanner for leaked secrets can tell a real key from a look-alike without asking us.
  const key = `msk_${random}${runtime.sha256(random).slice(0, CHECKSUM_CHARACTERS)}`;
  const now = runtime.now();
  const row: KeyRow = {
    id: runtime.newId('key', now),
    tenant,
    name: body.name,
    prefix: key.slice(0, PREFIX_CHARACTERS),
    hash: runtime.sha256(key),
    scopes: JSON.stringify([...new Set(body.scopes)]),
    created_at: now,
    last_used_at: null,
    rate_limit: body.rate_limit ?? null,
  };
  const note = {
    tenant,
    actor: caller.actor,
    action: 'key.create',
    subject: row.id,
    detail: { name: body.name, scopes: body.scopes, rate_limit: row.rate_limit },
  };
  await configure(services, async () => ({ change: { put: 'key', row }, note, value: true }));
  return json({ ...keyOf(row), key }, 201);
}
