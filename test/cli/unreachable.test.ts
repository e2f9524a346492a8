/** T116 A check that gets no answer it can read never says yes. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Ran, start } from './run.ts';

const ANN = 'ann@example.com';
/** Room within the 15 s for a machine that is busy. */
const WITHIN = 12_000;

type Reply = (response: ServerResponse) => void;

/** The command against a server that replies so. Ended by force where it does not end in time: its code is then null. */
async function check(reply: Reply, args: readonly string[], stdin: string): Promise<Ran> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => reply(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const child = start(['check', ...args, '--url', `http://127.0.0.1:${port}`, '--key', 'msk_test']);
  const timer = setTimeout(() => child.kill('SIGKILL'), WITHIN);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  return { code, stdout, stderr };
}

function neverYes({ code, stdout, stderr }: Ran): void {
  expect(stdout).not.toMatch(/\byes\b/i);
  expect(stdout).not.toMatch(/"suppressed": ?false/);
  expect(code, `${stdout}${stderr}`).toBe(1);
  expect(stderr).toMatch(/^mailstop: /);
  expect(stderr).not.toMatch(/\n\s+at /);
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (response) =>
    void response
      .writeHead(status, { 'Content-Type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
const problem = { type: 'about:blank', title: 'Service Unavailable', status: 503, detail: 'Try again.' };
const begin = (response: ServerResponse, text: string, then: () => void = () => {}) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '900' });
  response.write(text, then);
};

const replies: readonly (readonly [what: string, reply: Reply])[] = [
  ['is answered 503 with a problem', json(503, problem, { 'Retry-After': '5' })],
  ['is answered 503 with nothing', (response) => void response.writeHead(503).end()],
  ['is answered 503 with a yes', json(503, { results: [{ address: ANN, suppressed: false }] })],
  ['is answered 429', json(429, { ...problem, status: 429 }, { 'Retry-After': '5' })],
  ['is cut off before an answer', (response) => void response.destroy()],
  [
    'is cut off in the middle of a yes',
    (response) =>
      begin(response, `{"results":[{"address":"${ANN}","suppressed":false`, () => void response.destroy()),
  ],
  ['is answered with a page', (response) => void response.writeHead(200).end('<html>yes, you may</html>')],
  ['is answered with nothing', (response) => void response.writeHead(200).end()],
  ['is answered 204', (response) => void response.writeHead(204).end()],
  ['is answered with half of a JSON', json(200, '{"results":[')],
  ['is answered with null', json(200, 'null')],
  ['is answered with another object', json(200, { status: 'ok' })],
  ['is answered with results that are none', json(200, { results: 'yes' })],
  ['is sent round in a circle', (response) => void response.writeHead(302, { Location: '/v1/check' }).end()],
];
/** Well-formed, and no answer to what was asked. */
const besides: typeof replies = [
  ['is answered with no results', json(200, { results: [] })],
  ['is answered with a result that tells nothing', json(200, { results: [{ address: ANN }] })],
  ['is answered with a word', json(200, { results: [{ address: ANN, suppressed: 'unknown' }] })],
];
const silent: typeof replies = [
  ['gets no answer', () => {}],
  ['gets half of an answer', (response) => begin(response, '{"results":[')],
];

const forms: readonly (readonly [form: string, args: readonly string[], stdin: string])[] = [
  ['of an address', [ANN], ''],
  ['of lines from stdin', ['--json'], `${ANN}\n`],
];
const asked = (of: typeof replies) =>
  of.flatMap(([what, reply]) =>
    forms.map(([form, args, stdin]) => [form, what, reply, args, stdin] as const),
  );

describe.concurrent('T116 a check', () => {
  it.each(silent)(
    'T116 that %s fails within 15 s',
    async (_what, reply) => {
      neverYes(await check(reply, [ANN], ''));
    },
    20_000,
  );

  it.each(asked(replies))(
    'T116 %s that %s fails and never says yes',
    async (_form, _what, reply, args, stdin) => {
      neverYes(await check(reply, args, stdin));
    },
  );

  it.each(asked(besides))(
    'T116 %s that %s fails and never says yes',
    async (_form, _what, reply, args, stdin) => {
      neverYes(await check(reply, args, stdin));
    },
  );
});
