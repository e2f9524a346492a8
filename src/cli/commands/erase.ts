import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { plural, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

interface Erased {
  readonly rows: number;
  readonly receipts: number | null;
  readonly pseudonym: string | null;
}

export default function erase(command: Command): void {
  command
    .argument('<address>', 'whose data is to be erased')
    .option('--yes', 'do it; without it, only say what is there')
    .action(async (address: string, _given: object, self: Command) => {
      const options = optionsOf<{ yes?: boolean }>(self);
      const sure = options.yes === true;
      const erased = await withClient(options, 'refuse', (client) =>
        client.ask<Erased>('POST', '/v1/erasures', { json: { address, dry_run: !sure } }),
      );
      if (options.json === true) return printJson(erased);
      if (!sure)
        return say(
          `${plural(erased.rows, 'row tells', 'rows tell')} of it, and perhaps requests that are kept. Nothing was changed; erase it with --yes. There is no way back.`,
        );
      say(
        `Erased: ${plural(erased.rows, 'row')} and ${plural(erased.receipts ?? 0, 'request')} rewritten. What blocked it still does. Backups, and what mailstop follow mirrors to, are yours to erase.`,
      );
    });
  examples(command, [
    ['mailstop erase ann@example.com', 'what is there'],
    ['mailstop erase ann@example.com --yes', 'a keyed hash takes its place'],
  ]);
}
