/** What replies mean: the catalogue, and a judgement of any reply by the tenant's policy. */
import * as z from 'zod';
import { becauseOf } from '../../core/classified-by.ts';
import { allCodes, type CodeEntry, lookupCode } from '../../core/codes/catalogue.ts';
import type { Reply } from '../../core/event.ts';
import { actionOf, judgeReply } from '../../core/judge-reply.ts';
import type { Policy } from '../../core/policy.ts';
import { readReply } from '../../core/smtp.ts';
import { type Category, factsOf } from '../../core/taxonomy.ts';
import { isProblem, pageOf, paging, placeOf, slice } from '../cursor.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { code } from '../fields.ts';
import { filtersOf, given } from '../filters.ts';
import { json, notFound } from '../problem.ts';
import { codeOf, codeShape, listing } from '../shapes.ts';

const tag = 'Meaning';
const MAX_REPLIES = 1_000;

const codeFilters = z.strictObject({
  type: z.enum(['basic', 'enhanced']).optional(),
  category: z.string().max(100).optional(),
  severity: z.enum(['low', 'medium', 'high', 'critical']).optional(),
  verdict: z.string().max(100).optional(),
  bounce_type: z.enum(['hard', 'soft', 'none']).optional(),
  action: z.enum(['suppress', 'strike', 'note', 'release']).optional(),
  retry: z.enum(['no', 'later', 'after-fix']).optional(),
  q: z.string().max(200).optional().meta({ description: 'in the code, name or meaning' }),
});

const reply = z.union(
  [
    z.string().max(65_536),
    z.strictObject({
      code: code.nullish(),
      enhanced: z.string().max(20).nullish(),
      text: z.string().max(65_536).nullish(),
    }),
  ],
  { error: 'must be a reply as text, or {code, enhanced, text}' },
);

/** A code that is none must not be judged as if nothing were known. */
const readableReply = reply.superRefine((given, context) => {
  if (typeof given === 'string') return;
  for (const [name, example] of [
    ['code', '550'],
    ['enhanced', '5.1.1'],
  ] as const) {
    const value = given[name];
    if (value !== undefined && value !== null && readReply({ [name]: value }).source === null)
      context.addIssue({
        code: 'custom',
        path: [name],
        message: `must be an SMTP code, such as "${example}"`,
      });
  }
});

const orNull = z.string().nullable();
const meaningShape = z.object({
  code: orNull,
  enhanced: orNull,
  bounce_type: z.string(),
  category: orNull,
  blame: z.string(),
  severity: orNull,
  verdict: z.string(),
  action: z.string(),
  retry: z.string(),
  rule: z.string(),
  meaning: orNull,
  confidence: z.enum(['high', 'medium', 'low']),
  classified_by: z.string().meta({ description: 'what decided: words (text:…), a code, or nothing' }),
  why: orNull.meta({ description: 'the reason of that rule' }),
  source: orNull.meta({ description: 'who says so: a page, a standard, a program' }),
  evidence: z.array(z.string()).meta({ description: 'the words and codes that decided' }),
});

export const REPLIES_BYTES = 4 * 1024 * 1024;

export const codeEndpoints: readonly Endpoint[] = [
  endpoint({
    tag,
    method: 'post',
    path: '/v1/classify',
    summary: 'Say what replies mean, and what the policy would do',
    description: 'Each reply is taken as a final failure.',
    scope: 'read',
    body: z.strictObject({ replies: z.array(readableReply).max(MAX_REPLIES) }),
    bodyLimit: REPLIES_BYTES,
    answers: {
      200: { description: 'in the same order', schema: z.object({ results: z.array(meaningShape) }) },
    },
    async handle({ services, caller, body }) {
      const policy = await services.policies.of(caller.tenant);
      return json({
        results: body.replies.map((one) =>
          meaningOf(policy, readReply(typeof one === 'string' ? { text: one } : withoutUndefined(one))),
        ),
      });
    },
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/codes',
    summary: 'List the codes',
    description: 'Action and retry are those of the default policy; POST /v1/classify judges by yours.',
    scope: 'read',
    query: codeFilters.extend(paging),
    answers: { 200: { description: 'basic codes first', schema: listing(codeShape) } },
    async handle({ query, request }) {
      const place = placeOf('codes', query, given(request, ['limit', 'cursor']));
      if (isProblem(place)) return place;
      const filters = filtersOf(codeFilters, place);
      if (isProblem(filters)) return filters;
      const rows = allCodes().filter((entry) => fits(entry, filters));
      return json(
        pageOf(
          'codes',
          place,
          slice(rows, (entry) => entry.code, place.request),
          codeOf,
        ),
      );
    },
  }),
  endpoint({
    tag,
    method: 'get',
    path: '/v1/codes/:code',
    summary: 'Explain one code',
    description: 'Action and retry are those of the default policy; POST /v1/classify judges by yours.',
    scope: 'read',
    params: z.object({ code: z.string().max(20) }),
    answers: {
      200: { description: 'what it means with no text beside it', schema: codeShape },
      404: { description: 'no such code' },
    },
    handle({ params }) {
      const entry = lookupCode(params.code);
      return entry === null
        ? notFound('There is no such code: send three digits (504), or an enhanced code (5.5.4).')
        : json(codeOf(entry));
    },
  }),
];

function fits(entry: CodeEntry, { q, bounce_type, ...same }: Partial<z.output<typeof codeFilters>>): boolean {
  const words = `${entry.code} ${entry.name} ${entry.meaning}`.toLowerCase();
  return (
    (q === undefined || words.includes(q.toLowerCase())) &&
    (bounce_type === undefined || entry.bounceType === bounce_type) &&
    Object.entries(same).every(
      ([name, value]) => value === undefined || entry[name as keyof typeof same] === value,
    )
  );
}

function meaningOf(policy: Policy, smtp: Reply): z.infer<typeof meaningShape> {
  const { found, rule } = judgeReply(policy, { reply: smtp });
  const { category, blame, bounceType, severity, verdict } = found;
  const because = becauseOf(found.rule);
  return {
    code: smtp.code,
    enhanced: smtp.enhanced,
    bounce_type: bounceType,
    category,
    blame,
    severity,
    verdict,
    action: actionOf(rule),
    retry: rule.retry,
    rule: rule.id,
    meaning: sentence(smtp, found.category),
    confidence: found.confidence,
    classified_by: found.rule,
    why: because?.why ?? null,
    source: because?.source ?? null,
    evidence: [...found.evidence],
  };
}

/** The catalogue's words where it agrees on the category; text may have told more than the code does. */
function sentence({ code, enhanced }: Reply, category: Category | null): string | null {
  const entries = [code === '504' ? code : null, enhanced, code].flatMap((one) =>
    one === null ? [] : (lookupCode(one) ?? []),
  );
  const agreeing = entries.find((entry) => entry.category === category);
  return agreeing?.meaning ?? (category === null ? null : factsOf(category).meaning);
}

const withoutUndefined = ({
  code: basic,
  enhanced,
  text,
}: {
  code?: string | null | undefined;
  enhanced?: string | null | undefined;
  text?: string | null | undefined;
}) => ({
  code: basic ?? null,
  enhanced: enhanced ?? null,
  text: text ?? null,
});
