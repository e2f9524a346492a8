/** Under which pepper the addresses are hashed: written once, at the first start. */
import type { Driver } from './driver.ts';
import type { Store } from './store.ts';

export const pepperOf = (driver: Driver): Pick<Store, 'pepper' | 'keepPepper'> => ({
  async pepper() {
    const [row] = await driver.rows({ sql: 'select proof from pepper where id = 1', params: [] });
    return row === undefined ? null : String(row[0]);
  },

  keepPepper: (proof) =>
    driver.transact([
      { into: 'pepper', columns: ['id', 'proof'], rows: [[1, proof]], conflict: 'on conflict do nothing' },
    ]),
});
