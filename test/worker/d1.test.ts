/** The store on D1, as workerd runs it. */
import { applyD1Migrations, reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { d1Driver } from '../../src/store/d1.ts';
import { createStore } from '../../src/store/sqlite.ts';
import { storeConformance } from '../store/conformance.ts';

storeConformance('D1', async () => {
  await reset();
  await applyD1Migrations(env.DB, env.MIGRATIONS);
  const driver = d1Driver(env.DB);
  return { driver, store: createStore(driver) };
});
