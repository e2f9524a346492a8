import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { type Column, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

interface Unmapped {
  readonly provider: string;
  readonly label?: string | null;
  readonly template?: string | null;
  readonly count: number;
  readonly first_at: string;
  readonly last_at: string;
  readonly sample: string | null;
}

const columns: readonly Column<Unmapped>[] = [
  { title: 'PROVIDER', value: (row) => row.provider },
  { title: 'COUNT', value: (row) => String(row.count) },
  { title: 'LAST', value: (row) => shortTime(row.last_at) },
  {
    title: 'WHAT',
    value: (row) => (row.label ? `label ${row.label}` : `reply ${row.template ?? ''}`),
    flexible: true,
  },
];

export default function unmapped(command: Command): void {
  command.action(async (_options: object, self: Command) => {
    const options = optionsOf(self);
    const answer = await withClient(options, 'refuse', (client) =>
      client.ask<{ data: Unmapped[] }>('GET', '/v1/unmapped'),
    );
    if (options.json === true) return printJson(answer);
    if (answer.data.length === 0) return say('Every label and every reply was known.');
    print(table(columns, answer.data));
  });
  examples(command, [['mailstop unmapped', 'what the tables miss; worth an issue']]);
}
