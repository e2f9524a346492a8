import type { Command } from 'commander';
import { type Client, withClient } from '../client.ts';
import { exitCodes } from '../failure.ts';
import { batches, meansStdin } from '../input.ts';
import { clean, print, printJson, say } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

interface Result {
  readonly address: string;
  readonly return_path: string | null;
  readonly error: string | null;
}

interface Options {
  readonly returnPath?: string;
}

/** As many as the API takes. */
const BATCH = 10_000;

export default function verp(command: Command): void {
  command
    .argument('[addresses...]', 'recipients; none = read them from stdin, one a line, without limit')
    .option('--return-path <address>', 'where bounces go (default: bounces@ the host of MAILSTOP_PUBLIC_URL)')
    .action(async (addresses: string[], _options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      process.exitCode = await withClient(options, 'create', (client) =>
        meansStdin(addresses) ? makeLines(client, options) : makeArguments(client, addresses, options),
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

const ask = (client: Client, addresses: readonly string[], { returnPath }: Options) =>
  client.ask<{ readonly results: readonly Result[] }>('POST', '/v1/return-paths', {
    json: { addresses, return_path: returnPath },
  });

async function makeArguments(
  client: Client,
  addresses: readonly string[],
  options: Options & { json?: boolean },
): Promise<number> {
  const answer = await ask(client, addresses, options);
  if (options.json === true) printJson(answer);
  else for (const result of answer.results) print(addresses.length === 1 ? pathOf(result) : lineOf(result));
  return exitCodeOf(answer.results);
}

async function makeLines(client: Client, options: Options & { json?: boolean }): Promise<number> {
  if (process.stdin.isTTY) say('Reading addresses, one a line; end with Ctrl+D.');
  let code: number = exitCodes.done;
  for await (const addresses of batches(process.stdin, BATCH)) {
    const { results } = await ask(client, addresses, options);
    print(
      results.map((result) => (options.json === true ? JSON.stringify(result) : lineOf(result))).join('\n'),
    );
    code = Math.max(code, exitCodeOf(results));
  }
  return code;
}

const pathOf = ({ return_path, error }: Result): string => return_path ?? error ?? '';
const lineOf = (result: Result): string => `${clean(result.address)}\t${pathOf(result)}`;

const exitCodeOf = (results: readonly Result[]): number =>
  results.some(({ return_path }) => return_path === null) ? exitCodes.failed : exitCodes.done;
