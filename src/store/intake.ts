/** What a flush reads before it judges, and the one atomic write after. */
import type { Act, EventFact } from '../core/facts.ts';
import { namesOf } from '../core/message.ts';
import { countedBy } from './counters.ts';
import type { Dialect } from './dialect.ts';
import type { Driver, Write } from './driver.ts';
import { entryRows } from './entry-rows.ts';
import { addressColumns, factColumns, readAct, readAddress, readFact, writeAddress } from './fact-rows.ts';
import * as schema from './schema.ts';
import { inserting, jsonParameters, replaceOn } from './statements.ts';
import {
  type AddressKey,
  type EntryRow,
  type History,
  keyOf,
  type ReceiptRow,
  type Store,
  sentKeyOf,
  type WritePlan,
} from './store.ts';
import { resumedStatements } from './waiting.ts';

/** Bodies above this continue in receipt_parts: D1 takes 2 MB a row. */
const PART_BYTES = 1_048_576;

const insertReceipt = inserting(schema.receipts);
const insertReceiptPart = inserting(schema.receiptParts);
const insertWaiting = inserting(schema.waiting);
const insertSeen = inserting(schema.seen);
const insertSeenAgain = inserting(schema.seen, replaceOn(schema.seen, ['tenant', 'digest']));
const insertNonces = inserting(schema.nonces);
const insertEvents = inserting(schema.events);
const insertActs = inserting(schema.acts);
const insertDomainFacts = inserting(schema.domainFacts, 'on conflict do nothing');
const upsertAddresses = inserting(schema.addresses, replaceOn(schema.addresses, ['tenant', 'address']));
const upsertEntries = inserting(
  schema.suppressions,
  replaceOn(schema.suppressions, ['tenant', 'address', 'stream', 'reason'], ['id', 'created_at']),
);
const insertChanges = inserting(schema.changes, '', ['seq']);
const insertQuarantine = inserting(schema.quarantine);
const addUnmapped = inserting(
  schema.unmapped,
  `on conflict (tenant, provider, kind, name) do update set count = unmapped.count + excluded.count,
  first_at = case when excluded.first_at < unmapped.first_at then excluded.first_at else unmapped.first_at end,
  last_at = case when excluded.last_at > unmapped.last_at then excluded.last_at else unmapped.last_at end, sample = excluded.sample`,
);
const addSurges = inserting(
  schema.surges,
  'on conflict (tenant, slot, receiver, cause) do update set failures = surges.failures + excluded.failures, alive = surges.alive + excluded.alive',
);
const insertAudit = inserting(schema.audit);
const insertErasures = inserting(schema.erasures, 'on conflict do nothing');
const insertNames = inserting(schema.auditNames, 'on conflict do nothing');

function textsOf({ asked, lookUp, along }: Dialect) {
  const facts = factColumns.map((name) => `t.${name}`).join(', ');
  /** The rows of a table whose key is among those asked for, as `t`. */
  const found = (table: string, keys: readonly string[], index?: string) =>
    `from ${asked} ${lookUp(table, 't', keys.map((key, i) => `t.${key} = asked.value ->> ${i}`).join(' and '), index)}`;
  const events = found('events', ['tenant', 'address'], 'events_address');
  const addresses = found('addresses', ['tenant', 'address']);
  return {
    seen: `select t.tenant, t.digest, t.forget_at ${found('seen', ['tenant', 'digest'])}`,
    nonces: `select t.tenant, t.provider, t.nonce, t.body_digest ${found('nonces', ['tenant', 'provider', 'nonce'])}`,
    addresses: `select ${addressColumns.map((name) => `t.${name}`).join(', ')} ${addresses}`,
    facts: `select ${facts} ${events} where t.counts = 1`,
    uncounted: `select ${facts} ${events} where t.counts = 0`,
    domainFacts: `select d.tenant, d.domain, ${facts}
      from ${asked} ${lookUp('domain_facts', 'd', 'd.tenant = asked.value ->> 0 and d.domain = asked.value ->> 1')}
      ${lookUp('events', 't', 't.tenant = d.tenant and t.id = d.event_id')}`,
    factAddresses: `select distinct address from events${along('events_address')}
      where tenant = ? and address > ? order by address limit ?`,
    addressesAfter: `select ${addressColumns.map((name) => `t.${name}`).join(', ')} from addresses as t
      where t.tenant = ? and t.address > ? order by t.address limit ?`,
    factDomains:
      'select distinct domain from domain_facts where tenant = ? and domain > ? order by domain limit ?',
    counted: `update events set counts = 1
      where (tenant, id) in (select asked.value ->> 0, asked.value ->> 1 from ${asked})`,
    redecided: 'update policies set redecided_to = ? where tenant = ? and version = ?',
    judgedBy: 'insert into judged_by (tenant, version) values (?, ?)',
    acts: `select t.tenant, t.address, t.id, t.kind, t.at, t.actor, t.detail
      ${found('acts', ['tenant', 'address'], 'acts_address')}`,
    entries: `select ${entryRows.columns('t')} ${found('suppressions', ['tenant', 'address'])}`,
    sentByEvents: `select asked.value ->> 1, asked.value ->> 2 ${events}
      where t.proven = 1 and asked.value ->> 2 in (trim(t.message_id, '<>'), trim(t.rfc_message_id, '<>'))`,
    auditHead: 'select seq, hash from audit order by seq desc limit 1',
    heard: `update sources set last_event_at = heard.at
      from (select asked.value ->> 0 as id, cast(asked.value ->> 1 as bigint) as at from ${asked}) as heard
      where sources.id = heard.id and coalesce(last_event_at, 0) < heard.at`,
  };
}

type Texts = ReturnType<typeof textsOf>;

type Intake = Pick<
  Store,
  'known' | 'histories' | 'uncounted' | 'factAddresses' | 'addressesAfter' | 'sent' | 'auditHead' | 'write'
>;

export function intakeOf(driver: Driver): Intake {
  const sql = textsOf(driver.dialect);
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
      const domains = of.filter(({ address }) => address.startsWith('@'));
      for (const row of await byAddress(sql.domainFacts, domains))
        at(row)?.events.push(readFact(row.slice(2)));
      for (const row of await byAddress(sql.acts, of)) at(row)?.acts.push(readAct(row));
      for (const row of await byAddress(sql.entries, of)) at(row)?.entries.push(entryRows.read(row));
      return found as ReadonlyMap<string, History>;
    },

    async uncounted(of) {
      const found = new Map<string, EventFact[]>();
      for (const row of await byAddress(sql.uncounted, of)) {
        const key = `${row[0]} ${row[1]}`;
        const facts = found.get(key) ?? [];
        facts.push(readFact(row));
        found.set(key, facts);
      }
      return found;
    },

    async factAddresses(tenant, after, limit) {
      const rows = await driver.rows({
        sql: after.startsWith('@') ? sql.factDomains : sql.factAddresses,
        params: [tenant, after, limit],
      });
      return rows.map(([key]) => key as string);
    },

    async addressesAfter(tenant, after, limit) {
      const rows = await driver.rows({ sql: sql.addressesAfter, params: [tenant, after, limit] });
      return rows.map(readAddress);
    },

    async sent(tenant, of) {
      const keys = of.map(({ address, message }) => [tenant, address, message]);
      const reported = (await among(sql.sentByEvents, keys)).map(([address, message]) => ({
        address: String(address),
        message: String(message),
      }));
      const addresses = [...new Set(of.map(({ address }) => address))].map((address) => ({
        tenant,
        address,
      }));
      const marked = (await byAddress(sql.addresses, addresses))
        .map(readAddress)
        .flatMap(({ address, marks }) => marks.flatMap(namesOf).map((message) => ({ address, message })));
      const asked = new Set(of.map(sentKeyOf));
      return new Set([...reported, ...marked].map(sentKeyOf).filter((key) => asked.has(key)));
    },

    async auditHead() {
      const [row] = await driver.rows({ sql: sql.auditHead, params: [] });
      return row === undefined ? { seq: 0, hash: '' } : { seq: row[0] as number, hash: row[1] as string };
    },

    async write(plan) {
      try {
        await driver.transact(statementsOf(plan, sql));
        return 'done';
      } catch (error) {
        if (driver.isStale(error)) return 'stale';
        throw error;
      }
    },
  };
}

function statementsOf(plan: WritePlan, sql: Texts): Write[] {
  const heard = plan.sourcesHeard.map((one) => [one.id, one.at]);
  return [
    ...plan.judgedBy.map(({ tenant, version }) => ({ sql: sql.judgedBy, params: [tenant, version] })),
    ...plan.resumed.flatMap(resumedStatements),
    ...plan.receipts.flatMap(receiptStatements),
    ...insertWaiting(plan.waiting),
    ...insertSeen(plan.seen),
    ...insertSeenAgain(plan.seenAgain),
    ...insertNonces(plan.nonces),
    ...insertEvents(plan.events),
    ...insertActs(plan.acts),
    ...jsonParameters(plan.counted.map(({ tenant, id }) => [tenant, id])).map((json) => ({
      sql: sql.counted,
      params: [json],
    })),
    ...insertDomainFacts(plan.domainFacts),
    ...upsertAddresses(plan.addresses.map(writeAddress)),
    ...upsertEntries(plan.entries),
    ...insertChanges(plan.changes),
    ...insertQuarantine(plan.quarantine),
    ...addUnmapped(plan.unmapped),
    ...countedBy(plan),
    ...addSurges(plan.surges),
    ...insertAudit(plan.audit),
    ...insertNames(plan.names),
    ...insertErasures(plan.erasures),
    ...(heard.length === 0 ? [] : [{ sql: sql.heard, params: [JSON.stringify(heard)] }]),
    ...plan.redecided.map(({ tenant, version, to }) => ({
      sql: sql.redecided,
      params: [to, tenant, version],
    })),
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
