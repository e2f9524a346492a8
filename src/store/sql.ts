/** The store in SQL, for each driver. */

import { configurationOf } from './configuration.ts';
import type { Driver } from './driver.ts';
import { dumpOf } from './dump.ts';
import { erasuresOf } from './erasures.ts';
import { incidentsOf } from './incidents.ts';
import { intakeOf } from './intake.ts';
import { keepingOf } from './keeping.ts';
import { listOf } from './list.ts';
import { outboxOf } from './outbox.ts';
import { statisticsOf } from './statistics.ts';
import type { Store } from './store.ts';

export function createStore(driver: Driver): Store {
  const keeping = keepingOf(driver);
  return {
    ...intakeOf(driver),
    ...listOf(driver),
    ...statisticsOf(driver),
    ...incidentsOf(driver),
    ...outboxOf(driver),
    ...configurationOf(driver),
    ...keeping,
    ...erasuresOf(driver, keeping.receipt),
    ...dumpOf(driver),
    ping: async () => {
      await driver.rows({ sql: 'select count(*) from tenants', params: [] });
    },
    close: () => driver.close(),
  };
}
