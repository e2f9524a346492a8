/** What a source makes of its provider's requests. */
import type { Command } from 'commander';
import { type Client, withClient } from '../client.ts';
import { exitCodes } from '../failure.ts';
import { type Column, print, printJson, say, table } from '../output.ts';
import { optionsOf } from '../program.ts';
import { type Event, type Listing, smtpOf } from '../shapes.ts';

interface Sent {
  readonly title: string;
  readonly kind: string;
  readonly address: string;
  readonly status: number;
  readonly accepted: number;
}
type Told = Sent & { readonly event: Event | null };

const columns: readonly Column<Told>[] = [
  { title: 'WHAT', value: (row) => row.title, flexible: true },
  {
    title: 'ANSWER',
    value: (row) => String(row.status),
    style: (row) => (row.status === 200 ? 'green' : 'red'),
  },
  { title: 'KIND', value: (row) => row.event?.kind ?? row.kind },
  { title: 'SMTP', value: (row) => (row.event === null ? null : smtpOf(row.event)) },
  { title: 'STREAM', value: (row) => (row.event?.stream === '*' ? 'all' : row.event?.stream) },
  { title: 'RULE', value: (row) => row.event?.decision.rule ?? null },
  { title: 'DONE', value: (row) => row.event?.decision.action ?? (row.accepted > 0 ? 'counted' : 'nothing') },
];

export function test(command: Command): void {
  command
    .argument('<id>', 'the source, such as sendgrid_…')
    .action(async (id: string, _options: object, self: Command) => {
      const options = optionsOf(self);
      const { proof, told } = await withClient(options, 'refuse', async (client) => {
        const answer = await client.ask<{ proof: string; sent: Sent[] }>(
          'POST',
          `/v1/sources/${encodeURIComponent(id)}/test`,
        );
        return { proof: answer.proof, told: await withEvents(client, answer.sent) };
      });
      const failed = told.filter(({ status, accepted }) => status !== 200 || accepted === 0);
      if (failed.length > 0) process.exitCode = exitCodes.failed;
      if (options.json === true) return printJson({ proof, sent: told });
      print(table(columns, told));
      say(
        proof === 'own'
          ? 'They were proven by the secret of the source.'
          : 'They were proven by a key made for this test: the provider alone can sign with its own.',
      );
      say('The addresses are of example.com and new for each test; their events and entries stay.');
    });
}

async function withEvents(client: Pick<Client, 'ask'>, sent: readonly Sent[]): Promise<Told[]> {
  const told: Told[] = [];
  for (const one of sent) {
    const { data } = await client.ask<Listing<Event>>('GET', '/v1/events', {
      query: { address: one.address, limit: 1 },
    });
    told.push({ ...one, event: data[0] ?? null });
  }
  return told;
}
