/** `mailstop follow`: nothing lost and nothing doubled, whoever is killed. Runs the built program against real servers. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_KEY, type Running, start as startServer } from '../faults/server.ts';
import { environment, main, type Ran, run, start } from './run.ts';

/** Of the follower, and of the servers. FOLLOW_KILLS=100 takes minutes. */
const KILLS = Number(process.env.FOLLOW_KILLS ?? 6);

const SECRET = 'secret-of-the-followed-0123456789abcdef';

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
async function site(name: string, env: Readonly<Record<string, string>> = {}) {
  const begin = () => startServer(join(folder, `${name}.db`), { main, env });
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

/** Two servers, the second of which mirrors the first. */
async function mirrored(name: string, secrets: readonly [string, string] = [SECRET, SECRET]) {
  const [source, mirror] = await Promise.all([
    site(name, { MAILSTOP_SECRET: secrets[0] }),
    site(`${name}-mirror`, { MAILSTOP_SECRET: secrets[1] }),
  ]);
  const at = (server: Running) => ({
    put: (address: string, reason: string, until?: string | null) =>
      ask(server, 'PUT', `/v1/suppressions/${address}`, { reason, until }),
    release: (address: string, more: object = {}) =>
      ask(server, 'DELETE', `/v1/suppressions/${address}`, { why: 'test', ...more }),
    ask: (method: string, path: string, body?: unknown) => ask(server, method, path, body),
    suppresses: async (address: string) =>
      (await ask(server, 'POST', '/v1/check', { addresses: [address] })).results[0].suppressed,
    reasons: async (address: string) =>
      ((await ask(server, 'GET', `/v1/suppressions/${address}`)).entries ?? []).map(
        ({ reason }: { reason: string }) => reason,
      ),
  });
  return {
    source: source.server(),
    mirror: mirror.server(),
    here: at(source.server()),
    there: at(mirror.server()),
    follow: () =>
      run([
        ...['follow', '--once', '--url', source.server().url, '--key', ADMIN_KEY],
        ...['--to', mirror.server().url, '--to-key', ADMIN_KEY],
        ...['--position', join(folder, `${name}.json`)],
      ]),
    end: () => Promise.all([source.end(), mirror.end()]),
  };
}

describe('a release', () => {
  const ANN = 'ann@a.test';
  const consent = () => ({ text: 'asked again', at: new Date().toISOString() });
  let pair: Awaited<ReturnType<typeof mirrored>>;
  beforeAll(async () => {
    pair = await mirrored('releases');
  });
  afterAll(() => pair.end());

  it('of what never stood there changes nothing, whatever else stands', async () => {
    const { here, there, follow } = pair;
    await here.put(ANN, 'manual');
    await here.release(ANN);
    await here.put(ANN, 'unsubscribe');
    const ended = await follow();
    expect([ended.stderr, ended.code]).toEqual(['3 changes, up to 3.\n', 0]);
    expect(await there.reasons(ANN)).toEqual(['unsubscribe']);
  });

  it('of what somebody released there already leaves the complaint', async () => {
    const { here, there, follow } = pair;
    for (const reason of ['complaint', 'hard-bounce']) await here.put('bob@a.test', reason);
    expect((await follow()).code).toBe(0);
    await there.release('bob@a.test');
    await here.release('bob@a.test');
    const ended = await follow();
    expect([ended.stderr, ended.code]).toEqual([expect.stringContaining('1 change,'), 0]);
    expect(await there.reasons('bob@a.test')).toEqual(['complaint']);
  });

  it('of a complaint, with evidence, is one there too', async () => {
    const { here, there, follow } = pair;
    for (const reason of ['complaint', 'unsubscribe']) await here.put('cy@a.test', reason);
    expect((await follow()).code).toBe(0);
    await here.release('cy@a.test', { reasons: ['complaint'], evidence: consent() });
    expect((await follow()).code).toBe(0);
    expect(await there.reasons('cy@a.test')).toEqual(['unsubscribe']);
    await here.release('cy@a.test', { reasons: ['unsubscribe'], evidence: consent() });
    expect((await follow()).code).toBe(0);
    expect(await there.suppresses('cy@a.test')).toBe(false);
  });
});

it('an entry that an allowance hides on the mirror is made to end earlier there, too', async () => {
  const { here, there, follow, end } = await mirrored('allowed');
  const later = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
  await here.put('dan@a.test', 'hard-bounce');
  expect((await follow()).code).toBe(0);
  await there.ask('PUT', '/v1/allowed/dan@a.test', { until: later(1) });
  const until = later(2);
  await here.put('dan@a.test', 'hard-bounce', until);
  expect((await follow()).code).toBe(0);
  const { data } = await there.ask('GET', '/v1/suppressions?q=dan@a.test');
  expect(data).toMatchObject([{ reason: 'hard-bounce', until }]);
  await end();
});

it('an address that was erased is mailable on no mirror with the same secret', async () => {
  const { here, there, follow, end } = await mirrored('erased');
  await here.put('er@gone.example', 'complaint');
  await here.ask('POST', '/v1/erasures', { address: 'er@gone.example' });
  const ended = await follow();
  expect([ended.stderr, ended.code]).toEqual(['1 change, up to 1.\n', 0]);
  expect(await there.suppresses('er@gone.example')).toBe(true);
  await end();
});

it('where the secret is another one, it is said that what was erased is found by nobody', async () => {
  const { here, there, follow, end } = await mirrored('strangers', [SECRET, SECRET.toUpperCase()]);
  for (const address of ['er@gone.example', 'og@gone.example']) {
    await here.put(address, 'complaint');
    await here.ask('POST', '/v1/erasures', { address });
  }
  const ended = await follow();
  expect(ended.stderr).toMatch(/^mailstop: .*another MAILSTOP_SECRET.*\n2 changes, up to 2\.\n$/);
  expect(ended.code).toBe(0);
  expect(await there.suppresses('er@gone.example')).toBe(false);
  await end();
});

describe('where no more can be written', () => {
  /** As on a disk that has so many blocks of 512 bytes left: what fits is written, and no more. */
  const runWithin = (blocks: number, args: readonly string[]) =>
    new Promise<Ran>((resolve) => {
      const child = spawn(
        'sh',
        ['-c', `ulimit -f ${blocks}; exec "$@"`, 'sh', process.execPath, main, ...args],
        {
          env: environment({ NODE_DISABLE_COMPILE_CACHE: '1' }),
        },
      );
      let [stdout, stderr] = ['', ''];
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        stdout += text;
      });
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        stderr += text;
      });
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    });
  let pair: Awaited<ReturnType<typeof mirrored>>;
  let from: readonly string[];
  beforeAll(async () => {
    pair = await mirrored('full');
    from = ['follow', '--once', '--url', pair.source.url, '--key', ADMIN_KEY];
    await Promise.all(Array.from({ length: 300 }, (_, i) => pair.here.put(`p${i}@a.test`, 'manual')));
  });
  afterAll(() => pair.end());
  const seqsIn = (file: string) =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).seq);
  const everyone = Array.from({ length: 300 }, (_, i) => i + 1);

  it('a file ends within a line, it is told, and the next start goes on there', async () => {
    const file = join(folder, 'full.ndjson');
    const args = [...from, '--output', file];
    const ended = await runWithin(32, args);
    expect(ended.stderr).toMatch(/^mailstop: cannot write to .*full\.ndjson.*\n$/);
    expect(ended.code).toBe(1);
    expect(statSync(file).size).toBe(32 * 512);
    expect((await run(args)).code).toBe(0);
    expect(seqsIn(file)).toEqual(everyone);
  });

  it('a line that lost its end is cut off', async () => {
    const file = join(folder, 'torn.ndjson');
    appendFileSync(file, '{"seq":1,"at":"2026');
    expect((await run([...from, '--output', file])).code).toBe(0);
    expect(seqsIn(file)).toEqual(everyone);
  });

  it('a place is as it was, and it is told', async () => {
    const position = join(folder, 'full-position.json');
    const to = [...from, '--to', pair.mirror.url, '--to-key', ADMIN_KEY, '--position', position];
    const ended = await runWithin(0, to);
    expect(ended.stderr).toMatch(/^mailstop: cannot write to .*full-position\.json.*\n$/);
    expect(ended.code).toBe(1);
    expect((await run(to)).code).toBe(0);
    expect(JSON.parse(readFileSync(position, 'utf8'))).toEqual({ seq: 300 });
  });
});

it.each([
  ['neither a file nor a server', [], /give either --output or --to/],
  ['a server without a place to remember', ['--to', 'http://localhost:1'], /--position/],
  ['a file that is none of its own', ['--output', main], /no file of "mailstop follow"/],
] as const)('%s is refused', async (_title, args, why) => {
  const ended = await run(['follow', ...args], { env: { MAILSTOP_DATABASE_URL: `file:${folder}/none.db` } });
  expect(ended.code).toBeGreaterThan(0);
  expect(ended.stderr).toMatch(why);
});
