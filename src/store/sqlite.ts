/** The better-sqlite3 driver: one file, one writer, durable at commit. */
import Database from 'better-sqlite3';
import { sqliteDialect } from './dialect.ts';
import type { Driver, Value, Write } from './driver.ts';
import { insertSql, isClash } from './statements.ts';
import { Unavailable } from './store.ts';

/** WAL could lose commits before this version (sqlite.org/wal.html#walresetbug). */
const OLDEST_SQLITE = [3, 51, 3];

/** Opens or creates the file. Throws an Error whose message tells the operator what to do. */
export function openDatabase(file: string): Database.Database {
  const db = new Database(file);
  const version = String(db.prepare('select sqlite_version()').pluck().get());
  if (olderThan(version, OLDEST_SQLITE)) {
    throw new Error(`SQLite ${version} can lose commits in WAL mode; install better-sqlite3 12.9 or newer`);
  }
  db.pragma('journal_mode = WAL');
  // Explicit, as better-sqlite3 is built to fall back to NORMAL in WAL mode, which loses commits when power fails.
  db.pragma('synchronous = FULL');
  db.pragma('busy_timeout = 250');
  db.pragma('foreign_keys = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('journal_size_limit = 67108864');
  return db;
}

const PAGE_BYTES = 4_096;
/** A larger file is written anew for longer than requests can wait: that is left to a quiet hour (docs/erasure.md). */
const COMPACTED_BYTES = 256 * 1024 * 1024;

/** Texts of list queries vary with their filters; the rest is a few dozen. Far below this in practice. */
export const STATEMENTS_KEPT = 500;

/**
 * `onLostSync`: an fsync has failed. The system may count what it covered as written from then on, so that a later
 * one succeeds without it; nothing more is written, and the process should end without closing the database.
 */
export function sqliteDriver(db: Database.Database, onLostSync: () => void = () => {}): Driver {
  let lost: unknown = null;
  const prepared = new Map<string, Database.Statement>();
  const prepare = (sql: string): Database.Statement => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = db.prepare(sql);
    if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
    prepared.set(sql, statement);
    return statement;
  };
  const runAll = db.transaction((writes: readonly Write[]) => {
    for (const write of writes) {
      const statement = prepare('into' in write ? insertSql(write) : write.sql);
      for (const params of 'into' in write ? write.rows : [write.params]) statement.run(...params);
    }
  });
  return {
    dialect: sqliteDialect,
    isStale: isClash,
    async rows({ sql, params }) {
      return prepare(sql)
        .raw(true)
        .all(...params) as Value[][];
    },
    async transact(writes) {
      if (lost !== null) throw lost;
      try {
        runAll.immediate(writes);
      } catch (error) {
        if (isLostSync(error)) {
          lost = error;
          onLostSync();
        }
        throw isTrouble(error) ? new Unavailable(error.message, { cause: error }) : error;
      }
    },
    async compact() {
      if (Number(db.pragma('page_count', { simple: true })) * PAGE_BYTES <= COMPACTED_BYTES)
        db.exec('vacuum');
      db.pragma('wal_checkpoint(TRUNCATE)');
    },
    async close() {
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

const isTrouble = (error: unknown): error is Error =>
  error instanceof Database.SqliteError &&
  /^SQLITE_(?:BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PERM|PROTOCOL|NOMEM)(?:_|$)/.test(
    error.code,
  );

const isLostSync = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_IOERR_(?:DIR_)?FSYNC$/.test(error.code);

function olderThan(version: string, oldest: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const differs = oldest.findIndex((part, i) => parts[i] !== part);
  return differs !== -1 && (parts[differs] ?? 0) < (oldest[differs] ?? 0);
}
