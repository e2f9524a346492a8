/** Facts and addresses as rows: what is read back for judging, and how an address is written. */
import type { Act, EventFact, Mark } from '../core/facts.ts';
import type * as schema from './schema.ts';
import type { AddressRow } from './store.ts';

export const factColumns = [
  'tenant',
  'address',
  'id',
  'kind',
  'at',
  'sent_at',
  'stream',
  'provider_group',
  'code',
  'enhanced',
  'text',
  'code_source',
  'category',
  'blame',
  'bounce_type',
  'severity',
  'strength',
  'message_id',
  'rfc_message_id',
  'provider',
  'source_id',
  'provider_type',
  'feedback',
  'listed_for',
  'listed',
  'hearsay',
] as const;
export const writeAddress = (row: AddressRow) => ({
  tenant: row.tenant,
  address: row.address,
  revision: row.revision + 1,
  open: row.open ? 1 : 0,
  marks: JSON.stringify(row.marks.map((mark) => [mark.at, mark.messageId, mark.rfcMessageId])),
  listed_at: row.listedAt.length === 0 ? null : JSON.stringify(row.listedAt),
  allowed_until: row.allowedUntil,
});

export const addressColumns = [
  'tenant',
  'address',
  'revision',
  'open',
  'marks',
  'listed_at',
  'allowed_until',
] as const;
type AddressColumns = Pick<typeof schema.addresses.$inferSelect, (typeof addressColumns)[number]>;

export const readAddress = (row: readonly unknown[]): AddressRow =>
  addressOf(Object.fromEntries(addressColumns.map((name, i) => [name, row[i]])) as AddressColumns);

export const addressOf = ({ open, marks, listed_at, allowed_until, ...key }: AddressColumns): AddressRow => ({
  ...key,
  open: open === 1,
  marks: (JSON.parse(marks) as [number, string | null, string | null][]).map(
    ([at, messageId, rfcMessageId]): Mark => ({ at, messageId, rfcMessageId }),
  ),
  listedAt: listed_at === null ? [] : JSON.parse(listed_at),
  allowedUntil: allowed_until,
});

export function readFact(row: unknown[]): EventFact {
  const at = Object.fromEntries(factColumns.map((name, i) => [name, row[i]])) as Pick<
    typeof schema.events.$inferSelect,
    (typeof factColumns)[number]
  >;
  return {
    id: at.id,
    kind: at.kind,
    address: at.address,
    at: at.at,
    sentAt: at.sent_at,
    stream: at.stream,
    group: at.provider_group,
    smtp: { code: at.code, enhanced: at.enhanced, text: at.text, source: at.code_source },
    category: at.category,
    blame: at.blame,
    bounceType: at.bounce_type,
    severity: at.severity,
    strength: at.strength,
    messageId: at.message_id,
    rfcMessageId: at.rfc_message_id,
    provider: at.provider,
    sourceId: at.source_id,
    providerType: at.provider_type,
    feedback: at.feedback,
    listedFor: at.listed_for,
    listed: at.listed === null ? null : at.listed === 1,
    hearsay: at.hearsay === 1,
  };
}

export function readAct(row: unknown[]): Act {
  const [, , id, kind, at, actor, detail] = row as [
    string,
    string,
    string,
    Act['kind'],
    number,
    string,
    string,
  ];
  return { ...JSON.parse(detail), id, kind, at, actor };
}
