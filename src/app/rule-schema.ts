/** One rule as people write it: snake_case, with what goes without saying left out. Gives a Rule of the core. */
import * as z from 'zod';
import { canonicalAddress } from '../core/address.ts';
import { defaultRules } from '../core/default-policy.ts';
import { kinds, reasons } from '../core/event.ts';
import type { Duration, Rule } from '../core/policy.ts';
import { isStorable, NOT_STORABLE } from '../core/storable.ts';
import { type Category, categories } from '../core/taxonomy.ts';
import { providers } from '../providers/registry.ts';
import { patternFault } from './pattern-cost.ts';

export const text = (most: number) =>
  z.string().trim().min(1, 'must not be empty').max(most).refine(isStorable, NOT_STORABLE);

/** One value or several, always kept as several. What is wrong with the value is told, not that it is none of two forms. */
const several = <T extends z.ZodType>(one: T) =>
  z.union([one.transform((value) => [value]), z.array(one).min(1, 'must name at least one')], {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? issue.errors[Array.isArray(issue.input) ? 1 : 0]?.[0]?.message
        : undefined,
  });

export const oneOf = <const T extends readonly string[]>(names: T, what: string) =>
  z.enum(names, {
    error: (issue) => `${JSON.stringify(issue.input)} is no ${what}; it is one of ${names.join(', ')}`,
  });

export const categoryNames = Object.keys(categories) as [Category, ...Category[]];
export const providerNames = providers.map(({ id }) => id);
const failures = ['bounce', 'deferral', 'reject'] as const;
const feedbackTypes = ['abuse', 'fraud', 'virus', 'not-spam', 'auth-failure', 'opt-out', 'other'] as const;

const duration = z
  .union([z.literal('ever'), z.string().regex(/^[1-9]\d{0,4}[dhm]$/)], {
    error: 'must be "ever", or a number of days, hours or minutes such as "7d", "72h", "30m"',
  })
  .transform((value) => value as Duration);
const ending = duration.refine((value) => value !== 'ever', 'must end, such as "7d"');

const code = z
  .union([z.string(), z.number().int()])
  .transform(String)
  .refine(
    (value) => /^([2-5](\d\d|\dx|xx)|none)$/.test(value),
    'must be a basic code such as "550", "5xx" for a class, or "none"',
  )
  .meta({ example: '550' });
const enhanced = z
  .string()
  .regex(
    /^[245]\.(\d{1,3}|x)\.(\d{1,3}|x)$/,
    'must be an enhanced code such as "5.1.1", with x for any number: "5.7.x"',
  );

const receiver = z.string().transform((value, context) => {
  const read = canonicalAddress(`a@${value.replace(/^@/, '')}`);
  if (read.ok) return read.value.slice(2);
  context.addIssue(`is no domain: ${read.error}`);
  return z.NEVER;
});

const pattern = z
  .string()
  .min(1, 'must not be empty')
  .max(500)
  .superRefine((value, context) => {
    const fault = patternFault(value);
    if (fault !== null) context.addIssue(fault);
  });

const when = z.strictObject({
  kind: several(oneOf(kinds, 'kind')).optional(),
  code: code.optional(),
  enhanced: enhanced.optional(),
  category: several(oneOf(categoryNames, 'category')).optional(),
  class: z.union([z.literal(4), z.literal(5)], { error: 'must be 4 or 5' }).optional(),
  strength: oneOf(['strong', 'weak', 'none'], 'strength').optional(),
  provider: several(oneOf(providerNames, 'provider')).optional(),
  receiver: several(receiver).optional().meta({ description: 'domains of the recipient' }),
  text: pattern
    .optional()
    .meta({ description: 'a regular expression over the words of the reply, upper and lower case alike' }),
  feedback: several(oneOf(feedbackTypes, 'feedback type')).optional(),
  listed_for: several(oneOf(['bounce', 'complaint', 'unsubscribe'], 'cause of a listing')).optional(),
  hearsay: z.literal(true, { error: 'must be true, or left out' }).optional(),
});

const wholeNumber = (most: number) => z.int().min(1).max(most);
const ladderSteps = (step: z.ZodType<Duration>) =>
  z.array(step).min(1, 'must have at least one step').max(10);

const outcomes = z.discriminatedUnion(
  'do',
  [
    z.strictObject({ do: z.literal('note') }),
    z.strictObject({ do: z.literal('release') }),
    z.strictObject({
      do: z.literal('suppress'),
      reason: oneOf(
        reasons.filter((one) => one !== 'manual'),
        'reason',
      ).default('hard-bounce'),
      for: duration.default('ever'),
      scope: oneOf(['stream'], 'scope').optional().meta({ description: 'only mail of the same stream' }),
      origin: z.literal('provider').optional(),
    }),
    z.strictObject({
      do: z.literal('strike'),
      days: wholeNumber(90).meta({ description: 'UTC days with such a failure' }),
      within: ending.default('90d'),
      steps: ladderSteps(ending).default(['7d', '30d', '90d']),
      from: z.int().min(0).max(9).default(0),
    }),
    z.strictObject({
      do: z.literal('dead'),
      steps: ladderSteps(duration).default(['ever']),
      alive: ending
        .nullable()
        .default('7d')
        .meta({ description: 'first step of an address that took mail lately; null = none' }),
      apart: ending.default('72h'),
      within: ending.default('365d'),
    }),
  ],
  { error: 'must be note, or {do: suppress | strike | dead | note | release, …}' },
);
/** `note` for `{do: note}`. */
const then = z.preprocess((value) => (typeof value === 'string' ? { do: value } : value), outcomes);

const domainLadder = z.strictObject({
  addresses: wholeNumber(1_000),
  days: wholeNumber(90).default(2),
  apart: ending.default('24h'),
  within: ending.default('365d'),
  steps: ladderSteps(ending).default(['30d', '90d', '180d']),
});

const retryOf = { suppress: 'no', dead: 'no', strike: 'later', note: 'later', release: 'no' } as const;

export const rule = z
  .strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, and . _ -')
      .meta({ description: 'of a default rule: it takes its place' }),
    why: text(500).meta({ description: 'shown with every decision of the rule' }),
    when: when.default({}),
    then,
    domain: domainLadder.optional().meta({ description: 'when such failures block the whole domain' }),
    retry: oneOf(['no', 'later', 'after-fix'], 'retry').optional(),
  })
  .superRefine(checkKinds)
  .transform(({ id, why, when: { listed_for, ...given }, then: outcome, retry, domain }): Rule => {
    const isDefault = defaultRules.some((one) => one.id === id);
    const kind = given.kind ?? (isDefault ? undefined : kindsOf(outcome));
    return present({
      id,
      why,
      when: present({ ...given, kind, listedFor: listed_for }),
      then: outcome,
      domain,
      retry: retry ?? retryOf[outcome.do],
    }) as unknown as Rule; // what is present was checked above; only exactOptionalPropertyTypes cannot see that
  });

type GivenRule = {
  when: { kind?: readonly string[] | undefined };
  then: z.output<typeof outcomes>;
  domain?: unknown;
};

/** Where a rule of one's own does not say: never what it cannot have meant, such as to note unsubscribes away. */
function kindsOf(outcome: z.output<typeof outcomes>): readonly string[] | undefined {
  if (blocks(outcome)) return ['bounce', 'reject'];
  if (outcome.do === 'suppress') return [outcome.reason, 'reject'];
  return outcome.do === 'note' ? failures : undefined;
}

/** What blocks for a bounce. */
const blocks = (outcome: z.output<typeof outcomes>): boolean =>
  outcome.do === 'strike' ||
  outcome.do === 'dead' ||
  (outcome.do === 'suppress' && (outcome.reason === 'hard-bounce' || outcome.reason === 'soft-bounce'));

/** An outcome fits only some kinds of events: a ladder of failures cannot climb on a delivery. */
function checkKinds({ when: { kind }, then: outcome, domain }: GivenRule, context: z.RefinementCtx): void {
  const only = (allowed: readonly string[]) => kind?.every((one) => allowed.includes(one)) ?? true;
  if (outcome.do === 'release' && (kind === undefined || !only(['delivery', 'resubscribe'])))
    context.addIssue({
      code: 'custom',
      path: ['then'],
      message: 'only kinds delivery and resubscribe can release: name them in when.kind',
    });
  if (blocks(outcome) && !only(failures))
    context.addIssue({
      code: 'custom',
      path: ['then'],
      message: `is for failures: when.kind must be of ${failures.join(', ')}`,
    });
  if (outcome.do === 'strike' && outcome.from >= outcome.steps.length)
    context.addIssue({
      code: 'custom',
      path: ['then', 'from'],
      message: `must name one of the ${outcome.steps.length} steps, counted from 0`,
    });
  if (domain !== undefined && !only(failures))
    context.addIssue({
      code: 'custom',
      path: ['domain'],
      message: `is for failures: when.kind must be of ${failures.join(', ')}`,
    });
}

export const present = <T extends object>(value: T) =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
