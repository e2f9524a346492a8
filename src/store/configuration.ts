/** Sources, keys, tenants, policies, the audit, receipts and quarantine. */

import type { Driver, Write } from './driver.ts';
import { and, asc, desc, eq, gt, lt, sql } from './drizzle.ts';
import { addressOf } from './fact-rows.ts';
import { page, typedReads } from './list.ts';
import * as schema from './schema.ts';
import { inserting, replaceOn, rowsOf } from './statements.ts';
import type { Configuration, ReceiptRow, Store } from './store.ts';

const {
  sources,
  keys,
  tenants,
  policies,
  incidents,
  notices,
  webhooks,
  audit,
  receipts,
  receiptParts,
  quarantine,
  addresses,
} = schema;

const put = {
  source: inserting(
    sources,
    replaceOn(sources, ['id'], ['tenant', 'provider', 'created_at', 'last_event_at', 'silent_since']),
  ),
  key: inserting(keys, 'on conflict (id) do update set last_used_at = excluded.last_used_at'),
  tenant: inserting(tenants),
  policy: inserting(policies),
  quarantine: inserting(quarantine, replaceOn(quarantine, ['tenant', 'id'])),
  notice: inserting(notices, '', ['seq']),
  webhook: inserting(webhooks, replaceOn(webhooks, ['tenant', 'id'])),
  incident: inserting(incidents, replaceOn(incidents, ['tenant', 'id'])),
};
const noteIncident =
  'update incidents set last_at = ?, read_to = ?, failures = ?, held = ? where tenant = ? and id = ? and closed_at is null';
const drop = {
  source: 'delete from sources where tenant = ? and id = ?',
  webhook: 'delete from webhooks where tenant = ? and id = ?',
  key: 'delete from keys where tenant = ? and id = ?',
  quarantine: 'delete from quarantine where tenant = ? and id = ?',
};
// Asked once a request or a flush.
const sourceRows = rowsOf(sources);
const keyRows = rowsOf(keys);
const policyRows = rowsOf(policies);
const hot = {
  source: `select ${sourceRows.columns('t')} from sources as t where id = ?`,
  key: `select ${keyRows.columns('t')} from keys as t where hash = ?`,
  policy: `select ${policyRows.columns('t')} from policies as t where tenant = ? order by version desc limit 1`,
};
/** Of one provider, the last seen. */
export const UNMAPPED_KEPT = 1_000;

const insertAudit = inserting(audit);
/** What is in quarantine may be read again only from its receipt. */
const oldReceipts =
  'select id from receipts where received_at < ? and id not in (select receipt_id from quarantine) limit 1000';

type ConfigurationStore = Pick<
  Store,
  | 'sources'
  | 'source'
  | 'keys'
  | 'keyByHash'
  | 'noteKeyUse'
  | 'tenants'
  | 'policy'
  | 'policyVersion'
  | 'policyVersions'
  | 'unfinishedPolicies'
  | 'allowed'
  | 'audits'
  | 'auditChain'
  | 'configure'
  | 'receipt'
  | 'quarantined'
  | 'quarantinedItem'
  | 'prune'
>;

export function configurationOf(driver: Driver): ConfigurationStore {
  const db = typedReads(driver);
  const first = async <Row>(
    rows: { read(row: readonly unknown[]): Row },
    text: string,
    param: string,
  ): Promise<Row | null> => {
    const [row] = await driver.rows({ sql: text, params: [param] });
    return row === undefined ? null : rows.read(row);
  };
  return {
    sources: (tenant) =>
      db
        .select()
        .from(sources)
        .where(eq(sources.tenant, tenant))
        .orderBy(asc(sources.created_at), asc(sources.id)),
    source: (id) => first(sourceRows, hot.source, id),
    keys: (tenant) => db.select().from(keys).where(eq(keys.tenant, tenant)).orderBy(asc(keys.id)),
    keyByHash: (hash) => first(keyRows, hot.key, hash),
    noteKeyUse: (id, at) =>
      driver.transact([{ sql: 'update keys set last_used_at = ? where id = ?', params: [at, id] }]),
    tenants: () => db.select().from(tenants).orderBy(asc(tenants.id)),
    policy: (tenant) => first(policyRows, hot.policy, tenant),
    policyVersion: async (tenant, version) =>
      (
        await db
          .select()
          .from(policies)
          .where(and(eq(policies.tenant, tenant), eq(policies.version, version)))
      )[0] ?? null,
    async policyVersions(tenant, request) {
      const after = request.after === null ? undefined : lt(policies.version, Number(request.after[0]));
      const rows = await db
        .select()
        .from(policies)
        .where(and(eq(policies.tenant, tenant), after))
        .orderBy(desc(policies.version))
        .limit(request.limit + 1);
      return page(rows, request, (row) => [row.version]);
    },
    unfinishedPolicies: () =>
      db
        .select()
        .from(policies)
        .where(
          sql`${policies.redecided_to} is not null and ${policies.version} =
            (select max(version) from policies as newest where newest.tenant = ${policies.tenant})`,
        ),
    async allowed(tenant, now, request) {
      const after = request.after === null ? undefined : gt(addresses.address, String(request.after[0]));
      const rows = await db
        .select()
        .from(addresses)
        .where(
          and(
            eq(addresses.tenant, tenant),
            // As the index addresses_noted says it.
            sql`(${addresses.listed_at} is not null or ${addresses.allowed_until} is not null)`,
            gt(addresses.allowed_until, now),
            after,
          ),
        )
        .orderBy(asc(addresses.address))
        .limit(request.limit + 1);
      return page(rows.map(addressOf), request, (row) => [row.address]);
    },

    async audits(tenant, request) {
      const after = request.after === null ? undefined : lt(audit.seq, Number(request.after[0]));
      const rows = await db
        .select()
        .from(audit)
        .where(and(eq(audit.tenant, tenant), after))
        .orderBy(desc(audit.seq))
        .limit(request.limit + 1);
      return page(rows, request, (row) => [row.seq]);
    },

    auditChain: (after, limit) =>
      db.select().from(audit).where(gt(audit.seq, after)).orderBy(asc(audit.seq)).limit(limit),

    async receipt(tenant, id) {
      const [row] = await db
        .select()
        .from(receipts)
        .where(and(eq(receipts.tenant, tenant), eq(receipts.id, id)));
      if (row === undefined) return null;
      const more = await db
        .select()
        .from(receiptParts)
        .where(eq(receiptParts.receipt_id, id))
        .orderBy(asc(receiptParts.part));
      return { ...row, body: joined([row.body, ...more.map((part) => part.bytes)]) } satisfies ReceiptRow;
    },

    async quarantined(tenant, request) {
      const after = request.after === null ? undefined : lt(quarantine.id, String(request.after[0]));
      const rows = await db
        .select()
        .from(quarantine)
        .where(and(eq(quarantine.tenant, tenant), after))
        .orderBy(desc(quarantine.id))
        .limit(request.limit + 1);
      return page(rows, request, (row) => [row.id]);
    },
    quarantinedItem: async (tenant, id) =>
      (
        await db
          .select()
          .from(quarantine)
          .where(and(eq(quarantine.tenant, tenant), eq(quarantine.id, id)))
      )[0] ?? null,

    async configure(change, record) {
      try {
        const changes = 'length' in change ? change : [change];
        await driver.transact([
          ...changes.flatMap(statementsOf),
          ...insertAudit(record === null ? [] : [record]),
        ]);
        return 'done';
      } catch (error) {
        if (driver.isStale(error)) return 'stale';
        throw error;
      }
    },

    async prune(before) {
      let deleted = 0;
      for (const [sql, bound] of [
        [`delete from receipt_parts where receipt_id in (${oldReceipts}) returning 1`, before.receipts],
        [`delete from receipts where id in (${oldReceipts}) returning 1`, before.receipts],
        [
          'delete from seen where (tenant, digest) in (select tenant, digest from seen where forget_at < ? limit 10000) returning 1',
          before.forget,
        ],
        [
          'delete from nonces where (tenant, provider, nonce) in (select tenant, provider, nonce from nonces where forget_at < ? limit 10000) returning 1',
          before.forget,
        ],
        [
          'delete from unmapped where (tenant, provider, kind, name) in (select tenant, provider, kind, name from (select *, row_number() over (partition by tenant, provider, kind order by last_at desc, name) as place from unmapped) as ranked where place > ?) returning 1',
          UNMAPPED_KEPT,
        ],
        [
          'delete from events where (tenant, id) in (select tenant, id from events where counts = 0 and received_at < ? limit 10000) returning 1',
          before.notes,
        ],
        [
          'delete from surges where (tenant, slot, receiver, cause) in (select tenant, slot, receiver, cause from surges where slot < ? limit 10000) returning 1',
          before.surges,
        ],
      ] as const) {
        deleted += (await driver.rows({ sql, params: [bound] })).length;
      }
      return deleted;
    },
  };
}

function statementsOf(change: Configuration): Write[] {
  if ('drop' in change) return [{ sql: drop[change.drop], params: [change.tenant, change.id] }];
  if ('note' in change && change.note === 'source')
    return [
      { sql: 'update sources set silent_since = ? where id = ?', params: [change.silent_since, change.id] },
    ];
  if ('note' in change && change.note === 'webhook') {
    const { tenant, id, ...progress } = change.row;
    const names = Object.keys(progress);
    return [
      {
        sql: `update webhooks set ${names.map((name) => `${name} = ?`).join(', ')} where tenant = ? and id = ?`,
        params: [...Object.values(progress), tenant, id],
      },
    ];
  }
  if ('note' in change) {
    const { tenant, id, last_at, read_to, failures, held } = change.row;
    return [{ sql: noteIncident, params: [last_at, read_to, failures, held, tenant, id] }];
  }
  switch (change.put) {
    case 'source':
      return put.source([change.row]);
    case 'key':
      return put.key([change.row]);
    case 'tenant':
      return put.tenant([change.row]);
    case 'policy':
      return put.policy([change.row]);
    case 'quarantine':
      return put.quarantine([change.row]);
    case 'notice':
      return put.notice([change.row]);
    case 'webhook':
      return put.webhook([change.row]);
    case 'incident':
      return put.incident([change.row]);
  }
}

/** A blob column comes back as a Uint8Array from better-sqlite3 and as an array of numbers or a buffer from D1. */
function joined(parts: readonly unknown[]): Uint8Array {
  const bytes = parts.map((part) =>
    part instanceof Uint8Array ? part : new Uint8Array(part as ArrayBuffer | number[]),
  );
  const whole = new Uint8Array(bytes.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of bytes) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
