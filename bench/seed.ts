/** A list of any length in a file, in minutes rather than hours: the rows that webhooks would have left, written by SQL. */
import { type Cluster, slotOf } from '../src/core/guard.ts';
import { openDatabase } from '../src/database.ts';
import { openDatabase as openSqlite } from '../src/store/sqlite.ts';

/** The `i`th address on a seeded list. In order of `i`, so that the rows are appended. */
export const listed = (i: number): string => `person${pad(i)}@isp${i % 20}.example`;
/** One that is not on it, between two that are. */
export const unlisted = (i: number): string => `person${pad(i)}x@isp${i % 20}.example`;

const pad = (i: number): string => String(i).padStart(8, '0');

const numbers = 'with recursive n(i) as (select 0 union all select i + 1 from n where i < @count - 1)';
const address = "printf('person%08d@isp%d.example', i, i % 20)";
const domain = "printf('isp%d.example', i % 20)";
const event = "printf('evt_0%025d', i)";
const DAY = 86_400_000;

/** So many failures are nothing new to this list: the loads are no outage, which the guard would hold. */
function busyDay(db: ReturnType<typeof openSqlite>, clusters: readonly Cluster[]): void {
  const put = db.prepare('insert into surges values (?, ?, ?, ?, ?, 0)');
  for (const { receiver, cause } of clusters)
    put.run('default', slotOf(Date.now() - DAY), receiver, cause, 1_000_000_000);
}

/** Each entry with its event, its address, its change, its digest and, for a hundred events, a receipt. */
export async function seed(file: string, entries: number, clusters: readonly Cluster[]): Promise<void> {
  const { driver } = await openDatabase({ kind: 'file', file }, { missing: 'create' });
  await driver.close();
  const db = openSqlite(file);
  busyDay(db, clusters);
  if (entries === 0) return void db.close();
  db.pragma('synchronous = OFF');
  const now = Date.now();
  const fill = (into: string, columns: string) =>
    db.prepare(`${numbers} insert into ${into} select ${columns} from n`).run({ count: entries });
  fill('seen', `'default', printf('%08x%024x', i * (4294967295 / @count), i), ${now + 400 * DAY}`);
  fill(
    'events (tenant, id, source_id, receipt_id, provider, kind, address, domain, at, received_at, stream, code, enhanced, text, code_source, category, blame, bounce_type, severity, verdict, strength, classified_by, message_id, provider_event_id, provider_type, hearsay, proven, tags, rule, action, retry, policy_version, counts)',
    `'default', ${event}, 'postmark_seed', printf('rcp_0%025d', i / 100), 'postmark', 'bounce', ${address}, ${domain}, ${now - DAY}, ${now - DAY}, '*', '550', '5.1.1', 'smtp;550 5.1.1 User unknown in virtual mailbox table', 'parsed', 'unknown-user', 'recipient', 'hard', 'high', 'suppress', 'strong', 'enhanced:5.1.1', printf('m%d', i), printf('p%d', i), 'HardBounce', 0, 1, '[]', 'hard', 'suppress', 'no', 'default-1', 1`,
  );
  fill('addresses (tenant, address, revision, open, marks)', `'default', ${address}, 1, 1, '[]'`);
  fill(
    'suppressions (tenant, address, stream, reason, id, domain, origin, state, code, enhanced, code_source, category, blame, severity, bounce_type, retry, rule, policy_version, provider, source_id, event_id, created_at, updated_at)',
    `'default', ${address}, '*', 'hard-bounce', printf('sup_0%025d', i), ${domain}, 'event', 'active', '550', '5.1.1', 'parsed', 'unknown-user', 'recipient', 'high', 'hard', 'no', 'hard', 'default-1', 'postmark', 'postmark_seed', ${event}, ${now - DAY}, ${now - DAY} + i / 1000`,
  );
  fill(
    'changes (tenant, at, address, stream, reason, state, suppression_id)',
    `'default', ${now - DAY}, ${address}, '*', 'hard-bounce', 'active', printf('sup_0%025d', i)`,
  );
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
}
