import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { type Filter, FilterError, openFilter } from '../../filter/reader.ts';
import { withClient } from '../client.ts';
import { exitCodes, Failure, usage } from '../failure.ts';
import { batches, meansStdin } from '../input.ts';
import { clean, facts, print, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { writeWhole } from '../whole-file.ts';

export default function filter(command: Command): void {
  build(command.command('build').summary('write the list as a small file for checks without a network'));
  check(command.command('check').summary('ask a filter; needs its key, and no server'));
  key(command.command('key').summary('the key of the filters, for those who check'));
  examples(command, [
    ['mailstop filter build list.filter', 'what blocks any mail, 1.13 bytes an entry'],
    ['mailstop filter build --stream receipts --bits 16 receipts.filter', 'one stream, fewer questions'],
    [
      'MAILSTOP_FILTER_KEY=$(mailstop filter key) mailstop filter check list.filter ann@example.com',
      'ask it',
    ],
  ]);
}

interface BuildOptions {
  readonly stream?: string;
  readonly bits?: string;
}

function build(command: Command): void {
  command
    .argument('<file>', 'where to write it; it appears when it is whole')
    .option('--stream <stream>', 'what blocks this stream (default: what blocks any)')
    .option('--bits <bits>', '8: 1 other address in 256 has to be asked online; 16: 1 in 65,536', '8')
    .action(async (file: string, _options: object, self: Command) => {
      const options = optionsOf<BuildOptions>(self);
      const { bytes, opened } = await withClient(options, 'refuse', async (client) => {
        if (process.stderr.isTTY) say('Reading the list …');
        const { stream, bits } = options;
        const answer = await client.call('GET', '/v1/filter', { query: { stream, bits } });
        const bytes = new Uint8Array(await answer.arrayBuffer());
        const { key } = await client.ask<{ key: string }>('GET', '/v1/filter/key');
        return { bytes, opened: await openFilter(bytes, key) };
      });
      await writeWhole(file, bytes);
      const { manifest } = opened;
      if (options.json === true) return printJson({ file, bytes: bytes.length, ...manifest });
      print(
        facts([
          ['file', file],
          ['entries', manifest.entries.toLocaleString('en')],
          ['bytes', bytes.length.toLocaleString('en')],
          ['version', manifest.version],
          [
            'asked online',
            `1 of ${Math.round(1 / manifest.false_positive_rate).toLocaleString('en')} others`,
          ],
        ]),
      );
    });
}

function key(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf<object>(self);
    const answer = await withClient(options, 'refuse', (client) =>
      client.ask<{ key: string }>('GET', '/v1/filter/key'),
    );
    if (options.json === true) printJson(answer);
    else print(answer.key);
  });
}

function check(command: Command): void {
  command
    .argument('<file>', 'made by "mailstop filter build", or GET /v1/filter')
    .argument('[addresses...]', 'addresses to ask about; none = read them from stdin, one a line')
    .option(
      '--filter-key <key>',
      'what "mailstop filter key" prints (default: MAILSTOP_FILTER_KEY of the environment)',
    )
    .action(async (file: string, addresses: string[], _options: object, self: Command) => {
      const options = optionsOf<{ readonly filterKey?: string }>(self);
      const found = await open(file, options.filterKey ?? process.env.MAILSTOP_FILTER_KEY);
      process.exitCode = exitCodes.done;
      const all = meansStdin(addresses) ? batches(process.stdin, 1_000) : [addresses];
      for await (const some of all) {
        const rows = some.map((address) => ({ address, ask: found.mayBeSuppressed(address.trim()) }));
        if (rows.some(({ ask }) => ask)) process.exitCode = exitCodes.suppressed;
        print(
          rows
            .map((row) =>
              options.json === true
                ? JSON.stringify(row)
                : `${row.ask ? 'ask' : 'yes'}\t${clean(row.address)}`,
            )
            .join('\n'),
        );
      }
    });
  command.addHelpText(
    'after',
    '\nIt says "yes, send" or "ask": the server knows more. Exit codes: 0 all may be sent to, 3 at least one is to be asked.',
  );
}

async function open(file: string, key: string | undefined): Promise<Filter> {
  if (key === undefined || key === '')
    throw usage(
      'give the key of the filter with --filter-key, or in MAILSTOP_FILTER_KEY; "mailstop filter key" prints it',
    );
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw usage(`cannot read "${clean(file)}" (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
  try {
    return await openFilter(bytes, key);
  } catch (error) {
    if (error instanceof FilterError) throw new Failure(`${clean(file)}: ${error.message}`);
    throw error;
  }
}
