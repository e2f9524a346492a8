/** What hostile reports look like in log, list and terminal; what a purge leaves; and clocks that jump. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { verifyAudit } from '../../src/app/audit.ts';
import { createCommitter } from '../../src/app/commit.ts';
import { prune } from '../../src/app/prune.ts';
import { retention } from '../../src/app/retention.ts';
import { openDatabase } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';
import {
  depsOf,
  intake,
  mailEvent,
  NOW,
  type TestDatabase,
  testDatabase,
  testRuntime,
} from '../app/harness.ts';
import { run } from '../cli/run.ts';
import { ADMIN_KEY, api, killAll, type Running, start } from '../faults/server.ts';
import { bounce, type Harness, SHARED, START, startHarness } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const forged = '{"level":"error","message":"forged"}';
const hostile: readonly (readonly [name: string, text: string])[] = [
  ['a line break and a log line', `550 5.1.1 a\r\n${forged}\nb`],
  ['escape sequences', '550 5.1.1 \x1b[31mred\x1b[2J\x1b]0;title\x07\x9b31m\x1b(0'],
  ['marks that turn the direction', '550 5.1.1 \u202etxt.exe\u2066\u2028\u2029'],
  ['a script', '550 5.1.1 </script><img src=x onerror=alert(1)>'],
  ['1 MB', `550 5.1.1 ${'€'.repeat(350_000)}`],
];
/** All that may steer a terminal or break a line, but the line feed. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('a hostile diagnostic', () => {
  let mailstop: Harness;
  beforeEach(async () => {
    mailstop = await startHarness();
  });
  afterEach(() => mailstop.close());

  test.each(hostile)(
    'T060 with %s is stored as one bounded line, and whole in its receipt',
    async (_name, text) => {
      const { post } = await mailstop.source();
      const body = [bounce('ann@example.com', { text })];
      expect((await post(body)).body.accepted).toBe(1);
      const [event] = (await mailstop.ask('GET', '/v1/events')).body.data;
      expect(event.smtp).toMatchObject({ code: '550', enhanced: '5.1.1' });
      expect(Buffer.byteLength(event.smtp.text)).toBeLessThanOrEqual(4_096);
      expect(event.smtp.text).toMatch(/^550 5\.1\.1 /);
      expect(event.smtp.text).not.toMatch(/[\n]/);
      expect(event.smtp.text).not.toMatch(steering);
      const receipt = await mailstop.store.receipt('default', event.receipt_id);
      if (receipt === null) throw new Error('no receipt');
      const kept =
        receipt.encoding === 'gzip' ? await mailstop.services.runtime.gunzip(receipt.body) : receipt.body;
      expect(JSON.parse(new TextDecoder().decode(kept))).toEqual(body);
    },
  );
});

describe('a hostile report to a real server', () => {
  let folder: string;
  let server: Running;
  const hook = { name: `\x1b[31m${forged}\n`, provider: 'generic', secrets: { keys: [SHARED] } };
  const names = hostile.map((_one, i) => `h${i}@example.com`);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'mailstop-output-'));
    server = await start(join(folder, 'mailstop.db'));
    const { url } = await api<{ url: string }>(server.url, '/v1/sources', { ...hook, name: 'x' });
    const items = hostile.flatMap(([, text], i) => [
      bounce(names[i] ?? '', { text, id: text.slice(0, 300), tags: [text.slice(0, 300)] }),
      bounce(`deferred.${names[i]}`, {
        text: text.replace('550 5.1.1', '450'),
        event: 'deferral',
        id: `d${i}`,
      }),
      { recipient: 'x@example.com', event: text.slice(0, 300) },
      { recipient: text.slice(0, 300), event: 'bounce' },
    ]);
    const told = await fetch(server.url + new URL(url).pathname, {
      method: 'POST',
      headers: { 'X-Mailstop-Key': SHARED, 'Content-Type': 'application/json' },
      body: JSON.stringify(items),
    });
    expect([told.status, await told.json()]).toEqual([
      200,
      { accepted: 10, duplicates: 0, ignored: 5, quarantined: 5 },
    ]);
  }, 20_000);
  afterAll(async () => {
    await killAll();
    rmSync(folder, { recursive: true, force: true });
  });

  test('T060 is one line of valid JSON in the log, and none of it is the forged one', async () => {
    const lines = () =>
      server
        .said()
        .split('\n')
        .filter((line) => line !== '');
    const hooks = () =>
      lines()
        .map((line) => JSON.parse(line))
        .filter(({ route }) => route === '/webhooks/:source');
    await expect.poll(hooks).toMatchObject([{ accepted: 10, ignored: 5, quarantined: 5, status: 200 }]);
    expect(server.said()).not.toMatch(/forged|onerror|\x1b|\u202e/);
    expect(Math.max(...lines().map((line) => line.length))).toBeLessThan(1_000);
  });

  it.concurrent.each([
    ['list', []],
    ['why', names.slice(0, 1)],
    ['why', names.slice(1, 2)],
    ['why', names.slice(2, 3)],
    ['unmapped', []],
    ['replay', []],
    ['audit', []],
    ['explain', [hostile[1]?.[1] ?? '']],
  ])('T060 mailstop %s shows it without a character that steers the terminal', async (command, args) => {
    const told = await run([command, ...args, '--url', server.url, '--key', ADMIN_KEY], {
      env: { FORCE_COLOR: '0' },
    });
    expect([told.code, told.stderr]).toEqual([0, '']);
    expect(told.stdout).not.toMatch(steering);
    expect(told.stdout).not.toMatch(/^\{"level"/m);
    expect(told.stdout.trim().split('\n').length).toBeGreaterThan(1);
  });
});

describe('a clock that jumps', () => {
  let mailstop: Harness;
  beforeEach(async () => {
    mailstop = await startHarness();
  });
  afterEach(() => mailstop.close());

  const audit = async () => (await mailstop.ask('GET', '/v1/audit?limit=1000')).body.data;
  const isSuppressed = async (address: string) =>
    (await mailstop.ask('POST', '/v1/check', { json: { addresses: [address] } })).body.results[0].suppressed;

  test.each([
    ['two hours back', -2 * HOUR],
    ['thirty days forward', 30 * DAY],
  ])(
    'T138 %s ends no entry, key or memory of what was seen, and the audit keeps its order',
    async (_what, ms) => {
      const { post } = await mailstop.source();
      const key = await mailstop.key(['check', 'read', 'write']);
      await post(bounce('ann@example.com', { id: 'e1' }));
      await mailstop.ask('PUT', '/v1/suppressions/bob@example.com', { key });
      const before = await audit();

      mailstop.advance(ms);
      await prune(mailstop.services);
      expect((await post(bounce('ann@example.com', { id: 'e1' }))).body).toMatchObject({
        accepted: 0,
        duplicates: 1,
      });
      expect((await post(bounce('cy@example.com', { id: 'e2' }))).body).toMatchObject({ accepted: 1 });
      expect((await mailstop.ask('PUT', '/v1/suppressions/dan@example.com', { key })).status).toBe(201);
      expect((await mailstop.ask('DELETE', '/v1/suppressions/dan@example.com?why=x')).status).toBe(200);
      for (const name of ['ann', 'bob', 'cy'])
        expect([name, await isSuppressed(`${name}@example.com`)]).toEqual([name, true]);
      mailstop.advance(-ms);
      expect((await post(bounce('eve@example.com', { id: 'e3' }))).body).toMatchObject({ accepted: 1 });
      expect((await mailstop.ask('PUT', '/v1/suppressions/fay@example.com', { key })).status).toBe(201);

      const after = await audit();
      const seqs = after.map(({ seq }: { seq: number }) => seq);
      expect(seqs).toEqual(seqs.toSorted((a: number, b: number) => b - a));
      expect(after.slice(3)).toEqual(before);
      expect(await verifyAudit(mailstop.store, mailstop.services.runtime.sha256)).toEqual({
        rows: after.length,
        brokenAt: null,
      });
      expect((await mailstop.ask('GET', '/v1/events')).body.data).toHaveLength(3);
      expect(mailstop.logged.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  const ANN = '/v1/suppressions/ann@example.com';
  // What a person does comes after what was known then, whatever the clock says.
  it('T138 back blocks by hand what was released before it', async () => {
    await mailstop.ask('PUT', ANN);
    await mailstop.ask('DELETE', `${ANN}?why=x`);
    mailstop.advance(-2 * HOUR);
    expect((await mailstop.ask('PUT', ANN)).status).toBe(201);
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('T138 back releases by hand what was blocked before it', async () => {
    await mailstop.ask('PUT', ANN);
    mailstop.advance(-2 * HOUR);
    expect((await mailstop.ask('DELETE', `${ANN}?why=x`)).status).toBe(200);
    expect(await isSuppressed('ann@example.com')).toBe(false);
  });

  it('T138 of a provider that is four minutes ahead keeps no person from releasing its bounce', async () => {
    const { post } = await mailstop.source();
    await post(bounce('ann@example.com', { at: new Date(START + 240_000).toISOString() }));
    expect(await isSuppressed('ann@example.com')).toBe(true);
    expect((await mailstop.ask('DELETE', `${ANN}?why=x`)).status).toBe(200);
    expect(await isSuppressed('ann@example.com')).toBe(false);
  });
});

describe('a purge', () => {
  let database: TestDatabase;
  let store: Store;
  beforeEach(() => {
    database = testDatabase();
    store = database.open();
  });
  afterEach(async () => {
    await store.close();
    database.remove();
  });

  const ROWS = 2_500;
  const LARGE = 3 * 1_048_576;

  test('T103 frees the rows of what is old, goes on where it was stopped, and leaves the list', async () => {
    const db = openDatabase(database.file);
    const rowsOf = (table: string) =>
      (db.prepare(`select count(*) as n from ${table}`).get() as { n: number }).n;
    const committer = createCommitter(depsOf(store));
    const jobs = Array.from({ length: ROWS }, (_, i) =>
      intake([
        mailEvent({
          address: `p${i}@example.com`,
          messageId: `m${i}`,
          kind: i % 2 === 0 ? 'bounce' : 'deferral',
          strength: i % 2 === 0 ? 'strong' : 'none',
        }),
      ]),
    );
    const large = intake([mailEvent({ messageId: 'large' })]);
    const held = intake([], { unreadable: [{ item: -1, why: 'x', raw: 'x', digest: 'held' }] });
    await Promise.all(
      [...jobs, { ...large, receipt: { ...large.receipt, body: new Uint8Array(LARGE) } }, held].map((job) =>
        committer.submit(job),
      ),
    );
    expect([rowsOf('receipts'), rowsOf('receipt_parts'), rowsOf('events')]).toEqual([ROWS + 2, 2, ROWS + 1]);

    const pruneAt = (now: number, of: Store = store) => prune({ store: of, runtime: testRuntime(() => now) });
    // The count of what failed alike, which is kept for a fortnight.
    expect(await pruneAt(NOW + retention.receipts)).toBe(1);
    let calls = 0;
    const stopping: Store = {
      ...store,
      prune: (before) =>
        ++calls > 1 ? Promise.reject(new Error('the process was stopped')) : store.prune(before),
    };
    const later = NOW + retention.notes + 1;
    await expect(pruneAt(later, stopping)).rejects.toThrow('stopped');
    const left = rowsOf('receipts');
    expect(left).toBeGreaterThan(1);
    expect(left).toBeLessThan(ROWS + 2);

    const freed = () => Number(db.pragma('freelist_count', { simple: true }));
    expect(await pruneAt(later)).toBeGreaterThanOrEqual(left - 1);
    expect([rowsOf('receipts'), rowsOf('receipt_parts')]).toEqual([1, 0]);
    expect(rowsOf('events')).toBe(ROWS / 2 + 1);
    expect(freed() * 4_096).toBeGreaterThan(LARGE * 0.6);
    expect(await pruneAt(later)).toBe(0);
    expect(await store.receipt('default', held.receipt.id)).not.toBeNull();
    const { rows } = await store.entries('default', { limit: 5_000, after: null, states: ['active'] }, later);
    expect(rows).toHaveLength(ROWS / 2 + 1);
    db.close();
  });
});
