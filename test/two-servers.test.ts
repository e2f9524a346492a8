/** T139 Two servers on one database file, and T140 a copy that was taken while one was writing. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { migrate, migrations } from '../src/store/migrate.ts';
import { openDatabase } from '../src/store/sqlite.ts';
import { itemOf, moreThan, newLedger, post, sourceFor, startLoad } from './faults/load.ts';
import { compare } from './faults/oracle.ts';
import { api, killAll, type Running, start } from './faults/server.ts';

let folder: string;
let file: string;
let server: Running;
let path: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-two-'));
  file = join(folder, 'mailstop.db');
  server = await start(file);
  const { url } = await api<{ url: string }>(server.url, '/v1/sources', sourceFor);
  path = new URL(url).pathname;
}, 20_000);
afterEach(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

test('T139 two servers on one file take each event once, and their audit stays one chain', async () => {
  const other = await start(file);
  const ledger = newLedger();
  const numbers = Array.from({ length: 60 }, (_, i) => i);
  const both = await Promise.all(
    numbers.flatMap((number) => {
      ledger.sent.add(number);
      return [server, other].map(async ({ url }) => {
        let answered = await post(url + path, itemOf(number));
        while (answered.status === 503) answered = await post(url + path, itemOf(number));
        return answered.counts;
      });
    }),
  );
  const sum = (name: 'accepted' | 'duplicates') =>
    both.reduce((total, counts) => total + (counts?.[name] ?? 0), 0);
  expect([sum('accepted'), sum('duplicates')]).toEqual([60, 60]);
  await Promise.all(
    [server, other].flatMap(({ url }, i) =>
      [1, 2, 3].map((n) => api(url, '/v1/streams', { id: `s${i}${n}`, class: 'marketing' })),
    ),
  );
  for (const number of numbers) ledger.acknowledged.add(number);
  expect(await compare(other.url, file, ledger)).toEqual([]);
}, 60_000);

test('T121 F31 a newer version migrates while the server of this one writes: no answer but 200, and nothing is lost', async () => {
  const ledger = newLedger();
  const load = startLoad(server, path, ledger);
  await moreThan(25, ledger);
  const db = openDatabase(file);
  db.pragma('busy_timeout = 5000');
  const added = {
    name: '9001_later.sql',
    sql: 'alter table events add column later text; create table later (id text);',
  };
  expect(migrate(db, [...migrations(), added])).toEqual(['9001_later.sql']);
  db.close();
  await moreThan(50, ledger);
  await load.stop();
  expect([...ledger.answers.keys()].filter((status) => ![200, 401].includes(status))).toEqual([]);
  expect(await compare(server.url, file, ledger)).toEqual([]);
}, 60_000);

test('T140 a copy taken under load holds all that was acknowledged before, and serves', async () => {
  const ledger = newLedger();
  const load = startLoad(server, path, ledger);
  await moreThan(50, ledger);
  const before = {
    ...ledger,
    acknowledged: new Set(ledger.acknowledged),
    quarantined: new Set(ledger.quarantined),
  };
  const copy = join(folder, 'copy.db');
  const db = new Database(file, { timeout: 5_000 });
  db.prepare('vacuum into ?').run(copy);
  db.close();
  await moreThan(before.acknowledged.size, ledger);
  await load.stop();
  // The secrets are sealed by the file beside the database: both are the backup.
  const secret = join(folder, 'mailstop.db.secret');
  cpSync(secret, `${copy}.secret`);
  const restored = await start(copy);
  expect(await compare(restored.url, copy, before)).toEqual([]);
  expect((await post(restored.url + path, itemOf(ledger.next))).counts).toMatchObject({ accepted: 1 });
}, 60_000);
