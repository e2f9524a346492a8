import { createReadStream, statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { Command } from 'commander';
import { type Client, withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { batches, meansStdin } from '../input.ts';
import { type Column, clean, print, printJson, say, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';
import { codesOf, type Meaning } from '../shapes.ts';

/** The API's limit for one request. */
const BATCH = 1_000;

type Row = Meaning & { readonly reply: string };

const columns: readonly Column<Row>[] = [
  { title: 'REPLY', value: (row) => row.reply, flexible: true },
  { title: 'CODE', value: codesOf },
  { title: 'TYPE', value: (row) => row.bounce_type },
  { title: 'CATEGORY', value: (row) => row.category },
  { title: 'VERDICT', value: (row) => row.verdict },
  { title: 'SURE', value: (row) => row.confidence },
  { title: 'ACTION', value: (row) => row.action, style: (row) => (row.action === 'suppress' ? 'red' : null) },
  { title: 'RETRY', value: (row) => row.retry },
  { title: 'KNOWN BY', value: (row) => row.classified_by },
];

interface Options {
  readonly file?: string;
}

export default function classify(command: Command): void {
  command
    .argument(
      '[replies...]',
      'replies of mail servers; none = read them from stdin, one a line, without limit',
    )
    .option('--file <log>', 'read them from a file, one a line')
    .action(async (given: string[], _options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      const { file, json = false } = options;
      if (file !== undefined && given.length > 0) throw usage('give replies or --file, not both');
      await withClient(options, 'in-memory', (client) => {
        if (file !== undefined) return classifyFile(client, file, json);
        if (!meansStdin(given)) return classifyArguments(client, given, json);
        if (process.stdin.isTTY) say('Reading replies, one a line; end with Ctrl+D.');
        return classifyLines(client, process.stdin, json);
      });
    });
  command.addHelpText(
    'after',
    '\nLines come out as they are read: tab-separated, or with --json one object a line.',
  );
  examples(command, [
    ['mailstop classify "550 5.1.1 user unknown" "452 4.2.2 mailbox full"', 'a table'],
    ['grep status=bounced mail.log | mailstop classify --json', 'one object a line'],
    ['mailstop classify --file replies.txt > meanings.tsv', 'millions, with a bar and a summary'],
  ]);
}

async function classifyArguments(client: Client, replies: readonly string[], json: boolean): Promise<void> {
  const results: Row[] = [];
  for (let i = 0; i < replies.length; i += BATCH)
    results.push(...(await ask(client, replies.slice(i, i + BATCH))));
  if (json) printJson({ results });
  else print(table(columns, results));
}

async function classifyFile(client: Client, file: string, json: boolean): Promise<void> {
  const input = createReadStream(file);
  const bar = progress('Classifying', statSync(file).size);
  input.on('data', (chunk) => bar.add(chunk.length));
  await classifyLines(client, input, json).finally(() => bar.stop());
}

async function classifyLines(client: Client, input: Readable, json: boolean): Promise<void> {
  const verdicts = new Map<string, number>();
  for await (const lines of batches(input, BATCH)) {
    const rows = await ask(client, lines);
    for (const { verdict } of rows) verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
    print(rows.map((row) => (json ? JSON.stringify(row) : lineOf(row))).join('\n'));
  }
  if (verdicts.size === 0) throw usage('there is no reply to classify');
  say([...verdicts].map(([verdict, count]) => `${verdict}: ${count.toLocaleString('en')}`).join(', '));
}

const lineOf = (row: Row): string =>
  [row.verdict, row.category, row.action, row.confidence, row.classified_by, row.reply]
    .map((cell) => clean(cell ?? '-'))
    .join('\t');

async function ask(client: Client, replies: readonly string[]): Promise<Row[]> {
  const { results } = await client.ask<{ results: Meaning[] }>('POST', '/v1/classify', { json: { replies } });
  return results.map((result, i) => ({ reply: replies[i] ?? '', ...result }));
}
