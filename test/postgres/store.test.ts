/** The store on PostgreSQL: as it is made, and in hash partitions. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driftOf } from '../../src/store/drift.ts';
import { connectPostgres, postgresDriver } from '../../src/store/postgres.ts';
import { createStore } from '../../src/store/sql.ts';
import { full, rowCounts } from '../store/conformance/ground.ts';
import { storeConformance } from '../store/conformance.ts';
import { fleetConformance } from '../store/fleet.ts';
import { rebuildConformance } from '../store/rebuilding.ts';
import { createDatabases, type Databases } from './databases.ts';
import { createPostgres, type PostgresServer } from './server.ts';

const partitions = readFileSync(
  new URL('../../migrations/postgres/optional/hash_partitions.sql', import.meta.url),
  'utf8',
);

let server: PostgresServer | null = null;
let databases: Databases;
let partitioned: Databases;
beforeAll(async () => {
  if (!process.env.MAILSTOP_TEST_POSTGRES_URL) server = await createPostgres({ durable: false });
  await server?.start();
  databases = await createDatabases(undefined, server?.url);
  partitioned = await createDatabases(async (pool) => void (await pool.query(partitions)), server?.url);
}, 30_000);
afterAll(async () => {
  await databases.close();
  await partitioned.close();
  await server?.kill();
  await server?.remove();
}, 60_000);

storeConformance('PostgreSQL', async () => {
  const driver = postgresDriver(connectPostgres(await databases.make(), 4));
  return { driver, store: createStore(driver) };
});

rebuildConformance(
  'PostgreSQL',
  async () => {
    const driver = postgresDriver(connectPostgres(await databases.make(), 4));
    return { driver, store: createStore(driver) };
  },
  15,
);

const fleetOn = (make: () => Promise<string>) => async () => {
  const url = await make();
  return () => createStore(postgresDriver(connectPostgres(url, 4)));
};
fleetConformance(
  'PostgreSQL',
  fleetOn(() => databases.make()),
);
fleetConformance(
  'PostgreSQL in hash partitions',
  fleetOn(() => partitioned.make()),
);

describe('hash partitions', () => {
  it('take over the rows that are there', async () => {
    const pool = connectPostgres(await databases.make(), 2);
    const store = createStore(postgresDriver(pool));
    await store.write(full());
    const before = await rowCounts(postgresDriver(pool));
    await pool.query(partitions);
    expect(await rowCounts(postgresDriver(pool))).toEqual(before);
    const { rows } = await pool.query(
      "select count(*) as parts from pg_inherits where inhparent = 'events'::regclass",
    );
    expect(rows).toEqual([{ parts: 16 }]);
    expect(await driftOf(postgresDriver(pool))).toEqual([]);
    await store.close();
  });
});
