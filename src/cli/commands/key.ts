import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { type Column, facts, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, gatheredWords, optionsOf } from '../program.ts';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly prefix?: string;
  readonly scopes: readonly string[];
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly rate_limit: number | null;
}

const columns: readonly Column<Key>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'NAME', value: (row) => row.name, flexible: true },
  { title: 'BEGINS', value: (row) => row.prefix },
  { title: 'SCOPES', value: (row) => row.scopes.join(' ') },
  { title: 'A MINUTE', value: (row) => row.rate_limit?.toLocaleString('en') },
  { title: 'USED', value: (row) => shortTime(row.last_used_at) || 'never' },
];

export default function key(command: Command): void {
  create(command.command('create').summary('make a key; it is shown once'));
  list(command.command('list').summary('the keys, without the keys themselves'));
  revoke(command.command('revoke').summary('a key stops working'));
  examples(command, [['mailstop key create --name shop --scopes check', 'all that a sender needs']]);
}

function create(command: Command): void {
  command
    .requiredOption('--name <name>', 'who will use it')
    .requiredOption(
      '--scopes <scopes>',
      'of check, read, write, release, admin; with commas between (admin includes all)',
      gatheredWords,
    )
    .option('--rate-limit <count>', 'requests a minute (default: no limit)')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<{
        readonly name: string;
        readonly scopes: string[];
        readonly rateLimit?: string;
      }>(self);
      const { name, scopes, rateLimit } = options;
      const made = await withClient(options, 'create', (client) =>
        client.ask<Key & { key: string }>('POST', '/v1/keys', {
          json: { name, scopes, ...(rateLimit === undefined ? {} : { rate_limit: Number(rateLimit) }) },
        }),
      );
      if (options.json === true) return printJson(made);
      print(
        facts([
          ['id', made.id],
          ['name', made.name],
          ['scopes', made.scopes.join(' ')],
          ['key', made.key],
        ]),
      );
      say('The key is shown only now; only its hash is kept.');
    });
}

function list(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf(self);
    const answer = await withClient(options, 'refuse', (client) => client.all<Key>('/v1/keys'));
    if (options.json === true) return printJson(answer);
    if (answer.data.length === 0)
      return say('There is no key yet: mailstop key create --name NAME --scopes check');
    print(table(columns, answer.data));
  });
}

function revoke(command: Command): void {
  command.argument('<id>', 'key_…').action(async (id: string, _options: object, self: Command) => {
    const options = optionsOf(self);
    await withClient(options, 'refuse', (client) =>
      client.call('DELETE', `/v1/keys/${encodeURIComponent(id)}`),
    );
    if (options.json === true) return printJson({ revoked: id });
    say(`Revoked ${id}.`);
  });
}
