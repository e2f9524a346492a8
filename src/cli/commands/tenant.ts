import type { Command } from 'commander';
import { type Shared, withClient } from '../client.ts';
import { type Column, facts, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly created_at: string;
}

const columns: readonly Column<Tenant>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'NAME', value: (row) => row.name, flexible: true },
  { title: 'MADE', value: (row) => (row.id === 'default' ? null : shortTime(row.created_at)) },
];

export default function tenant(command: Command): void {
  create(command.command('create').summary('a list of its own, with its own sources and keys'));
  list(command.command('list').summary('all tenants'));
  examples(command, [
    ['mailstop tenant create shop --name "The shop"', 'a second list'],
    ['mailstop key create --tenant shop --name shop --scopes check', 'and a key for it'],
  ]);
}

function create(command: Command): void {
  command
    .argument('<id>', 'lower-case letters, digits and dashes')
    .option('--name <name>', 'for people (default: the id)')
    .action(async (id: string, _options: object, self: Command) => {
      const options = optionsOf<{ readonly name?: string }>(self);
      const made = await withClient(owner(options), 'create', (client) =>
        client.ask<Tenant>('POST', '/v1/tenants', { json: { id, name: options.name ?? id } }),
      );
      if (options.json === true) return printJson(made);
      print(
        facts([
          ['id', made.id],
          ['name', made.name],
        ]),
      );
      say(
        `Use it with --tenant ${made.id}, or make a key for it: mailstop key create --tenant ${made.id} --name NAME --scopes check`,
      );
    });
}

function list(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf(self);
    const answer = await withClient(owner(options), 'refuse', (client) => client.all<Tenant>('/v1/tenants'));
    if (options.json === true) printJson(answer);
    else print(table(columns, answer.data));
  });
}

/** Tenants are the business of `default`, whoever else is named. */
const owner = ({ tenant: _, ...rest }: Shared): Shared => rest;
