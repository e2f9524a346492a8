/** Asks for something about each address: those of the command line, or any number from stdin in parts. */
import type { Client } from './client.ts';
import { exitCodes } from './failure.ts';
import { batches, meansStdin } from './input.ts';
import { clean, print, printJson, say } from './output.ts';

export interface PerAddress {
  readonly address: string;
  readonly error: string | null;
}

interface Asked<Result> {
  readonly addresses: readonly string[];
  readonly json: boolean;
  readonly ask: (
    client: Client,
    addresses: readonly string[],
  ) => Promise<{ readonly results: readonly Result[] }>;
  /** What was asked for; null = the address cannot be read. */
  readonly answerOf: (result: Result) => string | null;
}

/** As many as the API takes. */
const BATCH = 10_000;

/** Prints a line for each, the value alone where one address was named; the exit code says whether all could be read. */
export async function perAddress<Result extends PerAddress>(
  client: Client,
  { addresses, json, ask, answerOf }: Asked<Result>,
): Promise<number> {
  const shown = (result: Result): string => answerOf(result) ?? result.error ?? '';
  const lineOf = (result: Result): string => `${clean(result.address)}\t${shown(result)}`;
  const exitCodeOf = (results: readonly Result[]): number =>
    results.some((result) => answerOf(result) === null) ? exitCodes.failed : exitCodes.done;
  if (!meansStdin([...addresses])) {
    const answer = await ask(client, addresses);
    if (json) printJson(answer);
    else for (const result of answer.results) print(addresses.length === 1 ? shown(result) : lineOf(result));
    return exitCodeOf(answer.results);
  }
  if (process.stdin.isTTY) say('Reading addresses, one a line; end with Ctrl+D.');
  let code: number = exitCodes.done;
  for await (const some of batches(process.stdin, BATCH)) {
    const { results } = await ask(client, some);
    print(results.map((result) => (json ? JSON.stringify(result) : lineOf(result))).join('\n'));
    code = Math.max(code, exitCodeOf(results));
  }
  return code;
}
