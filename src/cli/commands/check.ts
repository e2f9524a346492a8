import type { Command } from 'commander';
import { type Client, withClient } from '../client.ts';
import { exitCodes, Failure } from '../failure.ts';
import { batches, meansStdin } from '../input.ts';
import { type Column, clean, print, printJson, say, shortTime, table } from '../output.ts';
import { examples, optionsOf } from '../program.ts';

interface Result {
  readonly address: string;
  readonly suppressed: boolean | null;
  readonly reason: string | null;
  readonly category: string | null;
  readonly code: string | null;
  readonly until: string | null;
  readonly error: string | null;
}

interface Options {
  readonly stream?: string;
}

/** The API takes ten times as many; answers come sooner so. */
const BATCH = 1_000;
/** Whoever asks before a send must not wait for a server that hangs. */
const PATIENCE = 10_000;

const columns: readonly Column<Result>[] = [
  { title: 'ADDRESS', value: (row) => row.address, flexible: true },
  {
    title: 'SEND?',
    value: (row) => answerOf(row),
    style: (row) => (row.suppressed === false ? 'green' : 'red'),
  },
  { title: 'REASON', value: (row) => row.error ?? row.reason },
  { title: 'CODE', value: (row) => row.code },
  { title: 'CATEGORY', value: (row) => row.category },
  { title: 'UNTIL', value: (row) => (row.suppressed === true ? shortTime(row.until) || 'for ever' : null) },
];

export default function check(command: Command): void {
  command
    .argument(
      '[addresses...]',
      'addresses to ask about; none = read them from stdin, one a line, without limit',
    )
    .option('--stream <stream>', 'the kind of mail you mean to send (default: the strictest answer)')
    .action(async (addresses: string[], _options: Options, self: Command) => {
      const options = optionsOf<Options>(self);
      process.exitCode = await withClient(options, 'refuse', (client) =>
        meansStdin(addresses) ? checkLines(client, options) : checkArguments(client, addresses, options),
      );
    });
  command.addHelpText(
    'after',
    '\nExit codes: 0 none is suppressed, 3 at least one is, 1 failed or an address could not be read.',
  );
  examples(command, [
    ['mailstop check ann@example.com && send', 'send only where it may be'],
    ['mailstop check --stream receipts ann@example.com', 'for one kind of mail'],
    ['mailstop check --json < addresses.txt', 'millions, as NDJSON'],
  ]);
}

async function checkArguments(
  client: Client,
  addresses: readonly string[],
  { stream, json }: Options & { json?: boolean },
): Promise<number> {
  const answer = await ask(client, addresses, stream);
  if (json === true) printJson(answer);
  else print(table(columns, answer.results));
  return exitCodeOf(answer.results);
}

/** Nothing but a whole answer is one: what is missing or odd must never read as "may be sent to". */
async function ask(
  client: Client,
  addresses: readonly string[],
  stream: string | undefined,
): Promise<{ results: Result[] }> {
  const answer = await client.ask<{ results?: unknown } | null>('POST', '/v1/check', {
    json: { addresses, stream },
    within: PATIENCE,
  });
  const results = answer?.results;
  if (!Array.isArray(results) || results.length !== addresses.length || !results.every(isResult))
    throw new Failure('the server gave no answer for some address; is that a Mailstop server?');
  return { ...answer, results };
}

const isResult = (value: unknown): value is Result =>
  typeof value === 'object' &&
  value !== null &&
  'suppressed' in value &&
  [true, false, null].includes(value.suppressed as boolean | null);

async function checkLines(client: Client, { stream, json }: Options & { json?: boolean }): Promise<number> {
  if (process.stdin.isTTY) say('Reading addresses, one a line; end with Ctrl+D.');
  let code: number = exitCodes.done;
  for await (const addresses of batches(process.stdin, BATCH)) {
    const { results } = await ask(client, addresses, stream);
    const line =
      json === true
        ? (result: Result) => JSON.stringify(result)
        : (result: Result) =>
            `${answerOf(result)}\t${clean(result.address)}\t${result.error ?? result.reason ?? ''}`;
    print(results.map(line).join('\n'));
    code = Math.max(code, exitCodeOf(results));
  }
  return code;
}

const answerOf = ({ suppressed }: Result): string =>
  suppressed === null ? 'unreadable' : suppressed ? 'no' : 'yes';

const exitCodeOf = (results: readonly Result[]): number =>
  results.some(({ suppressed }) => suppressed === true)
    ? exitCodes.suppressed
    : results.some(({ suppressed }) => suppressed === null)
      ? exitCodes.failed
      : exitCodes.done;
