import { accessSync, constants, createReadStream, statSync } from 'node:fs';
import { extname } from 'node:path';
import type { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { type Command, Option } from 'commander';
import { type Client, withClient } from '../client.ts';
import { exitCodes, Failure, usage } from '../failure.ts';
import { formats } from '../input.ts';
import { clean, plural, print, printJson, say, table } from '../output.ts';
import { parts } from '../parts.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';

type Format = keyof typeof formats;

interface Options {
  readonly dryRun?: boolean;
  readonly reason?: string;
  readonly format?: Format;
}

interface Skipped {
  readonly line: number;
  readonly detail: string;
}

interface Report {
  readonly format: string | null;
  readonly by_reason: Readonly<Record<string, number>>;
  readonly added: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly unreadable: number;
  readonly errors: readonly Skipped[];
}

/** Skipped rows that are told one by one. */
const MAX_ERRORS = 1_000;

export default function importList(command: Command): void {
  command
    .argument('<file>', 'CSV with a header line, one address a line, or NDJSON; "-" reads stdin')
    .addOption(
      new Option('--format <format>', 'what it is (default: by the name of the file)').choices(
        Object.keys(formats),
      ),
    )
    .option('--dry-run', 'say what is understood, and change nothing')
    .option('--reason <reason>', 'of rows that name none (default: manual)')
    .action(async (file: string, _options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const format = options.format ?? formatOf(file);
      const { input, bytes } = openInput(file);
      // A row is done with when the next ones come: more room for young objects only makes the process larger, by 140 MiB.
      setFlagsFromString('--semi-space-growth-factor=1');
      const report = await withClient(options, options.dryRun === true ? 'in-memory' : 'create', (client) =>
        send(client, input, format, bytes, options),
      );
      if (report.unreadable > 0) process.exitCode = exitCodes.failed;
      if (options.json === true) printJson(report);
      else tell(report, options.dryRun === true);
    });
  command.addHelpText(
    'after',
    `
Columns: address (or email), reason, stream, note, until, created_at, code, enhanced, text; in any order.
Exports of other systems are known by their columns: see docs/import.md, or try --dry-run.
It adds and lengthens, and never removes or shortens. Sending a list again changes nothing.
Exit code 1 where rows could not be read; rows that ask for nothing, such as active subscribers, are only told.`,
  );
  examples(command, [
    ['mailstop import --dry-run bounces.csv', 'what would be understood of it'],
    ['mailstop import old-list.csv', 'a list from elsewhere'],
    ['mailstop import --format ndjson - < list.ndjson', 'from another program'],
  ]);
}

async function send(
  client: Client,
  input: Readable,
  format: Format,
  bytes: number | null,
  { dryRun, reason }: Options,
): Promise<Report> {
  const total = {
    format: null as string | null,
    by_reason: {} as Record<string, number>,
    added: 0,
    unchanged: 0,
    skipped: 0,
    unreadable: 0,
    errors: [] as Skipped[],
  };
  const bar = progress('Importing', bytes);
  try {
    for await (const part of parts(input, format)) {
      const report = await client.ask<Report>('POST', '/v1/suppressions/import', {
        body: new Uint8Array(part.text),
        query: { dry_run: dryRun === true ? true : undefined, reason },
        headers: { 'content-type': formats[format] },
      });
      total.format ??= report.format;
      for (const [of, count] of Object.entries(report.by_reason))
        total.by_reason[of] = (total.by_reason[of] ?? 0) + count;
      total.added += report.added;
      total.unchanged += report.unchanged;
      total.skipped += report.skipped;
      total.unreadable += report.unreadable;
      const room = MAX_ERRORS - total.errors.length;
      total.errors.push(
        ...report.errors.slice(0, room).map(({ line, detail }) => ({ line: line + part.lineOffset, detail })),
      );
      bar.add(part.bytes);
    }
    return total;
  } finally {
    bar.stop();
    input.destroy();
  }
}

function formatOf(file: string): Format {
  const extension = extname(file).toLowerCase();
  if (['.csv', '.tsv', '.txt'].includes(extension)) return 'csv';
  if (['.ndjson', '.jsonl'].includes(extension)) return 'ndjson';
  const name = file === '-' ? 'stdin' : `"${clean(file)}"`;
  if (extension === '.json')
    throw usage(
      `${name} is taken for one JSON document; read its rows with jq -c '.[]' ${name} | mailstop import --format ndjson -, or say --format ndjson where it has an object a line`,
    );
  if (['.xls', '.xlsx', '.ods'].includes(extension))
    throw usage(`${name} is a spreadsheet; save it as CSV (UTF-8) first`);
  throw usage(`say what ${name} is with --format csv or --format ndjson`);
}

/** `bytes` is null where nobody knows how much will come. */
function openInput(file: string): { input: Readable; bytes: number | null } {
  if (file === '-') return { input: process.stdin, bytes: null };
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw usage(`there is no file "${clean(file)}"`);
  if (stat.isDirectory()) throw usage(`"${clean(file)}" is a directory; name a file`);
  try {
    accessSync(file, constants.R_OK);
  } catch {
    throw new Failure(`this user may not read "${clean(file)}"`);
  }
  return { input: createReadStream(file), bytes: stat.isFile() ? stat.size : null };
}

function tell({ format, by_reason, added, unchanged, skipped, errors }: Report, dryRun: boolean): void {
  const columns = [
    { title: 'LINE', value: (row: Skipped) => String(row.line) },
    { title: 'SKIPPED BECAUSE', value: (row: Skipped) => row.detail },
  ];
  if (errors.length > 0) print(table(columns, errors));
  const rows = Object.entries(by_reason).map(([reason, count]) => `${count.toLocaleString('en')} ${reason}`);
  if (format !== null && format !== 'own') say(`Read as an export of ${format}.`);
  if (dryRun)
    say(
      `Would import ${rows.join(', ') || 'nothing'}${skipped === 0 ? '' : `, and skip ${plural(skipped, 'row')}`}. Nothing was changed.`,
    );
  else
    say(
      `${added.toLocaleString('en')} added, ${unchanged.toLocaleString('en')} on the list already${skipped === 0 ? '' : `, ${plural(skipped, 'row')} skipped`}.`,
    );
}
