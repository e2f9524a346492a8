/** The audit is append-only, and what was done to it past Mailstop shows. */
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { auditRows, verifyAudit } from '../../src/app/audit.ts';
import type { Store } from '../../src/store/store.ts';
import { plan } from '../store/rows.ts';
import { type TestDatabase, testDatabase, testRuntime } from './harness.ts';

const runtime = testRuntime();
let database: TestDatabase;
let store: Store;
beforeEach(async () => {
  database = testDatabase();
  store = database.open();
  const notes = Array.from({ length: 5 }, (_, i) => ({
    tenant: i % 2 === 0 ? 'default' : 'other',
    actor: 'cli',
    action: 'suppression.release',
    subject: `person${i}@example.com`,
    detail: { why: 'a test' },
  }));
  await store.write(plan({ audit: auditRows(await store.auditHead(), notes.slice(0, 3), runtime) }));
  await store.write(plan({ audit: auditRows(await store.auditHead(), notes.slice(3), runtime) }));
});
afterEach(async () => {
  await store.close();
  database.remove();
});

const verified = () => verifyAudit(store, runtime.sha256);
/** As somebody would who may write to the file. */
function tamper(...statements: string[]): void {
  const db = new Database(database.file);
  try {
    for (const statement of statements) db.exec(statement);
  } finally {
    db.close();
  }
}
const unlocked = 'drop trigger audit_no_update; drop trigger audit_no_delete;';

describe('T093 the audit', () => {
  it('verifies as it was written, over all tenants', async () => {
    expect(await verified()).toEqual({ rows: 5, brokenAt: null });
  });

  test.each(["update audit set actor = 'nobody'", 'delete from audit'])('refuses "%s"', (statement) => {
    expect(() => tamper(statement)).toThrow('audit is append-only');
  });

  test.each([
    ['a row that was changed', "update audit set detail = '{}' where seq = 3", 3],
    ['a row that is missing', 'delete from audit where seq = 2', 2],
    ['a first row that is missing', 'delete from audit where seq = 1', 1],
    ['rows that changed places', 'update audit set seq = -seq; update audit set seq = 6 + seq', 1],
    [
      'an actor that was changed, with its row’s number kept',
      "update audit set actor = 'x' where seq = 5",
      5,
    ],
  ])('shows %s', async (_what, statement, brokenAt) => {
    tamper(unlocked, statement);
    expect(await verified()).toMatchObject({ brokenAt });
  });
});
