/**
 * The database file: found, or made whole, and brought up to date. Whatever is in its place is told in a
 * StartError of one sentence and left as it is; no empty database ever takes the place of a real one.
 */
import { accessSync, constants, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { SECOND } from './core/time.ts';
import { migrate } from './store/migrate.ts';
import { openDatabase } from './store/node.ts';

/** What to do where there is no database yet. `in-memory`: work on an empty one that is forgotten. */
export type Missing = 'create' | 'refuse' | 'in-memory';

/** A start that cannot go on; the message is one sentence for the operator. */
export class StartError extends Error {
  override name = 'StartError';
}

/** Time to wait for another process that holds the lock. */
export const LOCK_PATIENCE = 5 * SECOND;

export function openFile(
  file: string,
  missing: Missing,
): { db: Database.Database; migrated: readonly string[] } {
  try {
    const there = lookAt(file, missing);
    const made = there || missing === 'in-memory' ? [] : createFile(file);
    const db = openDatabase(there || missing !== 'in-memory' ? file : ':memory:');
    try {
      return { db, migrated: [...made, ...migratePatiently(db)] };
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw startError(error, file);
  }
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
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draft + suffix, { force: true });
  }
}

function migratePatiently(db: Database.Database): string[] {
  const end = Date.now() + LOCK_PATIENCE;
  for (;;) {
    try {
      return migrate(db);
    } catch (error) {
      if (codeOf(error) !== 'SQLITE_BUSY' || Date.now() > end) throw error;
    }
  }
}

export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';

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
