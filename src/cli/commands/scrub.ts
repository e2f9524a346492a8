import { createReadStream, statSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import type { Command } from 'commander';
import { csvLine } from '../../app/csv.ts';
import { type Client, withClient } from '../client.ts';
import { Failure, usage } from '../failure.ts';
import { filterFor } from '../filter-file.ts';
import { batches } from '../input.ts';
import { clean, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';
import { type Asked, type Result, scrub } from '../scrubbing.ts';
import { wholeFile } from '../whole-file.ts';

interface Options {
  readonly kept?: string;
  readonly removed?: string;
  readonly stream?: string;
  readonly filter?: string;
}

export default function scrubList(command: Command): void {
  command
    .argument('[file]', 'addresses, one a line; none = stdin')
    .option('--kept <file>', 'lines that may be sent to, as they came (default: stdout)')
    .option('--removed <file>', 'CSV of the others: address, reason, category, code, until')
    .option('--stream <stream>', 'the kind of mail you mean to send (default: the strictest answer)')
    .option(
      '--filter <file>',
      'where a filter of the list is kept between runs (default: beside the local database)',
    )
    .action(async (file: string | undefined, _options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const counts = await withClient(options, 'refuse', (client) => run(client, file ?? '-', options));
      if (options.json === true) printJson(counts);
      else
        say(
          `${counts.kept.toLocaleString('en')} kept, ${counts.removed.toLocaleString('en')} removed${counts.removed > 0 && options.removed === undefined ? ' (--removed FILE tells why)' : ''}.`,
        );
    });
  command.addHelpText(
    'after',
    `
Lines keep their order. What cannot be read as an address is removed, with the reason "invalid-address". Both files
appear when they are whole. A long list is compared with a filter of the suppression list first, which is made once and
brought up to date by later runs; what may be on it is asked one by one.`,
  );
  examples(command, [
    ['mailstop scrub list.txt --kept send.txt --removed why.csv', 'before a campaign'],
    ['cut -f 1 people.tsv | mailstop scrub --stream marketing > send.txt', 'in a pipe'],
  ]);
}

const header = ['address', 'reason', 'category', 'code', 'until'] as const;

async function run(client: Client, file: string, options: Options & { readonly json?: boolean }) {
  const { input, bytes } = openInput(file);
  const [kept, removed] = [outputTo(options.kept, options.json === true), outputTo(options.removed, true)];
  const bar = progress('Scrubbing', bytes);
  const counts = { kept: 0, removed: 0 };
  try {
    await removed.write(csvLine(header));
    const ask: Asked = async (addresses) =>
      (
        await client.ask<{ results: Result[] }>('POST', '/v1/check', {
          json: { addresses, stream: options.stream },
        })
      ).results;
    const lines = batches(input, 20_000);
    for await (const part of scrub(lines, ask, () =>
      filterFor(client, options.stream ?? null, options.filter),
    )) {
      counts.kept += part.kept.length;
      counts.removed += part.removed.length;
      if (part.kept.length > 0) await kept.write(`${part.kept.join('\n')}\n`);
      if (part.removed.length > 0)
        await removed.write(
          part.removed.map((row) => csvLine(header.map((name) => row[name] ?? null))).join(''),
        );
      bar.add(part.bytes);
    }
    await Promise.all([kept.finish(), removed.finish()]);
  } finally {
    bar.stop();
    await Promise.all([kept.discard(), removed.discard()]);
  }
  return counts;
}

function openInput(file: string): { readonly input: Readable; readonly bytes: number | null } {
  if (file === '-') {
    if (process.stdin.isTTY) say('Reading addresses, one a line; end with Ctrl+D.');
    return { input: process.stdin, bytes: null };
  }
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) throw usage(`there is no file "${clean(file)}"`);
  if (stat.isDirectory()) throw usage(`"${clean(file)}" is a directory; name a file`);
  return { input: createReadStream(file, { highWaterMark: 1024 * 1024 }), bytes: stat.size };
}

interface Output {
  write(text: string): Promise<void>;
  /** Gives it its name. */
  finish(): Promise<void>;
  /** Does nothing after `finish`. */
  discard(): Promise<void>;
}

/** To stdout where no file is named, or nowhere. */
function outputTo(file: string | undefined, orNowhere: boolean): Output {
  const nothing = async () => {};
  if (file === undefined)
    return {
      write: orNowhere ? nothing : (text) => written(process.stdout, text),
      finish: nothing,
      discard: nothing,
    };
  const { stream, finish, discard } = wholeFile(file);
  const failed = new Promise<never>((_resolve, reject) =>
    stream.once('error', (error) => reject(new Failure(`cannot write "${clean(file)}" (${error.message})`))),
  );
  failed.catch(() => {});
  return {
    write: (text) => Promise.race([written(stream, text), failed]),
    finish: () => Promise.race([finish(), failed]),
    discard,
  };
}

const written = (stream: Writable, text: string): Promise<void> =>
  stream.write(text) ? Promise.resolve() : new Promise((resolve) => stream.once('drain', resolve));
