import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { type Column, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import type { Listing } from '../shapes.ts';

interface AuditEntry {
  readonly seq: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail: unknown;
}

interface Options {
  readonly limit?: string;
  readonly cursor?: string;
}

const columns: readonly Column<AuditEntry>[] = [
  { title: 'AT', value: (row) => shortTime(row.at) },
  { title: 'BY', value: (row) => row.actor },
  { title: 'ACTION', value: (row) => row.action },
  { title: 'SUBJECT', value: (row) => row.subject, flexible: true },
  { title: 'DETAIL', value: (row) => JSON.stringify(row.detail), flexible: true },
];

export default function audit(command: Command): void {
  command
    .option('--limit <count>', 'rows on one page, 1 to 1000 (default: 50)')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const { limit, cursor } = options;
      const page = await withClient(options, 'refuse', (client) =>
        client.ask<Listing<AuditEntry>>('GET', '/v1/audit', { query: { limit, cursor } }),
      );
      if (options.json === true) return printJson(page);
      if (page.data.length === 0) return say('Nothing was changed yet.');
      print(table(columns, page.data));
      if (page.next_cursor !== null) say(`There is more: --cursor ${page.next_cursor}`);
    });
  examples(command, [['mailstop audit --limit 20', 'the last changes that people made']]);
}
