import type { Command } from 'commander';
import { type Shared, withClient } from '../client.ts';
import { exitCodes, Failure, usage } from '../failure.ts';
import { type Column, clean, facts, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
import { progress } from '../progress.ts';
import type { Listing } from '../shapes.ts';

interface Quarantined {
  readonly id: string;
  readonly source_id: string;
  readonly item: number;
  readonly received_at: string;
  readonly why: string;
}

/** `why` is null where it was read at last. */
interface Replayed {
  readonly accepted: number;
  readonly duplicates: number;
  readonly ignored: number;
  readonly quarantined: number;
  readonly why: string | null;
}

const columns: readonly Column<Quarantined>[] = [
  { title: 'ID', value: (row) => row.id },
  { title: 'RECEIVED', value: (row) => shortTime(row.received_at) },
  { title: 'ITEM', value: (row) => (row.item === -1 ? 'all' : String(row.item)) },
  { title: 'SOURCE', value: (row) => row.source_id },
  { title: 'WHY', value: (row) => row.why, flexible: true },
];

export default function replay(command: Command): void {
  command
    .argument('[id]', 'qua_… or rcp_…; none = show what is in quarantine')
    .option('--all', 'every request that is kept')
    .option('--source <id>', 'every request of this source')
    .action(async (id: string | undefined, _options: object, self: Command) => {
      const options = optionsOf<{ all?: boolean; source?: string }>(self);
      if (options.all === true || options.source !== undefined) {
        if (id !== undefined) throw usage('leave the id out, or --all and --source');
        return replayAll(options);
      }
      if (id === undefined) {
        const page = await withClient(options, 'refuse', (client) =>
          client.ask<Listing<Quarantined>>('GET', '/v1/quarantine', { query: { limit: 1000 } }),
        );
        if (options.json === true) return printJson(page);
        if (page.data.length === 0) return say('The quarantine is empty.');
        return print(table(columns, page.data));
      }
      const answer = await withClient(options, 'refuse', (client) =>
        client.ask<Replayed>(
          'POST',
          `/v1/${id.startsWith('rcp_') ? 'receipts' : 'quarantine'}/${encodeURIComponent(id)}/replay`,
        ),
      );
      if (options.json === true) {
        printJson(answer);
        if (answer.why !== null) process.exitCode = exitCodes.failed;
        return;
      }
      const { why, ...counts } = answer;
      print(facts(Object.entries(counts).map(([name, count]) => [name, String(count)])));
      if (why !== null) throw new Failure(`${id} still cannot be read: ${clean(why)}`);
    });
  examples(command, [
    ['mailstop replay', 'what could not be read, and why'],
    ['mailstop replay qua_01J…', 'read it again, after an update'],
    [
      'mailstop replay --all',
      'all that came in the last month; what was taken in before counts as a duplicate',
    ],
  ]);
}

async function replayAll(options: Shared & { source?: string }): Promise<void> {
  const bar = progress('Reading again', null);
  const total = { requests: 0, accepted: 0, duplicates: 0, ignored: 0, quarantined: 0 };
  try {
    await withClient(options, 'refuse', async (client) => {
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page: Listing<{ id: string }> = await client.ask('GET', '/v1/receipts', {
          query: { source_id: options.source, limit: 1_000, cursor },
        });
        for (const { id } of page.data) {
          const answer = await client.ask<Replayed>('POST', `/v1/receipts/${id}/replay`);
          total.requests += 1;
          for (const name of ['accepted', 'duplicates', 'ignored', 'quarantined'] as const)
            total[name] += answer[name];
          bar.add(1);
        }
        cursor = page.next_cursor;
      }
    });
  } finally {
    bar.stop();
  }
  if (options.json === true) return printJson(total);
  print(facts(Object.entries(total).map(([name, count]) => [name, String(count)])));
}
