/** The store in SQL, for each driver. */

import { alertingOf } from './alarms.ts';
import { configurationOf } from './configuration.ts';
import { countersOf } from './counters.ts';
import type { Driver } from './driver.ts';
import { dumpOf } from './dump.ts';
import { entriesOf } from './entries.ts';
import { erasuresOf } from './erasures.ts';
import { incidentsOf } from './incidents.ts';
import { intakeOf } from './intake.ts';
import { keepingOf } from './keeping.ts';
import { listOf } from './list.ts';
import { mentionsOf } from './mentions.ts';
import { outboxOf } from './outbox.ts';
import { pepperOf } from './pepper.ts';
import type { Store } from './store.ts';
import { waitingOf } from './waiting.ts';

export function createStore(driver: Driver): Store {
  const keeping = keepingOf(driver);
  return {
    ...intakeOf(driver),
    ...listOf(driver),
    ...entriesOf(driver),
    ...countersOf(driver),
    ...incidentsOf(driver),
    ...outboxOf(driver),
    ...alertingOf(driver),
    ...configurationOf(driver),
    ...keeping,
    ...waitingOf(driver),
    ...erasuresOf(driver, keeping.receipt),
    ...mentionsOf(driver),
    ...dumpOf(driver),
    ...pepperOf(driver),
    ping: async () => {
      await driver.rows({ sql: 'select count(*) from tenants', params: [] });
    },
    close: () => driver.close(),
  };
}
