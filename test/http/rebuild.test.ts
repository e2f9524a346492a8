/** The list folded anew while it changes: what is written between two reads is no damage, and damage is told all the same. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rebuild } from '../../src/app/rebuild.ts';
import type { Store } from '../../src/store/store.ts';
import { bounce, type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

/** Facts are read before it is written to, and entries after, so many times. */
function readWhileWritten(times: number, write: () => Promise<unknown>): Store {
  const { store } = mailstop.services;
  let left = times;
  return {
    ...store,
    async histories(of) {
      const before = await store.histories(of);
      if (left-- <= 0) return before;
      await write();
      const after = await store.histories(of);
      return new Map(
        [...before].map(([key, history]) => [key, { ...history, entries: after.get(key)?.entries ?? [] }]),
      );
    },
  };
}

const differences = async (store: Store) =>
  (await rebuild({ store, policies: mailstop.services.policies }, 'default', '')).differences;

test('an address that is written to meanwhile is looked at again', async () => {
  const source = await mailstop.source();
  await source.post(bounce('ann@a.test', { event: 'complaint', id: '1' }));
  const store = readWhileWritten(1, () => source.post(bounce('ann@a.test', { id: '2' })));
  expect(await differences(store)).toEqual([]);
  expect(await differences(mailstop.services.store)).toEqual([]);
});

test('one that differs however often it is looked at is told', async () => {
  const source = await mailstop.source();
  await source.post(bounce('ann@a.test', { event: 'complaint', id: '1' }));
  let count = 2;
  const store = readWhileWritten(9, () =>
    source.post({ recipient: 'ann@a.test', event: 'unsubscribe', stream: `s${count}`, id: String(count++) }),
  );
  expect(await differences(store)).toMatchObject([{ address: 'ann@a.test', what: 'left-over' }]);
});
