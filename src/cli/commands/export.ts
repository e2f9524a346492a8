import { pipeline } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { exportFormats } from '../../app/export-formats.ts';
import { type Client, withClient } from '../client.ts';
import { formats, readableOf } from '../input.ts';
import { say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { wholeFile } from '../whole-file.ts';

const filters = ['state', 'reason', 'stream', 'from', 'to'] as const;

interface Options extends Partial<Record<(typeof filters)[number], string>> {
  readonly format?: string;
  readonly output?: string;
  readonly spreadsheet?: boolean;
}

export default function exportList(command: Command): void {
  command
    .addOption(
      new Option(
        '--format <format>',
        'csv or ndjson (default: csv, and ndjson with --json), or that of another system',
      ).choices([...Object.keys(formats), ...exportFormats.map(({ id }) => id)]),
    )
    .option('-o, --output <file>', 'into a file, which appears when it is whole (default: stdout)')
    .option('--spreadsheet', 'CSV whose cells no spreadsheet takes for a formula')
    .option('--state <states>', 'of active,held,expired,released (default: active,held)')
    .option('--reason <reason>', 'only entries of this reason')
    .option('--stream <stream>', 'only entries of this stream')
    .option('--from <time>', 'changed at or after this time')
    .option('--to <time>', 'changed before this time')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      await withClient(options, 'refuse', async (client) => {
        const answer = await ask(client, options);
        await (options.output === undefined
          ? pipeline(readableOf(answer), process.stdout, { end: false })
          : writeAnswer(answer, options.output));
      });
    });
  command.addHelpText(
    'after',
    `
Another system's format is read back by "mailstop import". What it has no word for is told by a harder one, and soft
bounces are left out where no end can be told: docs/import.md says which. "plain" is an address a line.`,
  );
  examples(command, [
    ['mailstop export -o list.csv', 'every entry that blocks'],
    ['mailstop export --format ndjson | gzip > list.ndjson.gz', 'for another program'],
    ['mailstop export --format postmark -o postmark.csv', 'to take the list to Postmark'],
  ]);
}

function ask(client: Client, options: Options & { readonly json?: boolean }): Promise<Response> {
  const query = {
    ...Object.fromEntries(filters.map((name) => [name, options[name]])),
    format: options.format ?? (options.json === true ? 'ndjson' : 'csv'),
    spreadsheet: options.spreadsheet,
  };
  return client.call('GET', '/v1/suppressions/export', { query });
}

async function writeAnswer(answer: Response, file: string): Promise<void> {
  const whole = wholeFile(file);
  try {
    await pipeline(readableOf(answer), whole.stream, { end: false });
    await whole.finish();
  } finally {
    await whole.discard();
  }
  say(`Wrote ${file}.`);
}
