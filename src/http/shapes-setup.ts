/** Sources, keys and quarantine as the API shows them. */
import * as z from 'zod';
import type { Settings } from '../app/services.ts';
import { alarmKinds, alarmsOf } from '../core/alarms.ts';
import { toRfc3339 } from '../core/time.ts';
import type { KeyRow, QuarantineRow, SourceRow } from '../store/store.ts';
import { timeOrNull } from './fields.ts';

const text = z.string();
const orNull = text.nullable();
const at = text.meta({ format: 'date-time' });
const atOrNull = at.nullable();

export const sourceShape = z
  .object({
    id: text,
    url: text.meta({ description: 'what to paste into the provider; unguessable, so keep it to yourself' }),
    provider: text,
    name: text,
    stream: orNull,
    streams: z.record(text, text),
    public_url: orNull,
    unsigned: z.boolean(),
    require_sha256: z.boolean(),
    recipient_tag: z.boolean(),
    trust: orNull,
    disabled: z.boolean(),
    paused_at: atOrNull.meta({
      description: 'since when requests are kept and not acted on; null = it is not paused',
    }),
    waiting: z.int().meta({ description: 'requests that are kept and not acted on so far' }),
    secrets_at: atOrNull.meta({
      description: 'when its secrets were last given; null = before this was kept',
    }),
    last_event_at: atOrNull,
    alarms: z
      .array(z.object({ kind: z.enum(alarmKinds), since: at }))
      .meta({ description: 'those that are open: docs/alerts.md' }),
    created_at: at,
    warnings: z.array(text),
  })
  .meta({ id: 'Source' });

/** Where providers reach a source: the configured address, or the one that this request came to. */
export const webhookUrl = (
  { publicUrl }: Pick<Settings, 'publicUrl'>,
  request: Pick<Request, 'url'>,
  id: string,
): string => `${publicUrl ?? new URL(request.url).origin}/webhooks/${id}`;

export const sourceOf = (
  row: SourceRow,
  url: string,
  warnings: readonly string[],
  waiting: number,
): z.infer<typeof sourceShape> => ({
  id: row.id,
  url,
  provider: row.provider,
  name: row.name,
  stream: row.stream,
  streams: JSON.parse(row.streams),
  public_url: row.public_url,
  unsigned: row.allow_unsigned === 1,
  require_sha256: row.require_sha256 === 1,
  recipient_tag: row.recipient_tag === 1,
  trust: row.trust,
  disabled: row.disabled === 1,
  paused_at: timeOrNull(row.paused_at),
  waiting,
  secrets_at: timeOrNull(row.secrets_at),
  last_event_at: timeOrNull(row.last_event_at),
  alarms: alarmsOf(row).map(({ kind, since }) => ({ kind, since: toRfc3339(since) })),
  created_at: toRfc3339(row.created_at),
  warnings: [...warnings],
});

export const keyShape = z
  .object({
    id: text,
    name: text,
    tenant: text,
    prefix: text,
    scopes: z.array(text),
    created_at: at,
    last_used_at: atOrNull,
    rate_limit: z.int().nullable().meta({ description: 'requests a minute; null = without a limit' }),
  })
  .meta({ id: 'Key' });

export const keyOf = (row: KeyRow): z.infer<typeof keyShape> => ({
  id: row.id,
  name: row.name,
  tenant: row.tenant,
  prefix: row.prefix,
  scopes: JSON.parse(row.scopes),
  created_at: toRfc3339(row.created_at),
  last_used_at: timeOrNull(row.last_used_at),
  rate_limit: row.rate_limit,
});

export const quarantineShape = z.object({
  id: text,
  source_id: text,
  receipt_id: text,
  item: z.int().meta({ description: 'position in the request; -1 = the whole body' }),
  why: text,
  raw: text.meta({
    description:
      'as it was read, and in the list empty for a whole body, which is kept once, with its request',
  }),
  received_at: at,
});

export const quarantinedOf = (row: QuarantineRow): z.infer<typeof quarantineShape> => ({
  id: row.id,
  source_id: row.source_id,
  receipt_id: row.receipt_id,
  item: row.item,
  why: row.why,
  raw: row.raw,
  received_at: toRfc3339(row.received_at),
});
