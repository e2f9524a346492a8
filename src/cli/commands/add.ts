import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { print, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { type Entry, entryTable } from '../shapes.ts';

interface Options {
  readonly reason?: string;
  readonly stream?: string;
  readonly note?: string;
  readonly until?: string;
}

export default function add(command: Command): void {
  command
    .argument('<address>', 'the address; "@example.com" for a whole domain')
    .option(
      '--reason <reason>',
      'manual, unsubscribe, complaint, hard-bounce or soft-bounce (default: manual)',
    )
    .option('--stream <stream>', 'only this kind of mail (default: all mail)')
    .option('--note <text>', 'why, for whoever reads the list later')
    .option('--until <time>', 'such as 2027-01-31T00:00:00Z (default: for ever)')
    .action(async (address: string, _options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const { reason, stream, note, until } = options;
      const { entry, created } = await withClient(options, 'create', async (client) => {
        const answer = await client.call('PUT', `/v1/suppressions/${encodeURIComponent(address)}`, {
          json: { reason, stream, note, until },
        });
        return { entry: (await answer.json()) as Entry, created: answer.status === 201 };
      });
      if (options.json === true) return printJson(entry);
      print(entryTable([entry]));
      say(created ? 'Added.' : 'It was on the list already.');
    });
  examples(command, [
    ['mailstop add ann@example.com --note "asked by phone"', 'block all mail'],
    ['mailstop add ann@example.com --reason unsubscribe --stream news', 'only newsletters'],
  ]);
}
