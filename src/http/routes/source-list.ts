/** Access to the own list of a source's provider, and how far the list is written back there. The key goes in and never comes out. */
import * as z from 'zod';
import { configure } from '../../app/configure.ts';
import { PUSH_FROM } from '../../app/write-back.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { Given } from '../../lists/list.ts';
import { providerLists } from '../../lists/registry.ts';
import type { Configuration, SourceListRow, SourceRow } from '../../store/store.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { timeOrNull } from '../fields.ts';
import { type Answer, invalid, json, noContent, notFound, type Problem, refuse } from '../problem.ts';
import { find, unknown } from '../source-edits.ts';

const about = { tag: 'Sources', scope: 'admin' } as const;
const params = z.object({ id: z.string().max(100) });
const at = z.string().meta({ format: 'date-time' });
/** Changes counted at most. */
const MAX_BEHIND = 10_000;
const SAMPLES = 10;

const shape = z
  .object({
    source_id: z.string(),
    provider: z.string(),
    of: z
      .string()
      .nullable()
      .meta({ description: 'which of its lists: a domain, message stream, account or region' }),
    url: z.string().nullable().meta({ description: 'where its API is; null = its usual address' }),
    write_back: z.boolean(),
    why: z.string().nullable().meta({ description: 'it was given up' }),
    created_at: at,
    pushing: z.boolean().meta({ description: 'the list as it stands is being put on the provider’s' }),
    behind: z.int().meta({ description: 'changes that are yet to be looked at; at most 10,000' }),
    added: z.int().meta({ description: 'addresses put on its list since' }),
    removed: z.int(),
    refused: z
      .int()
      .meta({ description: 'addresses that the provider did not take; their stories tell why' }),
    failing_since: at.nullable(),
    attempts: z.int().meta({ description: 'failed ones since the last success' }),
    next_at: at.nullable().meta({ description: 'the next attempt after a failure' }),
    last_at: at.nullable().meta({ description: 'the last success' }),
    last_error: z.string().nullable(),
  })
  .meta({ id: 'SourceList' });

const change = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(4_000)
    .regex(/^[\x21-\x7e]+$/, 'holds characters that no key has; copy it again')
    .optional()
    .meta({
      description:
        'an API key of the provider; of Amazon SES "access key id:secret access key". Kept sealed, never shown',
    }),
  of: z.string().min(1).max(200).nullable().optional(),
  url: z.url('must be a URL that begins with https://').max(2_000).nullable().optional(),
  write_back: z
    .boolean()
    .optional()
    .meta({ description: 'whether suppressions and releases from now on are written to the provider' }),
});
type Change = z.output<typeof change>;

const none = { 404: { description: 'no source of this id, or no access to its list' } };

export const sourceListEndpoints: readonly Endpoint[] = [
  endpoint({
    ...about,
    method: 'put',
    path: '/v1/sources/:id/list',
    summary: 'Give access to the provider’s own list',
    description:
      'What is not given stays. With write_back, what is suppressed from then on is added to the provider’s list, and what is released is taken off; complaints and unsubscribes stay there. What came from the provider’s own list is not sent back.',
    params,
    body: change,
    answers: {
      200: { description: 'how it stands', schema: shape },
      404: { description: 'no source of this id' },
      422: { description: 'the provider has no such list, or something is missing' },
    },
    handle: put,
  }),
  endpoint({
    ...about,
    method: 'get',
    path: '/v1/sources/:id/list',
    summary: 'How far the list is written back',
    params,
    answers: { 200: { description: 'how it stands', schema: shape }, ...none },
    async handle(call) {
      const source = await find(call, call.params.id);
      if (source === null) return unknown();
      const row = await call.services.store.sourceList(source.tenant, source.id);
      return row === null ? missing() : json(await shown(call, source, row));
    },
  }),
  endpoint({
    ...about,
    method: 'post',
    path: '/v1/sources/:id/list/push',
    summary: 'Put the list as it stands on the provider’s own',
    description:
      'Write-back alone tells of what changes from then on. The server does it, in the background: it reads the provider’s list, and adds what is not there, also what was there once. A push that is under way goes on. Where the key may not read the list, it goes by what it is known to have. What came from the provider’s own list is not sent back. With dry_run nothing changes.',
    params,
    body: z.strictObject({ dry_run: z.boolean().optional() }),
    answers: {
      200: {
        description: 'what is, or would be, put there',
        schema: z.object({
          dry_run: z.boolean(),
          addresses: z.int().meta({ description: 'blocked from all mail by what was decided here' }),
          listed: z.int().meta({ description: 'of them, those that the provider was last known to have' }),
          samples: z.array(z.string()).meta({ description: 'of the others' }),
          list: shape,
        }),
      },
      ...none,
      409: { description: 'write-back is off' },
    },
    handle: push,
  }),
  endpoint({
    ...about,
    method: 'delete',
    path: '/v1/sources/:id/list',
    summary: 'Forget the key of the provider',
    params,
    answers: { 204: { description: 'gone' }, ...none },
    async handle({ services, caller: { tenant, actor }, params: { id } }) {
      const gone = await configure(services, async () => {
        if ((await services.store.sourceList(tenant, id)) === null) return null;
        const note = { tenant, actor, action: 'source.list.delete', subject: id, detail: {} };
        return { change: { drop: 'source-list', tenant, id }, note, value: true };
      });
      return gone === null ? missing() : noContent();
    },
  }),
];

const missing = () => notFound('The source has no access to its provider’s list; give it with PUT.');

async function put(call: Call<{ id: string }, unknown, Change>): Promise<Answer> {
  const { services, caller, body } = call;
  const { store, runtime, writeBack } = services;
  const refusal = body.url == null ? null : await runtime.outbound.refusal(new URL(body.url));
  if (refusal !== null) return invalid('/url', refusal);
  let refused: Answer = unknown();
  const done = await configure(services, async () => {
    const source = await find(call, call.params.id);
    if (source === null) return null;
    const { tenant, id } = source;
    const now = runtime.now();
    const old = await store.sourceList(tenant, id);
    const given = givenOf(source, body, old === null ? null : await writeBack.open(old), services);
    if ('status' in given) {
      refused = given;
      return null;
    }
    const write_back = Number(body.write_back ?? old?.write_back === 1);
    // On from now: what came before was not asked for.
    const isNew = write_back === 1 && old?.write_back !== 1 && old?.why == null;
    const start = async () => ({
      changes_to: await store.lastChange(tenant),
      expired_to: now,
      expired_after: null,
      push_to: null,
    });
    const fresh = { why: null, attempts: 0, failing_since: null, next_at: now, last_error: null };
    const access = await writeBack.seal(given);
    // Of one that is there only what is given is written: a server may be moving its place.
    const changed = { tenant, id, ...(isNew ? await start() : {}), ...fresh, access, write_back };
    const counts = { last_at: null, added: 0, removed: 0, refused: 0 };
    const row: SourceListRow =
      old === null ? { created_at: now, ...counts, ...(await start()), ...changed } : { ...old, ...changed };
    const { key: hidden, ...told } = body;
    const detail = { ...told, ...(hidden === undefined ? {} : { key: 'replaced' }) };
    const note = { tenant, actor: caller.actor, action: 'source.list', subject: id, detail };
    const change: Configuration =
      old === null ? { put: 'source-list', row } : { note: 'source-list', row: changed };
    return { change, note, value: { source, row } };
  });
  return done === null ? refused : json(await shown(call, done.source, done.row));
}

/** What access there is then, or what it lacks. */
function givenOf(
  source: SourceRow,
  body: Change,
  before: Given | null,
  { settings }: Pick<Call['services'], 'settings'>,
): Given | Problem {
  const list = providerLists.get(source.provider);
  if (list === undefined) return invalid('/key', `is of no use: ${source.provider} has no list with an API`);
  if (body.write_back === true && settings.pepper !== null)
    return invalid(
      '/write_back',
      'is not possible: the list holds only hashes of addresses (MAILSTOP_PEPPER)',
    );
  if (body.write_back === true && list.write === undefined)
    return invalid(
      '/write_back',
      `is not possible: the API of ${source.provider} ${list.readOnly ?? 'cannot add to its list'}`,
    );
  const key = body.key ?? before?.key;
  if (key === undefined) return invalid('/key', 'is missing: an API key of the provider');
  const of = body.of === undefined ? (before?.of ?? null) : body.of;
  if (list.needsOf === true && of === null) return invalid('/of', `must say ${list.of}`);
  const url = body.url === undefined ? (before?.url ?? null) : body.url;
  return { key, of, url: url?.replace(/\/+$/, '') ?? null };
}

async function push(call: Call<{ id: string }, unknown, { dry_run?: boolean | undefined }>): Promise<Answer> {
  const { services, caller, body } = call;
  const { store, runtime } = services;
  const source = await find(call, call.params.id);
  if (source === null) return unknown();
  const { tenant, id, provider } = source;
  const known = await store.sourceList(tenant, id);
  if (known === null) return missing();
  if (known.write_back === 0)
    return refuse(409, 'Write-back is off; turn it on first: PUT …/list with "write_back": true.');
  const dry_run = body.dry_run === true;
  const now = runtime.now();
  const found = await store.pushable(tenant, provider, now, SAMPLES);
  const { addresses, listed } = found;
  const done = dry_run
    ? null
    : await configure(services, async () => {
        const row = await store.sourceList(tenant, id);
        if (row === null) return null;
        // One that is under way goes on.
        const push_to = row.push_to ?? PUSH_FROM;
        const note = {
          tenant,
          actor: caller.actor,
          action: 'source.list.push',
          subject: id,
          detail: { addresses, listed },
        };
        return {
          change: { note: 'source-list', row: { tenant, id, push_to } },
          note,
          value: { ...row, push_to },
        };
      });
  if (!dry_run && done === null) return missing();
  return json({ dry_run, ...found, list: await shown(call, source, done ?? known) });
}

async function shown(
  { services }: Pick<Call, 'services'>,
  source: SourceRow,
  row: SourceListRow,
): Promise<z.infer<typeof shape>> {
  const { of, url } = await services.writeBack.open(row);
  const { added, removed, refused, attempts, why, last_error } = row;
  const isOn = row.write_back === 1;
  return {
    source_id: row.id,
    provider: source.provider,
    of,
    url,
    write_back: isOn,
    why,
    created_at: toRfc3339(row.created_at),
    pushing: isOn && row.push_to !== null,
    behind: isOn ? await services.store.changesBehind(row.tenant, row.changes_to, MAX_BEHIND) : 0,
    added,
    removed,
    refused,
    failing_since: timeOrNull(row.failing_since),
    attempts,
    next_at: attempts === 0 ? null : toRfc3339(row.next_at),
    last_at: timeOrNull(row.last_at),
    last_error,
  };
}
