/** `mailstop copy` through every engine and back, and `backup` and `restore` as a drill. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { shipped } from '../faults/build.ts';
import { itemOf, moreThan, newLedger, post, sourceFor, startLoad } from '../faults/load.ts';
import { compare } from '../faults/oracle.ts';
import { ADMIN_KEY, api, killAll, start } from '../faults/server.ts';
import { createDatabases, type Databases, urlOf } from './databases.ts';
import { startWorker, type WorkerServer } from './worker-server.ts';

const SECRET = 'secret-of-the-copies-0123456789abcdef';

let databases: Databases;
let folder: string;
let forAll: string;
beforeAll(async () => {
  forAll = mkdtempSync(join(tmpdir(), 'mailstop-copies-'));
  databases = await createDatabases();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-copy-'));
});
afterEach(async () => {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});
afterAll(async () => {
  rmSync(forAll, { recursive: true, force: true });
  await databases.close();
});

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function mailstop(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [shipped, ...args], {
      env: { ...process.env, ...env },
      maxBuffer: 64 * 1024 * 1024,
    });
    return { code: 0, out: stdout, err: stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, out: stdout, err: stderr };
  }
}

interface Copied {
  readonly equal: boolean;
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly sha256: string }[];
}

async function copied(from: string, to: string, ...more: string[]): Promise<Copied> {
  const { code, out, err } = await mailstop(['copy', '--from', from, '--to', to, '--json', ...more], {
    MAILSTOP_KEY: ADMIN_KEY,
  });
  expect(err).not.toContain('mailstop:');
  expect(code).toBe(0);
  return JSON.parse(out) as Copied;
}

async function block(url: string, address: string): Promise<void> {
  const answer = await fetch(`${url}/v1/suppressions/${address}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ reason: 'manual', note: 'für später 😀' }),
  });
  expect(answer.ok).toBe(true);
}

let template: string | null = null;
/** A list with some of everything. */
async function filled(file: string): Promise<void> {
  template ??= await makeTemplate();
  copyFileSync(template, file);
}

async function makeTemplate(): Promise<string> {
  const file = join(forAll, 'template.db');
  const server = await start(file, { env: { MAILSTOP_SECRET: SECRET } });
  const path = new URL((await api<{ url: string }>(server.url, '/v1/sources', sourceFor)).url).pathname;
  for (let at = 0; at < 1_200; at += 100)
    await post(
      server.url + path,
      Array.from({ length: 100 }, (_, i) => itemOf(at + i, i % 10 !== 9)),
    );
  // A body that does not fit in one row, however well it is packed.
  await post(server.url + path, [{ ...itemOf(5_000), note: randomBytes(2_000_000).toString('base64') }]);
  await api(server.url, '/v1/tenants', { id: 'acme', name: 'Acme' });
  await api(server.url, '/v1/streams', { id: 'news', class: 'marketing' });
  await block(server.url, 'ann@example.net');
  server.process.kill();
  await server.ended(10_000);
  return file;
}

describe('a copy', () => {
  let worker: WorkerServer | undefined;
  afterEach(async () => {
    await worker?.stop();
    worker = undefined;
  });

  test('goes from SQLite to PostgreSQL to D1 to SQLite, and is the same everywhere, to the byte', async () => {
    const file = `file:${join(folder, 'a.db')}`;
    await filled(join(folder, 'a.db'));
    const first = await copied(file, await emptied());
    expect(first.tables.find(({ table }) => table === 'events')?.rows).toBe(1_081);
    expect(first.tables.map(({ table }) => table)).toContain('receipt_parts');
    worker = await startWorker(ADMIN_KEY, SECRET);
    const second = await copied(lastUrl, worker.url);
    const third = await copied(worker.url, `file:${join(folder, 'b.db')}`);
    expect(second).toMatchObject({ equal: true, tables: first.tables });
    expect(third).toMatchObject({ equal: true, tables: first.tables });

    // What has moved works: the Worker and a server on the last copy open the source and answer.
    const path = new URL(
      (await api<{ data: { url: string }[] }>(worker.url, '/v1/sources')).data[0]?.url ?? '',
    ).pathname;
    expect(await post(worker.url + path, itemOf(1))).toMatchObject({ counts: { duplicates: 1 } });
    expect(await post(worker.url + path, itemOf(9_000))).toMatchObject({ counts: { accepted: 1 } });
    const server = await start(join(folder, 'b.db'), { env: { MAILSTOP_SECRET: SECRET } });
    const { results } = await api<{ results: { suppressed: boolean }[] }>(server.url, '/v1/check', {
      addresses: ['person0@example.com', 'ann@example.net', 'nobody@example.com'],
    });
    expect(results.map(({ suppressed }) => suppressed)).toEqual([true, true, false]);
  }, 120_000);

  test('that broke off goes on by --resume, and is proved whole', async () => {
    const file = join(folder, 'a.db');
    await filled(file);
    const url = await emptied();
    // Killed again and again, each time a little later, until it comes through.
    let kills = 0;
    for (let after = 300; ; after *= 1.4) {
      const child = promisify(execFile)(
        process.execPath,
        [shipped, 'copy', '--from', `file:${file}`, '--to', url, ...(kills > 0 ? ['--resume'] : [])],
        { env: process.env },
      );
      const timer = setTimeout(() => child.child.kill('SIGKILL'), after);
      const ended = await child.then(
        () => true,
        () => false,
      );
      clearTimeout(timer);
      if (ended) break;
      kills += 1;
    }
    expect(kills).toBeGreaterThan(0);
    const again = await copied(`file:${file}`, url, '--resume');
    expect(again.equal).toBe(true);
  }, 120_000);

  test('refuses a target that is not empty, and a source that is not there', async () => {
    await filled(join(folder, 'a.db'));
    await filled(join(folder, 'b.db'));
    const [a, b] = [`file:${join(folder, 'a.db')}`, `file:${join(folder, 'b.db')}`];
    await mailstop(['add', 'somebody@example.org'], { MAILSTOP_DATABASE_URL: b, MAILSTOP_SECRET: SECRET });
    expect(await mailstop(['copy', '--from', a, '--to', b])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not empty; copy into a new database'),
    });
    expect(await mailstop(['copy', '--from', a, '--to', b, '--resume'])).toMatchObject({ code: 1 });
    expect(await mailstop(['copy', '--from', `file:${join(folder, 'none.db')}`, '--to', b])).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no database'),
    });
    expect(await mailstop(['copy', '--from', a, '--to', 'mysql://x:geheim@y/z'])).toMatchObject({
      code: 2,
      err: expect.not.stringContaining('geheim'),
    });
  }, 60_000);

  test('of a list that somebody writes to says that the ends differ', async () => {
    const file = join(folder, 'a.db');
    await filled(file);
    const url = await emptied();
    await copied(`file:${file}`, url);
    const server = await start(file, { env: { MAILSTOP_SECRET: SECRET } });
    await block(server.url, 'aaa@example.net');
    await server.kill();
    const ran = await mailstop(['copy', '--from', `file:${file}`, '--to', url, '--resume']);
    expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('somebody wrote meanwhile') });
  }, 60_000);
});

let lastUrl = '';
let empties = 0;
/** A database without tables: the copy makes them. */
async function emptied(): Promise<string> {
  const name = `mailstop_copy_${process.pid}_${empties++}`;
  await databases.admin.query(`create database ${name}`);
  lastUrl = urlOf(name);
  return lastUrl;
}

describe('a backup', () => {
  test('F33 taken under load and restored elsewhere holds all that was acknowledged before, and serves', async () => {
    const file = join(folder, 'a.db');
    const server = await start(file);
    const path = new URL((await api<{ url: string }>(server.url, '/v1/sources', sourceFor)).url).pathname;
    const ledger = newLedger();
    const load = startLoad(server, path, ledger);
    await moreThan(50, ledger);
    const before = {
      ...ledger,
      acknowledged: new Set(ledger.acknowledged),
      quarantined: new Set(ledger.quarantined),
    };
    const saved = join(folder, 'saved.db');
    const at = (database: string) => ({ MAILSTOP_DATABASE_URL: `file:${database}` });
    expect(await mailstop(['backup', saved], at(file))).toMatchObject({ code: 0 });
    await load.stop();
    expect(statSync(`${saved}.secret`).mode & 0o077).toBe(0);
    expect(await mailstop(['backup', saved], at(file))).toMatchObject({
      code: 1,
      err: expect.stringContaining('no backup is overwritten'),
    });

    const back = join(folder, 'new/place.db');
    expect(await mailstop(['restore', saved], at(file))).toMatchObject({
      code: 1,
      err: expect.stringContaining('no list is overwritten'),
    });
    expect(await mailstop(['restore', saved], at(back))).toMatchObject({ code: 0 });
    const restored = await start(back);
    expect(await compare(restored.url, back, before)).toEqual([]);
    expect((await post(restored.url + path, itemOf(ledger.next))).counts).toMatchObject({ accepted: 1 });
  }, 60_000);

  test('that is damaged, or none, is refused, and nothing is left in its place', async () => {
    const file = join(folder, 'a.db');
    await filled(file);
    const saved = join(folder, 'saved.db');
    await mailstop(['backup', saved], { MAILSTOP_DATABASE_URL: `file:${file}` });
    const bytes = readFileSync(saved);
    bytes.fill(0xa5, 40_960, 49_152);
    writeFileSync(saved, bytes);
    const back = join(folder, 'back.db');
    for (const backup of [saved, join(folder, 'none.db')]) {
      const ran = await mailstop(['restore', backup], { MAILSTOP_DATABASE_URL: `file:${back}` });
      expect(ran.code).toBe(1);
      expect(existsSync(back)).toBe(false);
    }
  }, 60_000);

  test('goes into PostgreSQL as well, and PostgreSQL into a file', async () => {
    const file = join(folder, 'a.db');
    await filled(file);
    const saved = join(folder, 'saved.db');
    await mailstop(['backup', saved], { MAILSTOP_DATABASE_URL: `file:${file}` });
    const postgres = { MAILSTOP_DATABASE_URL: await emptied(), MAILSTOP_SECRET: SECRET };
    expect(await mailstop(['restore', saved], postgres)).toMatchObject({ code: 0 });
    expect(await mailstop(['restore', saved], postgres)).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not empty'),
    });
    const told = await mailstop(['backup', join(folder, 'c.db')], postgres);
    expect(told).toMatchObject({ code: 1, err: expect.stringContaining('pg_dump') });
    expect(told.err).not.toContain(`:${new URL(inject('postgresUrl')).password}@`);
    expect((await copied(postgres.MAILSTOP_DATABASE_URL, `file:${join(folder, 'c.db')}`)).equal).toBe(true);
  }, 60_000);
});
