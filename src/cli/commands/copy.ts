import type { Command } from 'commander';
import { exitCodes, usage } from '../failure.ts';
import { type End, move, openEnd } from '../moving.ts';
import { type Column, plural, print, printJson, say, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly fromKey?: string;
  readonly toKey?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

interface Row {
  readonly table: string;
  readonly rows: number;
  readonly sha256: string;
  readonly equal: boolean;
}

const columns: readonly Column<Row>[] = [
  { title: 'TABLE', value: (row) => row.table },
  { title: 'ROWS', value: (row) => row.rows.toLocaleString('en') },
  { title: 'SHA-256', value: (row) => row.sha256.slice(0, 16) },
  {
    title: '',
    value: (row) => (row.equal ? 'equal' : 'differs'),
    style: (row) => (row.equal ? 'green' : 'red'),
  },
];

export default function copy(command: Command): void {
  command
    .requiredOption('--from <url>', 'file:…, postgres://…, or https://… of a running server')
    .requiredOption('--to <url>', 'the same; a new database, made where it is missing')
    .option('--from-key <key>', 'an admin key of the server to read (default: MAILSTOP_KEY)')
    .option('--to-key <key>', 'an admin key of the server to write (default: MAILSTOP_KEY)')
    .option('--resume', 'go on with a copy that broke off')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const {
        from = '',
        to = '',
        fromKey = process.env.MAILSTOP_KEY,
        toKey = process.env.MAILSTOP_KEY,
      } = options;
      if (from === to) throw usage('--from and --to are the same');
      await withEnds(from, fromKey, to, toKey, (source, target) => run(source, target, options));
    });
  command.addHelpText(
    'after',
    `
Everything goes over: the list, the facts behind it, policies, sources, keys, receipts, the audit. At the end both ends
are read once more, and their counts and checksums compared (exit code 1 where they differ).
Stop what writes to the source first: what changes while rows are read may be missed, and then the checksums differ.
Secrets of sources stay sealed: start the target with the MAILSTOP_SECRET of the source.`,
  );
  examples(command, [
    ['mailstop copy --from file:./data/mailstop.db --to postgres://mailstop@db/mailstop', 'to PostgreSQL'],
    ['mailstop copy --from file:./data/mailstop.db --to https://mail.example.com', 'to a Worker and its D1'],
  ]);
}

async function withEnds(
  from: string,
  fromKey: string | undefined,
  to: string,
  toKey: string | undefined,
  work: (source: End, target: End) => Promise<void>,
): Promise<void> {
  const source = await openEnd(from, fromKey, 'refuse');
  try {
    const target = await openEnd(to, toKey, 'create');
    try {
      await work(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function run(source: End, target: End, { resume = false, json = false }: Options): Promise<void> {
  const { from, to, differing } = await move(source, target, resume);
  const rows = [...new Set([...from.keys(), ...to.keys()])].map(
    (name): Row => ({
      table: name,
      rows: to.get(name)?.rows ?? 0,
      sha256: to.get(name)?.sha256 ?? '',
      equal: !differing.includes(name),
    }),
  );
  if (json) printJson({ from: source.name, to: target.name, equal: differing.length === 0, tables: rows });
  else print(table(columns, rows));
  const total = rows.reduce((sum, row) => sum + row.rows, 0);
  if (differing.length === 0) {
    say(`${plural(total, 'row')}, the same at both ends.`);
    if (from.has('sources'))
      say('Start the target with the MAILSTOP_SECRET of the source: it opens the secrets of the sources.');
    return;
  }
  say(
    `mailstop: ${differing.join(', ')} differ: somebody wrote meanwhile. Stop what writes, then copy into a new database.`,
  );
  process.exitCode = exitCodes.failed;
}
