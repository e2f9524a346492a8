/** Making and changing sources, and showing them. Secrets are sealed here and go no further. */
import type { z } from 'zod';
import { configure } from '../app/configure.ts';
import type { Secrets } from '../providers/adapter.ts';
import { providerOf } from '../providers/registry.ts';
import type { SourceRow } from '../store/store.ts';
import type { Call } from './endpoint.ts';
import { type Answer, json, notFound, type Problem, refuse } from './problem.ts';
import { sourceOf, webhookUrl } from './shapes-setup.ts';
import {
  faultsOf,
  type newSource,
  readSecrets,
  type SourceFacts,
  type sourceChange,
  warningsOf,
} from './source-rules.ts';

const ID_CHARACTERS = 22;
type Any = Pick<Call, 'services' | 'caller' | 'request'>;

export const unsignedWarning = [
  'allow_unsigned: nothing is checked; whoever knows the URL can add to your list',
];
export const unknown = (): Problem => notFound('There is no source of this id.');

/** All of it is checked before any of it is kept. */
export async function create(call: Any, body: z.output<typeof newSource>): Promise<Answer> {
  const { runtime, seal, settings } = call.services;
  const { tenant } = call.caller;
  const id = `${body.provider}_${runtime.randomText(ID_CHARACTERS)}`;
  const secrets = readSecrets(body.secrets);
  const now = runtime.now();
  const row: SourceRow = {
    id,
    tenant,
    provider: body.provider,
    name: body.name,
    stream: streamOf(body.stream),
    streams: JSON.stringify(body.streams ?? {}),
    secrets: '',
    public_url: body.public_url?.replaceAll('{id}', id) ?? null,
    allow_unsigned: Number(body.allow_unsigned ?? false),
    require_sha256: Number(body.require_sha256 ?? false),
    recipient_tag: Number(body.recipient_tag ?? false),
    trust: body.trust ?? null,
    disabled: 0,
    last_event_at: null,
    silent_since: null,
    rejected_since: null,
    skewed_since: null,
    unmapped_since: null,
    unreadable_since: null,
    unsubscribed_since: null,
    paused_at: null,
    secrets_at: now,
    created_at: now,
    updated_at: now,
  };
  const facts = factsOf(row, secrets);
  const faults = await faultsOf(facts);
  if (faults.length > 0) return faulty(faults);
  const sealed = { ...row, secrets: await seal.seal(JSON.stringify(secrets)) };
  const { provider, name } = row;
  const made = written(call, sealed, 'source.create', { provider, name, unsigned: row.allow_unsigned === 1 });
  await configure(call.services, async () => ({ ...made, value: true }));
  return json(show(call, sealed, warningsOf(facts), 0), 201, {
    Location: new URL(webhookUrl(settings, call.request, id)).pathname.replace('/webhooks/', '/v1/sources/'),
  });
}

/** Fields that are given replace; secrets as a whole. */
export async function change(call: Any, id: string, given: z.output<typeof sourceChange>): Promise<Answer> {
  const { services } = call;
  const fresh = given.secrets === undefined ? null : readSecrets(given.secrets);
  const sealed = fresh === null ? null : await services.seal.seal(JSON.stringify(fresh));
  const { secrets: hidden, ...told } = given;
  let refused = unknown();
  const changed = await configure(services, async () => {
    const before = await find(call, id);
    if (before === null) return null;
    const row = changedRow(before, given, sealed, services.runtime.now());
    const facts = factsOf(row, fresh ?? (await secretsOf(call, before)));
    const faults = await faultsOf(facts);
    if (faults.length > 0) {
      refused = faulty(faults);
      return null;
    }
    const detail = { ...told, ...(hidden === undefined ? {} : { secrets: 'replaced' }) };
    return { ...written(call, row, 'source.change', detail), value: { row, warnings: warningsOf(facts) } };
  });
  if (changed === null) return refused;
  if (given.paused === false) await resume(call, id);
  return json(show(call, changed.row, changed.warnings, await waitingFor(call, id)));
}

const changedRow = (
  before: SourceRow,
  given: z.output<typeof sourceChange>,
  sealed: string | null,
  now: number,
): SourceRow => ({
  ...before,
  name: given.name ?? before.name,
  stream: given.stream === undefined ? before.stream : streamOf(given.stream),
  streams: given.streams === undefined ? before.streams : JSON.stringify(given.streams ?? {}),
  public_url:
    given.public_url === undefined
      ? before.public_url
      : (given.public_url?.replaceAll('{id}', before.id) ?? null),
  allow_unsigned: given.allow_unsigned === undefined ? before.allow_unsigned : Number(given.allow_unsigned),
  require_sha256: given.require_sha256 === undefined ? before.require_sha256 : Number(given.require_sha256),
  recipient_tag: given.recipient_tag === undefined ? before.recipient_tag : Number(given.recipient_tag),
  trust: given.trust === undefined ? before.trust : given.trust,
  disabled: given.disabled === undefined ? before.disabled : Number(given.disabled),
  paused_at: given.paused === undefined ? before.paused_at : given.paused ? (before.paused_at ?? now) : null,
  ...(sealed === null ? {} : { secrets: sealed, secrets_at: now }),
  updated_at: now,
});

/** How long an answer waits for what is kept to be taken in; a short pause is made up for by then. */
const PATIENCE = 2_000;

/** It is resumed, whatever becomes of this: what runs in the background goes on as well. */
async function resume({ services }: Any, id: string): Promise<void> {
  await services.resumer.run(id, PATIENCE).catch((error: unknown) => {
    services.log('error', 'what waited for a paused source was not taken in', {
      error: error instanceof Error ? error.name : 'unknown',
    });
  });
}

export const waitingFor = async (
  { services, caller }: Pick<Any, 'services' | 'caller'>,
  id: string,
): Promise<number> => (await services.store.waitingCounts(caller.tenant)).get(id) ?? 0;

const written = ({ caller }: Any, row: SourceRow, action: string, detail: Record<string, unknown>) => ({
  change: { put: 'source', row } as const,
  note: { tenant: row.tenant, actor: caller.actor, action, subject: row.id, detail },
});

const faulty = (faults: Awaited<ReturnType<typeof faultsOf>>): Problem =>
  refuse(422, faults.map(({ pointer, detail }) => `${pointer} ${detail}`).join('; '), faults);

/** All mail is what no stream means, too. */
const streamOf = (stream: string | null | undefined): string | null =>
  stream === '*' ? null : (stream ?? null);

/** Never that of another tenant. */
export async function find(
  { services, caller }: Pick<Any, 'services' | 'caller'>,
  id: string,
): Promise<SourceRow | null> {
  const row = await services.store.source(id);
  return row === null || row.tenant !== caller.tenant ? null : row;
}

export const secretsOf = async ({ services }: Any, row: SourceRow): Promise<Secrets> =>
  (await services.sources.open(row)).secrets;

export function factsOf(row: SourceRow, secrets: Secrets): SourceFacts {
  const adapter = providerOf(row.provider);
  if (adapter === null) throw new Error(`source ${row.id}: this version knows no provider ${row.provider}`);
  return {
    adapter,
    secrets,
    publicUrl: row.public_url,
    allowUnsigned: row.allow_unsigned === 1,
    requireSha256: row.require_sha256 === 1,
    recipientTag: row.recipient_tag === 1,
  };
}

export const show = (call: Any, row: SourceRow, warnings: readonly string[], waiting: number) =>
  sourceOf(row, webhookUrl(call.services.settings, call.request, row.id), warnings, waiting);
