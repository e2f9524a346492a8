/** Releases by selection: preview, then one audited batch. */
import { z } from 'zod';
import { releaseAll, type Selection, select } from '../../app/releases.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { code, time } from '../fields.ts';
import { invalid, json } from '../problem.ts';
import { entryOf, entryShape } from '../shapes.ts';

const SAMPLES = 10;

const text = z.string().min(1, 'must not be empty').max(200);
const filter = z.strictObject({
  code: code.optional().meta({ description: 'basic code; 504 also means a lone 5.5.4' }),
  enhanced: text.optional(),
  category: text.optional(),
  rule: text.optional(),
  blame: text.optional(),
  domain: text.optional(),
  provider: text.optional(),
  source_id: text.optional(),
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
      why: z.string().trim().min(1, 'must say why').max(1_000),
      dry_run: z.boolean().optional(),
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
          samples: z.array(entryShape),
        }),
      },
    },
    async handle({ services, caller, body }) {
      const { source_id: sourceId, ...rest } = body.filter;
      const given = Object.entries({ ...rest, sourceId }).filter(([, value]) => value !== undefined);
      if (given.length === 0)
        return invalid('/filter', `must name at least one of ${Object.keys(filter.shape).join(', ')}`);
      const selection: Selection = Object.fromEntries(given);
      const { entries, excluded } = await select(services, caller.tenant, selection);
      const dryRun = body.dry_run === true;
      const done =
        dryRun || entries.length === 0
          ? null
          : await releaseAll(services, caller, selection, body.why, entries);
      const now = services.runtime.now();
      return json({
        id: done?.id ?? null,
        dry_run: dryRun,
        matched: entries.length,
        addresses: new Set(entries.map((row) => row.address)).size,
        released: done?.released.length ?? 0,
        excluded,
        samples: (done?.released ?? entries).slice(0, SAMPLES).map((row) => entryOf(row, now)),
      });
    },
  }),
];
