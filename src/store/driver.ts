/** All that differs between the engines. Nothing may need an interactive transaction: D1 has none. */
import type { Dialect } from './dialect.ts';

export type Value = string | number | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly params: readonly Value[];
}

/**
 * Rows of one table, all with the same columns. A driver takes the way that is fast for it: better-sqlite3 one
 * prepared insert run for each row (three times as fast as reading them out of JSON), D1 one statement with a
 * JSON parameter, since each statement there costs a round trip and takes at most 100 parameters, PostgreSQL one
 * statement with an array for each column.
 */
export interface Insert {
  readonly into: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Value[])[];
  /** What follows the rows, such as `on conflict do nothing`; without it a clash aborts the batch. */
  readonly conflict: string;
}

export type Write = Statement | Insert;

export interface Driver {
  readonly dialect: Dialect;
  /** Rows as arrays, in the order of the selected columns. */
  rows(statement: Statement): Promise<unknown[][]>;
  /** All of the writes, in order, or none; durable when the promise resolves. */
  transact(writes: readonly Write[]): Promise<void>;
  /** Whether `transact` failed because another writer was faster: an item was taken in, or a row moved on, since it was read. */
  isStale(error: unknown): boolean;
  /** Overwrites what was deleted, where it would stay readable in a file. */
  compact?(): Promise<void>;
  close(): Promise<void>;
}
