/** SQLite answers each hot question out of an index: its plan scans no table that grows. */
import { expect, it } from 'vitest';
import type { Statement } from '../../src/store/driver.ts';
import { migrate } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/sql.ts';
import { openDatabase, sqliteDriver } from '../../src/store/sqlite.ts';
import { fill, growing, hotReads } from './plans.ts';

/** `SCAN events` reads all of it; `SCAN events USING INDEX` in an order that a LIMIT cuts off does not. */
const scans = new RegExp(`^SCAN (?:${growing.join('|')}|[a-z])(?! USING (?:COVERING )?INDEX)\\b`);

it('is answered by SQLite out of an index, each question of a hot path', async () => {
  const db = openDatabase(':memory:');
  migrate(db);
  const driver = sqliteDriver(db);
  await fill(driver);
  db.exec('analyze');
  const asked = await hotReads(driver);
  expect(asked.length).toBeGreaterThan(18);
  const slow: string[] = [];
  const pages: string[] = [];
  for (const [what, { sql, params }] of asked) {
    const steps = db.prepare(`explain query plan ${sql}`).all(...params) as { detail: string }[];
    for (const { detail } of steps) {
      if (scans.test(detail)) slow.push(`${what}: ${detail}`);
      if (what === 'entries, next page') pages.push(detail);
    }
  }
  expect(slow).toEqual([]);
  // A later page begins where the one before it ended, and not at the first row.
  expect(pages.join('\n')).toMatch(/SEARCH .*\(updated_at,id\)<\(\?,\?\)/);
  db.close();
}, 30_000);

it.each([
  ['events of an address', 'USING INDEX events_address (tenant=? AND address=?)'],
  ['search, a cause of our own', 'USING INDEX suppressions_ours (tenant=? AND category=?)'],
])(
  'is answered by the index that was made for it: %s',
  async (what, index) => {
    const db = openDatabase(':memory:');
    migrate(db);
    const driver = sqliteDriver(db);
    await fill(driver);
    // As in life, where nobody analyzes.
    const asked = (await hotReads(driver)).filter(([name]) => name === what);
    const plan = asked
      .flatMap(([, { sql, params }]) => db.prepare(`explain query plan ${sql}`).all(...params))
      .map((step) => (step as { detail: string }).detail)
      .join('\n');
    expect(plan).toContain(index);
    db.close();
  },
  30_000,
);

it.each(['search', 'newest'] as const)('%s of a prefix reads one part and no further', async (how) => {
  const db = openDatabase(':memory:');
  migrate(db);
  const driver = sqliteDriver(db);
  const asked: Statement[] = [];
  const end = ['u2@a.test', '*', 'hard-bounce'];
  const watched = {
    ...driver,
    // The first question is where the part ends: here there is more behind it.
    rows: async (statement: Statement) => (asked.push(statement) === 1 ? [end] : driver.rows(statement)),
  };
  const behind = ['u1@a.test', '*', 'hard-bounce'];
  const query = { states: ['active' as const], q: 'u', limit: 50 };
  await createStore(watched)[how](
    'default',
    { ...query, after: how === 'search' ? behind : null, part: behind },
    0,
  );
  const [, { sql, params }] = asked as [Statement, Statement];
  const [step] = db.prepare(`explain query plan ${sql}`).all(...params) as { detail: string }[];
  expect(step?.detail).toContain('(address,stream,reason)>(?,?,?) AND (address,stream,reason)<(?,?,?)');
  db.close();
});

it('control: a question without an index is found out', async () => {
  const db = openDatabase(':memory:');
  migrate(db);
  const plan = db.prepare("explain query plan select * from events where text = 'x'").all() as {
    detail: string;
  }[];
  expect(plan.some(({ detail }) => scans.test(detail))).toBe(true);
  db.close();
});
