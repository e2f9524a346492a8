/**
 * Applies migrations/*.sql on Node. Keeps its books as wrangler does (table d1_migrations, by file name), so
 * that a database moved between D1 and a file is never migrated twice.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type Database from 'better-sqlite3';

const folder = new URL('../../migrations/', import.meta.url);

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export const migrationFolder = fileURLToPath(folder);

export const migrations = (from: URL = folder): Migration[] =>
  readdirSync(from)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => ({ name, sql: readFileSync(new URL(name, from), 'utf8') }));

export const postgresMigrations = (): Migration[] => migrations(new URL('postgres/', folder));

/** What is yet to apply. Throws where the database was made by a newer version, or by another program. */
export function pendingOf(
  wanted: readonly Migration[],
  applied: readonly string[],
  /** All there are, but for the books. */
  tables: readonly string[],
): readonly Migration[] {
  if (tables.length > 0 && applied.length === 0) {
    throw new Error(
      'the database belongs to some other program; point MAILSTOP_DATABASE_URL at a Mailstop database or a new one',
    );
  }
  const newer = applied.filter((name) => !wanted.some((migration) => migration.name === name));
  if (newer.length > 0) {
    throw new Error(
      `the database was made by a newer Mailstop (${newer.join(', ')}); install that version, or restore an older backup`,
    );
  }
  return wanted.filter((migration) => !applied.includes(migration.name));
}

/**
 * Brings the database up to date and returns the names applied. The lock is taken before the books are read,
 * so any number of processes may start at once. Throws, with what to do, where the file is not ours or newer.
 */
export function migrate(db: Database.Database, wanted: readonly Migration[] = migrations()): string[] {
  const run = db.transaction((): string[] => {
    const pending = pendingIn(db, wanted);
    db.exec(
      'create table if not exists d1_migrations (id integer primary key autoincrement, name text unique, applied_at timestamp default current_timestamp not null)',
    );
    for (const { name, sql } of pending) {
      db.prepare('insert into d1_migrations (name) values (?)').run(name);
      db.exec(sql);
    }
    return pending.map((migration) => migration.name);
  });
  return run.immediate();
}

/** What is yet to apply; only reads. */
export function pendingIn(
  db: Database.Database,
  wanted: readonly Migration[] = migrations(),
): readonly Migration[] {
  const tables = db
    .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
    .pluck()
    .all() as string[];
  const applied = tables.includes('d1_migrations')
    ? (db.prepare('select name from d1_migrations order by id').pluck().all() as string[])
    : [];
  return pendingOf(
    wanted,
    applied,
    tables.filter((name) => name !== 'd1_migrations'),
  );
}
