/** What another policy needs: facts of old, whole domains, versions, and a guard against flushes that are late. */
import { expect, it } from 'vitest';
import { addressRow, event, plan, policy, T0 } from '../rows.ts';
import { all, ann, type Using } from './ground.ts';

const tenant = 'default';
const idsOf = (facts: readonly { readonly id: string }[] | undefined) => facts?.map(({ id }) => id);

export function redeciding(using: Using): void {
  it('tells the events that do not count, and counts them from then on', async () => {
    const store = using.store();
    await store.write(
      plan({
        events: [
          event(),
          event({ id: 'evt_2', counts: 0 }),
          event({ id: 'evt_3', counts: 0, tenant: 'other' }),
          event({ id: 'evt_4', counts: 0, address: 'bob@example.com' }),
        ],
      }),
    );
    expect(idsOf((await store.uncounted([ann])).get('default ann@example.com'))).toEqual(['evt_2']);
    await store.write(plan({ counted: [{ tenant, id: 'evt_2' }] }));
    const history = (await store.histories([ann])).get('default ann@example.com');
    expect(idsOf(history?.events)?.toSorted()).toEqual(['evt_1', 'evt_2']);
    expect((await store.uncounted([ann])).size).toBe(0);
  });

  it('gives a domain the facts that speak of it, once each', async () => {
    const store = using.store();
    const domain = { tenant, address: '@example.com' };
    const facts = ['evt_1', 'evt_2'].map((event_id) => ({ tenant, domain: '@example.com', event_id }));
    await store.write(
      plan({
        events: [event(), event({ id: 'evt_2', address: 'bob@example.com' }), event({ id: 'evt_3' })],
        domainFacts: facts,
      }),
    );
    await store.write(plan({ domainFacts: facts }));
    const found = (await store.histories([domain, ann])).get('default @example.com');
    expect(found?.events.map(({ id, address }) => [id, address])).toEqual([
      ['evt_1', 'ann@example.com'],
      ['evt_2', 'bob@example.com'],
    ]);
  });

  it('lists addresses with events, then domains with facts, each once and in order', async () => {
    const store = using.store();
    await store.write(
      plan({
        events: [
          event({ id: 'evt_1', address: 'b@x.test' }),
          event({ id: 'evt_2', address: 'a@x.test' }),
          event({ id: 'evt_3', address: 'b@x.test', counts: 0 }),
          event({ id: 'evt_4', address: '1@x.test' }),
          event({ id: 'evt_5', address: 'z@x.test', tenant: 'other' }),
        ],
        domainFacts: [
          { tenant, domain: '@y.test', event_id: 'evt_1' },
          { tenant, domain: '@x.test', event_id: 'evt_1' },
          { tenant, domain: '@x.test', event_id: 'evt_2' },
        ],
      }),
    );
    expect(await store.factAddresses(tenant, '', 2)).toEqual(['1@x.test', 'a@x.test']);
    expect(await store.factAddresses(tenant, 'a@x.test', 2)).toEqual(['b@x.test']);
    expect(await store.factAddresses(tenant, '@', 1)).toEqual(['@x.test']);
    expect(await store.factAddresses(tenant, '@x.test', 9)).toEqual(['@y.test']);
  });

  it('keeps every version of a policy, and knows the newest whose list is not decided', async () => {
    const store = using.store();
    for (const version of [1, 2])
      await store.configure({ put: 'policy', row: policy({ version, redecided_to: '' }) }, null);
    expect(await store.policy(tenant)).toEqual(policy({ version: 2, redecided_to: '' }));
    expect(await store.policyVersion(tenant, 1)).toEqual(policy({ version: 1, redecided_to: '' }));
    expect(await store.policyVersion(tenant, 3)).toBeNull();
    const page = await store.policyVersions(tenant, { limit: 1, after: null });
    expect(page.rows.map(({ version }) => version)).toEqual([2]);
    expect((await store.policyVersions(tenant, { limit: 1, after: page.next })).rows).toMatchObject([
      { version: 1 },
    ]);
    expect(await store.unfinishedPolicies()).toEqual([policy({ version: 2, redecided_to: '' })]);
    await store.write(plan({ redecided: [{ tenant, version: 2, to: 'm@x.test' }] }));
    expect((await store.policy(tenant))?.redecided_to).toBe('m@x.test');
    await store.write(plan({ redecided: [{ tenant, version: 2, to: null }] }));
    expect(await store.unfinishedPolicies()).toEqual([]);
  });

  it('refuses a flush that was judged by another version, and writes nothing of it', async () => {
    const store = using.store();
    const judged = (version: number, id: string) =>
      plan({ judgedBy: [{ tenant, version }], events: [event({ id })] });
    expect(await store.write(judged(0, 'evt_1'))).toBe('done');
    await store.configure({ put: 'policy', row: policy() }, null);
    expect(await store.write(judged(0, 'evt_2'))).toBe('stale');
    expect(await store.write(judged(1, 'evt_3'))).toBe('done');
    expect(idsOf((await store.events(tenant, all)).rows)).toEqual(['evt_3', 'evt_1']);
  });

  it('tells who is answered for, in order, and no longer than said', async () => {
    const store = using.store();
    const row = (address: string, allowedUntil: number | null) => addressRow({ address, allowedUntil });
    await store.write(
      plan({
        addresses: [
          row('b@x.test', T0 + 9),
          row('a@x.test', T0 + 5),
          row('c@x.test', T0),
          row('d@x.test', null),
          row('@y.test', T0 + 9),
        ],
      }),
    );
    const first = await store.allowed(tenant, T0, { limit: 2, after: null });
    expect(first.rows.map(({ address, allowedUntil }) => [address, allowedUntil])).toEqual([
      ['@y.test', T0 + 9],
      ['a@x.test', T0 + 5],
    ]);
    const rest = await store.allowed(tenant, T0, { limit: 2, after: first.next });
    expect(rest.rows.map(({ address }) => address)).toEqual(['b@x.test']);
    const found = await store.check(tenant, ['a@x.test', 'c@x.test', 'z@y.test'], T0);
    expect([...found].map(([address, { allowedUntil }]) => [address, allowedUntil])).toEqual([
      ['a@x.test', T0 + 5],
      ['z@y.test', T0 + 9],
    ]);
  });
}
