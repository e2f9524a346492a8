/** Facts and addresses as rows: what is read back for judging, and how an address is written. */
import type { Act, EventFact, Mark } from '../core/facts.ts';
import type * as schema from './schema.ts';
import type { AddressRow } from './store.ts';

/** The cells of a row, in the order of these columns. */
type Cells<Row, Columns extends readonly (keyof Row)[]> = { [I in keyof Columns]: Row[Columns[I]] };

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

export function readAddress(row: readonly unknown[]): AddressRow {
  const [tenant, address, revision, open, marks, listed_at, allowed_until] = row as unknown as Cells<
    AddressColumns,
    typeof addressColumns
  >;
  return addressOf({ tenant, address, revision, open, marks, listed_at, allowed_until });
}

export const addressOf = ({ open, marks, listed_at, allowed_until, ...key }: AddressColumns): AddressRow => ({
  ...key,
  open: open === 1,
  marks: (JSON.parse(marks) as [number, string | null, string | null][]).map(
    ([at, messageId, rfcMessageId]): Mark => ({ at, messageId, rfcMessageId }),
  ),
  listedAt: listed_at === null ? [] : JSON.parse(listed_at),
  allowedUntil: allowed_until,
});

/** By position: a million of them are read where the list is decided anew, and an object by names costs more than the fact. */
export function readFact(row: readonly unknown[]): EventFact {
  const [
    ,
    address,
    id,
    kind,
    at,
    sentAt,
    stream,
    group,
    code,
    enhanced,
    text,
    source,
    category,
    blame,
    bounceType,
    severity,
    strength,
    messageId,
    rfcMessageId,
    provider,
    sourceId,
    providerType,
    feedback,
    listedFor,
    listed,
    hearsay,
  ] = row as unknown as Cells<typeof schema.events.$inferSelect, typeof factColumns>;
  return {
    id,
    kind,
    address,
    at,
    sentAt,
    stream,
    group,
    smtp: { code, enhanced, text, source },
    category,
    blame,
    bounceType,
    severity,
    strength,
    messageId,
    rfcMessageId,
    provider,
    sourceId,
    providerType,
    feedback,
    listedFor,
    listed: listed === null ? null : listed === 1,
    hearsay: hearsay === 1,
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
