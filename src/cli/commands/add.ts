import type { Command } from 'commander';
import { type Shared, withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { clean, print, printJson, say, shortTime } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { type Entry, entryTable } from '../shapes.ts';

interface Options {
  readonly reason?: string;
  readonly stream?: string;
  readonly note?: string;
  readonly until?: string;
  readonly allow?: boolean;
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
    .option('--allow', 'the opposite: answer for it, so that no bounce blocks it (default: for a year)')
    .action(async (address: string, _options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const { reason, stream, note, until } = options;
      if (options.allow === true) return allow(address, options);
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
    ['mailstop add boss@example.com --allow --note "our own"', 'never suppress it for a bounce'],
  ]);
}

async function allow(address: string, options: Options & Shared): Promise<void> {
  const { reason, stream, note, until } = options;
  if (reason !== undefined || stream !== undefined)
    throw usage('--allow takes no --reason and no --stream: it is about bounces of all mail');
  const allowed = await withClient(options, 'create', (client) =>
    client.ask<{ address: string; until: string }>('PUT', `/v1/allowed/${encodeURIComponent(address)}`, {
      json: { note, until },
    }),
  );
  if (options.json === true) return printJson(allowed);
  say(
    `No bounce blocks ${clean(allowed.address)} until ${shortTime(allowed.until)} UTC. Complaints and unsubscribes still do.`,
  );
}
