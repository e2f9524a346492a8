import type { Command } from 'commander';
import { withClient } from '../client.ts';
import { type PerAddress, perAddress } from '../per-address.ts';
import { examples, optionsOf } from '../program.ts';

interface Result extends PerAddress {
  readonly return_path: string | null;
}

interface Options {
  readonly returnPath?: string;
}

export default function verp(command: Command): void {
  command
    .argument('[addresses...]', 'recipients; none = read them from stdin, one a line, without limit')
    .option('--return-path <address>', 'where bounces go (default: bounces@ the host of MAILSTOP_PUBLIC_URL)')
    .action(async (addresses: string[], _options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      process.exitCode = await withClient(options, 'create', (client) =>
        perAddress<Result>(client, {
          addresses,
          json: options.json === true,
          ask: (asked, some) =>
            asked.ask('POST', '/v1/return-paths', {
              json: { addresses: some, return_path: options.returnPath },
            }),
          answerOf: ({ return_path }) => return_path,
        }),
      );
    });
  command.addHelpText(
    'after',
    `
Send each message with the return path (MAIL FROM) of its recipient. A bounce that comes back to it then proves
itself; one that anybody else mails does not. It stays the same, so you may keep it.`,
  );
  examples(command, [
    ['mailstop verp ann@example.com --return-path bounces@example.org', 'one'],
    ['mailstop verp --return-path bounces@example.org < recipients.txt', 'millions, as address <tab> path'],
  ]);
}
