import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { facts, print, printJson } from '../output.ts';
import { type PerAddress, perAddress } from '../per-address.ts';
import { examples, optionsOf } from '../program.ts';

interface Result extends PerAddress {
  readonly tag: string | null;
}

interface Options {
  readonly showKey?: boolean;
}

export default function tag(command: Command): void {
  command
    .argument('[addresses...]', 'recipients; none = read them from stdin, one a line, without limit')
    .option('--show-key', 'instead of tags, the key to make them with')
    .action(async (addresses: string[], _options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      const json = options.json === true;
      process.exitCode = await withClient(options, 'create', async (client) => {
        if (options.showKey !== true)
          return perAddress<Result>(client, {
            addresses,
            json,
            ask: (asked, some) => asked.ask('POST', '/v1/recipient-tags', { json: { addresses: some } }),
            answerOf: (result) => result.tag,
          });
        const shown = await client.ask<{ name: string; key: string }>('POST', '/v1/recipient-tags/key');
        if (json) printJson(shown);
        else
          print(
            facts([
              ['name', shown.name],
              ['key', shown.key],
            ]),
          );
        return 0;
      });
    });
  command.addHelpText(
    'after',
    `
Attach each tag to the message of its recipient, as the provider's page says (docs/recipient-tags.md). A source with
--recipient-tag then takes only events that bring the tag back, so that its URL alone can list nobody.`,
  );
  examples(command, [
    ['mailstop tag ann@example.com', 'one'],
    ['mailstop tag < recipients.txt', 'millions, as address <tab> tag'],
    ['mailstop tag --show-key', 'for a sender that makes them itself'],
  ]);
}
