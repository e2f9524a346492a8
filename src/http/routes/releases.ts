/** Releases by selection: preview, then one audited batch. */
import * as z from 'zod';
import { reopenIncident } from '../../app/incidents.ts';
import type { Operated } from '../../app/mail-hosts.ts';
import { addressesOf, undo, undoable } from '../../app/release-undo.ts';
import { previewOf, releaseAll, type Selection, select } from '../../app/releases.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { addressOrDomain, code, domainName, time, words } from '../fields.ts';
import { invalid, json, notFound, refuse } from '../problem.ts';
import { entryOf, entryShape } from '../shapes.ts';

const SAMPLES = 10;
const DOMAINS = 100;

const text = z.string().min(1, 'must not be empty').max(200);
const why = words(1_000, 'must say why');
const filter = z.strictObject({
  addresses: z
    .array(addressOrDomain)
    .min(1, 'must name at least one')
    .max(1_000)
    .optional()
    .meta({ description: 'none but these; manual entries are released too, unless `reason` is given' }),
  code: code.optional().meta({ description: 'basic code; 504 also means a lone 5.5.4' }),
  enhanced: text.optional(),
  category: text.optional(),
  rule: text.optional(),
  blame: text.optional(),
  domain: domainName.optional(),
  mx: text.optional().meta({
    description:
      'whose servers take the mail of their domains, as DNS says: a name such as google or microsoft, or a domain of such a server. Needs MAILSTOP_MX_RESOLVER',
  }),
  provider: text.optional(),
  source_id: text.optional(),
  template: z
    .string()
    .min(1, 'must not be empty')
    .max(4_096)
    .optional()
    .meta({ description: 'a reply like those they rest on; what is variable in it does not matter' }),
  incident: text.optional().meta({ description: 'what this incident holds' }),
  reason: z
    .enum(['hard-bounce', 'soft-bounce', 'manual'], {
      error:
        'must be hard-bounce, soft-bounce or manual; a complaint or unsubscribe is released one by one, with evidence',
    })
    .optional()
    .meta({ description: 'hard and soft bounces unless given' }),
  from: time.optional().meta({ description: 'entries first made from then on' }),
  to: time.optional(),
});

const takenBack = () => refuse(409, 'This release was taken back before.');

const operatedOf = ({ operator, domains, elsewhere, unknown }: Operated) => ({
  operator,
  domains: domains.slice(0, DOMAINS),
  elsewhere,
  unknown_domains: unknown.domains.slice(0, DOMAINS),
  unknown: unknown.entries,
});

export const releaseEndpoints: readonly Endpoint[] = [
  endpoint({
    method: 'post',
    path: '/v1/releases',
    tag: 'The list',
    summary: 'Release all entries of one cause',
    description:
      'With dry_run nothing changes. Failures of mail that is still queued, of the same code, are not held against anyone for a day.',
    scope: 'release',
    body: z.strictObject({
      filter,
      all: z.boolean().optional().meta({ description: 'true: an empty filter is meant, the whole list' }),
      why,
      dry_run: z.boolean().optional(),
      preview: z.string().max(100).optional().meta({
        description: 'as a dry run gave it: refused where the selection has changed since',
      }),
    }),
    answers: {
      200: {
        description: 'what is meant, and what became of it',
        schema: z.object({
          id: z.string().nullable().meta({ description: 'null where nothing was released' }),
          dry_run: z.boolean(),
          matched: z.int(),
          addresses: z.int(),
          released: z.int(),
          excluded: z
            .record(z.string(), z.int())
            .meta({ description: 'of the same selection, by reason: never released so' }),
          mx: z
            .object({
              operator: z.string(),
              domains: z.array(z.string()).meta({ description: 'whose mail it takes; the first 100' }),
              elsewhere: z.int().meta({ description: 'entries at other operators' }),
              unknown_domains: z.array(z.string()).meta({
                description: 'DNS did not say who takes their mail; the first 100. Never released so',
              }),
              unknown: z.int().meta({ description: 'entries at such domains' }),
            })
            .nullable()
            .meta({ description: 'of a selection by mx' }),
          preview: z.string().meta({ description: 'names this selection as it is now' }),
          samples: z.array(entryShape),
        }),
      },
      409: { description: 'the selection is not the one that was previewed' },
    },
    async handle({ services, caller, body }) {
      const { source_id: sourceId, ...rest } = body.filter;
      const given = Object.entries({ ...rest, sourceId }).filter(([, value]) => value !== undefined);
      if (given.length === 0 && body.all !== true)
        return invalid(
          '/filter',
          `must name at least one of ${Object.keys(filter.shape).join(', ')}; with "all": true it may be empty`,
        );
      const selection: Selection = Object.fromEntries(given);
      if (selection.mx !== undefined && services.runtime.mailHosts === null)
        return invalid(
          '/filter/mx',
          'is not offered here, as this server asks no DNS; set MAILSTOP_MX_RESOLVER, or select by domain',
        );
      const { entries, excluded, operated } = await select(services, caller.tenant, selection);
      const dryRun = body.dry_run === true;
      const preview = await previewOf(entries, services.runtime);
      if (body.preview !== undefined && body.preview !== preview)
        return refuse(
          409,
          `The list has changed since the preview: it showed ${Number.parseInt(body.preview, 10) || 0} entries, now there are ${entries.length}. Look again with "dry_run": true.`,
        );
      const done =
        dryRun || entries.length === 0
          ? null
          : await releaseAll(services, caller, selection, body.why, entries);
      const now = services.runtime.now();
      return json({
        id: done === null || done.acts === 0 ? null : done.id,
        dry_run: dryRun,
        matched: entries.length,
        addresses: addressesOf(entries),
        released: done?.released.length ?? 0,
        excluded,
        mx: operated === undefined ? null : operatedOf(operated),
        preview,
        samples: (done?.released ?? entries).slice(0, SAMPLES).map((row) => entryOf(row, now)),
      });
    },
  }),
  endpoint({
    method: 'post',
    path: '/v1/releases/:id/undo',
    tag: 'The list',
    summary: 'Take a release back',
    description:
      'The list is then what it would be had there been no such release, with all that was reported since. An incident whose release it was is open again. With dry_run nothing changes.',
    scope: 'release',
    params: z.object({ id: z.string().max(100) }),
    body: z.strictObject({ why, dry_run: z.boolean().optional() }),
    answers: {
      200: {
        description: 'what blocks again',
        schema: z.object({
          id: z.string(),
          dry_run: z.boolean(),
          addresses: z.int().meta({ description: 'whose release is taken back' }),
          restored: z.int(),
          samples: z.array(entryShape),
        }),
      },
      404: { description: 'no such release' },
      409: { description: 'it was taken back before' },
    },
    async handle({ services, caller, params: { id }, body }) {
      const { acts, incident, left } = await undoable(services, caller.tenant, id);
      if (acts === 0) return notFound('There is no such release.');
      if (left.length === 0) return takenBack();
      const dryRun = body.dry_run === true;
      // First, so that one that broke off half-way is seen, and may be sent again.
      if (!dryRun && incident !== null) await reopenIncident(services, caller, incident);
      const undone = dryRun ? null : await undo(services, caller, id, body.why, left);
      if (undone?.addresses === 0) return takenBack();
      const restored = undone?.restored ?? [];
      const now = services.runtime.now();
      return json({
        id,
        dry_run: dryRun,
        addresses: undone?.addresses ?? addressesOf(left),
        restored: restored.length,
        samples: restored.slice(0, SAMPLES).map((row) => entryOf(row, now)),
      });
    },
  }),
];
