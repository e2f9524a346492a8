/** Takes off a list what may not be sent to: by a filter first where the list is long, then by asking. */
import type { Filter } from '../filter/reader.ts';

export interface Removed {
  readonly address: string;
  readonly reason: string | null;
  readonly category?: string | null;
  readonly code?: string | null;
  readonly until?: string | null;
}

export interface Result extends Removed {
  readonly suppressed: boolean | null;
  readonly error?: string | null;
}

/** One result for each address, in the same order. */
export type Asked = (addresses: readonly string[]) => Promise<readonly Result[]>;

export interface Part {
  /** Lines as they came. */
  readonly kept: readonly string[];
  readonly removed: readonly Removed[];
  /** Of the input, about. */
  readonly bytes: number;
}

/** Below so many lines, asking is quicker than to bring a filter. */
export const WORTH_A_FILTER = 20_000;
/** As many as the API takes. */
const AT_ONCE = 10_000;

/** `filter` is called where the list turns out to be long. */
export async function* scrub(
  batches: AsyncIterable<readonly string[]>,
  ask: Asked,
  filter: () => Promise<Filter>,
): AsyncGenerator<Part> {
  let found: Filter | null = null;
  let first: readonly string[] | null = null;
  for await (const lines of batches) {
    if (first === null && lines.length >= WORTH_A_FILTER) {
      first = lines;
      found = await filter();
    }
    yield await part(lines, ask, found);
  }
}

async function part(lines: readonly string[], ask: Asked, filter: Filter | null): Promise<Part> {
  const doubtful = filter === null ? [...lines] : lines.filter((line) => filter.mayBeSuppressed(line));
  const results = new Map<string, Result>();
  // In order: rows beside each other in the database are read together.
  const unique = [...new Set(doubtful)].sort();
  for (let from = 0; from < unique.length; from += AT_ONCE) {
    const asked = unique.slice(from, from + AT_ONCE);
    const answers = await ask(asked);
    if (answers.length !== asked.length) throw new Error('an address was not answered');
    for (const [i, address] of asked.entries()) results.set(address, answers[i] as Result);
  }
  const kept: string[] = [];
  const removed: Removed[] = [];
  let bytes = 0;
  for (const line of lines) {
    bytes += line.length + 1;
    const result = results.get(line);
    // Nothing but a clear "no" lets it through.
    if (result === undefined || result.suppressed === false) kept.push(line);
    else removed.push({ ...result, address: line, reason: result.error ?? result.reason });
  }
  return { kept, removed, bytes };
}
