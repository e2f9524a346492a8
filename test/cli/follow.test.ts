/** `mailstop follow`: nothing lost and nothing doubled, whoever is killed. Runs the built program against real servers. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type Running, start as startServer } from '../faults/server.ts';
import { main, run, start } from './run.ts';

/** Of the follower, and of the servers. FOLLOW_KILLS=100 takes minutes. */
const KILLS = Number(process.env.FOLLOW_KILLS ?? 6);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-follow-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ask(server: Running, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${server.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: read field by field
  return (await answer.json()) as any;
}

/** A server that is killed and started again. */
async function site(name: string) {
  const begin = () => startServer(join(folder, `${name}.db`), { main });
  let server = await begin();
  return {
    server: () => server,
    async crash() {
      await server.kill();
      server = await begin();
    },
    end: () => server.kill(),
  };
}

const write = async (server: Running, i: number) => {
  const address = `p${i % 40}@a.test`;
  if (i % 3 === 2) await ask(server, 'DELETE', `/v1/suppressions/${address}`, { why: 'test' });
  else {
    const until = i % 5 === 0 ? new Date(Date.now() + 3_600_000 + i * 1_000).toISOString() : null;
    const reason = i % 4 === 0 ? 'hard-bounce' : 'manual';
    await ask(server, 'PUT', `/v1/suppressions/${address}`, { reason, until });
  }
};
const listOf = async (server: Running) =>
  (await ask(server, 'GET', '/v1/suppressions?limit=1000')).data
    .map((entry: Record<string, string>) => `${entry.address} ${entry.stream} ${entry.reason} ${entry.until}`)
    .sort();

describe('followed while it is written to, and while both sides are killed', () => {
  it(
    'a list is the same in a file and on another server',
    async () => {
      const source = await site('source');
      const mirror = await site('mirror');
      const file = join(folder, 'changes.ndjson');
      const from = () => ['--url', source.server().url, '--key', ADMIN_KEY];
      const toFile = () => ['follow', ...from(), '--output', file];
      const toServer = () => [
        ...['follow', ...from(), '--to', mirror.server().url, '--to-key', ADMIN_KEY],
        ...['--position', join(folder, 'position.json')],
      ];
      let written = 0;
      for (let kill = 0; kill < KILLS; kill++) {
        const followers = [start(toFile()), start(toServer())];
        const until = performance.now() + 500 + Math.random() * 700;
        while (performance.now() < until) await write(source.server(), written++);
        for (const follower of followers) follower.kill('SIGKILL');
        if (kill % 3 === 1) await source.crash();
        if (kill % 3 === 2) await mirror.crash();
      }
      for (const args of [toFile(), toServer()]) {
        const ended = await run([...args, '--once']);
        expect(ended.stderr).toMatch(/change/);
        expect(ended.code).toBe(0);
      }

      const lines = readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_line, i) => i + 1));
      const standing = new Map(lines.map((row) => [`${row.address} ${row.stream} ${row.reason}`, row]));
      const told = [...standing.values()]
        .filter(({ state }) => state === 'active')
        .map(({ address, stream, reason, until }) => `${address} ${stream} ${reason} ${until}`)
        .sort();
      const here = await listOf(source.server());
      expect(here.length).toBeGreaterThan(10);
      expect(told).toEqual(here);
      expect(await listOf(mirror.server())).toEqual(here);
      await source.end();
      await mirror.end();
    },
    KILLS * 10_000 + 30_000,
  );
});

it('nobody who stays on the list is off it on the other server meanwhile', async () => {
  const [source, mirror] = [await site('long'), await site('long-mirror')];
  const follow = () =>
    run([
      ...['follow', '--once', '--url', source.server().url, '--key', ADMIN_KEY],
      ...['--to', mirror.server().url, '--to-key', ADMIN_KEY],
      ...['--position', join(folder, 'long.json')],
    ]);
  const addresses = Array.from({ length: 60 }, (_, i) => `p${i}@a.test`);
  const put = async (until: string | null) => {
    for (const address of addresses)
      await ask(source.server(), 'PUT', `/v1/suppressions/${address}`, { until });
  };
  const later = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  await put(later(1));
  expect((await follow()).code).toBe(0);
  await put(null);
  let isDone = false;
  const followed = follow().finally(() => {
    isDone = true;
  });
  while (!isDone) {
    const { results } = await ask(mirror.server(), 'POST', '/v1/check', { addresses });
    expect(results.filter(({ suppressed }: { suppressed: boolean }) => !suppressed)).toEqual([]);
  }
  expect((await followed).code).toBe(0);
  expect(await listOf(mirror.server())).toEqual(await listOf(source.server()));
  // Shortened: for ever no more.
  await ask(source.server(), 'PUT', '/v1/suppressions/p0@a.test', { until: later(2) });
  expect((await follow()).code).toBe(0);
  expect(await listOf(mirror.server())).toEqual(await listOf(source.server()));
  await source.end();
  await mirror.end();
}, 60_000);

it.each([
  ['neither a file nor a server', [], /give either --output or --to/],
  ['a server without a place to remember', ['--to', 'http://localhost:1'], /--position/],
  ['a file that is none of its own', ['--output', main], /no file of "mailstop follow"/],
] as const)('%s is refused', async (_title, args, why) => {
  const ended = await run(['follow', ...args], { env: { MAILSTOP_DATABASE_URL: `file:${folder}/none.db` } });
  expect(ended.code).toBeGreaterThan(0);
  expect(ended.stderr).toMatch(why);
});
