/** `mailstop copy` to a server whose way there fails in between. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ADMIN_KEY, killAll, type Running, start } from '../faults/server.ts';
import { run } from './run.ts';

let folder: string;
let target: Running;
let way: Server | undefined;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mailstop-copy-'));
  const env = { MAILSTOP_DATABASE_URL: `file:${join(folder, 'a.db')}` };
  const stdin = Array.from({ length: 1_500 }, (_, at) => `person${at}@example.com`).join('\n');
  expect(await run(['import', '-', '--format', 'csv'], { env, stdin })).toMatchObject({ code: 0 });
  target = await start(join(folder, 'b.db'));
});
afterEach(async () => {
  way?.closeAllConnections();
  way?.close();
  way = undefined;
  await killAll();
  rmSync(folder, { recursive: true, force: true });
});

/** What becomes of the rows of one request, by how many came before it. */
type Fate = (at: number) => 'arrives' | 'is lost' | 'arrives, and the answer is lost' | 'is cut';

/** In front of the server; answers 500 in words that are not Mailstop's where something is lost. */
async function wayWith(fate: Fate): Promise<string> {
  let at = 0;
  way = createServer(async (request, response) => {
    const body = await buffer(request);
    const becomes = body.length > 0 ? fate(at++) : 'arrives';
    if (becomes === 'is cut') return void request.socket.destroy();
    if (becomes !== 'is lost') {
      const answer = await fetch(target.url + request.url, {
        method: request.method ?? 'GET',
        headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/x-ndjson' },
        ...(body.length > 0 ? { body: new Uint8Array(body) } : {}),
      });
      const text = await answer.text();
      if (becomes === 'arrives') {
        response.writeHead(answer.status).end(text);
        return;
      }
    }
    response.writeHead(500, { 'content-type': 'text/plain' }).end('Network connection lost\nat 10.0.0.1');
  });
  await new Promise<void>((resolve) => way?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(way.address() as AddressInfo).port}`;
}

const copyTo = (url: string) =>
  run(['copy', '--from', `file:${join(folder, 'a.db')}`, '--to', url, '--to-key', ADMIN_KEY, '--json']);

describe('a copy to a server', () => {
  test('goes on by itself where a request of rows fails, whether they arrived or not', async () => {
    const fates = ['is lost', 'arrives, and the answer is lost', 'arrives', 'is cut', 'arrives'] as const;
    const url = await wayWith((at) => fates[at % fates.length] ?? 'arrives');
    const { code, stdout } = await copyTo(url);
    expect(code).toBe(0);
    const { equal, tables } = JSON.parse(stdout);
    expect(equal).toBe(true);
    expect(tables.find(({ table }: { table: string }) => table === 'suppressions')?.rows).toBe(1_500);
  }, 60_000);

  test('ends where it gets no further, and says what it was answered', async () => {
    const { code, stderr } = await copyTo(await wayWith((at) => (at < 2 ? 'arrives' : 'is lost')));
    expect(code).toBe(1);
    expect(stderr).toContain('mailstop: the server answered 500: Network connection lost');
    expect(stderr).not.toContain('10.0.0.1');
  }, 60_000);
});
