/** Holds a ledger against the database after recovery. Each sentence of the answer is something that must not be. */
import { hash } from 'node:crypto';
import Database from 'better-sqlite3';
import { auditHash } from '../../src/app/audit.ts';
import type { AuditRow } from '../../src/store/store.ts';
import { addressOf, type Ledger } from './load.ts';
import { api } from './server.ts';

const CHECKED_AT_ONCE = 10_000;

export async function compare(url: string, file: string, ledger: Ledger): Promise<string[]> {
  return [...ledger.problems, ...compareFile(file, ledger), ...(await compareAnswers(url, ledger))];
}

function compareFile(file: string, ledger: Ledger): string[] {
  const db = new Database(file, { readonly: true });
  try {
    const numbers = (sql: string, pattern: RegExp) => {
      const times = new Map<number, number>();
      for (const text of db.prepare(sql).pluck().all() as string[]) {
        const number = Number(pattern.exec(text)?.[1] ?? Number.NaN);
        times.set(number, (times.get(number) ?? 0) + 1);
      }
      return times;
    };
    const events = numbers('select provider_event_id from events', /^event-(\d+)$/);
    const quarantined = numbers('select raw from quarantine', /event-(\d+)/);
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
      db.prepare("select address from suppressions where state = 'active'").pluck().all() as string[],
    );
    say(
      [...events.keys()].filter((number) => !blocked.has(addressOf(number))).length,
      'recorded events that do not block',
    );
    const receipts = db.prepare(
      'select count(*) from events where receipt_id not in (select id from receipts)',
    );
    say(receipts.pluck().get() as number, 'events without their receipt');
    const integrity = db.pragma('integrity_check', { simple: true });
    if (integrity !== 'ok') wrong.push(`integrity_check: ${String(integrity)}`);
    wrong.push(...brokenAudit(db));
    return wrong;
  } finally {
    db.close();
  }
}

const missing = (promised: ReadonlySet<number>, there: ReadonlyMap<number, number>): number =>
  [...promised].filter((number) => !there.has(number)).length;

function brokenAudit(db: Database.Database): string[] {
  let previous: string | null = null;
  for (const row of db.prepare('select * from audit order by seq').all() as AuditRow[]) {
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
