/** A real store on a fresh database file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../src/store/migrate.ts';
import { createStore } from '../../src/store/sql.ts';
import { openDatabase, sqliteDriver } from '../../src/store/sqlite.ts';
import type { Store } from '../../src/store/store.ts';

export * from './events.ts';

export interface TestDatabase {
  readonly file: string;
  open(): Store;
  remove(): void;
}

export function testDatabase(): TestDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-test-'));
  const file = join(folder, 'mailstop.db');
  const opened: Store[] = [];
  return {
    file,
    open() {
      const db = openDatabase(file);
      migrate(db);
      const store = createStore(sqliteDriver(db));
      opened.push(store);
      return store;
    },
    remove() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
