import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/sql.ts';
import { openDatabase, sqliteDriver } from '../../src/store/sqlite.ts';
import { Unavailable } from '../../src/store/store.ts';
import { auditRow, event, plan } from './rows.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'durability-'));
  file = join(folder, 'list.db');
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

const settings = (db: Database.Database) => ({
  journal_mode: db.pragma('journal_mode', { simple: true }),
  synchronous: db.pragma('synchronous', { simple: true }),
  foreign_keys: db.pragma('foreign_keys', { simple: true }),
  trusted_schema: db.pragma('trusted_schema', { simple: true }),
});
const durable = { journal_mode: 'wal', synchronous: 2, foreign_keys: 1, trusted_schema: 0 };

describe('a database file', () => {
  it('T117 is in WAL mode with synchronous FULL and foreign keys, after a write and after a restart', async () => {
    for (const id of ['evt_1', 'evt_2']) {
      const db = openDatabase(file);
      migrate(db);
      const store = createStore(sqliteDriver(db));
      expect(await store.write(plan({ events: [event({ id })] }))).toBe('done');
      expect(settings(db)).toEqual(durable);
      const patience = Number(db.pragma('busy_timeout', { simple: true }));
      expect(patience).toBeGreaterThan(0);
      expect(patience).toBeLessThanOrEqual(250);
      await store.close();
    }
    const db = openDatabase(file);
    expect(db.prepare('select count(*) from events').pluck().get()).toBe(2);
    db.close();
  });

  it('T117 is set so also where another program left it otherwise', () => {
    const other = new Database(file);
    other.pragma('journal_mode = DELETE');
    other.exec('create table t (id integer)');
    other.close();
    const db = openDatabase(file);
    expect(settings(db)).toEqual(durable);
    db.close();
  });

  it('holds everything in the one file once it is closed', async () => {
    const db = openDatabase(file);
    migrate(db);
    const store = createStore(sqliteDriver(db));
    await store.write(plan({ audit: [auditRow()] }));
    await store.close();
    const copy = new Database(file, { readonly: true, fileMustExist: true });
    expect(copy.prepare('select count(*) from audit').pluck().get()).toBe(1);
    copy.close();
  });

  it('shows a second connection what is committed, and nothing of a write that failed', async () => {
    const db = openDatabase(file);
    migrate(db);
    const store = createStore(sqliteDriver(db));
    const reader = openDatabase(file);
    await store.write(plan({ events: [event()] }));
    await expect(store.write(plan({ events: [event({ id: 'evt_2' }), event()] }))).rejects.toThrow();
    expect(reader.prepare('select id from events').pluck().all()).toEqual(['evt_1']);
    reader.close();
    await store.close();
  });

  it('a writer that finds the file locked gives up within half a second, and writes once it is free', async () => {
    const db = openDatabase(file);
    migrate(db);
    const store = createStore(sqliteDriver(db));
    const holder = openDatabase(file);
    holder.exec('begin immediate');
    const started = performance.now();
    await expect(store.write(plan({ events: [event()] }))).rejects.toThrow('database is locked');
    expect(performance.now() - started).toBeLessThan(500);
    holder.exec('commit');
    expect(await store.write(plan({ events: [event()] }))).toBe('done');
    holder.close();
    await store.close();
  });
});

describe('a file that is written anew', () => {
  const MIB = 1024 * 1024;
  const receipt = (id: string, body: Uint8Array) => ({
    id,
    tenant: 'default',
    source_id: 'generic_1',
    received_at: 0,
    method: 'POST',
    query: '',
    headers: '{}',
    encoding: 'identity',
    body,
  });
  const text = (word: string) => new TextEncoder().encode(word.padEnd(MIB, word));
  /** With some MiB in it, and as many that were deleted. */
  async function filled() {
    const db = openDatabase(file);
    migrate(db);
    const store = createStore(sqliteDriver(db));
    for (let i = 0; i < 12; i++)
      await store.write(plan({ receipts: [receipt(`rcp_${i}`, text(i % 2 === 0 ? 'gone ' : 'kept '))] }));
    db.exec(
      'delete from receipt_parts where cast(substr(receipt_id, 5) as integer) % 2 = 0; delete from receipts where cast(substr(id, 5) as integer) % 2 = 0',
    );
    return { db, store };
  }
  const bytes = () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name)).toString('latin1'))
      .join('');

  it('T092 holds nothing of what was deleted, and lets others read and write meanwhile', async () => {
    const { db, store } = await filled();
    expect(bytes()).toContain('gone gone');
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    const compacted = store.compact();
    const told: string[] = [];
    for (let i = 0; i < 20; i++) {
      expect(await store.receipt('default', 'rcp_1')).not.toBeNull();
      await store.write(plan({ events: [event({ id: `evt_${i}` })] })).then(
        () => told.push(`evt_${i}`),
        (error) => expect(error).toBeInstanceOf(Unavailable),
      );
    }
    await compacted;
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(3);
    expect(bytes()).not.toContain('gone gone');
    expect(bytes()).toContain('kept kept');
    expect(db.prepare('select id from events').pluck().all().toSorted()).toEqual(told.toSorted());
    expect(told.length).toBeGreaterThan(0);
    await store.close();
  });

  it('is written once more for each who asks, and is whole', async () => {
    const { db, store } = await filled();
    await Promise.all([store.compact(), store.compact()]);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(bytes()).not.toContain('gone gone');
    await store.close();
  });
});

it('a write that would wait long for a file to be written anew is refused, and taken in afterwards', async () => {
  const db = openDatabase(file);
  migrate(db);
  const store = createStore(sqliteDriver(db));
  // So long does it take.
  const holder = openDatabase(file);
  holder.exec('begin immediate');
  const compacted = store.compact();
  await new Promise(setImmediate);
  const started = performance.now();
  await expect(store.write(plan({ events: [event()] }))).rejects.toThrow(
    new Unavailable('the database is written anew'),
  );
  expect(performance.now() - started).toBeLessThan(2_500);
  holder.exec('commit');
  holder.close();
  await compacted;
  expect(await store.write(plan({ events: [event()] }))).toBe('done');
  await store.close();
});

describe('the version of SQLite', () => {
  /** The real one, with another answer to the one question. */
  const reporting = (version: string) => {
    const prototype = Database.prototype as Database.Database;
    const { prepare } = prototype;
    vi.spyOn(prototype, 'prepare').mockImplementation(function (this: Database.Database, sql: string) {
      return prepare.call(this, sql === 'select sqlite_version()' ? `select '${version}'` : sql);
    } as typeof prototype.prepare);
  };

  it.each(['3.51.2', '3.50.9', '3.9.0', '2.99.99'])('T118 %s can lose commits, and is refused', (version) => {
    reporting(version);
    expect(() => openDatabase(file)).toThrow(
      `SQLite ${version} can lose commits in WAL mode; install better-sqlite3 12.9 or newer`,
    );
  });

  it.each(['3.51.3', '3.51.10', '3.52.0', '4.0.0'])('T118 %s is taken', (version) => {
    reporting(version);
    expect(() => openDatabase(file).close()).not.toThrow();
  });

  it('T118 is recent enough in the better-sqlite3 that is installed', () => {
    const db = openDatabase(file);
    const [major = 0, minor = 0, patch = 0] = String(db.prepare('select sqlite_version()').pluck().get())
      .split('.')
      .map(Number);
    db.close();
    expect(major * 1e6 + minor * 1e3 + patch).toBeGreaterThanOrEqual(3_051_003);
  });

  it('T134 comes with better-sqlite3 12.9 or newer', () => {
    const { version }: { version: string } = createRequire(import.meta.url)('better-sqlite3/package.json');
    const [major = 0, minor = 0] = version.split('.').map(Number);
    expect(major * 100 + minor).toBeGreaterThanOrEqual(1_209);
  });
});
