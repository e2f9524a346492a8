/** The store on D1, as workerd runs it. */
import { applyD1Migrations, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { d1Driver } from '../../src/store/d1.ts';
import { createStore } from '../../src/store/sql.ts';
import { storeConformance } from '../store/conformance.ts';
import { fleetConformance } from '../store/fleet.ts';
import { rebuildConformance } from '../store/rebuilding.ts';

const empty = async () => {
  await reset();
  await applyD1Migrations(env.DB, env.MIGRATIONS);
};

storeConformance('D1', async () => {
  await empty();
  const driver = d1Driver(env.DB);
  return { driver, store: createStore(driver) };
});

rebuildConformance(
  'D1',
  async () => {
    await empty();
    const driver = d1Driver(env.DB);
    return { driver, store: createStore(driver) };
  },
  10,
);

fleetConformance('D1', async () => {
  await empty();
  return () => createStore(d1Driver(env.DB));
});
