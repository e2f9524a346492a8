/** Holds a ledger against the database after recovery. Each sentence of the answer is something that must not be. */
import { hash } from 'node:crypto';
import Database from 'better-sqlite3';
import { auditHash } from '../../src/app/audit.ts';
import type { AuditRow } from '../../src/store/store.ts';
import { addressOf, type Ledger } from './load.ts';
import { api } from './server.ts';

const CHECKED_AT_ONCE = 10_000;

/** All rows of a query, as arrays. */
export type Read = (sql: string) => Promise<readonly (readonly unknown[])[]>;

export async function compare(url: string, file: string, ledger: Ledger): Promise<string[]> {
  const db = new Database(file, { readonly: true });
  try {
    const wrong = await compareAll(url, async (sql) => db.prepare(sql).raw().all() as unknown[][], ledger);
    const integrity = db.pragma('integrity_check', { simple: true });
    return integrity === 'ok' ? wrong : [...wrong, `integrity_check: ${String(integrity)}`];
  } finally {
    db.close();
  }
}

export async function compareAll(url: string, read: Read, ledger: Ledger): Promise<string[]> {
  return [...ledger.problems, ...(await compareRows(read, ledger)), ...(await compareAnswers(url, ledger))];
}

async function compareRows(read: Read, ledger: Ledger): Promise<string[]> {
  const numbers = async (sql: string, pattern: RegExp) => {
    const times = new Map<number, number>();
    for (const [text] of await read(sql)) {
      const number = Number(pattern.exec(String(text))?.[1] ?? Number.NaN);
      times.set(number, (times.get(number) ?? 0) + 1);
    }
    return times;
  };
  const events = await numbers('select provider_event_id from events', /^event-(\d+)$/);
  // A body that was put aside whole names nobody.
  const quarantined = await numbers("select raw from quarantine where raw <> ''", /event-(\d+)/);
  const wrong: string[] = [];
  const say = (count: number, what: string) => {
    if (count > 0) wrong.push(`${count} ${what}`);
  };
  say(missing(ledger.acknowledged, events), 'acknowledged events lost');
  say(missing(ledger.quarantined, quarantined), 'acknowledged unreadable items lost');
  say([...events.values(), ...quarantined.values()].filter((times) => times > 1).length, 'recorded twice');
  const recorded = [...events.keys(), ...quarantined.keys()];
  say(recorded.filter((number) => ledger.forged.has(number)).length, 'forged events recorded');
  say(
    recorded.filter((number) => !ledger.sent.has(number) && !ledger.forged.has(number)).length,
    'events recorded that nobody sent',
  );
  const blocked = new Set(
    (await read("select address from suppressions where state in ('active', 'held')")).map(
      ([address]) => address,
    ),
  );
  say(
    [...events.keys()].filter((number) => !blocked.has(addressOf(number))).length,
    'recorded events that do not block',
  );
  const [receipts] = await read(
    'select count(*) from events where receipt_id not in (select id from receipts)',
  );
  say(Number(receipts?.[0]), 'events without their receipt');
  wrong.push(...(await brokenAudit(read)));
  return wrong;
}

const missing = (promised: ReadonlySet<number>, there: ReadonlyMap<number, number>): number =>
  [...promised].filter((number) => !there.has(number)).length;

const auditColumns = [
  'seq',
  'at',
  'tenant',
  'actor',
  'action',
  'subject',
  'detail',
  'previous',
  'hash',
] as const satisfies readonly (keyof AuditRow)[];

async function brokenAudit(read: Read): Promise<string[]> {
  let previous: string | null = null;
  for (const values of await read(`select ${auditColumns.join(', ')} from audit order by seq`)) {
    const row = Object.fromEntries(auditColumns.map((name, i) => [name, values[i]])) as AuditRow;
    const { hash: own, ...rest } = row;
    if (
      auditHash(rest, (text) => hash('sha256', text)) !== own ||
      (previous !== null && row.previous !== previous)
    )
      return [`audit row ${row.seq} does not fit the chain`];
    previous = own;
  }
  return [];
}

/** A send asks the API, not the table. */
async function compareAnswers(url: string, ledger: Ledger): Promise<string[]> {
  const promised = [...ledger.acknowledged].map(addressOf);
  let sendable = 0;
  for (let at = 0; at < promised.length; at += CHECKED_AT_ONCE) {
    const addresses = promised.slice(at, at + CHECKED_AT_ONCE);
    const { results } = await api<{ results: { suppressed: boolean | null }[] }>(url, '/v1/check', {
      addresses,
    });
    sendable += addresses.length - results.filter(({ suppressed }) => suppressed === true).length;
  }
  return sendable === 0 ? [] : [`${sendable} acknowledged addresses may be sent to`];
}
