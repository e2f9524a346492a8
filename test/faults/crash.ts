/** The process dies: at any moment under load, and between the commit and the answer. */
import Database from 'better-sqlite3';
import { build, mutants } from './build.ts';
import { type Fault, newFolder, newSite, tally } from './fault.ts';
import { itemOf, post, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { pause, start } from './server.ts';

/** Kills on one database; then a new one, so that looking through it stays quick. */
const KILLS_A_SITE = 25;
const START_LIMIT = 3_000;

export const killed: Fault = {
  id: 'F1',
  title: 'kill -9 at a random moment under load',
  needs: [],
  rounds: { short: 8, long: 500 },
  control: { title: mutants.answersFirst.title, mutant: mutants.answersFirst, rounds: 6 },
  async run(trial) {
    const problems: string[] = [];
    let acknowledged = 0;
    let slowest = 0;
    for (let done = 0; done < trial.rounds; done += KILLS_A_SITE) {
      let { file, path, ledger, server } = await newSite(trial, newFolder(trial));
      for (let kill = 0; kill < Math.min(KILLS_A_SITE, trial.rounds - done); kill++) {
        const load = startLoad(server, path, ledger);
        await pause(5 + trial.random() * 495);
        await server.kill();
        await load.stop();
        server = await start(file, { main: trial.main });
        slowest = Math.max(slowest, server.startedIn);
        problems.push(...(await compare(server.url, file, ledger)));
      }
      await server.kill();
      acknowledged += ledger.acknowledged.size + ledger.quarantined.size;
    }
    if (slowest > START_LIMIT) problems.push(`a start took ${Math.round(slowest)} ms`);
    return {
      problems: tally(problems),
      acknowledged,
      rounds: trial.rounds,
      note: `slowest start ${Math.round(slowest)} ms`,
    };
  },
};

export const killedBeforeAnswer: Fault = {
  id: 'F2',
  title: 'killed between commit and answer; the provider comes again',
  needs: [],
  rounds: { short: 4, long: 50 },
  control: { title: 'what was seen is forgotten (dedupe index dropped)', rounds: 2 },
  async run(trial) {
    const dying = await build(trial.folder, mutants.diesAfterCommit);
    const problems: string[] = [];
    const site = await newSite(trial, newFolder(trial));
    const { file, path, ledger } = site;
    await site.server.kill();
    for (let number = 0; number < trial.rounds; number++) {
      ledger.sent.add(number);
      const doomed = await start(file, { main: dying });
      const lost = await post(doomed.url + path, itemOf(number));
      if (lost.status !== 0) problems.push(`it answered ${lost.status} and did not die`);
      await doomed.ended(5_000);
      if (trial.isControl) forget(file);
      const server = await start(file, { main: trial.main });
      const again = await post(server.url + path, itemOf(number));
      if (again.counts?.duplicates !== 1) problems.push('the second delivery is not told as a duplicate');
      if (again.counts !== null) ledger.acknowledged.add(number);
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
    }
    return { problems: tally(problems), acknowledged: ledger.acknowledged.size, rounds: trial.rounds };
  },
};

function forget(file: string): void {
  const db = new Database(file);
  db.exec('delete from seen');
  db.close();
}
