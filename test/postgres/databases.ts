/** Databases for tests: each test gets an empty, migrated one, copied from a template. */
import type pg from 'pg';
import { inject } from 'vitest';
import { migratePostgres } from '../../src/store/migrate-postgres.ts';
import { connectPostgres } from '../../src/store/postgres.ts';

export const urlOf = (database: string, server = inject('postgresUrl')): string => {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
};

export interface Databases {
  /** The URL of a new database. */
  make(): Promise<string>;
  /** Runs SQL as the administrator. */
  readonly admin: pg.Pool;
  close(): Promise<void>;
}

/** `prepare` changes the template after it was migrated. */
export async function createDatabases(
  prepare?: (pool: pg.Pool) => Promise<void>,
  server = inject('postgresUrl'),
): Promise<Databases> {
  const id = `mailstop_${process.pid}_${Math.random().toString(36).slice(2, 8)}`;
  const admin = connectPostgres(server, 1);
  const made: string[] = [];
  const create = async (name: string, template = 'template0') => {
    await admin.query(`create database ${name} template ${template}`);
    made.push(name);
  };
  const template = `${id}_template`;
  await create(template);
  const pool = connectPostgres(urlOf(template, server), 1);
  await migratePostgres(pool);
  await prepare?.(pool);
  await pool.end();
  return {
    admin,
    async make() {
      const name = `${id}_${made.length}`;
      await create(name, template);
      return urlOf(name, server);
    },
    async close() {
      // A server of our own is removed as a whole.
      if (process.env.MAILSTOP_TEST_POSTGRES_URL)
        for (const name of made) await admin.query(`drop database if exists ${name} with (force)`);
      await admin.end();
    },
  };
}
