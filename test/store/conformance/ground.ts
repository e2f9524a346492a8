/** What the groups of the conformance suite share. */
import type { Driver } from '../../../src/store/driver.ts';
import type { EntryQuery, PageRequest, Store, WritePlan } from '../../../src/store/store.ts';
import {
  act,
  addressRow,
  auditRow,
  change,
  entry,
  event,
  plan,
  quarantined,
  receipt,
  stat,
  T0,
  unmapped,
} from '../rows.ts';

export const ann = { tenant: 'default', address: 'ann@example.com' };
export const all: PageRequest = { limit: 1_000, after: null };
export const standing: EntryQuery = { ...all, states: ['active', 'held'] };

export interface Using {
  store(): Store;
  /** Another empty database in the place of this one. */
  fresh(): Promise<void>;
  driver(): Driver;
}

export const everyTable = [
  'receipts',
  'receipt_parts',
  'waiting',
  'seen',
  'nonces',
  'events',
  'acts',
  'addresses',
  'domain_facts',
  'suppressions',
  'changes',
  'quarantine',
  'unmapped',
  'stats',
  'rule_counts',
  'surges',
  'audit',
] as const;

export async function rowCounts(driver: Driver): Promise<Record<string, unknown>> {
  const counts: Record<string, unknown> = {};
  for (const table of everyTable)
    counts[table] = (await driver.rows({ sql: `select count(*) from ${table}`, params: [] }))[0]?.[0];
  return counts;
}
export const noRows = Object.fromEntries(everyTable.map((table) => [table, 0]));

/** A plan that touches every table. */
export const full = (): WritePlan =>
  plan({
    receipts: [receipt({ body: new Uint8Array(1_048_577) })],
    waiting: [{ tenant: 'default', source_id: 'generic_1', receipt_id: 'rcp_1' }],
    seen: [{ tenant: 'default', digest: 'd1', forget_at: T0 }],
    nonces: [{ tenant: 'default', provider: 'generic_1', nonce: 'n1', body_digest: 'b1', forget_at: T0 }],
    events: [event()],
    acts: [act()],
    addresses: [addressRow()],
    domainFacts: [{ tenant: 'default', domain: '@example.com', event_id: 'evt_1' }],
    entries: [entry()],
    changes: [change()],
    quarantine: [quarantined()],
    unmapped: [unmapped()],
    stats: [stat()],
    ruleCounts: [{ tenant: 'default', day: T0, rule: '504', count: 1 }],
    surges: [
      { tenant: 'default', slot: T0, receiver: 'gmail.com', cause: '550 5.1.1', failures: 2, alive: 1 },
    ],
    audit: [auditRow()],
  });

/** Characters that a detour over JSON, SQL or another encoding would change. */
export const awkward = 'ä€😀 \'quoted\' "double" \\ %_ \n\t{"json":[1]} 007';
