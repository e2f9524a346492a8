/**
 * The database file: found, or made whole, and brought up to date. Whatever is in its place is told in a
 * StartError of one sentence and left as it is; no empty database ever takes the place of a real one.
 */
import {
  accessSync,
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Sqlite from 'better-sqlite3';
import { SECOND } from './core/time.ts';
import {
  codeOf,
  type Database,
  type DatabaseOptions,
  type Finding,
  finding,
  type Missing,
  StartError,
} from './database.ts';
import { driftOf } from './store/drift.ts';
import type { Driver } from './store/driver.ts';
import { type Migration, migrate, migrations, pendingIn } from './store/migrate.ts';
import { openDatabase, sqliteDriver } from './store/sqlite.ts';
import { writeOnThread } from './store/writer-thread.ts';
import { remember, testify } from './witness.ts';

/** Time to wait for another process that holds the lock. */
export const LOCK_PATIENCE = 5 * SECOND;

export function openFile(
  file: string,
  { missing, patient, onThread, onLostSync }: DatabaseOptions,
): Database {
  try {
    const there = lookAt(file, missing);
    const made = there || missing === 'in-memory' ? [] : createFile(file);
    const db = openDatabase(there || missing !== 'in-memory' ? file : ':memory:');
    try {
      const migrated = [...made, ...migratePatiently(db)];
      if (patient === true) db.pragma(`busy_timeout = ${LOCK_PATIENCE}`);
      const thread = onThread === true && !db.memory ? writeOnThread(file) : null;
      const driver = sqliteDriver(db, onLostSync, thread);
      const alarm = db.memory ? null : testify(db, file, new Date());
      return {
        driver,
        alarms: alarm === null ? [] : [alarm],
        remember: () => db.memory || remember(db, file),
        migrated,
        name: file,
        secretFile: db.memory ? null : secretFileOf(file),
        inspect: async () => [...(await inspect(db, driver, file)), ...(alarm === null ? [] : [alarm])],
        backup: (to) => void backup(db, to),
      };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw startError(error, file);
  }
}

export function plannedForFile(file: string): readonly Migration[] {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return migrations();
  try {
    lookAt(file, 'refuse');
    const db = openDatabase(file);
    try {
      return pendingIn(db);
    } finally {
      db.close();
    }
  } catch (error) {
    throw startError(error, file);
  }
}

export const secretFileOf = (databaseFile: string): string => `${databaseFile}.secret`;

/** Writes go on meanwhile; the copy is of one moment, and without what was deleted. sqlite.org/lang_vacuum.html */
function backup(db: Sqlite.Database, to: string): void {
  if (statSync(to, { throwIfNoEntry: false }) !== undefined)
    throw new StartError(`${to} is there already, and no backup is overwritten; name another file`);
  const draft = join(dirname(to), `.${basename(to)}.${process.pid}`);
  try {
    db.prepare('vacuum into ?').run(draft);
    const copy = openDatabase(draft);
    const whole = copy.pragma('integrity_check(1)', { simple: true });
    copy.close();
    if (whole !== 'ok')
      throw new StartError(`the backup is damaged (${whole}), and was not kept; check the disk`);
    syncFile(draft);
    linkSync(draft, to);
    syncFile(dirname(to));
  } catch (error) {
    throw startError(error, to);
  } finally {
    removeDraft(draft);
  }
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function removeDraft(draft: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
}

const MIB = 1024 * 1024;
const durable = [
  ['journal_mode', 'wal'],
  ['synchronous', '2'],
  ['foreign_keys', '1'],
] as const;

async function inspect(db: Sqlite.Database, driver: Driver, file: string): Promise<Finding[]> {
  const pragma = (name: string): string => String(db.pragma(name, { simple: true }));
  const wrong = durable
    .filter(([name, value]) => pragma(name) !== value)
    .map(([name]) => `${name} is ${pragma(name)}`);
  const integrity = pragma('quick_check(1)');
  const drift = await driftOf(driver);
  return [
    integrity === 'ok'
      ? finding('database', 'ok', `${file} is whole`)
      : finding('database', 'failure', `${file} is damaged (${integrity}); restore your backup`),
    drift.length === 0
      ? finding('schema', 'ok', 'as this version made it')
      : finding('schema', 'failure', drift.join('; ')),
    wrong.length === 0
      ? finding('durability', 'ok', 'write-ahead log, every commit is synced')
      : finding('durability', 'failure', wrong.join(', ')),
    logFinding(file),
    diskFinding(file),
  ];
}

/** Beyond this, something reads an old state and keeps the log from being written back. */
const LONG_LOG = 256 * MIB;

function logFinding(file: string): Finding {
  const bytes = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  const size = `${Math.round(bytes / MIB).toLocaleString('en')} MiB wait to be written back`;
  return bytes > LONG_LOG
    ? finding('log', 'warning', `${size}: a program keeps an old state of the file open; end it`)
    : finding('log', 'ok', size);
}

function diskFinding(file: string): Finding {
  const { bavail, blocks, bsize } = statfsSync(dirname(file));
  const free = bavail * bsize;
  const share = blocks === 0 ? 1 : bavail / blocks;
  const state =
    free < 256 * MIB || share < 0.03 ? 'failure' : free < 1024 * MIB || share < 0.1 ? 'warning' : 'ok';
  return finding(
    'disk',
    state,
    `${Math.round(free / MIB).toLocaleString('en')} MiB free (${Math.round(share * 100)} %)`,
  );
}

/** Whether the file is there. Throws where something else is, or where we may not use it. */
function lookAt(file: string, missing: Missing): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) {
    if (missing === 'in-memory') return false;
    if (missing === 'refuse')
      throw new StartError(
        `there is no database at ${file}; run "mailstop migrate" to make one, or name yours in MAILSTOP_DATABASE_URL`,
      );
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } else if (stat.isDirectory()) {
    throw new StartError(
      `${file} is a directory; name a file in it, such as MAILSTOP_DATABASE_URL=file:${join(file, 'mailstop.db')}`,
    );
  } else if (!stat.isFile()) {
    throw new StartError(`${file} is not a file; name one in MAILSTOP_DATABASE_URL`);
  } else if (stat.size === 0) {
    throw new StartError(
      `${file} is empty, so it is no database; restore your backup, or delete it to start with an empty list`,
    );
  } else {
    accessSync(file, constants.R_OK | constants.W_OK);
  }
  // SQLite keeps its log beside the file.
  accessSync(dirname(file), constants.W_OK | constants.X_OK);
  return stat !== undefined;
}

/** Made whole under another name first: a start that is killed leaves no half database in the place. */
function createFile(file: string): string[] {
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}`);
  try {
    const db = openDatabase(draft);
    const applied = migrate(db);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    try {
      linkSync(draft, file);
    } catch (error) {
      // Another process was first, and its database counts. Where the disk knows no links, a rename must do.
      if (codeOf(error) === 'EEXIST') return [];
      renameSync(draft, file);
    }
    return applied;
  } finally {
    removeDraft(draft);
  }
}

function migratePatiently(db: Sqlite.Database): string[] {
  const end = Date.now() + LOCK_PATIENCE;
  for (;;) {
    try {
      return migrate(db);
    } catch (error) {
      if (codeOf(error) !== 'SQLITE_BUSY' || Date.now() > end) throw error;
    }
  }
}

/** What the platform's codes mean to an operator. Extended SQLite codes begin with the plain one. */
const meanings: readonly (readonly [code: string, meaning: string])[] = [
  [
    'SQLITE_NOTADB',
    'is not a SQLite database; point MAILSTOP_DATABASE_URL at a Mailstop database or a new file',
  ],
  ['SQLITE_CORRUPT', 'is damaged; restore your backup'],
  ['SQLITE_BUSY', 'is locked by another process; stop that one, then try again'],
  ['SQLITE_FULL', 'cannot be written, for the disk is full; free some space'],
  ['SQLITE_READONLY', 'cannot be written; mount its disk writable and give this user the right to write'],
  ['SQLITE_CANTOPEN', 'cannot be opened; give this user the right to read and write it and its folder'],
  ['SQLITE_IOERR', 'cannot be read or written, for the disk reports an error; check the disk'],
  ['EACCES', 'may not be read and written by this user; give it the right to the file and its folder'],
  ['EPERM', 'may not be read and written by this user; give it the right to the file and its folder'],
  // mkdir on a read-only disk says so, oddly.
  [
    'ENOENT',
    'cannot be made; check that its disk is there and writable, or name another place in MAILSTOP_DATABASE_URL',
  ],
  ['EROFS', 'is on a read-only disk; mount it writable, or name another place in MAILSTOP_DATABASE_URL'],
  ['ENOSPC', 'cannot be made, for the disk is full; free some space'],
  ['ENOTDIR', 'lies below something that is no folder; name another place in MAILSTOP_DATABASE_URL'],
  ['EEXIST', 'lies below something that is no folder; name another place in MAILSTOP_DATABASE_URL'],
  ['ENAMETOOLONG', 'has too long a name; name another place in MAILSTOP_DATABASE_URL'],
];

export function startError(error: unknown, file: string): Error {
  if (error instanceof StartError || !(error instanceof Error))
    return error instanceof Error ? error : new Error(String(error));
  const code = codeOf(error);
  const [, meaning] = meanings.find(([known]) => code === known || code.startsWith(`${known}_`)) ?? [];
  // Errors without a code are the store's own, whose messages tell what to do.
  return new StartError(
    meaning !== undefined ? `${file} ${meaning}` : code === '' ? error.message : `${file}: ${error.message}`,
  );
}
