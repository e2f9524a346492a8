/** A PostgreSQL database: reached, checked for durability, and brought up to date. */
import type pg from 'pg';
import { type Database, type DatabaseOptions, type Finding, finding, StartError } from './database.ts';
import { driftOf } from './store/drift.ts';
import type { Migration } from './store/migrate.ts';
import { migratePostgres, pendingInPostgres } from './store/migrate-postgres.ts';
import { connectPostgres, postgresDriver } from './store/postgres.ts';

/** json_array_elements and identity columns are older; this is the oldest that PostgreSQL itself still mends. */
const OLDEST = 14;

export async function openPostgres(url: string, { missing }: DatabaseOptions): Promise<Database> {
  const name = nameOf(url);
  const pool = connectPostgres(url);
  try {
    await refuseUnfit(pool, name);
    if (missing !== 'create') await refuseEmpty(pool, name);
    const migrated = await migratePostgres(pool);
    return {
      driver: postgresDriver(pool),
      migrated,
      name,
      secretFile: null,
      inspect: () => inspect(pool, name),
      alarms: [],
      // The server keeps its own log, and refuses to start on less of it.
      remember: () => {},
      backup: null,
    };
  } catch (error) {
    await pool.end();
    if (error instanceof StartError) throw error;
    throw new StartError(`${name} cannot be used: ${messageOf(error)}`);
  }
}

export async function plannedForPostgres(url: string): Promise<readonly Migration[]> {
  const pool = connectPostgres(url, 1);
  try {
    return await pendingInPostgres(pool);
  } catch (error) {
    throw new StartError(`${nameOf(url)} cannot be used: ${messageOf(error)}`);
  } finally {
    await pool.end();
  }
}

/** Where it is, without the password. */
function nameOf(text: string): string {
  const url = new URL(text);
  const user = url.username === '' ? '' : `${url.username}@`;
  return `postgres://${user}${url.host}${url.pathname}`;
}

interface ServerSettings {
  readonly version: number;
  readonly synchronous: string;
  readonly fsync: string;
  readonly encoding: string;
  readonly most: number;
}

async function settingsOf(pool: pg.Pool): Promise<ServerSettings> {
  const { rows } = await pool.query<ServerSettings>(
    `select current_setting('server_version_num')::int / 10000 as version,
      current_setting('synchronous_commit') as synchronous, current_setting('fsync') as fsync,
      current_setting('server_encoding') as encoding, current_setting('max_connections')::int as most`,
  );
  return rows[0] as ServerSettings; // a select without from has one row
}

/** Told at the start: what is answered must be on disk, on every instance. */
async function refuseUnfit(pool: pg.Pool, name: string): Promise<void> {
  const { version, synchronous, fsync, encoding } = await settingsOf(pool);
  const fault =
    version < OLDEST
      ? `is PostgreSQL ${version}; Mailstop needs ${OLDEST} or newer`
      : encoding !== 'UTF8'
        ? `holds ${encoding}; make a database with "encoding 'UTF8'"`
        : synchronous === 'off'
          ? 'may lose commits (synchronous_commit is off); run: alter database … set synchronous_commit = on'
          : fsync === 'off'
            ? 'may lose commits (fsync is off); set fsync = on in postgresql.conf and restart it'
            : null;
  if (fault !== null) throw new StartError(`${name} ${fault}`);
}

async function refuseEmpty(pool: pg.Pool, name: string): Promise<void> {
  const { rows } = await pool.query("select to_regclass('mailstop_migrations') is not null as there");
  if (rows[0]?.there !== true)
    throw new StartError(
      `there are no tables in ${name} yet; run "mailstop migrate" to make them, or name your database in MAILSTOP_DATABASE_URL`,
    );
}

async function inspect(pool: pg.Pool, name: string): Promise<Finding[]> {
  const { synchronous, fsync, version, most } = await settingsOf(pool);
  const { rows } = await pool.query<{ connections: number; bytes: number }>(
    `select (select count(*)::int from pg_stat_activity) as connections, pg_database_size(current_database()) as bytes`,
  );
  const { connections, bytes } = rows[0] ?? { connections: 0, bytes: 0 };
  const drift = await driftOf(postgresDriver(pool));
  return [
    finding(
      'database',
      'ok',
      `${name}, PostgreSQL ${version}, ${Math.round(bytes / 1048576).toLocaleString('en')} MiB`,
    ),
    finding(
      'schema',
      drift.length === 0 ? 'ok' : 'failure',
      drift.length === 0 ? 'as this version made it' : drift.join('; '),
    ),
    finding('durability', 'ok', `fsync is ${fsync}, synchronous_commit is ${synchronous}`),
    finding(
      'connections',
      connections > most * 0.9 ? 'warning' : 'ok',
      `${connections} of ${most}${connections > most * 0.9 ? ': raise max_connections, or run fewer instances' : ''}`,
    ),
  ];
}

/** Errors of connections hold no password, but may be empty with the cause inside (AggregateError). */
const messageOf = (error: unknown): string => {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
};
