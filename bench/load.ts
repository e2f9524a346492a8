/** The load, from a process of its own: reads a job a line from stdin, and answers what came of each on stdout. */

import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createSign } from 'node:crypto';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { Cluster } from '../src/core/guard.ts';
import { templateOf } from '../src/core/mask.ts';
import { listed, unlisted } from './seed.ts';

export interface Job {
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly seconds: number;
  readonly what:
    | { readonly kind: 'postmark'; readonly prefix: string }
    | { readonly kind: 'sendgrid'; readonly prefix: string; readonly privateKey: string }
    | { readonly kind: 'lookup'; readonly entries: number; readonly hit: boolean }
    | { readonly kind: 'constant' }
    | { readonly kind: 'check'; readonly entries: number };
}

export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly requests: number;
  /** Answers that were not what the job expects, and connections that broke. */
  readonly failed: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

/** Processes that have done a job and wait for the next, with the code compiled that the job took. */
const idle: Generator[] = [];

/** Runs a job in a process of its own, one that has run others where there is one. */
export async function load(job: Job): Promise<Load> {
  const generator = idle.pop() ?? newGenerator();
  const result = await generator(job);
  idle.push(generator);
  return result;
}

type Generator = (job: Job) => Promise<Load>;

/** It ends with this process, which it does not keep from ending. */
function newGenerator(): Generator {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  }) as ChildProcessByStdio<Socket, Socket, null>;
  const lines = createInterface({ input: child.stdout });
  const hold = (how: 'ref' | 'unref') => {
    for (const one of [child, child.stdin, child.stdout]) one[how]();
  };
  return (job) =>
    new Promise((resolve, reject) => {
      hold('ref');
      const gone = () => reject(new Error('the load ended before its job'));
      child.once('exit', gone);
      lines.once('line', (said) => {
        child.removeListener('exit', gone);
        hold('unref');
        resolve(JSON.parse(said));
      });
      child.stdin.write(`${JSON.stringify(job)}\n`);
    });
}

/** Postmark's shape, a new address and message each time. https://postmarkapp.com/developer/webhooks/bounce-webhook */
const postmark = (prefix: string, i: number): string =>
  JSON.stringify({
    RecordType: 'Bounce',
    ID: i,
    Type: 'HardBounce',
    TypeCode: 1,
    Name: 'Hard bounce',
    Tag: 'bench',
    MessageID: `${prefix}-${String(i).padStart(12, '0')}`,
    ServerID: 1,
    MessageStream: 'outbound',
    Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
    Details: `smtp;550 5.1.1 <${prefix}${i}@example.com>: Recipient address rejected: User unknown in virtual mailbox table`,
    Email: `${prefix}${i}@example.com`,
    From: 'sender@example.org',
    BouncedAt: new Date().toISOString(),
    DumpAvailable: false,
    Inactive: true,
    CanActivate: true,
    Subject: 'Hello',
  });

/** A hundred of SendGrid's, as signed bytes. https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event */
export function sendgridBatch(prefix: string, batch: number, privateKey: string) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const events = Array.from({ length: 100 }, (_, i) => ({
    email: `${prefix}${batch}-${i}@isp${i % 20}.example`,
    timestamp: Number(timestamp) - 60,
    event: 'bounce',
    type: 'bounce',
    status: '5.1.1',
    reason: '550 5.1.1 The email account that you tried to reach does not exist.',
    bounce_classification: 'Invalid Address',
    category: ['newsletter'],
    sg_event_id: `event-${prefix}${batch}-${i}`,
    sg_message_id: `${prefix}${batch}-${i}.filter0001p1las1-1234-5F00AB12-1.0`,
    'smtp-id': `<${prefix}${batch}-${i}@ismtpd0001p1las1.sendgrid.net>`,
  }));
  const body = `${JSON.stringify(events)}\r\n`;
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': createSign('sha256')
        .update(timestamp + body)
        .sign(privateKey, 'base64'),
    },
  };
}

/** What the loads' failures have in common. */
export const loadedClusters: readonly Cluster[] = [
  {
    receiver: 'example.com',
    cause: templateOf(
      'smtp;550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
    ),
  },
  ...Array.from({ length: 20 }, (_, i) => ({
    receiver: `isp${i}.example`,
    cause: templateOf('550 5.1.1 The email account that you tried to reach does not exist.'),
  })),
];

/** Spread over the whole list, so that no part of it stays in a cache by chance. */
const scattered = (i: number, entries: number): number => (i * 7_919_993) % entries;

/** One in ten on the list, as before a campaign to a list that was cleaned once. */
export const asked = (from: number, entries: number): string[] =>
  Array.from({ length: 1_000 }, (_, i) => {
    const at = scattered(from * 1_000 + i, entries);
    return i % 10 === 0 ? listed(at) : unlisted(at);
  });

function requestsOf({ what, path, headers }: Job): () => autocannon.Request {
  let serial = 0;
  switch (what.kind) {
    case 'postmark':
      return () => ({ method: 'POST', path, headers, body: postmark(what.prefix, serial++) });
    case 'sendgrid':
      return () => ({ method: 'POST', path, ...sendgridBatch(what.prefix, serial++, what.privateKey) });
    case 'lookup':
      return () => {
        const at = scattered(serial++, what.entries);
        return { method: 'GET', path: `${path}/${what.hit ? listed(at) : unlisted(at)}`, headers };
      };
    case 'constant':
      return () => ({ method: 'GET', path, headers });
    case 'check':
      return () => ({
        method: 'POST',
        path,
        headers,
        body: JSON.stringify({ addresses: asked(serial++, what.entries) }),
      });
  }
}

async function run(job: Job): Promise<Load> {
  const next = requestsOf(job);
  const { url, connections, seconds: duration, what } = job;
  const first = next();
  const result = await autocannon({
    url,
    connections,
    duration,
    timeout: 30,
    requests: [{ ...first, setupRequest: (request) => ({ ...request, ...next() }) }],
  });
  const misses = what.kind === 'lookup' && !what.hit;
  const statuses = Object.fromEntries(
    Object.entries(result.statusCodeStats ?? {}).map(([status, { count }]) => [status, Number(count)]),
  );
  return {
    perSecond: result.requests.average,
    p50: result.latency.p50,
    p99: result.latency.p99,
    requests: result.requests.total,
    failed: result.errors + result.requests.total - (statuses[misses ? '404' : '200'] ?? 0),
    statuses,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await run(JSON.parse(line) as Job))}\n`);
