/** The database that MAILSTOP_DATABASE_URL names, opened: the same for a file and for PostgreSQL. */
import type { DatabaseAddress } from './config.ts';
import type { Driver } from './store/driver.ts';
import type { Migration } from './store/migrate.ts';

/** What to do where there is no database yet. `in-memory`: work on an empty one that is forgotten. */
export type Missing = 'create' | 'refuse' | 'in-memory';

export interface DatabaseOptions {
  readonly missing: Missing;
  /** Wait for other writers rather than answer "try later": for a person at a terminal. */
  readonly patient?: boolean;
  /** Write a file on a thread of its own: for who answers many at once. */
  readonly onThread?: boolean;
  /** The disk has lost something: end the process without closing the database. */
  readonly onLostSync?: () => void;
}

export interface Finding {
  readonly about: string;
  readonly state: 'ok' | 'warning' | 'failure';
  /** What is so, and for what is not `ok` what to do. */
  readonly detail: string;
}

export const finding = (about: string, state: Finding['state'], detail: string): Finding => ({
  about,
  state,
  detail,
});

export interface Database {
  readonly driver: Driver;
  /** Names of the migrations that were applied now. */
  readonly migrated: readonly string[];
  /** As people know it; never with a password. */
  readonly name: string;
  /** Where a secret that nobody gave is kept; null where nothing outlives the process. */
  readonly secretFile: string | null;
  /** What only the engine knows of its health. */
  inspect(): Promise<readonly Finding[]>;
  /** What the operator must hear at the start. */
  readonly alarms: readonly Finding[];
  /** Notes what is there now, so that a later start on less of it is noticed. */
  remember(): void;
  /** Writes a copy of all of it to a new file while others write; null where the engine has tools of its own. */
  readonly backup: ((file: string) => void) | null;
}

/** A start that cannot go on; the message is one sentence for the operator. */
export class StartError extends Error {
  override name = 'StartError';
}

/** The code that the platform or an engine gives an error; empty where it has none. */
export const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';

export async function openDatabase(address: DatabaseAddress, options: DatabaseOptions): Promise<Database> {
  if (address.kind === 'file') return (await import('./database-file.ts')).openFile(address.file, options);
  return (await import('./database-postgres.ts')).openPostgres(address.url, options);
}

/** What opening it would apply, without touching it. */
export async function plannedMigrations(address: DatabaseAddress): Promise<readonly Migration[]> {
  if (address.kind === 'file') return (await import('./database-file.ts')).plannedForFile(address.file);
  return (await import('./database-postgres.ts')).plannedForPostgres(address.url);
}
