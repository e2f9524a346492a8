/** What a flush reads before it judges, and the one atomic write after. */
import type { Act, EventFact, Mark } from '../core/facts.ts';
import type { Driver, Write } from './driver.ts';
import * as schema from './schema.ts';
import { inserting, jsonParameters, replaceOn, rowsOf } from './statements.ts';
import {
  type AddressKey,
  type AddressRow,
  type EntryRow,
  type History,
  keyOf,
  type ReceiptRow,
  type Store,
  type WritePlan,
} from './store.ts';

/** Bodies above this continue in receipt_parts: D1 takes 2 MB a row. */
const PART_BYTES = 1_048_576;

const insertReceipt = inserting(schema.receipts);
const insertReceiptPart = inserting(schema.receiptParts);
const insertSeen = inserting(schema.seen);
const insertSeenAgain = inserting(schema.seen, replaceOn(schema.seen, ['tenant', 'digest']));
const insertNonces = inserting(schema.nonces);
const insertEvents = inserting(schema.events);
const insertActs = inserting(schema.acts);
const upsertAddresses = inserting(schema.addresses, replaceOn(schema.addresses, ['tenant', 'address']));
const upsertEntries = inserting(
  schema.suppressions,
  replaceOn(schema.suppressions, ['tenant', 'address', 'stream', 'reason'], ['id', 'created_at']),
);
const insertChanges = inserting(schema.changes, '', ['seq']);
const insertQuarantine = inserting(schema.quarantine);
const addUnmapped = inserting(
  schema.unmapped,
  'on conflict (tenant, provider, kind, name) do update set count = count + excluded.count, last_at = max(last_at, excluded.last_at), sample = excluded.sample',
);
const addStats = inserting(
  schema.stats,
  'on conflict (tenant, hour, kind, provider, code, category, domain) do update set count = count + excluded.count',
);
const insertAudit = inserting(schema.audit);

const factColumns = [
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
const entryRows = rowsOf(schema.suppressions);

/**
 * Look-ups of many keys at once. The cross join keeps SQLite from scanning the table instead of the keys, and
 * the index is named where it would otherwise walk a tenant's whole primary key.
 */
const asked = (columns: string, table: string, ...keys: string[]): string =>
  `select ${columns} from json_each(?) as asked cross join ${table.replace(/^\w+/, '$& as t')} on ${keys.map((key, i) => `t.${key} = asked.value ->> ${i}`).join(' and ')}`;

const sql = {
  seen: asked('t.tenant, t.digest, t.forget_at', 'seen', 'tenant', 'digest'),
  nonces: asked('t.tenant, t.provider, t.nonce, t.body_digest', 'nonces', 'tenant', 'provider', 'nonce'),
  addresses: asked(
    't.tenant, t.address, t.revision, t.open, t.marks, t.listed_at',
    'addresses',
    'tenant',
    'address',
  ),
  facts: `${asked(factColumns.map((name) => `t.${name}`).join(', '), 'events indexed by events_address', 'tenant', 'address')} where t.counts = 1`,
  acts: asked(
    't.tenant, t.address, t.id, t.kind, t.at, t.actor, t.detail',
    'acts indexed by acts_address',
    'tenant',
    'address',
  ),
  entries: asked(entryRows.columns('t'), 'suppressions', 'tenant', 'address'),
  auditHead: 'select seq, hash from audit order by seq desc limit 1',
  heard:
    'update sources set last_event_at = heard.at from (select value ->> 0 as id, value ->> 1 as at from json_each(?)) as heard where sources.id = heard.id and coalesce(last_event_at, 0) < heard.at',
};

type Intake = Pick<Store, 'known' | 'histories' | 'auditHead' | 'write'>;

export function intakeOf(driver: Driver): Intake {
  const among = async (text: string, keys: readonly (readonly string[])[]): Promise<unknown[][]> => {
    const rows: unknown[][] = [];
    for (const json of jsonParameters(keys))
      for (const row of await driver.rows({ sql: text, params: [json] })) rows.push(row);
    return rows;
  };
  const byAddress = (text: string, of: readonly AddressKey[]) =>
    among(
      text,
      of.map((key) => [key.tenant, key.address]),
    );

  return {
    async known({ digests, nonces, addresses }) {
      const seenRows = await among(
        sql.seen,
        digests.map((key) => [key.tenant, key.digest]),
      );
      const nonceRows = await among(
        sql.nonces,
        nonces.map((key) => [key.tenant, key.provider, key.nonce]),
      );
      const addressRows = await byAddress(sql.addresses, addresses);
      return {
        seen: new Map(seenRows.map(([tenant, digest, until]) => [`${tenant} ${digest}`, until as number])),
        nonces: new Map(
          nonceRows.map(([tenant, provider, nonce, digest]) => [
            `${tenant} ${provider} ${nonce}`,
            digest as string,
          ]),
        ),
        addresses: new Map(addressRows.map(readAddress).map((row) => [keyOf(row), row])),
      };
    },

    async histories(of) {
      const found = new Map<string, { events: EventFact[]; acts: Act[]; entries: EntryRow[] }>(
        of.map((key) => [keyOf(key), { events: [], acts: [], entries: [] }]),
      );
      const at = (row: unknown[]) => found.get(`${row[0]} ${row[1]}`);
      for (const row of await byAddress(sql.facts, of)) at(row)?.events.push(readFact(row));
      for (const row of await byAddress(sql.acts, of)) at(row)?.acts.push(readAct(row));
      for (const row of await byAddress(sql.entries, of)) at(row)?.entries.push(entryRows.read(row));
      return found as ReadonlyMap<string, History>;
    },

    async auditHead() {
      const [row] = await driver.rows({ sql: sql.auditHead, params: [] });
      return row === undefined ? { seq: 0, hash: '' } : { seq: row[0] as number, hash: row[1] as string };
    },

    async write(plan) {
      try {
        await driver.transact(statementsOf(plan));
        return 'done';
      } catch (error) {
        if (isStale(error)) return 'stale';
        throw error;
      }
    },
  };
}

/** Another writer was faster: an item was taken in, or a row moved on, since it was read. */
export const isStale = (error: unknown): boolean =>
  error instanceof Error &&
  /stale revision|UNIQUE constraint failed: (seen|nonces|audit|policies)\./.test(error.message);

function statementsOf(plan: WritePlan): Write[] {
  const heard = plan.sourcesHeard.map((one) => [one.id, one.at]);
  return [
    ...plan.receipts.flatMap(receiptStatements),
    ...insertSeen(plan.seen),
    ...insertSeenAgain(plan.seenAgain),
    ...insertNonces(plan.nonces),
    ...insertEvents(plan.events),
    ...insertActs(plan.acts),
    ...upsertAddresses(plan.addresses.map(writeAddress)),
    ...upsertEntries(plan.entries),
    ...insertChanges(plan.changes),
    ...insertQuarantine(plan.quarantine),
    ...addUnmapped(plan.unmapped),
    ...addStats(plan.stats),
    ...insertAudit(plan.audit),
    ...(heard.length === 0 ? [] : [{ sql: sql.heard, params: [JSON.stringify(heard)] }]),
  ];
}

function receiptStatements(row: ReceiptRow): Write[] {
  const statements = [...insertReceipt([{ ...row, body: row.body.subarray(0, PART_BYTES) }])];
  for (let from = PART_BYTES, part = 1; from < row.body.length; from += PART_BYTES, part++) {
    statements.push(
      ...insertReceiptPart([{ receipt_id: row.id, part, bytes: row.body.subarray(from, from + PART_BYTES) }]),
    );
  }
  return statements;
}

const writeAddress = (row: AddressRow) => ({
  tenant: row.tenant,
  address: row.address,
  revision: row.revision + 1,
  open: row.open ? 1 : 0,
  marks: JSON.stringify(row.marks.map((mark) => [mark.at, mark.messageId, mark.rfcMessageId])),
  listed_at: row.listedAt.length === 0 ? null : JSON.stringify(row.listedAt),
});

function readAddress(row: unknown[]): AddressRow {
  const [tenant, address, revision, open, marks, listedAt] = row as [
    string,
    string,
    number,
    number,
    string,
    string | null,
  ];
  return {
    tenant,
    address,
    revision,
    open: open === 1,
    marks: (JSON.parse(marks) as [number, string | null, string | null][]).map(
      ([at, messageId, rfcMessageId]): Mark => ({ at, messageId, rfcMessageId }),
    ),
    listedAt: listedAt === null ? [] : JSON.parse(listedAt),
  };
}

function readFact(row: unknown[]): EventFact {
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

function readAct(row: unknown[]): Act {
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
