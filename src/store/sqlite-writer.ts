/** How a SQLite file is written: by a connection at hand, or by the same on a thread of its own (writer-thread.ts). */
import type Database from 'better-sqlite3';
import type { Statement, Value, Write } from './driver.ts';
import { insertSql } from './statements.ts';

export interface Writer {
  /** All of the writes in one transaction, or none; on disk when it resolves. In the order of the calls. */
  transact(writes: readonly Write[]): Promise<void>;
  /** A statement that writes and tells what. */
  rows(statement: Statement): Promise<Value[][]>;
  /** Writes the log back into the file and cuts it, as far as nobody reads an old state. */
  emptyLog(): Promise<void>;
  /** After what was asked for. */
  close(): Promise<void>;
}

/** Texts of list queries vary with their filters; the rest is a few dozen. Far below this in practice. */
export const STATEMENTS_KEPT = 500;

export type Prepare = (sql: string) => Database.Statement;

/** Each statement is prepared once. */
export function preparing(db: Database.Database): Prepare {
  const prepared = new Map<string, Database.Statement>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = db.prepare(sql);
    if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
    prepared.set(sql, statement);
    return statement;
  };
}

/** Writes at once. */
export function writerOn(db: Database.Database, prepare: Prepare = preparing(db)): Writer {
  const runAll = db.transaction((writes: readonly Write[]) => {
    for (const write of writes) {
      const statement = prepare('into' in write ? insertSql(write) : write.sql);
      for (const params of 'into' in write ? write.rows : [write.params]) statement.run(...params);
    }
  });
  return {
    transact: async (writes) => runAll.immediate(writes),
    rows: async ({ sql, params }) =>
      prepare(sql)
        .raw(true)
        .all(...params) as Value[][],
    emptyLog: async () => void db.pragma('wal_checkpoint(TRUNCATE)'),
    close: async () => {},
  };
}

/** Writes a second from which on a thread pays: it takes 11 MiB and a fifth of a second to begin. */
export const MANY_WRITES = 10;

/** Few writes are made at hand; once there are many, all go to the thread. */
export function writerByLoad(hand: Writer, thread: Writer): Writer {
  let writer = hand;
  let [since, writes] = [0, 0];
  const chosen = (): Writer => {
    if (writer === thread) return thread;
    const now = performance.now();
    if (now - since > 1_000) [since, writes] = [now, 0];
    writes += 1;
    if (writes > MANY_WRITES) writer = thread;
    return writer;
  };
  return {
    transact: (writes) => chosen().transact(writes),
    rows: (statement) => chosen().rows(statement),
    emptyLog: () => writer.emptyLog(),
    close: () => writer.close(),
  };
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/**
 * An fsync has failed. The system may count what it covered as written from then on, so that a later one succeeds without
 * it: nothing more may be written.
 */
export const isLostSync = (error: unknown): boolean => /^SQLITE_IOERR_(?:DIR_)?FSYNC$/.test(codeOf(error));
