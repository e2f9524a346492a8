/** More than it can take, a machine that stands still, and clients that go away in the middle. */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Fault, newSite } from './fault.ts';
import { itemOf, type Ledger, post, SHARED_KEY, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { pause, type Running } from './server.ts';

/** Clients that send without pause: five times the requests that are worked on at once. */
const CROWD = 320;
const CROWDED_FOR = 3_000;
const ACCEPTED_WITHIN = 1_000;
const MOST_MEMORY = 512;
const TRIES = 3;

/** How long each of the accepted took, in ms. */
async function crowd(server: Running, path: string, ledger: Ledger): Promise<number[]> {
  const took: number[] = [];
  const end = performance.now() + CROWDED_FOR;
  const client = async () => {
    while (performance.now() < end) {
      const began = performance.now();
      const status = await send(server, path, ledger);
      if (status === 200) took.push(performance.now() - began);
      else await pause(10);
    }
  };
  await Promise.all(Array.from({ length: CROWD }, client));
  return took;
}

export const overload: Fault = {
  id: 'T137',
  title: `${CROWD} clients at once, without pause`,
  needs: [],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.takesAll.title, mutant: mutants.takesAll, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const tries: number[] = [];
      let accepted = 0;
      // What else the machine does makes a try slower, never faster.
      while (tries.length < TRIES && !(Math.min(...tries) < ACCEPTED_WITHIN)) {
        const took = await crowd(server, path, ledger);
        accepted += took.length;
        tries.push(took.toSorted((x, y) => x - y)[Math.floor(took.length * 0.99)] ?? Number.NaN);
      }
      const problems: string[] = [];
      const p99 = Math.min(...tries);
      if (!(p99 < ACCEPTED_WITHIN)) problems.push(`1 in 100 of the accepted took ${Math.round(p99)} ms`);
      if ((ledger.answers.get(503) ?? 0) === 0) problems.push('nobody was told to come again');
      if ((ledger.answers.get(0) ?? 0) > 0) problems.push(`${ledger.answers.get(0)} connections broke`);
      const memory = peakOf(server);
      if (memory > MOST_MEMORY) problems.push(`${Math.round(memory)} MiB of memory`);
      const recovered = performance.now();
      if ((await send(server, path, ledger)) !== 200) problems.push('it takes nothing in afterwards');
      if (performance.now() - recovered > 5_000) problems.push('it did not recover in 5 s');
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      const note = `${accepted} accepted, p99 ${Math.round(p99)} ms, ${ledger.answers.get(503) ?? 0} told to come again, peak ${Math.round(memory)} MiB`;
      return { problems, ledger, note };
    }),
};

async function send(server: Running, path: string, ledger: Ledger): Promise<number> {
  const number = ledger.next++;
  ledger.sent.add(number);
  const { status } = await post(server.url + path, itemOf(number));
  ledger.answers.set(status, (ledger.answers.get(status) ?? 0) + 1);
  if (status === 200) ledger.acknowledged.add(number);
  return status;
}

/** MiB. */
export const peakOf = ({ process: { pid } }: Running): number =>
  Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;

/** As long as a client waits before it comes again, while the server stands still for longer. */
const PATIENCE = 400;
const FROZEN_FOR = 1_200;

export const frozen: Fault = {
  id: 'F21',
  title: 'the process stands still while providers give up and come again',
  needs: [],
  rounds: { short: 1, long: 10 },
  control: { title: mutants.knowsNothingAgain.title, mutant: mutants.knowsNothingAgain, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const load = startLoad(server, path, ledger);
      await pause(200);
      server.process.kill('SIGSTOP');
      const waiting = Array.from({ length: 20 }, () => ledger.next++);
      for (const number of waiting) ledger.sent.add(number);
      // Their requests lie in the socket; each is sent again before the first is answered.
      const deliver = async (number: number) => {
        for (;;) {
          const answered = await Promise.race([
            post(server.url + path, itemOf(number)),
            pause(PATIENCE).then(() => null),
          ]);
          if (answered?.status === 200) return void ledger.acknowledged.add(number);
        }
      };
      const delivered = Promise.all(waiting.map(deliver));
      await pause(FROZEN_FOR);
      server.process.kill('SIGCONT');
      await delivered;
      // Starved rather than frozen: of each tenth of a second it gets a half.
      for (let i = 0; i < 10; i++) {
        server.process.kill('SIGSTOP');
        await pause(50);
        server.process.kill('SIGCONT');
        await pause(50);
      }
      await load.stop();
      const problems = await compare(server.url, file, ledger);
      await server.kill();
      return { problems, ledger, note: `${waiting.length} delivered more than once` };
    }),
};

export const brokenOff: Fault = {
  id: 'F23',
  title: 'clients that go away in the middle of a body',
  needs: [],
  rounds: { short: 1, long: 10 },
  control: { title: mutants.fillsIn.title, mutant: mutants.fillsIn, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const load = startLoad(server, path, ledger);
      // Whole items, of a body that was announced as longer.
      const bodies = Array.from({ length: 50 }, () => JSON.stringify(itemOf(ledger.next++)));
      await Promise.all(bodies.map((body) => breakOff(server, path, body)));
      await load.stop();
      const problems = await compare(server.url, file, ledger);
      await server.kill();
      return { problems, ledger, note: `${bodies.length} broke off` };
    }),
};

export function breakOff(server: Running, path: string, body: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(server.port, '127.0.0.1', () => {
      const head = `POST ${path} HTTP/1.1\r\nHost: mailstop\r\nx-mailstop-key: ${SHARED_KEY}\r\nContent-Type: application/json\r\nContent-Length: ${body.length + 10}\r\n\r\n`;
      socket.write(head + body, () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    // A reset is what is wanted here.
    socket.on('error', () => {});
    socket.once('close', () => resolve());
  });
}
