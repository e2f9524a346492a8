/**
 * How near Mailstop comes to what the machine gives. One table, each line beside its limit in the same run:
 *
 *   npm run build && npm run bench -- [--seconds 4] [--sizes 10000,1000000,10000000] [--only intake] [--data folder] [--json file] [--slack 4]
 *
 * Servers, load and limits are processes of their own. Only ratios count: two runs on one machine differ by a tenth.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { killAll } from '../test/faults/server.ts';
import { loadedClusters } from './load.ts';
import type { Settings } from './machine.ts';
import { seed } from './seed.ts';
import { fails, head, type Line, ratioOf, row } from './table.ts';
import { asking } from './workloads/asking.ts';
import { filtering } from './workloads/filtering.ts';
import { intake } from './workloads/intake.ts';
import { moving } from './workloads/moving.ts';
import { loading } from './workloads/pages.ts';
import { starting } from './workloads/starting.ts';
import { steering } from './workloads/steering.ts';

const workloads: Readonly<Record<string, (settings: Settings) => AsyncIterable<Line>>> = {
  intake,
  asking,
  moving,
  filtering,
  starting,
  steering,
  pages: loading,
};

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    sizes: { type: 'string', default: '10000,1000000' },
    only: { type: 'string', default: Object.keys(workloads).join(',') },
    data: { type: 'string' },
    json: { type: 'string' },
    /** Floors are divided by it: on a machine that does other things as well, only a collapse is news. */
    slack: { type: 'string', default: '1' },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'mailstop-bench-'));
const data = values.data ?? folder;
mkdirSync(data, { recursive: true });

const settings: Settings = {
  seconds: Number(values.seconds),
  sizes: values.sizes.split(',').map(Number),
  folder,
  async databaseOf(entries) {
    const file = join(data, `${entries}.db`);
    if (!existsSync(file)) {
      process.stderr.write(`Making a list of ${entries.toLocaleString('en')} entries …\n`);
      await seed(file, entries, loadedClusters);
    }
    return file;
  },
};

const lines: Line[] = [];
process.stdout.write(`${head()}\n`);
try {
  for (const name of values.only.split(',')) {
    const run = workloads[name];
    if (run === undefined)
      throw new Error(`--only takes ${Object.keys(workloads).join(', ')}, not "${name}"`);
    for await (const measured of run(settings)) {
      const line = {
        ...measured,
        floor: measured.floor === null ? null : measured.floor / Number(values.slack),
      };
      lines.push(line);
      process.stdout.write(`${row(line)}\n`);
    }
  }
} finally {
  await killAll();
  rmSync(folder, { recursive: true, force: true });
}
if (values.json !== undefined) {
  const machine = { cores: cpus().length, cpu: cpus()[0]?.model, memory: totalmem(), node: process.version };
  const kept = lines.map((line) => ({ ...line, ratio: ratioOf(line), below: fails(line) }));
  writeFileSync(
    values.json,
    `${JSON.stringify({ at: new Date().toISOString(), machine, lines: kept }, null, 2)}\n`,
  );
}
process.exitCode = lines.some(fails) ? 1 : 0;
