import { copyFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { openDatabase } from '../../database.ts';
import { secretFileOf } from '../../database-file.ts';
import { configOrFail } from '../client.ts';
import { Failure } from '../failure.ts';
import { printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

export default function backup(command: Command): void {
  command
    .argument('<file>', 'a new file; no backup is overwritten')
    .action(async (given: string, _options: object, self: Command) => {
      const { database: address } = configOrFail();
      const file = resolve(given);
      const database = await openDatabase(address, { missing: 'refuse', patient: true });
      try {
        if (database.backup === null)
          throw new Failure(
            `${database.name} has tools of its own (pg_dump); or copy it into a file: mailstop copy --from "$MAILSTOP_DATABASE_URL" --to file:${given}`,
          );
        database.backup(file);
      } finally {
        await database.driver.close();
      }
      const { secretFile } = database;
      const hasSecret = secretFile !== null && existsSync(secretFile);
      if (hasSecret) copyFileSync(secretFile, secretFileOf(file));
      if (optionsOf(self).json === true)
        return printJson({ file, secret_file: hasSecret ? secretFileOf(file) : null });
      say(
        `Wrote ${file}${hasSecret ? `, and the secret beside it (${secretFileOf(file)}): keep both` : ''}.`,
      );
    });
  command.addHelpText(
    'after',
    '\nThe server may run meanwhile: the backup is of one moment, synced and checked before it gets its name.',
  );
  examples(command, [
    ['mailstop backup /backup/mailstop-$(date +%F).db', 'every night'],
    ['mailstop restore /backup/mailstop-2026-11-27.db', 'and back'],
  ]);
}
