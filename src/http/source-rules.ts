/** What a source must look like before it can work: checked when it is configured, so that no webhook has to find out. */
import * as z from 'zod';
import type { ProviderAdapter, Secrets } from '../providers/adapter.ts';
import { providers } from '../providers/registry.ts';
import { name, streamOrAll, words } from './fields.ts';
import type { FieldError } from './problem.ts';

const providerIds = providers.map(({ id }) => id);

export const secretsInput = z.strictObject({
  keys: z.array(z.string().min(1, 'must not be empty').max(16_384)).max(20).optional(),
  basic_auth: z
    .array(z.strictObject({ username: z.string().min(1).max(255), password: z.string().max(1_024) }))
    .max(20)
    .optional(),
  topic_arns: z.array(z.string().min(1).max(512)).max(100).optional(),
});

const settings = {
  name,
  secrets: secretsInput
    .nullish()
    .meta({ description: 'write-only; within a list any entry may match, what is given must all match' }),
  stream: streamOrAll.nullish().meta({ description: 'the stream of all its mail; null = all mail' }),
  streams: z
    .record(words(200), streamOrAll)
    .nullish()
    .meta({ description: "the provider's group, topic, list or message stream -> our stream" }),
  public_url: z
    .string()
    .max(2_048)
    .refine((text) => /^https?:\/\//i.test(text) && URL.canParse(text), 'must be an http or https URL')
    .nullish()
    .meta({
      description:
        'the URL as the provider calls it, where it signs that; {id} stands for the id of the source',
    }),
  allow_unsigned: z.boolean().optional(),
  require_sha256: z.boolean().optional(),
  recipient_tag: z.boolean().optional().meta({
    description: 'take only events that bring back the tag of their recipient (POST /v1/recipient-tags)',
  }),
  trust: z.enum(['full', 'proven']).nullish().meta({
    description: 'dsn, arf: full = its owner’s own MTA hands them over; proven = act on proven reports only',
  }),
} as const;

export const newSource = z.strictObject({
  provider: z
    .string()
    .refine((id) => providerIds.includes(id), `must be one of ${providerIds.join(', ')}`)
    .meta({ enum: providerIds }),
  ...settings,
});

export const sourceChange = z.strictObject({
  ...settings,
  name: settings.name.optional(),
  disabled: z.boolean().optional(),
  paused: z.boolean().optional().meta({
    description:
      'true: requests are verified and kept, and acted on once it is false again, in the order in which they came',
  }),
});

export const readSecrets = (given: z.output<typeof secretsInput> | null | undefined): Secrets => ({
  keys: given?.keys ?? [],
  basicAuth: given?.basic_auth ?? [],
  topicArns: given?.topic_arns ?? [],
});

/** Where the vendor shows its key only once it has the URL: until then the source is closed to all. */
export const closedSecrets = (randomText: (length: number) => string) => ({
  basic_auth: [{ username: CLOSED, password: randomText(43) }],
});
const CLOSED = 'mailstop';

/** Nothing comes in so far: its key is still to be given. */
export const isClosed = ({ keys, topicArns, basicAuth }: Secrets): boolean =>
  keys.length + topicArns.length === 0 && basicAuth.length === 1 && basicAuth[0]?.username === CLOSED;

/** Secrets that people make up themselves are refused below this. */
const MIN_SHARED = 16;

export interface SourceFacts {
  readonly adapter: ProviderAdapter;
  readonly secrets: Secrets;
  readonly publicUrl: string | null;
  readonly allowUnsigned: boolean;
  readonly requireSha256: boolean;
  readonly recipientTag: boolean;
}

/** Everything that is wrong, field by field; empty where it can work. */
export async function faultsOf({
  adapter,
  secrets,
  publicUrl,
  allowUnsigned,
  recipientTag,
}: SourceFacts): Promise<FieldError[]> {
  const { proof, hint } = adapter.needs;
  const faults: FieldError[] = [];
  const wrong = (pointer: string, detail: string) => faults.push({ pointer, detail });
  const [wanted, other] =
    proof === 'topics' ? (['topic_arns', 'keys'] as const) : (['keys', 'topic_arns'] as const);
  const given = { keys: secrets.keys, topic_arns: secrets.topicArns };
  // Silently unused, it would look like a protection.
  if (given[other].length > 0) wrong(`/secrets/${other}`, `is not what ${adapter.name} uses; ${hint}`);
  if (given[wanted].length === 0 && secrets.basicAuth.length === 0 && !allowUnsigned) {
    wrong(`/secrets/${wanted}`, `is needed (or basic_auth, or allow_unsigned): ${hint}`);
  }
  if (adapter.needs.publicUrl === true && publicUrl === null && given[wanted].length > 0 && !allowUnsigned) {
    wrong('/public_url', `is needed: ${adapter.name} signs the URL it calls`);
  }
  if (recipientTag && adapter.attach === undefined)
    wrong(
      '/recipient_tag',
      `cannot be: the events of ${adapter.name} bring nothing back that the sender attached`,
    );
  for (const [i, { username, password }] of secrets.basicAuth.entries()) {
    if (password === '') wrong(`/secrets/basic_auth/${i}/password`, 'must not be empty');
    if (username.includes(':'))
      wrong(`/secrets/basic_auth/${i}/username`, 'must not hold a colon: HTTP basic auth cannot carry it');
  }
  for (const [i, key] of given[wanted].entries()) {
    const short =
      proof === 'shared' && key.length < MIN_SHARED ? `must have ${MIN_SHARED} characters or more` : null;
    const fault = short ?? (await adapter.checkKey?.(key)) ?? null;
    if (fault !== null) wrong(`/secrets/${wanted}/${i}`, fault);
  }
  return faults;
}

/** What works and yet ought to be better. */
export function warningsOf({
  adapter,
  secrets,
  allowUnsigned,
  requireSha256,
  recipientTag,
}: SourceFacts): string[] {
  if (allowUnsigned && recipientTag)
    return [
      'allow_unsigned: whoever knows the URL can fill your quarantine; without a tag they can list nobody',
    ];
  if (allowUnsigned)
    return ['allow_unsigned: nothing is checked; whoever knows the URL can add to your list'];
  const { proof } = adapter.needs;
  const signs = proof !== 'shared';
  const signed = proof === 'topics' ? secrets.topicArns.length > 0 : secrets.keys.length > 0;
  const warnings: string[] = [];
  if (signs && !signed)
    warnings.push(
      `${adapter.name} can sign its requests; add ${proof === 'topics' ? 'topic_arns' : 'its signing key'}, so that a leaked password is not enough`,
    );
  const sha1 = sha1Advice[adapter.id];
  if (signed && !requireSha256 && sha1 !== undefined)
    warnings.push(`SHA-1 signatures are still accepted; ${sha1}, then set require_sha256`);
  return warnings;
}

/** Vendors that still sign with SHA-1, and how to switch them. */
const sha1Advice: Readonly<Record<string, string>> = {
  'amazon-ses': 'set the topic’s SignatureVersion to 2',
  postal: 'upgrade Postal to a version that sends X-Postal-Signature-256',
};

export const signsWithSha1 = (provider: string): boolean => Object.hasOwn(sha1Advice, provider);
