/** Sources, keys, tenants, policies, incidents, webhooks and the audit. */

import { and, asc, desc, eq, gt, gte, lt, sql } from 'drizzle-orm';
import { alarmKinds } from '../core/alarms.ts';
import type { Driver, Write } from './driver.ts';
import { addressOf } from './fact-rows.ts';
import { page, typedReads } from './list.ts';
import * as schema from './schema.ts';
import { inserting, replaceOn, rowsOf } from './statements.ts';
import type { Configuration, Store } from './store.ts';

const {
  sources,
  keys,
  tenants,
  policies,
  incidents,
  notices,
  webhooks,
  sourceLists,
  sourceDrifts,
  sessions,
  users,
  audit,
  addresses,
} = schema;

const put = {
  source: inserting(
    sources,
    replaceOn(
      sources,
      ['id'],
      ['tenant', 'provider', 'created_at', 'last_event_at', ...alarmKinds.map((kind) => `${kind}_since`)],
    ),
  ),
  key: inserting(keys, 'on conflict (id) do update set last_used_at = excluded.last_used_at'),
  tenant: inserting(tenants),
  policy: inserting(policies),
  session: inserting(sessions),
  user: inserting(users, replaceOn(users, ['tenant', 'name'], ['created_at'])),
  notice: inserting(notices, '', ['seq']),
  webhook: inserting(webhooks, replaceOn(webhooks, ['tenant', 'id'])),
  'source-list': inserting(sourceLists, replaceOn(sourceLists, ['tenant', 'id'])),
  'source-drift': inserting(sourceDrifts, 'on conflict do nothing'),
  incident: inserting(incidents, replaceOn(incidents, ['tenant', 'id'])),
};
const noteIncident =
  'update incidents set last_at = ?, read_to = ?, failures = ?, held = ? where tenant = ? and id = ? and closed_at is null';
const drop = {
  source: 'delete from sources where tenant = ? and id = ?',
  waiting: 'delete from waiting where tenant = ? and source_id = ?',
  webhook: 'delete from webhooks where tenant = ? and id = ?',
  'source-list': 'delete from source_lists where tenant = ? and id = ?',
  'source-drift': 'delete from source_drifts where tenant = ? and id = ?',
  key: 'delete from keys where tenant = ? and id = ?',
  user: 'delete from users where tenant = ? and name = ?',
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
const insertAudit = inserting(audit);

type ConfigurationStore = Pick<
  Store,
  | 'sources'
  | 'source'
  | 'keys'
  | 'keyByHash'
  | 'session'
  | 'users'
  | 'user'
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
    session: async (hash) => (await db.select().from(sessions).where(eq(sessions.hash, hash)))[0] ?? null,
    users: (tenant) => db.select().from(users).where(eq(users.tenant, tenant)).orderBy(asc(users.name)),
    user: async (tenant, name) =>
      (
        await db
          .select()
          .from(users)
          .where(and(eq(users.tenant, tenant), eq(users.name, name)))
      )[0] ?? null,
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

    async audits(tenant, { actor, action, from, to, ...request }) {
      const after = request.after === null ? undefined : lt(audit.seq, Number(request.after[0]));
      const rows = await db
        .select()
        .from(audit)
        .where(
          and(
            eq(audit.tenant, tenant),
            actor === undefined ? undefined : eq(audit.actor, actor),
            action === undefined ? undefined : eq(audit.action, action),
            from === undefined ? undefined : gte(audit.at, from),
            to === undefined ? undefined : lt(audit.at, to),
            after,
          ),
        )
        .orderBy(desc(audit.seq))
        .limit(request.limit + 1);
      return page(rows, request, (row) => [row.seq]);
    },

    auditChain: (after, limit) =>
      db.select().from(audit).where(gt(audit.seq, after)).orderBy(asc(audit.seq)).limit(limit),

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
  };
}

const progressing = {
  webhook: 'webhooks',
  'source-list': 'source_lists',
  'source-drift': 'source_drifts',
  quarantine: 'quarantine',
} as const;

const dropped: { readonly [one in keyof typeof drop]?: readonly (keyof typeof drop)[] } = {
  source: ['waiting', 'source-drift', 'source-list', 'source'],
  'source-list': ['source-drift', 'source-list'],
};

const assigned = (columns: object): string =>
  Object.keys(columns)
    .map((name) => `${name} = ?`)
    .join(', ');

function statementsOf(change: Configuration): Write[] {
  if ('drop' in change && change.drop === 'session')
    return [{ sql: 'delete from sessions where hash = ?', params: [change.hash] }];
  if ('drop' in change) {
    const params = [change.tenant, change.id];
    return (dropped[change.drop] ?? [change.drop]).map((one) => ({ sql: drop[one], params }));
  }
  if ('note' in change && change.note === 'source') {
    const { note, id, ...since } = change;
    return [
      { sql: `update sources set ${assigned(since)} where id = ?`, params: [...Object.values(since), id] },
    ];
  }
  if ('note' in change && change.note !== 'incident') {
    const { tenant, id, ...progress } = change.row;
    return [
      {
        sql: `update ${progressing[change.note]} set ${assigned(progress)} where tenant = ? and id = ?`,
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
    case 'session':
      return put.session([change.row]);
    case 'user':
      return put.user([change.row]);
    case 'notice':
      return put.notice([change.row]);
    case 'webhook':
      return put.webhook([change.row]);
    case 'source-list':
      return put['source-list']([change.row]);
    case 'source-drift':
      return put['source-drift']([change.row]);
    case 'incident':
      return put.incident([change.row]);
  }
}
