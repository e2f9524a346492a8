/** Clients at the end of a line with a long way and little room: 2 s of latency, unsteady, and 1 KB a second. */
import { request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { serverLimits } from '../../src/server.ts';
import { repeat } from './broken-disk.ts';
import type { Mutant } from './build.ts';
import { type Fault, newSite, type Trial } from './fault.ts';
import { itemOf, post, SHARED_KEY, startLoad } from './load.ts';
import { listening, type Receiver } from './network.ts';
import { compare } from './oracle.ts';
import { pause, type Running } from './server.ts';

const LATENCY = 2_000;
const JITTER = 500;
const BYTES_A_TICK = 50;
const TICK = 50;
/** What a provider waits for an answer at least, beside those who are slow. */
const OTHERS_WITHIN = 2_500;
/** Of a body that would take a minute. */
const CUT_OFF_WITHIN = serverLimits.request + 3_000;
const SLOW_CLIENTS = 20;

const waitsForEver: Mutant = {
  title: 'a body may take as long as it likes',
  file: 'gate.ts',
  from: 'if (since > latest) break;',
  to: 'break;',
};

export const slowNetwork: Fault = {
  id: 'F24',
  title: 'clients behind 2 s of latency and 1 KB a second',
  needs: [],
  rounds: { short: 1, long: 3 },
  control: { title: waitsForEver.title, mutant: waitsForEver, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const line = await slowLine(server, trial);
      const load = startLoad(server, path, ledger);
      const problems: string[] = [];
      const url = `http://127.0.0.1:${line.port}${path}`;
      const tooLong = cutOffIn(line, path, JSON.stringify('x'.repeat(60_000)));
      const small = Array.from({ length: SLOW_CLIENTS }, async () => {
        const number = ledger.next++;
        ledger.sent.add(number);
        const { status } = await post(url, itemOf(number));
        if (status === 200) ledger.acknowledged.add(number);
        else problems.push(`a slow client was answered ${status}`);
      });
      await Promise.all(small);
      const ms = await tooLong;
      if (ms === null) problems.push(`a body was waited for for more than ${CUT_OFF_WITHIN / 1_000} s`);
      await load.stop();
      if (ledger.slowest > OTHERS_WITHIN)
        problems.push(`another client waited ${Math.round(ledger.slowest)} ms`);
      problems.push(...(await compare(server.url, file, ledger)));
      await line.close();
      await server.kill();
      const note = `${SLOW_CLIENTS} slow clients, slowest other ${Math.round(ledger.slowest)} ms, a long body cut off after ${((ms ?? 0) / 1_000).toFixed(1)} s`;
      return { problems, ledger, note };
    }),
};

/** A port from which everything reaches the server late and in small pieces; answers come back late as well. */
const slowLine = (server: Running, { random }: Trial): Promise<Receiver> =>
  listening(
    createServer((client) => {
      const target = connect(server.port, '127.0.0.1');
      trickle(client, target, random);
      trickle(target, client, random);
    }),
  );

function trickle(from: Socket, to: Socket, random: () => number): void {
  const late: { readonly due: number; readonly chunk: Buffer }[] = [];
  let waiting: Buffer = Buffer.alloc(0);
  let overAt = Number.POSITIVE_INFINITY;
  const timer = setInterval(() => {
    const now = performance.now();
    if (to.destroyed) return clearInterval(timer);
    while (late[0] !== undefined && late[0].due <= now)
      waiting = Buffer.concat([waiting, late.shift()?.chunk ?? Buffer.alloc(0)]);
    if (waiting.length > 0) to.write(waiting.subarray(0, BYTES_A_TICK));
    else if (late.length === 0 && overAt <= now) to.end();
    waiting = waiting.subarray(BYTES_A_TICK);
  }, TICK);
  const inTime = () => performance.now() + LATENCY / 2;
  from.on('data', (chunk: Buffer) => {
    // What was sent first arrives first.
    late.push({ due: Math.max(inTime() + random() * JITTER, late.at(-1)?.due ?? 0), chunk });
  });
  // A break arrives as late as anything.
  from.on('error', () => {});
  from.once('close', () => {
    overAt = inTime();
  });
}

/** Ms until the server gave up a body; null where it waits on. */
async function cutOffIn({ port }: Receiver, path: string, body: string): Promise<number | null> {
  const began = performance.now();
  const headers = {
    'x-mailstop-key': SHARED_KEY,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const asked = request({ port, path, method: 'POST', agent: false, headers });
  const ended = new Promise<number>((resolve) => {
    const end = () => resolve(performance.now() - began);
    asked.once('response', end).once('error', end);
  });
  asked.end(body);
  const ms = await Promise.race([ended, pause(CUT_OFF_WITHIN + LATENCY + JITTER).then(() => null)]);
  asked.destroy();
  return ms;
}
