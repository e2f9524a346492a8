/** Outgoing webhooks: who is told of changes of the list. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import { messageTypes } from '../../app/webhooks.ts';
import { toRfc3339 } from '../../core/time.ts';
import { toBase64 } from '../../providers/verify/bytes.ts';
import type { WebhookRow } from '../../store/store.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { timeOrNull } from '../fields.ts';
import { type Answer, invalid, json, noContent, notFound } from '../problem.ts';
import { listing } from '../shapes.ts';

const about = { tag: 'Outgoing webhooks', scope: 'admin' } as const;
const SECRET_BYTES = 32;
/** While a receiver takes over the new secret, the one before signs as well. */
const SECRETS_KEPT = 2;

const at = z.string().meta({ format: 'date-time' });
const shape = z
  .object({
    id: z.string(),
    url: z.string(),
    types: z.array(z.string()).meta({ description: 'empty = all' }),
    disabled: z.boolean(),
    why: z.string().nullable().meta({ description: 'it was disabled' }),
    created_at: at,
    failing_since: at.nullable(),
    attempts: z.int().meta({ description: 'failed ones since the last success' }),
    next_at: at.nullable().meta({ description: 'the next attempt after a failure' }),
    last_at: at.nullable().meta({ description: 'the last success' }),
    last_status: z.int().nullable(),
  })
  .meta({ id: 'Webhook' });

const shown = (row: WebhookRow): z.infer<typeof shape> => ({
  id: row.id,
  url: row.url,
  types: JSON.parse(row.types),
  disabled: row.disabled === 1,
  why: row.why,
  created_at: toRfc3339(row.created_at),
  failing_since: timeOrNull(row.failing_since),
  attempts: row.attempts,
  next_at: row.attempts === 0 ? null : toRfc3339(row.next_at),
  last_at: timeOrNull(row.last_at),
  last_status: row.last_status,
});

const url = z.url('must be a URL that begins with https://').max(2_000);
const types = z
  .array(z.enum(messageTypes))
  .meta({ description: 'what is sent; none or empty = all', example: ['suppression.created'] });
const secret = z
  .string()
  .meta({ description: 'whsec_…, shown once: signs each message (Standard Webhooks)' });
const params = z.object({ id: z.string().max(100) });
const missing = { 404: { description: 'none of this id' } };

export const outgoingEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/webhooks',
    summary: 'Tell changes of the list to a URL',
    description:
      'From now on, at least once, by Standard Webhooks: verify webhook-signature, answer 2xx, and tell repetitions by webhook-id. What is told of one address comes in its order. What fails comes again for five days; 410 ends it. It goes over HTTPS, and to no private network: a name is looked up at each connection.',
    body: z.strictObject({ url, types: types.optional() }),
    answers: { 201: { description: 'made', schema: shape.extend({ secret }) } },
    handle: make,
  }),
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/webhooks',
    summary: 'List outgoing webhooks',
    query: z.strictObject(paging),
    answers: { 200: { description: 'oldest first', schema: listing(shape) } },
    async handle({ services, caller, query }) {
      const place = placeOf('webhooks', query);
      if (isProblem(place)) return place;
      const rows = await services.store.webhooks(caller.tenant);
      return json(
        pageOf(
          'webhooks',
          place,
          slice(rows, ({ id }) => id, place.request),
          shown,
        ),
      );
    },
  }),
  endpoint({
    ...about,
    method: 'patch',
    path: '/v1/webhooks/:id',
    summary: 'Change an outgoing webhook',
    description:
      'One that was disabled goes on where it was. A new secret signs together with the one before.',
    params,
    body: z.strictObject({
      url: url.optional(),
      types: types.optional(),
      disabled: z.boolean().optional(),
      new_secret: z.literal(true).optional(),
    }),
    answers: {
      200: { description: 'changed', schema: shape.extend({ secret: secret.optional() }) },
      ...missing,
    },
    handle: change,
  }),
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/webhooks/:id/test',
    summary: 'Send a test message to an outgoing webhook',
    description:
      'Signed like any other, of type webhook.test, once, and also where the webhook is disabled. It counts neither as a success nor as a failure.',
    params,
    answers: {
      200: {
        description: 'what the receiver made of it',
        schema: z.object({
          delivered: z.boolean().meta({ description: 'it answered 2xx' }),
          status: z
            .int()
            .nullable()
            .meta({ description: 'its answer; null = it cannot be reached, or did not answer in time' }),
          took_ms: z.int(),
        }),
      },
      ...missing,
    },
    async handle({ services, caller: { tenant }, params: { id } }) {
      const row = await services.store.webhook(tenant, id);
      if (row === null) return notFound('There is no such webhook.');
      const began = performance.now();
      const status = (await services.webhooks.test(row))?.status ?? null;
      return json({
        delivered: status !== null && status >= 200 && status < 300,
        status,
        took_ms: Math.round(performance.now() - began),
      });
    },
  }),
  endpoint({
    ...about,
    method: 'delete',
    path: '/v1/webhooks/:id',
    summary: 'Stop an outgoing webhook',
    params,
    answers: { 204: { description: 'gone' }, ...missing },
    async handle({ services, caller: { tenant, actor }, params: { id } }) {
      const gone = await configure(services, async () => {
        if ((await services.store.webhook(tenant, id)) === null) return null;
        return {
          change: { drop: 'webhook', tenant, id },
          note: { tenant, actor, action: 'webhook.delete', subject: id, detail: {} },
          value: true,
        };
      });
      return gone === null ? notFound('There is no such webhook.') : noContent();
    },
  }),
];

const newSecret = (): string => `whsec_${toBase64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)))}`;

async function refusal({ services }: Pick<Call, 'services'>, given: string): Promise<Answer | null> {
  const why = await services.runtime.outbound.refusal(new URL(given));
  return why === null ? null : invalid('/url', why);
}

async function make(
  call: Call<unknown, unknown, { url: string; types?: readonly string[] | undefined }>,
): Promise<Answer> {
  const { services, caller, body } = call;
  const { store, runtime, webhooks } = services;
  const refused = await refusal(call, body.url);
  if (refused !== null) return refused;
  const { tenant, actor } = caller;
  const now = runtime.now();
  const fresh = newSecret();
  const row: WebhookRow = {
    tenant,
    id: runtime.newId('whk', now),
    url: body.url,
    secrets: await webhooks.seal([fresh]),
    types: JSON.stringify(body.types ?? []),
    disabled: 0,
    why: null,
    created_at: now,
    changes_to: await store.lastChange(tenant),
    notices_to: await store.lastNotice(tenant),
    expired_to: now,
    attempts: 0,
    failing_since: null,
    next_at: now,
    last_at: null,
    last_status: null,
    expired_after: null,
  };
  await configure(services, async () => ({
    change: { put: 'webhook', row },
    note: { tenant, actor, action: 'webhook.create', subject: row.id, detail: { types: body.types ?? [] } },
    value: true,
  }));
  return json({ ...shown(row), secret: fresh }, 201);
}

async function change(
  call: Call<
    { id: string },
    unknown,
    {
      url?: string | undefined;
      types?: readonly string[] | undefined;
      disabled?: boolean | undefined;
      new_secret?: true | undefined;
    }
  >,
): Promise<Answer> {
  const { services, caller, params: at, body } = call;
  const { store, runtime, webhooks } = services;
  const refused = body.url === undefined ? null : await refusal(call, body.url);
  if (refused !== null) return refused;
  const { tenant, actor } = caller;
  const fresh = body.new_secret === true ? newSecret() : null;
  const done = await configure(services, async () => {
    const known = await store.webhook(tenant, at.id);
    if (known === null) return null;
    const kept = fresh === null ? null : (await webhooks.open(known)).slice(0, SECRETS_KEPT - 1);
    const row = {
      tenant,
      id: at.id,
      url: body.url ?? known.url,
      types: body.types === undefined ? known.types : JSON.stringify(body.types),
      disabled: Number(body.disabled ?? known.disabled === 1),
      ...(fresh === null || kept === null ? {} : { secrets: await webhooks.seal([fresh, ...kept]) }),
      // Somebody has looked at it: no more waiting for what failed before.
      ...(body.disabled === false || body.url !== undefined
        ? { why: null, attempts: 0, failing_since: null, next_at: runtime.now() }
        : {}),
    };
    const detail = { changed: Object.keys(body) };
    return {
      change: { note: 'webhook', row },
      note: { tenant, actor, action: 'webhook.change', subject: at.id, detail },
      value: { ...known, ...row },
    };
  });
  if (done === null) return notFound('There is no such webhook.');
  return json({ ...shown(done), ...(fresh === null ? {} : { secret: fresh }) });
}
