/** A disk that is read-only, and files that may not be used: a start refuses in one line and leaves all as it is. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mount, repeat, umount, withFault } from './broken-disk.ts';
import { mutants } from './build.ts';
import { type Fault, newSite, type Site, type Trial } from './fault.ts';
import { once } from './load.ts';
import { compare } from './oracle.ts';
import { killAll, NotStarted, type StartOptions, start } from './server.ts';

const NOBODY = 65_534;

export const readOnlyDisk: Fault = {
  id: 'F9',
  title: 'read-only file system, at the start and under a live process',
  needs: ['root', 'compiler'],
  rounds: { short: 1, long: 5 },
  control: { title: mutants.answersAnyway.title, mutant: mutants.answersAnyway, rounds: 1 },
  run: (trial) =>
    repeat(trial, async (folder) => {
      const root = join(folder, 'mounted');
      mkdirSync(root);
      mount('-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', root);
      try {
        const site = await loaded(trial, root);
        mount('-o', 'remount,ro', root);
        const refused = await refusal(trial, site.file);
        mount('-o', 'remount,rw', root);
        const live = await withFault(trial, join(folder, 'live'), { writes: 'EROFS' });
        return {
          problems: [...refused, ...(await back(trial, site)), ...live.problems],
          ledger: site.ledger,
        };
      } finally {
        await killAll();
        umount(root);
      }
    }),
};

/** Rights that are taken away, each by itself. */
const takeaways: readonly {
  readonly what: string;
  take(site: Site, folder: string): void;
  give(site: Site, folder: string): void;
}[] = [
  {
    what: 'the database',
    take: ({ file }) => chmodSync(file, 0),
    give: ({ file }) => chmodSync(file, 0o600),
  },
  {
    what: 'writing the database',
    take: ({ file }) => chmodSync(file, 0o400),
    give: ({ file }) => chmodSync(file, 0o600),
  },
  {
    what: 'the folder',
    take: (_, folder) => chmodSync(folder, 0),
    give: (_, folder) => chmodSync(folder, 0o700),
  },
  {
    what: 'writing the folder',
    take: (_, folder) => chmodSync(folder, 0o500),
    give: (_, folder) => chmodSync(folder, 0o700),
  },
  {
    what: 'the secret',
    take: ({ file }) => chmodSync(`${file}.secret`, 0),
    give: ({ file }) => chmodSync(`${file}.secret`, 0o600),
  },
];

export const lostPermissions: Fault = {
  id: 'F10',
  title: 'rights to the database, its folder or its secret lost',
  needs: [],
  rounds: { short: 1, long: 3 },
  control: { title: 'nothing is taken away, so that the start is not refused', rounds: 1 },
  run: (trial) =>
    repeat(trial, async (parent) => {
      const folder = join(parent, 'data');
      mkdirSync(folder);
      const site = await loaded(trial, folder);
      // Root may read everything, so root lets nobody run it.
      const uid = process.getuid?.() === 0 ? NOBODY : undefined;
      if (uid !== undefined) {
        for (const path of [parent, join(parent, '..'), join(parent, '../..')]) chmodSync(path, 0o755);
        for (const path of [folder, ...readdirSync(folder).map((name) => join(folder, name))])
          chownSync(path, uid, uid);
      }
      const problems: string[] = [];
      for (const { what, take, give } of takeaways) {
        const before = contents(folder);
        if (!trial.isControl) take(site, folder);
        const refused = await refusal(trial, site.file, uid === undefined ? {} : { uid });
        give(site, folder);
        problems.push(...refused.map((problem) => `${what}: ${problem}`));
        if (contents(folder) !== before) problems.push(`${what}: the files were changed`);
        if (problems.length > 0) break;
      }
      return { problems: [...problems, ...(await back(trial, site))], ledger: site.ledger };
    }),
};

/** A database with something in it, whose server has stopped in good order. */
async function loaded(trial: Trial, folder: string): Promise<Site> {
  const site = await newSite(trial, folder);
  for (let i = 0; i < 30; i++) await once(site.server.url + site.path, site.ledger);
  site.server.process.kill('SIGTERM');
  await site.server.ended(10_000);
  return site;
}

async function refusal(trial: Trial, file: string, options: StartOptions = {}): Promise<string[]> {
  try {
    const server = await start(file, { main: trial.main, ...options });
    await server.kill();
    return ['it started'];
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error;
    const lines = error.message.trim().split('\n');
    if (lines.length !== 1) return [`it said ${lines.length} lines: ${lines.slice(0, 3).join(' / ')}`];
    if (!error.message.includes(file)) return [`its message does not name the file: ${lines[0]}`];
    return [];
  }
}

/** All is as it was once the rights are back. */
async function back(trial: Trial, { file, ledger }: Site): Promise<string[]> {
  const server = await start(file, { main: trial.main });
  const problems = await compare(server.url, file, ledger);
  await server.kill();
  return problems;
}

const contents = (folder: string): string =>
  readdirSync(folder)
    .sort()
    .map((name) => `${name} ${readFileSync(join(folder, name)).toString('base64')}`)
    .join('\n');
