import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { usage } from '../failure.ts';
import { plural, print, printJson, say } from '../output.ts';
import { examples, gatheredWords, optionsOf } from '../program.ts';
import { type Entry, entryTable } from '../shapes.ts';

interface Options {
  readonly why: string;
  readonly reasons?: string[];
  readonly stream?: string;
  readonly evidence?: string;
  readonly evidenceAt?: string;
}

export default function release(command: Command): void {
  command
    .argument('<address>', 'the address; "@example.com" for a domain\'s entry')
    .requiredOption('--why <text>', 'the reason, kept in the audit')
    .option(
      '--reasons <reasons>',
      'what to release, such as hard-bounce,manual (default: bounces and manual entries)',
      gatheredWords,
    )
    .option('--stream <stream>', 'only for this kind of mail (default: all streams)')
    .option(
      '--evidence <text>',
      'how and where the person consented anew; needed for complaints and unsubscribes',
    )
    .option('--evidence-at <time>', 'when they did')
    .action(async (address: string, _options: object, self: Command) => {
      const options = optionsOf<Options>(self);
      const { why, reasons, stream, evidence, evidenceAt } = options;
      if ((evidence === undefined) !== (evidenceAt === undefined))
        throw usage('--evidence and --evidence-at go together');
      const answer = await withClient(options, 'refuse', (client) =>
        client.ask<{ released: Entry[] }>('DELETE', `/v1/suppressions/${encodeURIComponent(address)}`, {
          query: { stream },
          json: {
            why,
            reasons,
            ...(evidence === undefined ? {} : { evidence: { text: evidence, at: evidenceAt } }),
          },
        }),
      );
      if (options.json === true) return printJson(answer);
      print(entryTable(answer.released));
      say(
        `Released ${plural(answer.released.length, 'entry').replace('entrys', 'entries')}. A provider may still keep the address on its own list.`,
      );
    });
  examples(command, [
    ['mailstop release ann@example.com --why "mailbox restored"', 'bounces and manual entries'],
    [
      'mailstop release ann@example.com --reasons unsubscribe --why "signed up again" --evidence "form /join" --evidence-at 2026-11-02T09:30:00Z',
      'with consent',
    ],
  ]);
}
