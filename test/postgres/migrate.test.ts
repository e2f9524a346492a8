/** Migrations on PostgreSQL: many at once, broken off, newer, planned. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plannedForPostgres } from '../../src/database-postgres.ts';
import { driftOf } from '../../src/store/drift.ts';
import { postgresMigrations } from '../../src/store/migrate.ts';
import { migratePostgres } from '../../src/store/migrate-postgres.ts';
import { connectPostgres, postgresDriver } from '../../src/store/postgres.ts';
import { createDatabases, type Databases, urlOf } from './databases.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await createDatabases();
});
afterAll(() => databases.close());

const names = postgresMigrations().map(({ name }) => name);
const later = { name: '9001_later.sql', sql: 'create table later (id text)' };

let made = 0;
async function withEmpty(
  work: (url: string, pool: ReturnType<typeof connectPostgres>) => Promise<void>,
): Promise<void> {
  const name = `mailstop_migrate_${process.pid}_${made++}`;
  await databases.admin.query(`create database ${name}`);
  const pool = connectPostgres(urlOf(name), 8);
  try {
    await work(urlOf(name), pool);
  } finally {
    await pool.end();
  }
}

const tablesIn = async (pool: ReturnType<typeof connectPostgres>) =>
  (
    await pool.query(
      "select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1",
    )
  ).rows.map(({ relname }) => relname);

describe('migrating PostgreSQL', () => {
  it('T121 is done once, whoever comes first of eight', () =>
    withEmpty(async (_url, pool) => {
      const results = await Promise.all(Array.from({ length: 8 }, () => migratePostgres(pool)));
      expect(results.filter((applied) => applied.length > 0)).toEqual([names]);
      expect(await driftOf(postgresDriver(pool))).toEqual([]);
    }));

  it('T122 leaves nothing of a run that a migration breaks', () =>
    withEmpty(async (_url, pool) => {
      await migratePostgres(pool);
      const before = await tablesIn(pool);
      const broken = {
        name: '9002_broken.sql',
        sql: 'create table half (id text); insert into nowhere values (1)',
      };
      await expect(migratePostgres(pool, [...postgresMigrations(), later, broken])).rejects.toThrow(
        'nowhere',
      );
      expect(await tablesIn(pool)).toEqual(before);
      expect(await migratePostgres(pool, [...postgresMigrations(), later])).toEqual(['9001_later.sql']);
    }));

  it('F32 is done from the start again where the connection dies at any statement of it', () =>
    withEmpty(async (_url, pool) => {
      const [first] = postgresMigrations();
      const statements = (first?.sql ?? '').split(/;\n\n/);
      expect(statements.length).toBeGreaterThan(20);
      for (let at = 0; at < statements.length; at += 3) {
        const suicide = 'select pg_terminate_backend(pg_backend_pid())';
        const sql = [...statements.slice(0, at), suicide, ...statements.slice(at)].join(';\n\n');
        await expect(migratePostgres(pool, [{ name: first?.name ?? '', sql }])).rejects.toThrow();
        expect(await tablesIn(pool)).toEqual([]);
      }
      expect(await migratePostgres(pool)).toEqual(names);
    }));

  it('is planned without touching anything', () =>
    withEmpty(async (url, pool) => {
      expect((await plannedForPostgres(url)).map(({ name }) => name)).toEqual(names);
      expect(await tablesIn(pool)).toEqual([]);
      await migratePostgres(pool);
      expect(await plannedForPostgres(url)).toEqual([]);
    }));

  it('keeps each unique index of what grows to keys that a cluster can shard on', async () => {
    const sql = readFileSync(new URL('../../migrations/postgres/0001_init.sql', import.meta.url), 'utf8');
    const keys = [...sql.matchAll(/CREATE TABLE (\w+) \((.*?)\n\);/gs)].map(
      ([, table, body]) => [table, /PRIMARY KEY \(([^)]+)\)/.exec(body ?? '')?.[1] ?? ''] as const,
    );
    expect(Object.fromEntries(keys.filter(([, key]) => /\b(?:address|domain)\b/.test(key)))).toMatchObject({
      events: 'tenant, address, id',
      acts: 'tenant, address, id',
      addresses: 'tenant, address',
      domain_facts: 'tenant, domain, event_id',
      suppressions: 'tenant, address, stream, reason',
    });
    expect(sql).not.toMatch(/CREATE UNIQUE INDEX/);
  });
});
