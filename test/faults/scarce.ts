/** A process with little memory, and one that may hold no more open files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Fault, newSite } from './fault.ts';
import { itemOf, moreThan, SHARED_KEY, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { peakOf } from './overload.ts';
import { pause, type Running, start } from './server.ts';

/** MiB of V8's heap, of which the idle server takes half. */
const HEAP = 64;
/** MiB of all its memory. */
const MOST_MEMORY = 450;
const BOMBED_FOR = 6_000;

/** As large as a body may be, and each worse in another way. */
const bombs: readonly string[] = [
  `[${'{},'.repeat(1_600_000)}{}]`,
  '['.repeat(5_000_000),
  JSON.stringify({ ...itemOf(0, false), note: 'x'.repeat(5_000_000) }),
  JSON.stringify(Array.from({ length: 35_000 }, (_, i) => ({ ...itemOf(i), recipient: `b${i}@x.test` }))),
];
const BOMBERS = 64;

/** It may end of that, as a process that is killed: what was acknowledged is there at the next start. */
export const littleMemory: Fault = {
  id: 'F18',
  title: `${BOMBERS} clients with bodies of 5 MiB, and a heap of ${HEAP} MiB`,
  needs: [],
  rounds: { short: 1, long: 10 },
  control: { title: mutants.answersFirst.title, mutant: mutants.answersFirst, rounds: 3 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const env = { NODE_OPTIONS: `--max-old-space-size=${HEAP}` };
      const { file, path, ledger, server } = await newSite(trial, folder, { env });
      const load = startLoad(server, path, ledger);
      const end = performance.now() + BOMBED_FOR;
      let [turnedAway, memory] = [0, 0];
      const bomber = async (body: string) => {
        while (performance.now() < end && isAlive(server)) {
          if ((await statusOf(server, path, body)) === 503) turnedAway += 1;
          // One that has just ended has none, which is no number.
          const peak = isAlive(server) ? peakOf(server) : Number.NaN;
          if (peak > memory) memory = peak;
        }
      };
      await Promise.all(Array.from({ length: BOMBERS }, (_, i) => bomber(bombs[i % bombs.length] as string)));
      await load.stop();
      const lived = isAlive(server);
      const after = lived ? server : await start(file, { main: trial.main });
      const problems = memory > MOST_MEMORY ? [`${Math.round(memory)} MiB of memory`] : [];
      const number = ledger.next++;
      ledger.sent.add(number);
      if (await isTakenSoon(after, path, itemOf(number))) ledger.acknowledged.add(number);
      else problems.push('it takes in nothing within 5 s afterwards');
      problems.push(...(await compare(after.url, file, ledger)));
      await after.kill();
      const note = `${turnedAway} told to come again, ${lived ? 'it lived' : 'it ended, and was started again'}, peak ${Math.round(memory)} MiB`;
      return { problems, ledger, note };
    }),
};

const isAlive = ({ process: { exitCode, signalCode } }: Running): boolean =>
  exitCode === null && signalCode === null;

/** Connections that say nothing, and descriptors that are left for them. */
const CROWD = 200;
const SPARE = 20;
const RECOVERS_WITHIN = 5_000;

export const hasPrlimit = (): boolean => spawnSync('prlimit', ['--version']).status === 0;

export const fewDescriptors: Fault = {
  id: 'F19',
  title: `${CROWD} silent connections, and ${SPARE} descriptors for them`,
  needs: ['prlimit'],
  rounds: { short: 1, long: 10 },
  control: { title: 'they stay', rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const load = startLoad(server, path, ledger);
      await moreThan(20, ledger);
      const open = readdirSync(`/proc/${server.process.pid}/fd`).length;
      execFileSync('prlimit', [`--nofile=${open + SPARE}`, '--pid', String(server.process.pid)]);
      let refused = 0;
      const crowd = Array.from({ length: CROWD }, () => {
        const socket = connect(server.port, '127.0.0.1');
        // Those for which there is no descriptor are closed at once.
        socket.on('error', () => {});
        socket.once('close', () => {
          refused += 1;
        });
        return socket;
      });
      await pause(500);
      const [turnedAway, before] = [refused, ledger.acknowledged.size];
      const problems: string[] = [];
      if (turnedAway === 0) problems.push('there were descriptors for all');
      await moreThan(before + 20, ledger);
      const leave = () => {
        for (const socket of crowd) socket.destroy();
      };
      if (!trial.isControl) leave();
      const number = ledger.next++;
      ledger.sent.add(number);
      if (await isTakenSoon(server, path, itemOf(number))) ledger.acknowledged.add(number);
      else problems.push('it takes in nothing new within 5 s');
      leave();
      await load.stop();
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      return { problems, ledger, note: `${turnedAway} turned away` };
    }),
};

/** By a connection of its own. */
async function isTakenSoon(server: Running, path: string, item: object): Promise<boolean> {
  const end = performance.now() + RECOVERS_WITHIN;
  while (performance.now() < end) {
    if ((await statusOf(server, path, JSON.stringify(item))) === 200) return true;
    await pause(100);
  }
  return false;
}

function statusOf({ port }: Running, path: string, body: string): Promise<number> {
  return new Promise((resolve) => {
    const headers = { 'x-mailstop-key': SHARED_KEY, 'content-type': 'application/json' };
    request({ port, path, method: 'POST', agent: false, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', () => resolve(0))
      .end(body);
  });
}
