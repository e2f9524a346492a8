/** The better-sqlite3 driver: one file, one writer, durable at commit. */
import Database from 'better-sqlite3';
import { compactFile } from './compaction.ts';
import { sqliteDialect } from './dialect.ts';
import type { Driver, Value } from './driver.ts';
import { codeOf, isLostSync, preparing, type Writer, writerByLoad, writerOn } from './sqlite-writer.ts';
import { isClash } from './statements.ts';
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
export const compactionLimits = {
  /** A larger file is written anew for longer than providers come again: that is left to a quiet hour (docs/erasure.md). */
  bytes: 256 * 1024 * 1024,
  /** Ms that a write waits for it; beyond, it is refused. The most hurried provider waits 3 s. */
  held: 1_500,
} as const;

/**
 * `onLostSync`: an fsync has failed. Nothing more is written, and the process should end without closing the database.
 * `thread`: writes in place of this connection once that pays.
 */
export function sqliteDriver(
  db: Database.Database,
  onLostSync: () => void = () => {},
  thread: Writer | null = null,
): Driver {
  let lost: unknown = null;
  const prepare = preparing(db);
  const hand = writerOn(db, prepare);
  const writer = thread === null ? hand : writerByLoad(hand, thread);
  /** What a caller is told. */
  const told = (error: unknown): unknown => {
    if (isLostSync(error)) {
      lost = error;
      onLostSync();
    }
    return isTrouble(error) ? new Unavailable(error.message, { cause: error }) : error;
  };
  const telling = (error: unknown): never => {
    throw told(error);
  };

  /** Ends when the file can be written again. */
  let rewriting: Promise<void> | null = null;
  let compacting: Promise<void> = Promise.resolve();
  async function writable(): Promise<void> {
    if (rewriting !== null && !(await isOver(rewriting)))
      throw new Unavailable('the database is written anew');
    if (lost !== null) throw lost;
  }
  const compact = async (): Promise<void> => {
    if (db.memory) return void db.exec('vacuum');
    if (Number(db.pragma('page_count', { simple: true })) * PAGE_BYTES > compactionLimits.bytes)
      return writer.emptyLog();
    const { written, done } = compactFile(db.name);
    rewriting = written.catch(() => {});
    try {
      await written.finally(() => {
        rewriting = null;
      });
      await done;
    } catch (error) {
      throw told(error);
    }
  };

  return {
    dialect: sqliteDialect,
    isStale: isClash,
    async rows({ sql, params }) {
      const statement = prepare(sql);
      if (statement.readonly) return statement.raw(true).all(...params) as Value[][];
      await writable();
      return writer.rows({ sql, params }).catch(telling);
    },
    async transact(writes) {
      await writable();
      await writer.transact(writes).catch(telling);
    },
    compact() {
      const turn = compacting.then(compact);
      compacting = turn.catch(() => {});
      return turn;
    },
    async close() {
      await compacting;
      await writer.close();
      db.pragma('wal_checkpoint(TRUNCATE)');
      db.close();
    },
  };
}

/** Whether it is so within the time that a write may be held up. */
async function isOver(work: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, compactionLimits.held, false);
  });
  const ended = await Promise.race([work.then(() => true), tooLong]);
  clearTimeout(timer);
  return ended;
}

const isTrouble = (error: unknown): error is Error =>
  /^SQLITE_(?:BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|PERM|PROTOCOL|NOMEM)(?:_|$)/.test(
    codeOf(error),
  );

function olderThan(version: string, oldest: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const differs = oldest.findIndex((part, i) => parts[i] !== part);
  return differs !== -1 && (parts[differs] ?? 0) < (oldest[differs] ?? 0);
}
