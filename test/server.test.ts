import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import type { Log } from '../src/app/log.ts';
import type { Config } from '../src/config.ts';
import { type RunningServer, serverLimits, startServer } from '../src/server.ts';
import { environment, main, start } from './cli/run.ts';
import { configOf } from './config-of.ts';

// Processes start slowly on a machine that is busy.
vi.setConfig({ testTimeout: 30_000 });

const ADMIN_KEY = 'server-test-admin-key-0123456789abcdef';

let folder = '';
let running: RunningServer[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-server-'));
});
afterEach(async () => {
  for (const server of running) await server.stop();
  running = [];
  rmSync(folder, { recursive: true, force: true });
});

const config = (port = 0): Config => ({ ...configOf(join(folder, 'a.db'), ADMIN_KEY), port });
async function started(port = 0, log: Log = () => {}): Promise<RunningServer> {
  const server = await startServer(config(port), { log, host: '127.0.0.1' });
  running.push(server);
  return server;
}
const at = (server: { readonly url: string }, path: string) =>
  server.url.replace('localhost', '127.0.0.1') + path;

async function genericSource(server: { readonly url: string }): Promise<string> {
  const answer = await fetch(at(server, '/v1/sources'), {
    method: 'POST',
    headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      provider: 'generic',
      name: 'test',
      secrets: { keys: ['a-shared-secret-of-32-characters'] },
    }),
  });
  expect(answer.status).toBe(201);
  return new URL(((await answer.json()) as { url: string }).url).pathname;
}

const event = JSON.stringify({
  recipient: 'ann@example.com',
  event: 'bounce',
  text: '550 5.1.1 user unknown',
});

/** What is answered to these very bytes. `leave`: ms after which the caller is gone. */
function spoken(port: number, bytes: string, leave?: number): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.once('error', () => {});
    socket.once('close', () => resolve(text));
    if (leave !== undefined) setTimeout(() => socket.destroy(), leave);
  });
}

/** A webhook whose last byte is still to come. */
async function halfSent(
  url: string,
  path: string,
): Promise<{ finish(): void; answer: Promise<string>; socket: Socket }> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname === 'localhost' ? '127.0.0.1' : hostname);
  await new Promise((resolve) => socket.once('connect', resolve));
  const answer = new Promise<string>((resolve) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    socket.once('close', () => resolve(text));
    socket.once('error', () => resolve(text));
  });
  const head = [
    `POST ${path} HTTP/1.1`,
    'Host: localhost',
    'Content-Type: application/json',
    'X-Mailstop-Key: a-shared-secret-of-32-characters',
    `Content-Length: ${event.length}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${event.slice(0, -1)}`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  return { finish: () => socket.write(event.slice(-1)), answer, socket };
}

describe('a server', () => {
  it('answers on its port, and no more once it has stopped', async () => {
    const server = await started();
    expect((await fetch(at(server, '/readyz'))).status).toBe(200);
    await server.stop();
    await expect(fetch(at(server, '/readyz'))).rejects.toThrow();
  });

  test.each(['/healthz', '/readyz'])('answers a probe of HTTP/1.0 without a Host at %s', async (path) => {
    const { port } = new URL((await started()).url);
    const answer = await spoken(Number(port), `GET ${path} HTTP/1.0\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    ['/v1/suppressions/import', 'text/csv', 'email\nann@example.com\n'],
    ['/v1/suppressions/import', 'application/x-ndjson', '"ann@example.com"\n'],
    ['/v1/restore', 'application/x-ndjson', '{'],
    ['/v1/check', 'text/plain', 'ann@example.com\n'],
    ['/v1/policy', 'application/json', '{'],
  ])('is told by who goes away in the middle of %s (%s) of no fault of its own', async (path, type, text) => {
    const logged: Parameters<Log>[] = [];
    const server = await started(0, (...line) => void logged.push(line));
    const head = [
      `${path === '/v1/policy' ? 'PUT' : 'POST'} ${path} HTTP/1.1`,
      'Host: localhost',
      `Authorization: Bearer ${ADMIN_KEY}`,
      `Content-Type: ${type}`,
    ].join('\r\n');
    const { port } = new URL(server.url);
    const chunk = `${text.length.toString(16)}\r\n${text}\r\n`;
    await spoken(Number(port), `${head}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk}zz\r\n`);
    await spoken(Number(port), `${head}\r\nContent-Length: ${text.length + 99}\r\n\r\n${text}`, 200);
    const lines = () => logged.filter(([, message]) => message === 'request');
    await vi.waitUntil(() => lines().length === 2);
    for (const [level, , fields] of lines()) expect([level, fields?.status]).toEqual(['info', 400]);
  });

  it('tells which port is busy and what to do, and leaves the database closed', async () => {
    const first = await started();
    const port = Number(new URL(first.url).port);
    await expect(
      startServer(
        { ...config(port), database: { kind: 'file', file: join(folder, 'b.db') } },
        { log: () => {}, host: '127.0.0.1' },
      ),
    ).rejects.toThrow(`port ${port} is in use; stop what listens there, or choose another with PORT=8787`);
    expect(existsSync(join(folder, 'b.db-wal'))).toBe(false);
  });

  it('may be stopped twice', async () => {
    const server = await started();
    await Promise.all([server.stop(), server.stop()]);
    await server.stop();
  });

  test('T042 slow senders are cut: 10 s for headers, 15 s for all, 65 s idle', () => {
    expect(serverLimits).toMatchObject({ headers: 10_000, request: 15_000, keepAlive: 65_000, stop: 10_000 });
  });

  test('T135 a stop finishes what is in flight, refuses what is new, and leaves one file', async () => {
    const server = await started();
    const path = await genericSource(server);
    const half = await halfSent(server.url, path);
    const stopped = server.stop();
    const ready = await fetch(at(server, '/readyz'));
    expect(ready.status).toBe(503);
    expect(ready.headers.get('connection')).toBe('close');
    const late = await fetch(at(server, path), { method: 'POST', body: event });
    expect(late.status).toBe(503);
    expect(late.headers.get('retry-after')).toMatch(/^\d+$/);
    expect((await fetch(at(server, '/healthz'))).status).toBe(200);
    half.finish();
    await stopped;
    expect(await half.answer).toMatch(/^HTTP\/1\.1 200 [\s\S]*"accepted":1/);
    expect(existsSync(join(folder, 'a.db-wal')) ? statSync(join(folder, 'a.db-wal')).size : 0).toBe(0);
    const db = new Database(join(folder, 'a.db'));
    expect(db.prepare('select count(*) from events').pluck().get()).toBe(1);
    db.close();
  });

  test('T135 the port stays open for the time that load balancers need', async () => {
    const server = await started();
    const stopped = server.stop(300);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await fetch(at(server, '/readyz'))).status).toBe(503);
    await stopped;
  });
});

describe('the process', () => {
  const serve = () =>
    start(['serve'], {
      env: {
        PORT: '0',
        MAILSTOP_DATABASE_URL: `file:${join(folder, 'a.db')}`,
        MAILSTOP_ADMIN_KEY: ADMIN_KEY,
      },
    });
  type Child = ReturnType<typeof serve>;

  const urlOf = (child: Child): Promise<string> =>
    new Promise((resolve, reject) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        const url = /http:\/\/localhost:\d+/.exec(text)?.[0];
        if (url !== undefined) resolve(url);
      });
      child.once('exit', () => reject(new Error(`it ended: ${text}`)));
    });
  const endOf = (child: Child) =>
    new Promise<{ code: number | null; ms: number }>((resolve) => {
      const begun = performance.now();
      child.once('exit', (code) => resolve({ code, ms: performance.now() - begun }));
    });

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'T135 %s ends it with exit code 0 and a clean database',
    async (signal) => {
      const child = serve();
      await urlOf(child);
      const end = endOf(child);
      child.kill(signal);
      const { code, ms } = await end;
      expect(code).toBe(0);
      expect(ms).toBeLessThan(5_000);
      expect(existsSync(join(folder, 'a.db-wal'))).toBe(false);
    },
  );

  test('T136 a second signal ends it at once, whatever hangs', async () => {
    const child = serve();
    const url = await urlOf(child);
    const half = await halfSent(url, await genericSource({ url }));
    const end = endOf(child);
    child.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(child.exitCode).toBeNull();
    child.kill('SIGTERM');
    const { code, ms } = await end;
    half.socket.destroy();
    expect(code).toBe(1);
    expect(ms).toBeLessThan(2_500);
  });

  test('npm start, whose shell keeps a SIGTERM for itself, is a clean stop too', async () => {
    const env = environment({
      PORT: '0',
      MAILSTOP_DATABASE_URL: `file:${join(folder, 'a.db')}`,
      npm_lifecycle_event: 'start',
    });
    // The second command keeps the shell from handing its own process over to the first.
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${main}" serve; true`], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const url = await new Promise<string>((resolve) => {
      shell.stdout.setEncoding('utf8').on('data', (text: string) => {
        const found = /http:\/\/localhost:\d+/.exec(text)?.[0];
        if (found !== undefined) resolve(found);
      });
    });
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    shell.kill('SIGTERM');
    await vi.waitUntil(() => !existsSync(join(folder, 'a.db-wal')), { timeout: 8_000, interval: 50 });
    await expect(fetch(`${url}/readyz`)).rejects.toThrow();
  });

  test('Ctrl+C, which npm passes on a second time, is still a clean stop', async () => {
    const child = serve();
    await urlOf(child);
    const end = endOf(child);
    child.kill('SIGINT');
    child.kill('SIGINT');
    expect((await end).code).toBe(0);
  });
});
