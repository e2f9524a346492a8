/** The policy as a document: read it, preview a change, activate it, take it back. */
import * as z from 'zod';
import { documentOf } from '../../app/policies.ts';
import { policyDocument, policyLimits, writtenRule, writtenTest } from '../../app/policy-document.ts';
import type { Moved, Preview } from '../../app/redecide.ts';
import { streamClasses } from '../../core/policy.ts';
import { compile, differing, type PolicyDocument, warningsOf } from '../../core/policy-document.ts';
import { toRfc3339 } from '../../core/time.ts';
import type { PolicyRow } from '../../store/store.ts';
import { cursorOf, isProblem, type Place, pageOf, paging, placeOf } from '../cursor.ts';
import { type Call, type Endpoint, endpoint } from '../endpoint.ts';
import { time as instant } from '../fields.ts';
import { changePolicy, currentPolicy } from '../policy-edits.ts';
import { json, notFound, type Problem, refuse } from '../problem.ts';
import { entryOf, entryShape, listing } from '../shapes.ts';

const tag = 'Streams and policy';
/** What its cursors are of. */
const PREVIEW = 'policy preview';
const SIMULATION = 'policy simulation';
const classes = z.array(z.enum(streamClasses));
const time = z.string().meta({ format: 'date-time' });

const moved = {
  suppressed: z.int().meta({ description: 'entries that would block and did not' }),
  released: z.int(),
  changed: z.int().meta({ description: 'would still block, for another reason or time' }),
};
const most = z
  .array(z.object({ value: z.string(), ...moved }))
  .meta({ description: 'the twenty that move most' });

const previewShape = z.object({
  addresses: z.int().meta({ description: 'looked at in this answer' }),
  events: z.int().meta({ description: 'of these addresses, decided again' }),
  ...moved,
  by: z.object({ code: most, receiver: most, rule: most }),
  domains: z.array(z.string()).meta({
    description: 'that may be blocked as a whole once enough of their addresses fail; not counted above',
  }),
  samples: z.array(z.object({ before: entryShape.nullable(), after: entryShape })),
  next_cursor: z.string().nullable().meta({ description: 'ask again with it; null = that was all' }),
});

const policyShape = z.object({
  version: z.int().meta({ description: '0 = the default, never changed' }),
  policy_version: z.string(),
  created_at: time.nullable(),
  actor: z.string().nullable(),
  why: z.string().nullable(),
  rules: z
    .array(z.looseObject({ id: z.string(), why: z.string() }))
    .meta({ description: 'all, in the order in which they are tried' }),
  own_rules: z.array(z.string()).meta({ description: 'which of them are not those of the default policy' }),
  streams: z.record(z.string(), z.enum(streamClasses)),
  matrix: z.record(z.string(), classes).meta({ description: 'which reason blocks which class' }),
  tests: z
    .array(z.looseObject({}))
    .meta({ description: 'cases that must hold before the policy is activated' }),
  deciding: z.boolean().meta({ description: 'the list is still being decided anew' }),
  warnings: z.array(z.string()).optional(),
  preview: previewShape.optional(),
});

const versionShape = z.object({
  version: z.int(),
  created_at: time,
  actor: z.string(),
  why: z.string().nullable(),
  own_rules: z.array(z.string()),
  streams: z.int(),
  tests: z.int(),
});

/** One answer of a preview takes so long at most, and goes on with its cursor. */
const PREVIEW_MS = 5_000;
const DECIDE_MS = 5_000;

export const policyEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'get',
    path: '/v1/policy',
    summary: 'Show the policy in force, or an earlier version',
    scope: 'read',
    query: z.strictObject({
      version: z.coerce.number().int().min(0).optional().meta({ description: '0 = the default' }),
    }),
    answers: {
      200: {
        description: 'with its version as ETag; may be edited and sent back with PUT',
        schema: policyShape,
      },
      404: { description: 'no such version' },
    },
    async handle({ services, caller, query }) {
      const current = await currentPolicy(services, caller.tenant);
      const version = query.version ?? current.version;
      const row = version === 0 ? null : await services.store.policyVersion(caller.tenant, version);
      if (row === null && version > 0) return notFound(`There is no version ${version} of the policy.`);
      return json(shown(row, documentOf(row)), 200, { ETag: `"${version}"` });
    },
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/policy/versions',
    summary: 'List the versions of the policy, newest first',
    scope: 'read',
    query: z.strictObject(paging),
    answers: { 200: { description: 'all are kept', schema: listing(versionShape) } },
    async handle({ services, caller, query }) {
      const place = placeOf('policy-versions', query);
      if (isProblem(place)) return place;
      const page = await services.store.policyVersions(caller.tenant, place.request);
      return json(
        pageOf('policy-versions', place, page, (row) => {
          const { rules, streams, tests, why = null } = documentOf(row);
          return {
            version: row.version,
            created_at: toRfc3339(row.created_at),
            actor: row.actor,
            why,
            own_rules: rules.map(({ id }) => id),
            streams: Object.keys(streams).length,
            tests: tests.length,
          };
        }),
      );
    },
  }),
  endpoint({
    tag,
    method: 'put',
    path: '/v1/policy',
    summary: 'Preview or activate another policy',
    description:
      'Rules of your own are tried before the default ones; one with the id of a default rule takes its place. Default rules may be left out. The list is decided anew from the facts that are kept. With If-Match it is refused (412) where somebody else was faster.',
    scope: 'admin',
    query: z.strictObject({
      dry_run: z
        .enum(['true', 'false'])
        .optional()
        .meta({ description: 'true: check it, and say what would change' }),
      cursor: paging.cursor.meta({ description: 'of a preview that goes on' }),
    }),
    body: policyDocument,
    bodyLimit: policyLimits.bytes,
    answers: {
      200: { description: 'in force from the next event on', schema: policyShape },
      412: { description: 'the version is not the current one' },
      422: { description: 'a rule or a case does not hold; the pointers say which' },
    },
    async handle(call) {
      const { services, caller, body, query } = call;
      const match = call.request.headers.get('if-match');
      const isCurrent = (version: number): boolean => [null, '*', `"${version}"`].includes(match);
      if (query.dry_run === 'true') {
        const place = placeOf(PREVIEW, query);
        if (isProblem(place)) return place;
        const { version } = await currentPolicy(services, caller.tenant);
        if (!isCurrent(version)) return stale(services, caller.tenant);
        return preview(call, body, place);
      }
      const made = await changePolicy(call, 'policy.change', 'policy', (_before, version) =>
        isCurrent(version) ? body : null,
      );
      if (made === null) return stale(services, caller.tenant);
      return json({ ...shown(made, documentOf(made)), warnings: warningsOf(body) }, 200, {
        ETag: `"${made.version}"`,
      });
    },
  }),
  endpoint({
    tag,
    method: 'post',
    path: '/v1/policy/simulate',
    summary: 'Run another policy over what was recorded',
    description:
      'Changes nothing. Says what the policy would have suppressed more, released and changed, beside the list as it is. One answer covers some seconds of work; go on with next_cursor, and add up.',
    scope: 'read',
    query: z.strictObject({ cursor: paging.cursor }),
    body: z.strictObject({
      policy: policyDocument,
      since: instant.optional().meta({
        description: 'only addresses of which something happened from then on; all unless given',
      }),
    }),
    bodyLimit: policyLimits.bytes,
    answers: {
      200: { description: 'what would be otherwise', schema: previewShape },
      422: { description: 'a rule or a case does not hold; the pointers say which' },
    },
    async handle({ services, caller: { tenant }, query, body }) {
      const place = placeOf(SIMULATION, query);
      if (isProblem(place)) return place;
      const { version } = await currentPolicy(services, tenant);
      const simulated = await services.redecider.preview(
        tenant,
        compile(differing(body.policy), version + 1),
        { after: String(place.request.after?.[0] ?? ''), since: body.since ?? null },
        PREVIEW_MS,
      );
      return json(previewShown(simulated, place, services.runtime.now(), SIMULATION));
    },
  }),
  endpoint({
    tag,
    method: 'post',
    path: '/v1/policy/decide',
    summary: 'Go on deciding the list anew',
    description:
      'A server does so by itself; a Worker by its schedule. This waits for up to five seconds of it.',
    scope: 'admin',
    answers: {
      200: {
        description: 'how far it came',
        schema: z.object({ addresses: z.int(), done: z.boolean() }),
      },
    },
    async handle({ services, caller }) {
      return json(await services.redecider.run(caller.tenant, DECIDE_MS));
    },
  }),
];

async function stale({ store }: Call['services'], tenant: string): Promise<Problem> {
  const version = (await store.policy(tenant))?.version ?? 0;
  return refuse(
    412,
    `The policy has changed since it was read: it is at version ${version} now. Read it again.`,
  );
}

async function preview(
  { services, caller: { tenant } }: Pick<Call, 'services' | 'caller'>,
  document: PolicyDocument,
  place: Place,
) {
  const { version, row } = await currentPolicy(services, tenant);
  const wanted = differing(document);
  const previewed = await services.redecider.preview(
    tenant,
    compile(wanted, version + 1),
    { after: String(place.request.after?.[0] ?? ''), since: null },
    PREVIEW_MS,
  );
  return json({
    ...shown(row, wanted),
    warnings: warningsOf(document),
    preview: previewShown(previewed, place, services.runtime.now()),
  });
}

const TOP = 20;

function previewShown(
  { next, samples, domains, by, ...counts }: Preview,
  place: Place,
  now: number,
  of = PREVIEW,
): z.infer<typeof previewShape> {
  const top = (values: ReadonlyMap<string, Moved>) =>
    [...values]
      .map(([value, moved]) => ({ value, ...moved }))
      .sort((a, b) => sum(b) - sum(a))
      .slice(0, TOP);
  return {
    ...counts,
    by: { code: top(by.code), receiver: top(by.receiver), rule: top(by.rule) },
    domains: [...domains].slice(0, 100),
    samples: samples.map((one) => ({
      before: one.before === null ? null : entryOf(one.before, now),
      after: entryOf(one.after, now),
    })),
    next_cursor: cursorOf(of, place, next === null ? null : [next]),
  };
}

const sum = ({ suppressed, released, changed }: Moved): number => suppressed + released + changed;

function shown(row: PolicyRow | null, document: PolicyDocument): z.infer<typeof policyShape> {
  const policy = compile(document, row?.version ?? 0);
  return {
    version: row?.version ?? 0,
    policy_version: policy.version,
    created_at: row === null ? null : toRfc3339(row.created_at),
    actor: row?.actor ?? null,
    why: document.why ?? null,
    rules: policy.rules.map(writtenRule),
    own_rules: document.rules.map(({ id }) => id),
    streams: policy.streams,
    matrix: Object.fromEntries(
      Object.entries(policy.matrix).map(([reason, blocked]) => [reason, [...blocked]]),
    ),
    tests: document.tests.map(writtenTest),
    deciding: row !== null && row.redecided_to !== null,
  };
}
