import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { exitCodes, Failure } from '../failure.ts';
import { type Column, clean, facts, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';
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
    .argument('[id]', 'qua_…; none = show what is in quarantine')
    .action(async (id: string | undefined, _options: object, self: Command) => {
      const options = optionsOf(self);
      if (id === undefined) {
        const page = await withClient(options, 'refuse', (client) =>
          client.ask<Listing<Quarantined>>('GET', '/v1/quarantine', { query: { limit: 1000 } }),
        );
        if (options.json === true) return printJson(page);
        if (page.data.length === 0) return say('The quarantine is empty.');
        return print(table(columns, page.data));
      }
      const answer = await withClient(options, 'refuse', (client) =>
        client.ask<Replayed>('POST', `/v1/quarantine/${encodeURIComponent(id)}/replay`),
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
  ]);
}
