/** A database file that was damaged, cut off or swapped under a server: never a silent start on less, never a false "free". */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openFile } from '../src/database-file.ts';
import { witnessOf } from '../src/witness.ts';
import { itemOf, post, sourceFor } from './faults/load.ts';
import { api, killAll, pause, type Running, start } from './faults/server.ts';

vi.setConfig({ testTimeout: 60_000 });

const PAGE = 4_096;

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-damage-'));
  file = join(folder, 'a.db');
});
afterEach(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

/** The path of a source of a server that was killed with a thousand events in its log: a copy of it in this folder. */
async function killed(): Promise<string> {
  victim ??= kill();
  const { place, path } = await victim;
  cpSync(place, folder, { recursive: true });
  return path;
}

let victim: Promise<{ readonly place: string; readonly path: string }> | null = null;
afterAll(async () => {
  if (victim !== null) rmSync((await victim).place, { recursive: true, force: true });
});

async function kill() {
  const place = mkdtempSync(join(tmpdir(), 'mailstop-killed-'));
  const server = await start(join(place, 'a.db'));
  const path = new URL((await api<{ url: string }>(server.url, '/v1/sources', sourceFor)).url).pathname;
  for (let at = 0; at < 1_000; at += 100)
    expect(
      (
        await post(
          server.url + path,
          Array.from({ length: 100 }, (_, i) => itemOf(at + i)),
        )
      ).status,
    ).toBe(200);
  // The witness is written each second.
  await pause(1_500);
  await server.kill();
  return { place, path };
}

const doctor = (): Promise<string> =>
  promisify(execFile)(process.execPath, ['dist/cli/main.js', 'doctor'], {
    env: { ...process.env, MAILSTOP_DATABASE_URL: `file:${file}` },
  }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );

const alarmOf = (server: Running): string =>
  server
    .said()
    .split('\n')
    .find((line) => line.includes('held less than before')) ?? '';

describe('a log that is not what it was', () => {
  test.each([
    ['F15 was deleted', (wal: string) => rmSync(wal)],
    ['F14 was cut in the middle', (wal: string) => truncateSync(wal, Math.floor(statSync(wal).size / 2))],
    [
      'F14 has a byte that flipped',
      (wal: string) => {
        const bytes = readFileSync(wal);
        const at = Math.floor(bytes.length / 2);
        bytes[at] = (bytes[at] ?? 0) ^ 0xff;
        writeFileSync(wal, bytes);
      },
    ],
  ])('%s: the server starts, and says so until the operator has seen to it', async (_title, damage) => {
    await killed();
    damage(`${file}-wal`);
    rmSync(`${file}-shm`, { force: true });
    const server = await start(file);
    expect(alarmOf(server)).toMatch(/[1-9]\d* changes of the list/);
    expect(await doctor()).toContain('held less than before');
    await server.kill();
    const again = await start(file);
    expect(alarmOf(again)).not.toBe('');
    await again.kill();
    rmSync(witnessOf(file));
    expect(alarmOf(await start(file))).toBe('');
  });

  test('control: a log that is whole raises no alarm, nor does one that was written back', async () => {
    await killed();
    const server = await start(file);
    expect(alarmOf(server)).toBe('');
    expect(await doctor()).not.toContain('held less');
    server.process.kill('SIGTERM');
    expect(await server.ended(10_000)).toBe(0);
    expect(existsSync(`${file}-wal`)).toBe(false);
    expect(alarmOf(await start(file))).toBe('');
  });

  test('F17 an older copy in the place of the file is told as well', async () => {
    const path = await killed();
    const older = join(folder, 'older.db');
    const db = new Database(file);
    db.prepare('vacuum into ?').run(older);
    db.close();
    const server = await start(file);
    await post(server.url + path, itemOf(5_000));
    await pause(1_500);
    await server.kill();
    for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
    copyFileSync(older, file);
    expect(alarmOf(await start(file))).toContain('1 changes of the list');
  });
});

describe('F16 pages that hold nonsense', () => {
  const damage = (pages: (page: number) => boolean) => {
    const fd = openSync(file, 'r+');
    const count = statSync(file).size / PAGE;
    for (let page = 0; page < count; page++)
      if (pages(page)) writeSync(fd, Buffer.alloc(PAGE, 0xa5), 0, PAGE, page * PAGE);
  };
  const written = async () => {
    const path = await killed();
    const db = new Database(file);
    db.pragma('wal_checkpoint(TRUNCATE)');
    const rootOf = (name: string) =>
      Number(db.prepare('select rootpage from sqlite_master where name = ?').pluck().get(name)) - 1;
    const roots = { suppressions: rootOf('suppressions'), seen: rootOf('seen') };
    db.close();
    return { path, roots };
  };

  test('of the list: a check is answered 503 and never "free", and the server stays up', async () => {
    const { roots } = await written();
    damage((page) => page === roots.suppressions);
    const server = await start(file);
    for (let i = 0; i < 3; i++) {
      const answer = await fetch(`${server.url}/v1/check`, {
        method: 'POST',
        headers: {
          authorization: 'Bearer fault-harness-admin-key-0123456789abcdef',
          'content-type': 'application/json',
        },
        body: JSON.stringify({ addresses: ['person0@example.com'] }),
      });
      expect(answer.status).toBe(503);
    }
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(await doctor()).toContain('is damaged');
  });

  test('of what was taken in: webhooks are told to come again, and checks are answered', async () => {
    const { path, roots } = await written();
    damage((page) => page === roots.seen);
    const server = await start(file);
    for (let i = 0; i < 3; i++) expect((await post(server.url + path, itemOf(7_000 + i))).status).toBe(503);
    const { results } = await api<{ results: { suppressed: boolean }[] }>(server.url, '/v1/check', {
      addresses: ['person0@example.com'],
    });
    expect(results[0]?.suppressed).toBe(true);
  });

  test('all over: it does not start, and one line says what to do', async () => {
    await written();
    damage((page) => page > 0);
    await expect(start(file)).rejects.toThrow(/is damaged|is not a SQLite database/);
  });
});

describe('the log itself', () => {
  const opened = () => openFile(file, { missing: 'create' });

  test('F12 four processes that write with a checkpoint after every page lose nothing', async () => {
    await opened().driver.close();
    const module = (path: string) => JSON.stringify(pathToFileURL(join(process.cwd(), path)).href);
    const script = `
      import { openDatabase } from ${module('src/store/sqlite.ts')};
      const db = openDatabase(process.argv[1]);
      db.pragma('wal_autocheckpoint = 1');
      db.pragma('busy_timeout = 20000');
      const insert = db.prepare('insert into seen values (?, ?, 1)');
      for (let i = 0; i < 400; i++) db.transaction(() => insert.run('default', process.argv[2] + ' ' + i)).immediate();
      db.close();`;
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) =>
        promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script, file, name], {
          env: { ...process.env, NODE_OPTIONS: '' },
        }),
      ),
    );
    const db = new Database(file);
    expect(db.prepare('select count(*) from seen').pluck().get()).toBe(1_600);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    db.close();
  });

  test('F13 grows while a reader holds an old state, is told by the doctor, and shrinks once it lets go', async () => {
    const database = opened();
    const reader = new Database(file, { readonly: true });
    reader.exec('begin');
    reader.prepare('select count(*) from seen').get();
    const big = 'x'.repeat(1_000_000);
    const write = async (times: number, from: number) => {
      for (let i = 0; i < times; i++)
        await database.driver.transact([
          {
            sql: 'insert into seen values (?, ?, 1)',
            params: ['default', `${from + i} ${big}`],
          },
        ]);
    };
    await write(270, 0);
    const size = () => statSync(`${file}-wal`).size / 1_048_576;
    expect(size()).toBeGreaterThan(256);
    expect(await database.inspect()).toContainEqual(
      expect.objectContaining({ about: 'log', state: 'warning', detail: expect.stringContaining('end it') }),
    );
    reader.exec('commit');
    reader.close();
    await write(3, 1_000);
    expect(size()).toBeLessThanOrEqual(65);
    expect((await database.inspect()).find(({ about }) => about === 'log')?.state).toBe('ok');
    await database.driver.close();
  });
});
