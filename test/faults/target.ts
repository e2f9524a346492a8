/** A backup whose target is full, or slow: what comes in does not notice, and half a backup is none. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Disk, makeDisk } from './disk.ts';
import { type Fault, newSite } from './fault.ts';
import { startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { ADMIN_KEY, pause, start } from './server.ts';

const ANSWER_WITHIN = 2_500;
function backup(
  main: string,
  database: string,
  to: string,
  { env }: Disk,
): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, [main, 'backup', to], {
    env: { ...process.env, MAILSTOP_DATABASE_URL: `file:${database}`, MAILSTOP_ADMIN_KEY: ADMIN_KEY, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, said })));
}

export const backupTarget: Fault = {
  id: 'F34',
  title: 'a backup whose target is full, then slow',
  needs: ['compiler'],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.keepsHalf.title, mutant: mutants.keepsHalf, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const { file, path, ledger, server } = await newSite(trial, folder);
      const problems: string[] = [];
      const disk = makeDisk(trial.shim, join(folder, 'backups'));
      const load = startLoad(server, path, ledger);
      await pause(300);
      const full = join(disk.root, 'full.db');
      disk.be({ writes: 'ENOSPC' });
      const refused = await backup(trial.main, file, full, disk);
      if (refused.code === 0) problems.push('a backup that does not fit ended well');
      if (!refused.said.includes(full) || refused.said.trim().split('\n').length !== 1)
        problems.push(`its words do not name the file in one line: ${refused.said.slice(0, 200)}`);
      const left = readdirSync(disk.root);
      if (left.length > 0) problems.push(`it left ${left.join(', ')}`);

      const whole = join(disk.root, 'whole.db');
      disk.be({ late: 500 });
      const before = ledger.acknowledged.size;
      const made = await backup(trial.main, file, whole, disk);
      const meanwhile = ledger.acknowledged.size - before;
      await load.stop();
      disk.close();
      if (meanwhile === 0) problems.push('nothing was taken in meanwhile');
      if (made.code !== 0) problems.push(`a slow backup ended with ${made.code}: ${made.said.slice(0, 200)}`);
      const refusals = ledger.answers.get(503) ?? 0;
      // To open the database takes its lock for a moment.
      if (refusals > ledger.acknowledged.size / 10) problems.push(`${refusals} were told to come again`);
      if (ledger.slowest > ANSWER_WITHIN) problems.push(`an answer took ${Math.round(ledger.slowest)} ms`);
      problems.push(...(await compare(server.url, file, ledger)));
      await server.kill();
      if (made.code === 0) {
        const copy = await start(whole, { main: trial.main });
        // It is of one moment: what was acknowledged after it is not missed.
        problems.push(
          ...(await compare(copy.url, whole, { ...ledger, acknowledged: new Set(), quarantined: new Set() })),
        );
        await copy.kill();
      }
      return { problems, ledger, note: `${meanwhile} acknowledged meanwhile` };
    }),
};
