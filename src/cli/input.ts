/** Streams in and out of the API. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { textsOf } from '../app/rows.ts';

// Node's own web streams and the global ones are the same objects under two type names.
export const readableOf = (answer: Response): Readable =>
  answer.body === null
    ? Readable.from([])
    : Readable.fromWeb(answer.body as unknown as NodeReadableStream<Uint8Array>);

/** No arguments, or the one that everywhere stands for stdin. */
export const meansStdin = (given: readonly string[]): boolean =>
  given.length === 0 || (given.length === 1 && given[0] === '-');

/** The lines of an input, without empty ones, `size` at a time. */
export async function* batches(input: Readable, size: number): AsyncGenerator<string[]> {
  let batch: string[] = [];
  const texts = Readable.from(textsOf(input));
  for await (const line of createInterface({ input: texts, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') batch.push(line);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** All lines of an input, for commands that take a few. */
export async function linesOf(input: Readable): Promise<string[]> {
  const all: string[] = [];
  for await (const lines of batches(input, 1_000)) all.push(...lines);
  return all;
}

/** What lists are written in, and how HTTP calls it. */
export const formats = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
