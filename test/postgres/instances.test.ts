/** Servers in processes of their own on one PostgreSQL: under load, at the same start, and with lines cut. */
import type pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { postgresMigrations } from '../../src/store/migrate.ts';
import { migratePostgres } from '../../src/store/migrate-postgres.ts';
import { connectPostgres } from '../../src/store/postgres.ts';
import { itemOf, moreThan, newLedger, post, sourceFor, startLoad } from '../faults/load.ts';
import { compareAll } from '../faults/oracle.ts';
import { api, killAll, NotStarted, pause, type Running, start } from '../faults/server.ts';
import { startCutter } from './cutter.ts';
import { createDatabases, type Databases, urlOf } from './databases.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await createDatabases();
});
afterEach(killAll);
afterAll(() => databases.close());

const startOn = (url: string): Promise<Running> =>
  start('', { env: { MAILSTOP_DATABASE_URL: url, MAILSTOP_SECRET: 'secret-of-the-fleet-0123456789abcdef' } });

const sourceOf = async (server: Running): Promise<string> =>
  new URL((await api<{ url: string }>(server.url, '/v1/sources', sourceFor)).url).pathname;

const reading =
  (pool: pg.Pool) =>
  async (sql: string): Promise<unknown[][]> =>
    (await pool.query({ text: sql, rowMode: 'array' })).rows;

/** What anybody may see of the list. */
const listOf = async (server: Running): Promise<string[]> => {
  const rows: string[] = [];
  let cursor: string | null = null;
  do {
    const page: { data: Record<string, unknown>[]; next_cursor: string | null } = await api(
      server.url,
      `/v1/suppressions?limit=1000${cursor === null ? '' : `&cursor=${cursor}`}`,
    );
    // The guard holds the flood of one reply, and when it looks is nobody's order.
    for (const { address, stream, reason, state, code, rule } of page.data)
      rows.push([address, stream, reason, state === 'held' ? 'active' : state, code, rule].join(' '));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return rows.toSorted();
};

test('two instances under load lose nothing, record nothing twice, and make the list that one makes', async () => {
  const url = await databases.make();
  const [first, second] = [await startOn(url), await startOn(url)];
  const path = await sourceOf(first);
  const ledger = newLedger();
  const loads = [first, second].map((server) => startLoad(server, path, ledger));
  await pause(3_000);
  await moreThan(200, ledger);
  await Promise.all(loads.map((load) => load.stop()));
  const pool = connectPostgres(url, 1);
  expect(await compareAll(second.url, reading(pool), ledger)).toEqual([]);
  await pool.end();

  const alone = await startOn(await databases.make());
  const alonePath = await sourceOf(alone);
  const numbers = [...ledger.acknowledged];
  for (let at = 0; at < numbers.length; at += 100) {
    const { status } = await post(
      alone.url + alonePath,
      numbers.slice(at, at + 100).map((number) => itemOf(number)),
    );
    expect(status).toBe(200);
  }
  expect(await listOf(first)).toEqual(await listOf(alone));
}, 60_000);

test('T119 two instances that start at once on an empty database migrate it once, and both serve', async () => {
  const name = `mailstop_empty_${process.pid}`;
  await databases.admin.query(`create database ${name}`);
  const both = await Promise.all([startOn(urlOf(name)), startOn(urlOf(name))]);
  for (const { url } of both) expect(await api(url, '/v1/codes/504')).toMatchObject({ code: '504' });
  const pool = connectPostgres(urlOf(name), 1);
  expect((await pool.query('select name from mailstop_migrations')).rowCount).toBe(
    postgresMigrations().length,
  );
  await pool.end();
}, 30_000);

test.each([['synchronous_commit', 'off', 'synchronous_commit is off']])(
  'T119 %s = %s is refused at the start, with what to do',
  async (setting, value, message) => {
    const url = await databases.make();
    const name = new URL(url).pathname.slice(1);
    await databases.admin.query(`alter database ${name} set ${setting} = ${value}`);
    const error = await startOn(url).then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(NotStarted);
    expect(String(error)).toContain(message);
    expect(String(error)).toContain('alter database');
    expect(String(error)).not.toContain(`:${new URL(inject('postgresUrl')).password}@`);
  },
  30_000,
);

test('T121 F31 a newer version migrates while the instances of this one write: no answer but 200, and nothing is lost', async () => {
  const url = await databases.make();
  const server = await startOn(url);
  const path = await sourceOf(server);
  const ledger = newLedger();
  const load = startLoad(server, path, ledger);
  await moreThan(25, ledger);
  const pool = connectPostgres(url, 2);
  const added = {
    name: '9001_later.sql',
    sql: 'alter table events add column later text; create table later (id text);',
  };
  expect(await migratePostgres(pool, [...postgresMigrations(), added])).toEqual(['9001_later.sql']);
  await moreThan(50, ledger);
  await load.stop();
  expect([...ledger.answers.keys()].filter((status) => ![200, 401].includes(status))).toEqual([]);
  expect(await compareAll(server.url, reading(pool), ledger)).toEqual([]);
  await pool.end();
}, 60_000);

test('T122 a database of a newer version is refused with one sentence', async () => {
  const url = await databases.make();
  const pool = connectPostgres(url, 1);
  await pool.query("insert into mailstop_migrations (name) values ('9999_later.sql')");
  await pool.end();
  await expect(startOn(url)).rejects.toThrow('made by a newer Mailstop (9999_later.sql)');
}, 30_000);

test('the database of another program is refused, and left as it was', async () => {
  const name = `mailstop_theirs_${process.pid}`;
  await databases.admin.query(`create database ${name}`);
  const pool = connectPostgres(urlOf(name), 1);
  await pool.query('create table customers (id int)');
  await expect(startOn(urlOf(name))).rejects.toThrow('belongs to some other program');
  const { rowCount } = await pool.query(
    "select relname from pg_class where relnamespace = 'public'::regnamespace",
  );
  expect(rowCount).toBe(1);
  await pool.end();
}, 30_000);

/** Posts five events over a line that is cut after each first commit; how many there are then, and what was answered. */
async function cutEach(prepare: (pool: pg.Pool) => Promise<void> = async () => {}) {
  const database = await databases.make();
  const cutter = await startCutter(database);
  const server = await startOn(cutter.url);
  const path = await sourceOf(server);
  const pool = connectPostgres(database, 1);
  await prepare(pool);
  const answers = [];
  for (let number = 0; number < 5; number++) {
    cutter.arm(1);
    const first = await post(server.url + path, itemOf(number));
    const again = await post(server.url + path, itemOf(number));
    answers.push([first.status, again.status, again.counts?.duplicates]);
  }
  expect(cutter.cut()).toBe(5);
  const { rowCount } = await pool.query('select id from events');
  await pool.end();
  await cutter.close();
  return { answers, events: rowCount };
}

test('F30 a line that is cut after the commit and before its answer leaves one event, and the provider is told to come again', async () => {
  const { answers, events } = await cutEach();
  expect(answers).toEqual(Array.from({ length: 5 }, () => [503, 200, 1]));
  expect(events).toBe(5);
}, 60_000);

test('F30 control: where what was seen is forgotten, each event is there twice', async () => {
  const { events } = await cutEach(async (pool) => {
    await pool.query('create rule forgets as on insert to seen do instead nothing');
  });
  expect(events).toBe(10);
}, 60_000);

test('F29 connections that the operator cuts under load are met with "come again", and nothing answered is lost', async () => {
  const url = await databases.make();
  const name = new URL(url).pathname.slice(1);
  const server = await startOn(url);
  const path = await sourceOf(server);
  const ledger = newLedger();
  const load = startLoad(server, path, ledger);
  for (let i = 0; i < 10; i++) {
    await pause(150);
    await databases.admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = 'mailstop'",
      [name],
    );
  }
  await moreThan(50, ledger);
  await load.stop();
  const pool = connectPostgres(url, 1);
  expect(await compareAll(server.url, reading(pool), ledger)).toEqual([]);
  await pool.end();
}, 60_000);
