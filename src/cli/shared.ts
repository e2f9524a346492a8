/** The options of every command: taken before its name as well as after it. */
import { type Command, Option } from 'commander';
import type { Shared } from './client.ts';
import { usage } from './failure.ts';

const everywhere = [
  ['--json', 'print JSON instead of text'],
  ['--tenant <id>', 'whose list, in the local database (default: "default")'],
  ['--url <url>', 'a running server instead of the local database'],
  ['--key <key>', 'its API key (default: MAILSTOP_KEY of the environment)'],
] as const;

/** Commands that would leave aside which list is named, and what to do instead. */
const alone: Readonly<Record<string, string>> = {
  serve: 'it is the server, of the local database and all its tenants',
  demo: 'it works on a database of its own',
  migrate:
    'it makes the local database, of all tenants; the server brings its own database up to date when it starts',
  backup:
    'it copies the local database, with all tenants; of a running server: mailstop copy --from URL --from-key KEY --to file:backup.db',
  restore:
    'it makes the local database, with all tenants; on a running server: mailstop copy --from file:BACKUP --to URL --to-key KEY',
  copy: 'it copies all tenants, between what --from and --to name; their keys are --from-key and --to-key',
  'alert test': 'it mails from here, by this environment',
  'filter check': 'it asks a file, which "mailstop filter build" makes of any list',
};

/** Found on the program wherever they stand; on a command they are there for its help. */
export function addShared(command: Command): void {
  const isAlone = Object.hasOwn(alone, nameOf(command));
  for (const [flags, what] of isAlone ? everywhere.slice(0, 1) : everywhere)
    command.addOption(new Option(flags, what).helpGroup('Everywhere:'));
}

export function refuseListElsewhere(command: Command): void {
  const name = nameOf(command);
  const instead = alone[name];
  const { tenant, url, key } = command.optsWithGlobals<Shared>();
  if (instead !== undefined && [tenant, url, key].some((given) => given !== undefined))
    throw usage(`"mailstop ${name}" takes no --url, --key or --tenant: ${instead}`);
}

/** `source add`, without the program's own name. */
function nameOf(command: Command): string {
  const names: string[] = [];
  for (let one = command; one.parent !== null; one = one.parent) names.unshift(one.name());
  return names.join(' ');
}
