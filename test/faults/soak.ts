/** All that can befall one running server, in an order that chance chooses; nothing of it may be seen in the end. */
import Database from 'better-sqlite3';
import { repeat } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Disk, makeDisk } from './disk.ts';
import { type Fault, newSite, type Trial } from './fault.ts';
import { itemOf, type Ledger, once, post, startLoad } from './load.ts';
import { compare } from './oracle.ts';
import { breakOff } from './overload.ts';
import { pause, type Running, start } from './server.ts';

interface Befallen {
  readonly file: string;
  readonly path: string;
  readonly ledger: Ledger;
  server: Running;
  readonly disk: Disk | null;
  restart(): Promise<void>;
}

/** Each while requests come in. `needsDisk`: only where the shim could be built. */
const troubles: readonly {
  readonly what: string;
  readonly needsDisk?: true;
  be(on: Befallen): Promise<void>;
}[] = [
  {
    what: 'kill',
    async be(on) {
      await on.server.kill();
    },
  },
  {
    what: 'freeze',
    async be({ server }) {
      server.process.kill('SIGSTOP');
      await pause(400);
      server.process.kill('SIGCONT');
    },
  },
  {
    what: 'lock',
    async be({ file }) {
      const other = new Database(file, { timeout: 2_000 });
      other.exec('begin immediate');
      await pause(700);
      other.exec('commit');
      other.close();
    },
  },
  {
    what: 'crowd',
    async be({ server, path, ledger }) {
      await Promise.all(Array.from({ length: 150 }, () => once(server.url + path, ledger)));
    },
  },
  {
    what: 'broken bodies',
    async be({ server, path, ledger }) {
      const bodies = Array.from({ length: 20 }, () => JSON.stringify(itemOf(ledger.next++)));
      await Promise.all(bodies.map((body) => breakOff(server, path, body)));
    },
  },
  { what: 'no space', needsDisk: true, be: ({ disk }) => broken(disk, { writes: 'ENOSPC' }) },
  { what: 'I/O errors', needsDisk: true, be: ({ disk }) => broken(disk, { writes: 'EIO' }) },
  { what: 'slow disk', needsDisk: true, be: ({ disk }) => broken(disk, { late: 200 }) },
];

async function broken(disk: Disk | null, faulty: Parameters<Disk['be']>[0]): Promise<void> {
  disk?.be(faulty);
  await pause(500);
  disk?.be({});
}

export const soak: Fault = {
  id: 'F37',
  title: 'kills, freezes, locks, crowds, broken bodies and disks in a chance order',
  needs: [],
  rounds: { short: 1, long: 30 },
  control: { title: mutants.answersAnyway.title, mutant: mutants.answersAnyway, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const disk = trial.shim === '' ? null : makeDisk(trial.shim, folder);
      const options = disk === null ? {} : { env: disk.env };
      const site = await newSite(trial, disk?.root ?? folder, options);
      const on: Befallen = {
        ...site,
        disk,
        async restart() {
          on.server = await start(site.file, { main: trial.main, ...options });
        },
      };
      const order = shuffled(
        troubles.filter(({ needsDisk }) => needsDisk === undefined || disk !== null),
        trial,
      );
      for (const { be } of order) {
        const load = startLoad(on.server, on.path, on.ledger);
        await pause(50 + trial.random() * 100);
        await be(on);
        await load.stop();
        if (on.server.process.exitCode !== null || on.server.process.signalCode !== null) await on.restart();
      }
      const problems = await takesInAgain(on);
      problems.push(...(await compare(on.server.url, on.file, on.ledger)));
      await on.server.kill();
      await on.restart();
      problems.push(...(await compare(on.server.url, on.file, on.ledger)));
      await on.server.kill();
      disk?.close();
      return { problems, ledger: on.ledger, note: order.map(({ what }) => what).join(', ') };
    }),
};

async function takesInAgain({ server, path, ledger }: Befallen): Promise<string[]> {
  const number = ledger.next++;
  ledger.sent.add(number);
  const end = performance.now() + 5_000;
  while ((await post(server.url + path, itemOf(number))).status !== 200) {
    if (performance.now() > end) return ['it takes nothing in afterwards'];
    await pause(50);
  }
  ledger.acknowledged.add(number);
  return [];
}

/** Fisher and Yates. */
function shuffled<T>(of: readonly T[], { random }: Pick<Trial, 'random'>): T[] {
  const all = [...of];
  for (let last = all.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [all[last], all[other]] = [all[other] as T, all[last] as T];
  }
  return all;
}
