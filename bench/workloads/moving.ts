/** Whole lists: in, out, and against a mailing list. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { shipped } from '../../test/faults/build.ts';
import { ADMIN_KEY } from '../../test/faults/server.ts';
import { type Ended, type Settings, timed } from '../machine.ts';
import { listed, seed, unlisted } from '../seed.ts';
import type { Line } from '../table.ts';
import { memory, unique } from './intake.ts';

/** Rows of each list that is moved. */
const most = ({ sizes }: Settings): number => Math.min(1_000_000, sizes.at(-1) ?? 0);

export async function* moving(settings: Settings): AsyncGenerator<Line> {
  yield* imports(settings);
  yield* exports(settings);
  yield await scrubbing(settings);
}

const mailstop = (file: string, ...args: readonly string[]): Promise<Ended> =>
  timed(process.execPath, [shipped, ...args], {
    env: { MAILSTOP_DATABASE_URL: `file:${file}`, MAILSTOP_ADMIN_KEY: ADMIN_KEY },
  });

async function* imports(settings: Settings): AsyncGenerator<Line> {
  const rows = most(settings);
  const csv = join(settings.folder, 'list.csv');
  await write(
    csv,
    ['address,reason,created_at'],
    rows,
    (i) => `${listed(i)},${i % 10 === 0 ? 'complaint' : 'hard-bounce'},2025-06-01T00:00:00Z`,
  );
  const file = join(settings.folder, `${unique()}.db`);
  const ours = await mailstop(file, 'import', csv);
  const limit = await shellImport(settings, csv);
  yield {
    workload: 'mailstop import FILE.csv',
    entries: rows,
    value: rows / ours.seconds,
    unit: 'rows/s',
    limit: { name: "sqlite3's .import into the same table, one transaction", value: rows / limit.seconds },
    floor: 0.4,
    ...memory(ours.peak),
  };
  yield* peakOf(rows, ours, 300);
}

/** Where the system tells it. */
function* peakOf(entries: number, { peak }: Ended, most: number): Generator<Line> {
  if (peak === undefined) return;
  yield {
    workload: '… and its memory at most',
    entries,
    value: peak,
    unit: 'MiB',
    isCost: true,
    limit: { name: `${most} MiB`, value: most },
    floor: 1,
  };
}

/** Into the table itself, with its indexes: three columns of each row from the file, the others as they would be. */
async function shellImport({ folder }: Settings, csv: string): Promise<Ended> {
  const file = join(folder, `${unique()}.db`);
  await seed(file, 0, []);
  const script = [
    'pragma journal_mode = wal;',
    'pragma synchronous = full;',
    'create temp view given as select null as address, null as reason, null as created_at;',
    `create temp trigger fill instead of insert on given begin
       insert into suppressions (tenant, address, stream, reason, id, domain, origin, state, retry, rule, policy_version, created_at, updated_at)
       values ('default', new.address, '*', new.reason, 'sup_0' || substr('0000000000000000000000000' || new.address, -25),
         substr(new.address, instr(new.address, '@') + 1), 'import', 'active', 'no', 'import', 'default-1', 1, 1);
     end;`,
    '.mode csv',
    'begin;',
    `.import --skip 1 ${csv} given`,
    'commit;',
  ].join('\n');
  return timed('sqlite3', [file], { stdin: `${script}\n` });
}

async function* exports(settings: Settings): AsyncGenerator<Line> {
  const rows = most(settings);
  const file = await settings.databaseOf(rows);
  const limit = await timed('sqlite3', [file], {
    stdin: `.mode csv\n.headers on\n.output ${join(settings.folder, 'shell.csv')}\nselect * from suppressions;\n`,
  });
  for (const format of ['csv', 'ndjson']) {
    const out = join(settings.folder, `export.${format}`);
    const ours = await mailstop(file, 'export', '--format', format, '--output', out);
    yield {
      workload: `mailstop export --format ${format}`,
      entries: rows,
      value: rows / ours.seconds,
      unit: 'rows/s',
      limit: { name: "sqlite3's .mode csv", value: rows / limit.seconds },
      floor: 0.5,
      ...memory(ours.peak),
    };
    yield* peakOf(rows, ours, 200);
  }
}

async function scrubbing(settings: Settings): Promise<Line> {
  const entries = settings.sizes.at(-1) ?? 0;
  const rows = most(settings);
  const file = await settings.databaseOf(entries);
  const step = Math.max(1, Math.floor(entries / rows));
  const list = join(settings.folder, 'list.txt');
  // One in ten is on the list, and they come in no order.
  await write(list, [], rows, (i) => {
    const at = ((i * 7_919_993) % rows) * step;
    return i % 10 === 0 ? listed(at) : unlisted(at);
  });
  const sorted = join(settings.folder, 'sorted.txt');
  await write(sorted, [], entries, listed);
  const env = { LC_ALL: 'C' };
  execFileSync('sort', ['-o', sorted, sorted], { env: { ...process.env, ...env } });
  const [kept, removed] = [join(settings.folder, 'kept.txt'), join(settings.folder, 'why.csv')];
  const filter = join(settings.folder, 'filter');
  const run = () => mailstop(file, 'scrub', list, '--kept', kept, '--removed', removed, '--filter', filter);
  // The first run makes the filter, later ones bring it up to date.
  await run();
  const ours = await run();
  const limit = await timed(
    'sh',
    ['-c', `sort ${list} | comm -23 - ${sorted} > ${join(settings.folder, 'comm.txt')}`],
    {
      env,
    },
  );
  return {
    workload: 'mailstop scrub FILE, one in ten on the list, filter kept',
    entries,
    value: rows / ours.seconds,
    unit: 'rows/s',
    limit: { name: 'LC_ALL=C sort, then comm with the sorted list', value: rows / limit.seconds },
    floor: 0.5,
    ...memory(ours.peak),
  };
}

async function write(
  file: string,
  head: readonly string[],
  rows: number,
  line: (i: number) => string,
): Promise<void> {
  const out = createWriteStream(file);
  const some = 20_000;
  for (const text of head) out.write(`${text}\n`);
  for (let from = 0; from < rows; from += some) {
    let text = '';
    for (let i = from; i < Math.min(rows, from + some); i++) text += `${line(i)}\n`;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
}
