import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { type Client, withClient } from '../client.ts';
import { exitCodes, Failure } from '../failure.ts';
import { meansStdin } from '../input.ts';
import { clean, plural, print, printJson } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';

interface Options {
  readonly source?: string;
}

interface Counts {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly quarantined: number;
}
const none: Counts = { accepted: 0, duplicates: 0, ignored: 0, quarantined: 0 };

export default function ingest(command: Command): void {
  command
    .argument('[files...]', 'messages, mboxes, or what the source takes; none = read one from stdin')
    .option('--source <id>', 'in whose name (default: the only source of provider dsn)')
    .action(async (files: string[], _options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      const counts = await orAgain(() =>
        withClient(options, 'refuse', async (client) => {
          const source = options.source ?? (await onlyMailSource(client));
          return meansStdin(files)
            ? send(client, source, await buffer(process.stdin))
            : sendFiles(client, source, files);
        }),
      );
      if (options.json === true) printJson(counts);
      else print(sentence(counts));
    });
  command.addHelpText(
    'after',
    `
What cannot be read goes to quarantine, and counts as taken in. The same again changes nothing.
Exit codes: 0 it is stored; 75 it is not, whatever is in the way. Mail servers know 75 as EX_TEMPFAIL: they keep
the message, and come again.`,
  );
  examples(command, [
    ['mailstop ingest < bounce.eml', 'one message, or an mbox'],
    ['mailstop ingest --source dsn_… Maildir/new/*', 'many'],
    ['mailstop ingest --source postfix_… /var/log/mail.log', 'the log of a mail server'],
  ]);
}

/** Whatever is in the way may be put right, and until then the mail must wait: any other code would bounce it. */
async function orAgain<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Failure(clean(error instanceof Error ? error.message : String(error)), exitCodes.again);
  }
}

async function onlyMailSource(client: Client): Promise<string> {
  const { data } = await client.all<{ readonly id: string; readonly provider: string }>('/v1/sources');
  const [source, ...more] = data.filter(({ provider }) => provider === 'dsn');
  if (source === undefined)
    throw new Failure('there is no source of provider dsn; make one with "mailstop source add dsn --name …"');
  if (more.length > 0)
    throw new Failure(`there are ${more.length + 1} sources of provider dsn; say which with --source`);
  return source.id;
}

async function sendFiles(client: Client, source: string, files: readonly string[]): Promise<Counts> {
  const bar = progress('Taking in', files.length > 1 ? files.length : null);
  try {
    let total = none;
    for (const file of files) {
      total = sum(total, await send(client, source, readFileSync(file)));
      bar.add(1);
    }
    return total;
  } finally {
    bar.stop();
  }
}

const send = (client: Client, source: string, input: Buffer): Promise<Counts> =>
  client.ask<Counts>('POST', `/v1/sources/${encodeURIComponent(source)}/ingest`, {
    body: new Uint8Array(input),
    headers: { 'content-type': typeOf(input) },
  });

/** An mbox begins with the line that parts its messages; where it is not mail at all, nobody asks. */
const typeOf = (input: Buffer): string =>
  input.subarray(0, 5).toString('latin1') === 'From ' ? 'application/mbox' : 'message/rfc822';

const sum = (a: Counts, b: Counts): Counts => ({
  accepted: a.accepted + b.accepted,
  duplicates: a.duplicates + b.duplicates,
  ignored: a.ignored + b.ignored,
  quarantined: a.quarantined + b.quarantined,
});

function sentence({ accepted, duplicates, ignored, quarantined }: Counts): string {
  const parts = [
    `${plural(accepted, 'event')} taken in`,
    ...(duplicates > 0 ? [`${duplicates} known`] : []),
    ...(ignored > 0 ? [`${ignored} ignored`] : []),
    ...(quarantined > 0 ? [`${quarantined} in quarantine (see "mailstop replay")`] : []),
  ];
  return parts.join(', ');
}
