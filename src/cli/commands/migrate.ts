import type { Command } from 'commander';
import { createLog } from '../../app/log.ts';
import { configOrFail } from '../client.ts';
import { print, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

export default function migrate(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const config = configOrFail();
    const { open } = await import('../../open.ts');
    const { services, database } = await open(config, { missing: 'create', log: createLog(say, Date.now) });
    const { name, migrated } = database;
    await services.close();
    if (optionsOf(self).json === true) return printJson({ database: name, applied: migrated });
    for (const name of migrated) print(name);
    say(migrated.length === 0 ? `${name} is up to date.` : `${name} is ready.`);
  });
  command.addHelpText('after', '\nStarting the server does the same. Run it as often as you like.');
  examples(command, [
    ['MAILSTOP_DATABASE_URL=file:/var/lib/mailstop/mailstop.db mailstop migrate', 'make a database'],
  ]);
}
