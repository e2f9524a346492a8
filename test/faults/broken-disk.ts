/** The disk is full, refuses writes, loses what it was given, or is slow. */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { mutants } from './build.ts';
import { type Disk, type Faulty, makeDisk } from './disk.ts';
import { type Fault, newFolder, newSite, type Outcome, type Site, type Trial, tally } from './fault.ts';
import { addressOf, itemOf, type Ledger, moreThan, once, post, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { api, killAll, pause, start } from './server.ts';

const answersAnyway = { title: mutants.answersAnyway.title, mutant: mutants.answersAnyway, rounds: 1 };
/** MailerSend gives up after three seconds. */
const ANSWER_WITHIN = 2_500;

export const diskFull: Fault = {
  id: 'F5',
  title: 'disk full, then space again',
  needs: ['root'],
  rounds: { short: 1, long: 5 },
  control: answersAnyway,
  run: (trial) =>
    repeat(trial, async (folder) => {
      const root = join(folder, 'small');
      mkdirSync(root);
      mount('-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', root);
      try {
        const site = await newSite(trial, root);
        const ballast = join(root, 'ballast');
        return await during(trial, site, {
          break: () => fill(ballast),
          mend: () => rmSync(ballast),
        });
      } finally {
        await killAll();
        umount(root);
      }
    }),
};

export const writesFail: Fault = {
  id: 'F6',
  title: 'ENOSPC and EIO for every write of a live process, then none',
  needs: ['compiler'],
  rounds: { short: 1, long: 10 },
  control: answersAnyway,
  run: (trial) =>
    repeat(trial, async (folder) => {
      const problems: string[] = [];
      let ledger: Ledger | null = null;
      for (const writes of ['ENOSPC', 'EIO'] as const) {
        const outcome = await withFault(trial, join(folder, writes), { writes });
        problems.push(...outcome.problems);
        ledger = outcome.ledger;
      }
      return { problems, ledger: ledger as Ledger };
    }),
};

export const lostSync: Fault = {
  id: 'F7',
  title: 'an fsync fails: what it covered is gone, and the process must not go on',
  needs: ['compiler'],
  rounds: { short: 2, long: 20 },
  control: { title: mutants.livesOn.title, mutant: mutants.livesOn, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const disk = makeDisk(trial.shim, folder, { keepsWhatIsFsynced: true });
      const { path, ledger, server } = await newSite(trial, disk.root, { env: disk.env });
      const load = startLoad(server, path, ledger);
      await moreThan(50, ledger);
      await pause(trial.random() * 300);
      disk.be({ syncs: 'EIO' });
      const code = await server.ended(3_000);
      await server.kill();
      await load.stop();
      disk.close();
      const problems: string[] = [];
      if (code === 'still there') problems.push('it went on after a failed fsync');
      else if (code === 0 || code === null) problems.push(`it ended with ${code}`);
      else if (!/disk/.test(server.said())) problems.push('its last words do not name the disk');
      const file = join(disk.snap, 'mailstop.db');
      const after = await start(file, { main: trial.main });
      problems.push(...(await compare(after.url, file, ledger)));
      await after.kill();
      return { problems, ledger };
    }),
};

export const slowDisk: Fault = {
  id: 'F8',
  title: 'each fsync takes 300 ms',
  needs: ['compiler'],
  rounds: { short: 1, long: 5 },
  control: { title: 'each fsync takes 3 s', rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const disk = makeDisk(trial.shim, folder);
      const { file, path, ledger, server } = await newSite(trial, disk.root, { env: disk.env });
      disk.be({ late: trial.isControl ? 3_000 : 300 });
      // More at once than are let in: the rest is told to come again, and nobody waits for nothing.
      await Promise.all(Array.from({ length: 150 }, () => once(server.url + path, ledger)));
      const load = startLoad(server, path, ledger);
      await pause(2_000);
      await load.stop();
      const { slowest } = ledger;
      disk.be({});
      const problems = await compare(server.url, file, ledger);
      if ((ledger.answers.get(503) ?? 0) === 0)
        problems.push('150 at once, and nobody was told to come again');
      if ((ledger.answers.get(0) ?? 0) > 0) problems.push('a request without an answer');
      if (slowest > ANSWER_WITHIN) problems.push(`an answer took ${Math.round(slowest)} ms`);
      await server.kill();
      disk.close();
      return { problems, ledger, note: `slowest answer ${Math.round(slowest)} ms` };
    }),
};

interface Trialled {
  readonly problems: readonly string[];
  readonly ledger: Ledger;
  readonly note?: string;
}

export async function repeat(trial: Trial, run: (folder: string) => Promise<Trialled>): Promise<Outcome> {
  const problems: string[] = [];
  let acknowledged = 0;
  let note: string | undefined;
  for (let round = 0; round < trial.rounds; round++) {
    const folder = newFolder(trial);
    const outcome = await run(folder);
    problems.push(...outcome.problems);
    acknowledged += outcome.ledger.acknowledged.size + outcome.ledger.quarantined.size;
    note = outcome.note;
    rmSync(folder, { recursive: true, force: true });
  }
  return {
    problems: tally(problems),
    acknowledged,
    rounds: trial.rounds,
    ...(note === undefined ? {} : { note }),
  };
}

export async function withFault(trial: Trial, folder: string, faulty: Faulty): Promise<Trialled> {
  mkdirSync(folder, { recursive: true });
  const disk: Disk = makeDisk(trial.shim, folder);
  const site = await newSite(trial, disk.root, { env: disk.env });
  try {
    return await during(trial, site, { break: () => disk.be(faulty), mend: () => disk.be({}) });
  } finally {
    disk.close();
  }
}

/**
 * Load, a fault that lasts for a while, and its end: told to come again meanwhile, checks answered from what is there,
 * and taking in again afterwards without a restart.
 */
async function during(
  trial: Trial,
  { file, path, ledger, server }: Site,
  fault: { break(): void; mend(): void },
): Promise<Trialled> {
  const problems: string[] = [];
  const load = startLoad(server, path, ledger);
  await pause(200);
  // A machine that has much else to do is slow to begin.
  for (let waited = 0; ledger.acknowledged.size === 0 && waited < 5_000; waited += 50) await pause(50);
  fault.break();
  await pause(1_500);
  const known = [...ledger.acknowledged][0];
  if (known === undefined) problems.push('nothing was taken in before the fault');
  else {
    const { results } = await api<{ results: { suppressed: boolean | null }[] }>(server.url, '/v1/check', {
      addresses: [addressOf(known)],
    }).catch(() => ({ results: [] }));
    if (results[0]?.suppressed !== true) problems.push('a check was not answered meanwhile');
  }
  await load.stop();
  if ((ledger.answers.get(503) ?? 0) === 0) problems.push('nobody was told to come again');
  fault.mend();
  const number = ledger.next++;
  ledger.sent.add(number);
  const deadline = performance.now() + 5_000;
  while ((await post(server.url + path, itemOf(number))).status !== 200) {
    if (performance.now() > deadline) {
      problems.push('it takes nothing in after the fault is mended');
      break;
    }
    await pause(50);
  }
  problems.push(...(await compare(server.url, file, ledger)));
  await server.kill();
  // What a kill leaves must be as good as what the running server showed.
  const after = await start(file, { main: trial.main });
  problems.push(...(await compare(after.url, file, ledger)));
  await after.kill();
  return { problems, ledger };
}

/** Takes all the space that is left, while others are taking it too. */
export function fill(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (const chunk = Buffer.alloc(65_536); ; ) writeSync(handle, chunk);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(handle);
  }
}

export function mount(...args: string[]): void {
  const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}

export function umount(...args: string[]): void {
  const { status, stderr } = spawnSync('umount', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`umount ${args.join(' ')}: ${stderr}`);
}
