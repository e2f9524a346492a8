/** Applies migrations/postgres/*.sql in one transaction, together with their lines in the books. */
import type pg from 'pg';
import { type Migration, pendingOf, postgresMigrations } from './migrate.ts';

/** Any number of instances may start at once: the first migrates, the others wait for it. */
const MIGRATION_LOCK = 0x4d534d47; // "MSMG"

/**
 * Brings the database up to date and returns the names applied. Throws, with what to do, where it is not ours or newer.
 */
export async function migratePostgres(
  pool: pg.Pool,
  wanted: readonly Migration[] = postgresMigrations(),
): Promise<string[]> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query("set local lock_timeout = '60s'");
    await client.query('set local statement_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
    const pending = await pendingInPostgres(client, wanted);
    await client.query(
      `create table if not exists ${BOOKS} (name text primary key, applied_at timestamptz not null default now())`,
    );
    for (const { name, sql } of pending) {
      await client.query(`insert into ${BOOKS} (name) values ($1)`, [name]);
      await client.query(sql);
    }
    await client.query('commit');
    client.release();
    return pending.map(({ name }) => name);
  } catch (error) {
    // Closes the connection, and with it the transaction.
    client.release(true);
    throw error;
  }
}

/** What is yet to apply; only reads. */
export async function pendingInPostgres(
  client: pg.Pool | pg.PoolClient,
  wanted: readonly Migration[] = postgresMigrations(),
): Promise<readonly Migration[]> {
  const names = async (text: string) =>
    (await client.query<{ name: string }>(text)).rows.map(({ name }) => name);
  const tables = await names(
    "select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')",
  );
  const applied = tables.includes(BOOKS) ? await names(`select name from ${BOOKS} order by name`) : [];
  return pendingOf(
    wanted,
    applied,
    tables.filter((name) => name !== BOOKS),
  );
}

const BOOKS = 'mailstop_migrations';
