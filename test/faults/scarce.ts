/** A process that may hold no more open files, as where its limit is the usual 1,024 and somebody opens connections. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { repeat } from './broken-disk.ts';
import { type Fault, newSite } from './fault.ts';
import { itemOf, moreThan, SHARED_KEY, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { pause, type Running } from './server.ts';

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
