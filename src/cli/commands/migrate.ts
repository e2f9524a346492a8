import type { Command } from 'commander';
import { createLog } from '../../app/log.ts';
import { configOrFail } from '../client.ts';
import { print, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

export default function migrate(command: Command): void {
  command
    .option('--plan', 'print the SQL that would run, and change nothing')
    .action(async (_options: object, self: Command) => {
      const { plan = false, json = false } = optionsOf<{ readonly plan?: boolean }>(self);
      const config = configOrFail();
      if (plan) {
        const { plannedMigrations } = await import('../../database.ts');
        const pending = await plannedMigrations(config.database);
        if (json) return printJson({ pending });
        for (const { name, sql } of pending) print(`-- ${name}\n${sql}`);
        say(pending.length === 0 ? 'Nothing to do.' : `${pending.length} to apply.`);
        return;
      }
      const { open } = await import('../../open.ts');
      const { services, database } = await open(config, {
        missing: 'create',
        log: createLog(say, Date.now),
      });
      const { name, migrated } = database;
      await services.close();
      if (json) return printJson({ database: name, applied: migrated });
      for (const applied of migrated) print(applied);
      say(migrated.length === 0 ? `${name} is up to date.` : `${name} is ready.`);
    });
  command.addHelpText('after', '\nStarting the server does the same. Run it as often as you like.');
  examples(command, [
    ['MAILSTOP_DATABASE_URL=file:/var/lib/mailstop/mailstop.db mailstop migrate', 'make a database'],
    ['mailstop migrate --plan', 'what would an upgrade do?'],
  ]);
}
