/** The store on PostgreSQL. */
import { afterAll, beforeAll } from 'vitest';
import { connectPostgres, postgresDriver } from '../../src/store/postgres.ts';
import { createStore } from '../../src/store/sql.ts';
import { storeConformance } from '../store/conformance.ts';
import { fleetConformance } from '../store/fleet.ts';
import { createDatabases, type Databases } from './databases.ts';

let databases: Databases;
beforeAll(async () => {
  databases = await createDatabases();
});
afterAll(() => databases.close());

storeConformance('PostgreSQL', async () => {
  const driver = postgresDriver(connectPostgres(await databases.make(), 4));
  return { driver, store: createStore(driver) };
});

fleetConformance('PostgreSQL', async () => {
  const url = await databases.make();
  return () => createStore(postgresDriver(connectPostgres(url, 4)));
});
