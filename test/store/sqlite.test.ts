import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/sql.ts';
import { openDatabase, sqliteDriver } from '../../src/store/sqlite.ts';
import { writeOnThread } from '../../src/store/writer-thread.ts';
import { storeConformance } from './conformance.ts';
import { fleetConformance } from './fleet.ts';
import { rebuildConformance } from './rebuilding.ts';

const open = (file: string) => {
  const db = openDatabase(file);
  migrate(db);
  return sqliteDriver(db);
};

storeConformance('better-sqlite3', async () => {
  const driver = open(':memory:');
  return { driver, store: createStore(driver) };
});

rebuildConformance(
  'better-sqlite3',
  async () => {
    const driver = open(':memory:');
    return { driver, store: createStore(driver) };
  },
  150,
);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'fleet-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

let made = 0;
fleetConformance('better-sqlite3', async () => {
  const file = join(folder, `${made++}.db`);
  return () => createStore(open(file));
});

fleetConformance('better-sqlite3, written on a thread', async () => {
  const file = join(folder, `${made++}.db`);
  return () => {
    const db = openDatabase(file);
    migrate(db);
    return createStore(sqliteDriver(db, () => {}, writeOnThread(file)));
  };
});
