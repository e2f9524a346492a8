/** The policy document as people write it (snake_case JSON, or YAML at the command line), checked field by field. */
import * as z from 'zod';
import { canonicalAddress } from '../core/address.ts';
import { kinds } from '../core/event.ts';
import { type Rule, streamClasses, streamName } from '../core/policy.ts';
import { type Fault, faultsOf, type PolicyDocument, type PolicyTest } from '../core/policy-document.ts';
import { readReply } from '../core/smtp.ts';
import { MOST_TOGETHER, patternSteps } from './pattern-cost.ts';
import { categoryNames, oneOf, present, providerNames, rule, text } from './rule-schema.ts';

export const policyLimits = { rules: 300, tests: 1_000, streams: 1_000, bytes: 2 * 1024 * 1024 } as const;

const reply = z.union(
  [
    z
      .string()
      .max(4_096)
      .transform((value) => readReply({ text: value })),
    z
      .strictObject({
        code: z.union([z.string().regex(/^\d{3}$/, 'must be a basic code such as "550"'), z.int()]).nullish(),
        enhanced: z.string().max(20).nullish(),
        text: z.string().max(4_096).nullish(),
      })
      .superRefine((given, context) => {
        for (const name of ['code', 'enhanced'] as const)
          if (given[name] != null && readReply({ [name]: given[name] }).source === null)
            context.addIssue({ code: 'custom', path: [name], message: 'is no SMTP code' });
      })
      .transform(({ code: basic = null, enhanced: more = null, text: words = null }) =>
        readReply({ code: basic, enhanced: more, text: words }),
      ),
  ],
  { error: 'must be a reply as text, or {code, enhanced, text}' },
);

const expectation = z
  .strictObject({
    rule: z.string().optional(),
    action: oneOf(['suppress', 'strike', 'note', 'release'], 'action').optional(),
    retry: oneOf(['no', 'later', 'after-fix'], 'retry').optional(),
    category: oneOf(categoryNames, 'category').nullable().optional(),
  })
  .refine(
    (value) => Object.values(value).some((one) => one !== undefined),
    'must expect something: rule, action, retry or category',
  );

const test = z.strictObject({
  name: text(200).optional(),
  reply,
  kind: oneOf(kinds, 'kind').default('bounce'),
  address: z
    .string()
    .default('someone@example.com')
    .transform((value, context) => {
      const read = canonicalAddress(value);
      if (read.ok) return read.value;
      context.addIssue(`is not an address: ${read.error}`);
      return z.NEVER;
    }),
  provider: oneOf(providerNames, 'provider').nullable().default(null),
  expect: expectation,
});

const stream = z.string().regex(streamName, 'must be 1 to 64 letters, digits, and _ . : -');
const classes = z.array(oneOf(streamClasses, 'class of mail'));

/** What GET shows beside the document, so that its answer may be edited and sent back. */
const shownOnly = {
  version: z.unknown().optional(),
  policy_version: z.unknown().optional(),
  created_at: z.unknown().optional(),
  actor: z.unknown().optional(),
  own_rules: z.unknown().optional(),
  deciding: z.unknown().optional(),
  warnings: z.unknown().optional(),
  preview: z.unknown().optional(),
};

const fields = z.strictObject({
  rules: z.array(rule).max(policyLimits.rules).default([]),
  streams: z
    .record(stream, oneOf(streamClasses, 'class of mail'))
    .refine((value) => Object.keys(value).length <= policyLimits.streams, `at most ${policyLimits.streams}`)
    .default({}),
  matrix: z
    .strictObject({
      'hard-bounce': classes.optional(),
      'hard-bounce-doubtful': classes.optional(),
      'soft-bounce': classes.optional(),
      complaint: classes.optional(),
      unsubscribe: classes.optional(),
      manual: classes.optional(),
    })
    .default({}),
  tests: z.array(test).max(policyLimits.tests).default([]),
  why: text(500).nullish().meta({ description: 'why this version is made' }),
  ...shownOnly,
});

export const policyDocument = fields
  .superRefine((document, context) => {
    const steps = document.rules.reduce((sum, { when }) => sum + stepsOf(when.text), 0);
    if (steps > MOST_TOGETHER)
      context.addIssue({
        code: 'custom',
        path: ['rules'],
        message: `their text patterns together could take too long over one reply (${Math.round(steps)} steps from a place, of ${MOST_TOGETHER}): write tighter gaps, or fewer patterns`,
      });
    for (const fault of faultsOf(partsOf(document))) context.addIssue(issueOf(fault));
  })
  .transform(partsOf);

type Given = {
  rules: Rule[];
  streams: PolicyDocument['streams'];
  matrix: object;
  tests: unknown[];
  why?: string | null | undefined;
};

function partsOf({ rules, streams, matrix, tests, why }: Given): PolicyDocument {
  // Fields that were not given are absent, not undefined: the transforms above leave them out.
  return {
    rules,
    streams,
    matrix: present(matrix),
    tests: tests as PolicyTest[],
    ...(why == null ? {} : { why }),
  };
}

/** What is no pattern has been told by its own rule. */
function stepsOf(source: string | undefined): number {
  const steps = source === undefined ? 0 : patternSteps(source);
  return typeof steps === 'number' ? steps : 0;
}

const issueOf = ({ path, detail }: Fault) => ({ code: 'custom' as const, path: [...path], message: detail });

/** A rule as it is written: the way back. */
export const writtenRule = ({ id, why, when: { listedFor, ...conditions }, ...rest }: Rule) => ({
  id,
  why,
  when: { ...conditions, ...(listedFor === undefined ? {} : { listed_for: listedFor }) },
  ...rest,
});

export const writtenTest = ({
  reply: { code: basic, enhanced: more, text: words, source },
  ...rest
}: PolicyTest) => ({
  ...rest,
  reply:
    source === 'parsed' || (basic === null && more === null)
      ? (words ?? '')
      : { code: basic, enhanced: more, text: words },
});

/**
 * A document as it was stored, which held when it was activated. It is not checked again: names that a later release
 * no longer knows match nothing, and must not stop the mail.
 */
export function readDocument(json: string): PolicyDocument {
  const { rules, tests, ...rest } = JSON.parse(json) as ReturnType<typeof writtenDocument>;
  return {
    ...rest,
    rules: rules.map(({ when: { listed_for, ...conditions }, ...more }) => ({
      ...more,
      when: listed_for === undefined ? conditions : { ...conditions, listedFor: listed_for },
    })),
    tests: tests.map(({ reply: words, ...more }) => ({
      ...more,
      reply: readReply(typeof words === 'string' ? { text: words } : words),
    })),
  };
}

export const writtenDocument = ({ rules, tests, ...rest }: PolicyDocument) => ({
  rules: rules.map(writtenRule),
  ...rest,
  tests: tests.map(writtenTest),
});
