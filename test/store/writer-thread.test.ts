import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/sql.ts';
import { compactionLimits, openDatabase, sqliteDriver } from '../../src/store/sqlite.ts';
import { MANY_WRITES, type Writer, writerByLoad } from '../../src/store/sqlite-writer.ts';
import { walLimits, writeOnThread } from '../../src/store/writer-thread.ts';
import { event, plan } from './rows.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'writer-'));
  file = join(folder, 'list.db');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** With so many writes behind it that the thread has begun. */
const opened = async () => {
  const db = openDatabase(file);
  migrate(db);
  const driver = sqliteDriver(db, () => {}, writeOnThread(file));
  for (let i = 0; i <= MANY_WRITES; i++) await driver.transact([]);
  return { db, driver };
};

const bodies = (from: number, count: number, bytes: number) =>
  Array.from({ length: count }, (_, i) => ({
    id: `rcp_${from + i}`,
    tenant: 'default',
    source_id: 'generic_1',
    received_at: 0,
    method: 'POST',
    query: '',
    headers: '{}',
    encoding: 'identity',
    body: new Uint8Array(bytes).fill(65 + (i % 26)),
  }));

describe('a thread that writes', () => {
  it('leaves the event loop free while it does', async () => {
    const { driver } = await opened();
    const store = createStore(driver);
    await store.write(plan({ events: [event()] }));
    let turns = 0;
    const ticking = setInterval(() => turns++, 1);
    await store.write(plan({ receipts: bodies(0, 20, 1_000_000) }));
    clearInterval(ticking);
    expect(turns).toBeGreaterThan(5);
    await store.close();
  });

  it('writes in the order of the calls, and what failed hinders nothing behind it', async () => {
    const { db, driver } = await opened();
    const store = createStore(driver);
    const written = await Promise.allSettled([
      store.write(plan({ events: [event({ id: 'evt_1' })] })),
      store.write(plan({ events: [event({ id: 'evt_2' }), event({ id: 'evt_1' })] })),
      store.write(plan({ events: [event({ id: 'evt_3' })] })),
    ]);
    expect(written.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(db.prepare('select id from events order by id').pluck().all()).toEqual(['evt_1', 'evt_3']);
    await store.close();
  });

  it('finishes what was asked for before it closes, and leaves everything in the one file', async () => {
    const { driver } = await opened();
    const store = createStore(driver);
    const written = Promise.all(
      Array.from({ length: 20 }, (_, i) => store.write(plan({ events: [event({ id: `evt_${i}` })] }))),
    );
    await store.close();
    await written;
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })).toBeUndefined();
    const copy = openDatabase(file);
    expect(copy.prepare('select count(*) from events').pluck().get()).toBe(20);
    copy.close();
  });

  it('that cannot begin tells each who asks', async () => {
    const writer = writeOnThread(join(folder, 'nowhere', 'list.db'));
    for (let i = 0; i < 2; i++) await expect(writer.transact([])).rejects.toThrow('directory does not exist');
    await writer.close();
  });

  it('begins its log anew once it is long, though writes never pause', async () => {
    const { db, driver } = await opened();
    const store = createStore(driver);
    const MIB = 1024 * 1024;
    const logged = () => (db.pragma('wal_checkpoint(NOOP)') as { log: number }[])[0]?.log ?? 0;
    let [i, before, now] = [0, 0, 0];
    for (; now >= before; i++) {
      await store.write(plan({ receipts: bodies(i, 1, MIB) }));
      [before, now] = [now, logged()];
      expect(i).toBeLessThan(500);
    }
    expect(before).toBeGreaterThan(walLimits.waiting);
    expect(db.prepare('select count(*) from receipts').pluck().get()).toBe(i);
    await store.close();
  });

  it('leaves nothing in its log where a file is too large to be written anew', async () => {
    const { driver } = await opened();
    const store = createStore(driver);
    // More than an erasure writes anew: what was deleted may be left in the log alone.
    for (let mib = 0; mib * 1_048_576 <= compactionLimits.bytes; mib += 8)
      await store.write(plan({ receipts: bodies(mib, 8, 1_048_576) }));
    await driver.compact?.();
    expect(statSync(`${file}-wal`).size).toBe(0);
    await store.close();
  });

  it('has its log written back while a reader holds an old state, and loses nothing', async () => {
    const { driver, db } = await opened();
    const store = createStore(driver);
    const reader = openDatabase(file);
    await store.write(plan({ events: [event()] }));
    reader.exec('begin');
    reader.prepare('select count(*) from receipts').get();
    for (let i = 0; i < 10; i++) await store.write(plan({ receipts: bodies(i, 1, 4_000_000) }));
    expect(reader.prepare('select count(*) from receipts').pluck().get()).toBe(0);
    reader.exec('commit');
    reader.close();
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.prepare('select count(*) from receipts').pluck().get()).toBe(10);
    await store.close();
  });
});

describe('a writer by load', () => {
  function both() {
    const calls: string[] = [];
    const noting = (name: string): Writer => ({
      transact: async () => void calls.push(name),
      rows: async () => {
        calls.push(name);
        return [];
      },
      emptyLog: async () => void calls.push(`${name} empties`),
      close: async () => void calls.push(`${name} closes`),
    });
    return { writer: writerByLoad(noting('hand'), noting('thread')), calls };
  }

  it('writes by hand what is little, and by the thread from the first write that is too many', async () => {
    const { writer, calls } = both();
    for (let i = 0; i < MANY_WRITES - 1; i++) await writer.transact([]);
    await writer.rows({ sql: '', params: [] });
    expect(new Set(calls)).toEqual(new Set(['hand']));
    await writer.transact([]);
    await writer.emptyLog();
    await writer.close();
    expect(calls.slice(MANY_WRITES)).toEqual(['thread', 'thread empties', 'thread closes']);
  });

  it('never begins a thread for a write now and then', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { writer, calls } = both();
    for (let i = 0; i < 5 * MANY_WRITES; i++) {
      await writer.transact([]);
      vi.advanceTimersByTime(150);
    }
    await writer.close();
    vi.useRealTimers();
    expect(new Set(calls)).toEqual(new Set(['hand', 'hand closes']));
  });
});
