/** Long work is done in parts: who asks meanwhile does not wait for the end of it. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listed as listedAddress, seed } from '../bench/seed.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { configOf } from './config-of.ts';

const ADMIN_KEY = 'long-work-admin-key-0123456789abcdef';
const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' };
/** What takes far longer than an answer, in more than two parts. */
const ENTRIES = 40_000;

let folder: string;
let server: RunningServer;
let url: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-long-'));
  const file = join(folder, 'a.db');
  await seed(file, ENTRIES, []);
  server = await startServer(configOf(file, ADMIN_KEY), { log: () => {}, host: '127.0.0.1' });
  url = server.url.replace('localhost', '127.0.0.1');
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const post = (path: string, body: object) =>
  fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
const rules = [
  { id: 'dead', why: 'Later.', when: { strength: 'strong' }, then: { do: 'suppress', for: '90d' } },
];

test.each<readonly [what: string, ask: () => Promise<Response>, others: number]>([
  [
    'a release is previewed',
    () => post('/v1/releases', { filter: { code: '550' }, why: 'x', dry_run: true }),
    3,
  ],
  ['a policy is simulated', () => post('/v1/policy/simulate', { policy: { rules } }), 3],
  ['the list is exported', () => fetch(`${url}/v1/suppressions/export`, { headers }), 3],
  [
    'the list is looked through for what is not on it',
    () => fetch(`${url}/v1/suppressions?provider=nobody`, { headers }),
    1,
  ],
  [
    'a page is made of what begins alike',
    () => fetch(`${url}/v1/suppressions?q=person&limit=1000`, { headers }),
    1,
  ],
  ['nothing of it is exported', () => fetch(`${url}/v1/suppressions/export?provider=nobody`, { headers }), 1],
])('others are answered while %s', async (_what, ask, others) => {
  const told: string[] = [];
  const long = ask().then(async (answer) => {
    expect(answer.status, await answer.text()).toBe(200);
    told.push('the work');
  });
  await new Promise((resolve) => setTimeout(resolve, 10));
  for (let i = 0; i < others; i++) {
    await (await fetch(`${url}/livez`)).text();
    told.push('another');
  }
  await long;
  expect(told).toEqual([...Array(others).fill('another'), 'the work']);
});

test('pages of what begins alike come newest first, over all parts of it', async () => {
  const listed: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < 3; page++) {
    const next: string = cursor === null ? '' : `&cursor=${cursor}`;
    const answer = await fetch(`${url}/v1/suppressions?q=person&limit=1000${next}`, { headers });
    const { data, next_cursor } = (await answer.json()) as {
      data: { address: string }[];
      next_cursor: string;
    };
    listed.push(...data.map(({ address }) => address));
    cursor = next_cursor;
  }
  // The list is seeded in the order of time, and of addresses.
  expect(listed).toEqual(Array.from({ length: 3_000 }, (_, i) => listedAddress(ENTRIES - 1 - i)));
});
