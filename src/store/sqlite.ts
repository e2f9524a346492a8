/** The store on SQLite's dialect, for both drivers: better-sqlite3 and D1. */
import type { Driver } from './driver.ts';
import { configurationOf } from './sqlite-configuration.ts';
import { intakeOf } from './sqlite-intake.ts';
import { listOf } from './sqlite-list.ts';
import type { Store } from './store.ts';

export const createStore = (driver: Driver): Store => ({
  ...intakeOf(driver),
  ...listOf(driver),
  ...configurationOf(driver),
  ping: async () => {
    await driver.rows({ sql: 'select count(*) from tenants', params: [] });
  },
  close: () => driver.close(),
});
