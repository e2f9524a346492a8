import type { Command } from 'commander';
import { Option } from 'commander';
import { withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { linesOf } from '../input.ts';
import { type Column, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { ask } from '../prompt.ts';

interface User {
  readonly name: string;
  readonly role: string;
  readonly created_at: string;
  readonly changed_at: string;
}

const columns: readonly Column<User>[] = [
  { title: 'NAME', value: (row) => row.name, flexible: true },
  { title: 'ROLE', value: (row) => row.role },
  { title: 'MADE', value: (row) => shortTime(row.created_at) },
  { title: 'CHANGED', value: (row) => shortTime(row.changed_at) },
];

export default function user(command: Command): void {
  add(command.command('add').summary('let somebody sign in to the pages, or set another password or role'));
  list(command.command('list').summary('who may sign in'));
  remove(command.command('remove').summary('a user signs in no more, and is out at once'));
  examples(command, [
    ['mailstop user add ann --role read', 'asks for the password; sees everything, changes nothing'],
    ['pass show mailstop | mailstop user add bob --role admin', 'the password from a manager'],
  ]);
}

const pathOf = (name: string) => `/v1/users/${encodeURIComponent(name)}`;

function add(command: Command): void {
  command
    .argument('<name>', 'lower-case letters, digits, and . _ -')
    .addOption(
      new Option('--role <role>', 'read sees everything and changes nothing')
        .choices(['read', 'admin'])
        .makeOptionMandatory(),
    )
    .action(async (name: string, _options: object, self: Command) => {
      const options = optionsOf<{ readonly role: string }>(self);
      // Never an argument: those are seen by everybody on the machine, and kept in the shell's history.
      const password = await passwordFor(name);
      const made = await withClient(options, 'create', (client) =>
        client.ask<User>('PUT', pathOf(name), { json: { role: options.role, password } }),
      );
      if (options.json === true) return printJson(made);
      say(`${made.name} may sign in to the pages with this password (${made.role}).`);
    });
}

async function passwordFor(name: string): Promise<string> {
  if (!process.stdin.isTTY) {
    const [password] = await linesOf(process.stdin);
    if (password === undefined) throw usage('there is no password on stdin');
    return password;
  }
  const password = await ask(`Password for ${name}: `, 'hidden');
  if ((await ask('Once more: ', 'hidden')) !== password) throw usage('these were two passwords');
  return password;
}

function list(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf(self);
    const answer = await withClient(options, 'refuse', (client) => client.all<User>('/v1/users'));
    if (options.json === true) return printJson(answer);
    if (answer.data.length === 0) return say('There is no user yet: mailstop user add NAME --role read');
    print(table(columns, answer.data));
  });
}

function remove(command: Command): void {
  command.argument('<name>').action(async (name: string, _options: object, self: Command) => {
    const options = optionsOf(self);
    await withClient(options, 'refuse', (client) => client.call('DELETE', pathOf(name)));
    if (options.json === true) return printJson({ removed: name });
    say(`${name} signs in no more.`);
  });
}
