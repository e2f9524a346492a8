import { migrate } from '../../src/store/migrate.ts';
import { openDatabase, sqliteDriver } from '../../src/store/node.ts';
import { createStore } from '../../src/store/sqlite.ts';
import { storeConformance } from './conformance.ts';

storeConformance('better-sqlite3', async () => {
  const db = openDatabase(':memory:');
  migrate(db);
  const driver = sqliteDriver(db);
  return { driver, store: createStore(driver) };
});
