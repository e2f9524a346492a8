/** Rows as the API shows them: snake_case, times RFC 3339, flags as booleans. Each with its schema for OpenAPI. */
import * as z from 'zod';
import { stateOf } from '../app/list.ts';
import { type CodeEntry, firstFix } from '../core/codes/catalogue.ts';
import { toRfc3339 } from '../core/time.ts';
import type { ActRow, EntryRow, EventRow } from '../store/store.ts';
import { timeOrNull } from './fields.ts';

const text = z.string();
const orNull = text.nullable();
const at = text.meta({ format: 'date-time' });
const atOrNull = at.nullable();

export const listing = <S extends z.ZodType>(row: S) => z.object({ data: z.array(row), next_cursor: orNull });

export const entryShape = z
  .object({
    id: text,
    address: text,
    stream: text,
    reason: text,
    origin: text,
    state: text,
    code: orNull,
    enhanced: orNull,
    code_source: orNull.meta({
      description: '`inferred`: from the label of the provider; nobody replied so',
    }),
    category: orNull,
    blame: orNull,
    severity: orNull,
    bounce_type: orNull,
    retry: orNull,
    rule: orNull,
    policy_version: text,
    provider: orNull,
    source_id: orNull,
    event_id: orNull,
    fix: orNull,
    note: orNull,
    contradicted_at: atOrNull,
    created_at: at,
    updated_at: at,
    until: atOrNull.meta({ description: 'null = for ever' }),
  })
  .meta({ id: 'Entry' });

export const entryOf = (row: EntryRow, now: number): z.infer<typeof entryShape> => ({
  id: row.id,
  address: row.address,
  stream: row.stream,
  reason: row.reason,
  origin: row.origin,
  state: stateOf(row, now),
  code: row.code,
  enhanced: row.enhanced,
  code_source: row.code_source,
  category: row.category,
  blame: row.blame,
  severity: row.severity,
  bounce_type: row.bounce_type,
  retry: row.retry,
  rule: row.rule,
  policy_version: row.policy_version,
  provider: row.provider,
  source_id: row.source_id,
  event_id: row.event_id,
  fix: row.blame === 'sender' || row.blame === 'content' ? firstFix(row) : null,
  note: row.note,
  contradicted_at: timeOrNull(row.contradicted_at),
  created_at: toRfc3339(row.created_at),
  updated_at: toRfc3339(row.updated_at),
  until: timeOrNull(row.until),
});

export const eventShape = z
  .object({
    id: text,
    kind: text,
    address: text,
    at,
    received_at: at,
    provider: text,
    source_id: text,
    stream: text,
    smtp: z.object({ code: orNull, enhanced: orNull, text: orNull, source: orNull }),
    category: orNull,
    blame: text,
    bounce_type: text,
    severity: orNull,
    verdict: text,
    message_id: orNull,
    provider_event_id: orNull,
    provider_type: text,
    proven: z.boolean(),
    tags: z.array(text),
    receipt_id: text,
    decision: z.object({ rule: text, action: text, retry: text, until: atOrNull, policy_version: text }),
  })
  .meta({ id: 'Event' });

export const eventOf = (row: EventRow): z.infer<typeof eventShape> => ({
  id: row.id,
  kind: row.kind,
  address: row.address,
  at: toRfc3339(row.at),
  received_at: toRfc3339(row.received_at),
  provider: row.provider,
  source_id: row.source_id,
  stream: row.stream,
  smtp: { code: row.code, enhanced: row.enhanced, text: row.text, source: row.code_source },
  category: row.category,
  blame: row.blame,
  bounce_type: row.bounce_type,
  severity: row.severity,
  verdict: row.verdict,
  message_id: row.message_id,
  provider_event_id: row.provider_event_id,
  provider_type: row.provider_type,
  proven: row.proven === 1,
  tags: JSON.parse(row.tags),
  receipt_id: row.receipt_id,
  decision: {
    rule: row.rule,
    action: row.action,
    retry: row.retry,
    until: timeOrNull(row.until),
    policy_version: row.policy_version,
  },
});

export const releaseShape = z.object({
  id: text,
  at,
  actor: text,
  reasons: z.array(text),
  stream: orNull,
  why: text,
  evidence: z.object({ text, at }).nullable(),
});

/** An act of kind `release`, as it was told. */
export function releaseOf(row: ActRow): z.infer<typeof releaseShape> {
  const { reasons, stream, why, evidence } = JSON.parse(row.detail);
  return {
    id: row.id,
    at: toRfc3339(row.at),
    actor: row.actor,
    reasons,
    stream,
    why,
    evidence: evidence === null ? null : { text: evidence.text, at: toRfc3339(evidence.at) },
  };
}

export const codeShape = z
  .object({
    code: text,
    type: z.enum(['basic', 'enhanced']),
    name: text,
    bounce_type: text,
    severity: orNull,
    category: orNull,
    blame: orNull,
    verdict: text,
    action: text,
    retry: text,
    recoverable: z.boolean(),
    standard: text,
    example: orNull,
    meaning: text,
    plays_out: z.array(text),
    soft_or_hard: orNull,
    causes: z.array(text),
    fixes: z.array(text),
    questions: z.array(z.object({ q: text, a: text })),
    related: z.array(text),
    sources: z.array(text),
  })
  .meta({ id: 'Code' });

export const codeOf = ({
  bounceType,
  playsOut,
  softOrHard,
  ...entry
}: CodeEntry): z.infer<typeof codeShape> => ({
  ...entry,
  bounce_type: bounceType,
  plays_out: [...playsOut],
  soft_or_hard: softOrHard,
  causes: [...entry.causes],
  fixes: [...entry.fixes],
  questions: [...entry.questions],
  related: [...entry.related],
  sources: [...entry.sources],
});
