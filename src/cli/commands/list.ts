import type { Command } from 'commander';
import { type Shared, withClient } from '../client.ts';
import { print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { type Entry, entryTable, type Listing } from '../shapes.ts';

const filters = [
  'reason',
  'origin',
  'state',
  'code',
  'enhanced',
  'category',
  'provider',
  'domain',
  'stream',
  'from',
  'to',
  'q',
  'limit',
  'cursor',
] as const;
type Filters = Partial<Record<(typeof filters)[number], string>>;

export default function list(command: Command): void {
  command
    .option('--reason <reason>', 'hard-bounce, soft-bounce, complaint, unsubscribe or manual')
    .option('--origin <origin>', 'event, manual, import or provider')
    .option('--state <state>', 'active, held, expired or released (default: active and held)')
    .option('--code <code>', 'basic code, such as 550')
    .option('--enhanced <code>', 'enhanced code, such as 5.1.1')
    .option('--category <category>', 'such as mailbox-unknown')
    .option('--provider <provider>', 'such as sendgrid')
    .option('--domain <domain>', 'addresses of one domain')
    .option('--stream <stream>', 'one kind of mail; "*" = entries for all mail')
    .option('--from <time>', 'changed at or after this time, such as 2026-01-31')
    .option('--to <time>', 'changed before this time')
    .option('-q <prefix>', 'addresses that begin so')
    .option('--limit <count>', 'entries on one page, 1 to 1000 (default: 50)')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .option('--allowed', 'instead: who is never suppressed for a bounce (mailstop add --allow)')
    .action(async (_options: object, self: Command) => {
      const options = optionsOf<Filters & { allowed?: boolean }>(self);
      if (options.allowed === true) return listAllowed(options);
      const query = Object.fromEntries(filters.map((name) => [name, options[name]]));
      const page = await withClient(options, 'refuse', (client) =>
        client.ask<Listing<Entry>>('GET', '/v1/suppressions', { query }),
      );
      if (options.json === true) return printJson(page);
      if (page.data.length === 0) return say('No entry matches.');
      print(entryTable(page.data));
      if (page.next_cursor !== null)
        say(`There is more: --cursor ${page.next_cursor}, or "mailstop export" for all.`);
    });
  examples(command, [
    ['mailstop list --code 504', 'what 504 has put there'],
    ['mailstop list --domain example.com --state held', 'what waits for a decision'],
    ['mailstop list --reason complaint --json', 'for scripts'],
  ]);
}

interface Allowed {
  readonly address: string;
  readonly until: string;
}

async function listAllowed(options: Filters & Shared): Promise<void> {
  const { limit, cursor } = options;
  const page = await withClient(options, 'refuse', (client) =>
    client.ask<Listing<Allowed>>('GET', '/v1/allowed', { query: { limit, cursor } }),
  );
  if (options.json === true) return printJson(page);
  if (page.data.length === 0) return say('Nobody is answered for.');
  print(
    table(
      [
        { title: 'ADDRESS', value: (row: Allowed) => row.address, flexible: true },
        { title: 'UNTIL', value: (row) => shortTime(row.until) },
      ],
      page.data,
    ),
  );
  if (page.next_cursor !== null) say(`There is more: --cursor ${page.next_cursor}`);
}
