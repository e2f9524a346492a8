/** The power goes: only what was fsynced is there afterwards. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from './build.ts';
import { makeDisk } from './disk.ts';
import { type Fault, newFolder, newSite, type Outcome, type Trial, tally } from './fault.ts';
import { type Ledger, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { pause, start } from './server.ts';

const syncsSeldom = { title: mutants.syncsSeldom.title, mutant: mutants.syncsSeldom, rounds: 4 };

export const powerCut: Fault = {
  id: 'F3',
  title: 'power cut under load: only fsynced bytes survive',
  needs: ['compiler'],
  rounds: { short: 8, long: 200 },
  control: syncsSeldom,
  run: (trial) => cuts(trial, false),
};

export const powerCutAtFirstStart: Fault = {
  id: 'F4',
  title: 'power cut at the first start and just after; removed files come back',
  needs: ['compiler'],
  rounds: { short: 4, long: 50 },
  // So soon after the start little was answered, and some cuts find nothing to lose.
  control: { ...syncsSeldom, rounds: 10 },
  run: (trial) => cuts(trial, true),
};

const PATIENCE = 5_000;

async function answered(ledger: Ledger): Promise<void> {
  for (let waited = 0; ledger.acknowledged.size === 0 && waited < PATIENCE; waited += 5) await pause(5);
}

/** Each cut has a database of its own: the snapshot is what the next start finds. */
async function cuts(trial: Trial, early: boolean): Promise<Outcome> {
  const problems: string[] = [];
  let acknowledged = 0;
  for (let cut = 0; cut < trial.rounds; cut++) {
    const folder = newFolder(trial);
    const disk = makeDisk(trial.shim, folder, { keepsWhatIsFsynced: true, keepsUnlinked: early });
    const { path, ledger, server } = await newSite(trial, disk.root, { env: disk.env });
    const load = startLoad(server, path, ledger);
    // Of the early cuts every second one waits for an answer, so that there is something to lose on a slow machine too.
    if (early && cut % 2 === 1) await answered(ledger);
    await pause((early ? 20 : 200) + trial.random() * (early ? 80 : 600));
    await server.kill();
    await load.stop();
    disk.close();
    const file = join(disk.snap, 'mailstop.db');
    try {
      const after = await start(file, { main: trial.main });
      problems.push(...(await compare(after.url, file, ledger)));
      await after.kill();
    } catch (error) {
      problems.push(
        `no start after the cut: ${error instanceof Error ? error.message.slice(0, 300) : error}`,
      );
    }
    acknowledged += ledger.acknowledged.size + ledger.quarantined.size;
    rmSync(folder, { recursive: true, force: true });
  }
  return { problems: tally(problems), acknowledged, rounds: trial.rounds };
}
