/** T042: clients that announce much and send little take nobody's place. A real server, real sockets. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { api, type Running, start } from './faults/server.ts';

const KEY = 'slow-clients-shared-key-0123456789';
let folder: string;
let server: Running;
let sockets: Socket[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-slow-'));
  server = await start(join(folder, 'mailstop.db'));
}, 20_000);

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
});

afterAll(async () => {
  await server.kill();
  rmSync(folder, { recursive: true, force: true });
});

const sourceOf = async (provider: string): Promise<string> =>
  new URL(
    (
      await api<{ url: string }>(server.url, '/v1/sources', {
        provider,
        name: 'slow',
        secrets: { keys: [KEY] },
      })
    ).url,
  ).pathname;

const open = (count: number, head: string): Promise<unknown> =>
  Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<void>((resolve, reject) => {
          const socket = connect(server.port, '127.0.0.1', () => socket.write(head, () => resolve()));
          socket.on('error', reject);
          sockets.push(socket);
        }),
    ),
  );

it.each([
  ['two that announce a large mail and send nothing', 2, 'dsn', 'Content-Length: 40000000\r\n\r\n'],
  [
    'a hundred that send one byte of a body in pieces',
    100,
    'generic',
    'Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n',
  ],
  ['a hundred that announce a small body and send nothing', 100, 'generic', 'Content-Length: 200000\r\n\r\n'],
])('%s', async (_who, count, provider, rest) => {
  const [slow, quick] = [await sourceOf(provider), await sourceOf('generic')];
  await open(
    count,
    `POST ${slow} HTTP/1.1\r\nHost: localhost\r\nX-Mailstop-Key: ${KEY}\r\nContent-Type: application/json\r\n${rest}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 300));
  const startedAt = performance.now();
  const answer = await fetch(server.url + quick, {
    method: 'POST',
    headers: { 'x-mailstop-key': KEY, 'content-type': 'application/json' },
    body: JSON.stringify({
      recipient: `p${count}@example.com`,
      event: 'bounce',
      id: `${_who}`,
      text: '550 5.1.1 user unknown',
    }),
  });
  expect(answer.status).toBe(200);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
