/** All that differs between better-sqlite3 and D1. Nothing may need an interactive transaction: D1 has none. */

export type Value = string | number | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly params: readonly Value[];
}

/**
 * Rows of one table, all with the same columns. A driver takes the way that is fast for it: better-sqlite3 one
 * prepared insert run for each row (three times as fast as reading them out of JSON), D1 one statement with a
 * JSON parameter, since each statement there costs a round trip and takes at most 100 parameters.
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
  /** Rows as arrays, in the order of the selected columns. */
  rows(statement: Statement): Promise<unknown[][]>;
  /** All of the writes, in order, or none; durable when the promise resolves. */
  transact(writes: readonly Write[]): Promise<void>;
  close(): Promise<void>;
}
