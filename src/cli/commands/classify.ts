import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { linesOf, meansStdin } from '../input.ts';
import { type Column, print, printJson, say, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { codesOf, type Meaning } from '../shapes.ts';

/** The API's limit for one request. */
const BATCH = 1_000;

const columns: readonly Column<Meaning & { readonly reply: string }>[] = [
  { title: 'REPLY', value: (row) => row.reply, flexible: true },
  { title: 'CODE', value: codesOf },
  { title: 'TYPE', value: (row) => row.bounce_type },
  { title: 'CATEGORY', value: (row) => row.category },
  { title: 'VERDICT', value: (row) => row.verdict },
  { title: 'ACTION', value: (row) => row.action, style: (row) => (row.action === 'suppress' ? 'red' : null) },
  { title: 'RETRY', value: (row) => row.retry },
  { title: 'RULE', value: (row) => row.rule },
];

export default function classify(command: Command): void {
  command
    .argument('[replies...]', 'replies of mail servers; none = read them from stdin, one a line')
    .action(async (given: string[], _options: object, self: Command) => {
      const options = optionsOf(self);
      if (meansStdin(given) && process.stdin.isTTY) say('Reading replies, one a line; end with Ctrl+D.');
      const replies = meansStdin(given) ? await linesOf(process.stdin) : given;
      if (replies.length === 0) throw usage('there is no reply to classify');
      const results = await withClient(options, 'in-memory', async (client) => {
        const all: Meaning[] = [];
        for (let i = 0; i < replies.length; i += BATCH) {
          const answer = await client.ask<{ results: Meaning[] }>('POST', '/v1/classify', {
            json: { replies: replies.slice(i, i + BATCH) },
          });
          all.push(...answer.results);
        }
        return all;
      });
      if (options.json === true) return printJson({ results });
      print(
        table(
          columns,
          results.map((result, i) => ({ ...result, reply: replies[i] ?? '' })),
        ),
      );
    });
  examples(command, [
    ['mailstop classify "550 5.1.1 user unknown" "452 4.2.2 mailbox full"', 'one line each'],
    ['grep status=bounced mail.log | mailstop classify --json', 'from a log'],
  ]);
}
