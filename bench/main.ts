/**
 * First numbers, each beside its limit in the same run:
 *
 *   npm run bench -- [--seconds 5]
 *
 * The server and the bare handler are processes of their own; the load comes from this one.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { ADMIN_KEY, api, start } from '../test/faults/server.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '5' } } });
const duration = Number(values.seconds);
const KEY = 'bench-shared-key-0123456789';

/** Postmark's shape, a new address and message each time. */
const bounce = (i: number): string =>
  JSON.stringify({
    RecordType: 'Bounce',
    ID: i,
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Tag: 'bench',
    MessageID: `00000000-0000-0000-0000-${String(i).padStart(12, '0')}`,
    ServerID: 1,
    MessageStream: 'outbound',
    Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    Details: `smtp;550 5.1.1 <person${i}@example.com>: Recipient address rejected: User unknown in virtual mailbox table`,
    Email: `person${i}@example.com`,
    From: 'sender@example.org',
    BouncedAt: new Date().toISOString(),
    DumpAvailable: false,
    Inactive: true,
    CanActivate: true,
    Subject: 'Hello',
  });

interface Line {
  readonly workload: string;
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

async function hit(workload: string, url: string, request: autocannon.Request): Promise<Line> {
  const result = await autocannon({ url, connections: 64, duration, requests: [request] });
  return {
    workload,
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    failed: result.non2xx + result.errors,
  };
}

let serial = 0;
const webhook = (path: string, headers: Record<string, string>): autocannon.Request => ({
  method: 'POST',
  path,
  headers: { 'content-type': 'application/json', ...headers },
  setupRequest: (request) => ({ ...request, body: bounce(serial++) }),
});

const folder = mkdtempSync(join(tmpdir(), 'mailstop-bench-'));
const server = await start(join(folder, 'mailstop.db'));
const bare = spawn(process.execPath, [fileURLToPath(new URL('bare.ts', import.meta.url))], {
  env: { ...process.env, PORT: '21788' },
  stdio: 'ignore',
});
await new Promise((resolve) => setTimeout(resolve, 700));

const source = await api<{ url: string }>(server.url, '/v1/sources', {
  provider: 'postmark',
  name: 'bench',
  secrets: { keys: [KEY] },
});
const path = new URL(source.url).pathname;
const lines = [
  await hit('bare Hono: read and parse', 'http://127.0.0.1:21788', webhook('/webhook', {})),
  await hit('single webhooks, verified, durable', server.url, webhook(path, { 'x-mailstop-key': KEY })),
  await hit('bare Hono: GET', 'http://127.0.0.1:21788', {
    method: 'GET',
    path: '/lookup/person5@example.com',
  }),
  await hit('GET /v1/suppressions/{address}, hit', server.url, {
    method: 'GET',
    path: `/v1/suppressions/person${serial - 500}@example.com`,
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
  }),
];
for (const [i, line] of lines.entries()) {
  const limit = lines[i - (i % 2)] as Line;
  const ratio = i % 2 === 1 ? `ratio ${(line.perSecond / limit.perSecond).toFixed(2)}` : '(limit)';
  process.stdout.write(
    `${line.workload.padEnd(38)} ${line.perSecond.toFixed(0).padStart(7)}/s  p50 ${line.p50} ms  p99 ${line.p99} ms  failed ${line.failed}  ${ratio}\n`,
  );
}
bare.kill();
await server.kill();
rmSync(folder, { recursive: true, force: true });
