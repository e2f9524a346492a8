/** Another process holds the database's lock. */
import Database from 'better-sqlite3';
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Fault, newSite } from './fault.ts';
import { itemOf, post, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { pause } from './server.ts';

const HELD = 4_000;
/** The question whether we live is answered by the same event loop that waits for the lock. */
const HEALTH_WITHIN = 1_000;

export const foreignLock: Fault = {
  id: 'F11',
  title: 'another process holds the lock for 4 s',
  needs: [],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.waitsForLocks.title, mutant: mutants.waitsForLocks, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const problems: string[] = [];
      const load = startLoad(server, path, ledger);
      await pause(200);
      const other = new Database(file, { timeout: 5_000 });
      other.exec('begin immediate');
      let slowest = 0;
      const end = performance.now() + HELD;
      while (performance.now() < end) {
        const began = performance.now();
        await fetch(`${server.url}/healthz`);
        slowest = Math.max(slowest, performance.now() - began);
        await pause(20);
      }
      await load.stop();
      other.exec('commit');
      other.close();
      if (slowest > HEALTH_WITHIN) problems.push(`/healthz took ${Math.round(slowest)} ms`);
      if ((ledger.answers.get(503) ?? 0) === 0) problems.push('nobody was told to come again');
      const number = ledger.next++;
      ledger.sent.add(number);
      if ((await post(server.url + path, itemOf(number))).status !== 200)
        problems.push('it takes nothing in once the lock is free');
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      return { problems, ledger, note: `slowest /healthz ${Math.round(slowest)} ms` };
    }),
};
