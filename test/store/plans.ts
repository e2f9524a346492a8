/** What the database is asked on the paths that must stay fast, recorded from the store itself, so that none is forgotten. */
import type { Driver, Statement } from '../../src/store/driver.ts';
import { createStore } from '../../src/store/sql.ts';
import { addressRow, entry, event, plan, receipt, T0 } from './rows.ts';

/** So many that no planner would rather read a table from end to end. */
export const ROWS = 40_000;

export async function fill(driver: Driver): Promise<void> {
  const store = createStore(driver);
  const numbers = Array.from({ length: ROWS }, (_, i) => i);
  const address = (i: number) => `u${i}@d${i % 97}.example`;
  for (let at = 0; at < ROWS; at += 2_000) {
    const some = numbers.slice(at, at + 2_000);
    await store.write(
      plan({
        seen: some.map((i) => ({ tenant: 'default', digest: `d${i}`, forget_at: T0 })),
        nonces: some.map((i) => ({
          tenant: 'default',
          provider: 'p',
          nonce: `n${i}`,
          body_digest: 'b',
          forget_at: T0,
        })),
        receipts: some.map((i) => receipt({ id: `rcp_${i}` })),
        events: some.map((i) => event({ id: `evt_${i}`, address: address(i), domain: `d${i % 97}.example` })),
        addresses: some.map((i) => addressRow({ address: address(i) })),
        entries: some.map((i) =>
          entry({ id: `sup_${i}`, address: address(i), domain: `d${i % 97}.example`, updated_at: T0 + i }),
        ),
        changes: some.map((i) => ({
          tenant: 'default',
          at: T0,
          address: address(i),
          stream: '*',
          reason: 'hard-bounce' as const,
          state: 'active' as const,
          until: null,
          suppression_id: `sup_${i}`,
          was: null,
        })),
        acts: some.map((i) => ({
          tenant: 'default',
          id: `act_${i}`,
          kind: 'block' as const,
          address: address(i),
          at: T0,
          actor: 'a',
          detail: '{}',
          batch: null,
        })),
        domainFacts: some.map((i) => ({
          tenant: 'default',
          domain: `@d${i % 97}.example`,
          event_id: `evt_${i}`,
        })),
      }),
    );
  }
}

/** Everything that a webhook, a check, a page of the list or a follower asks. */
export async function hotReads(
  driver: Driver,
): Promise<readonly (readonly [what: string, statement: Statement])[]> {
  const asked: [string, Statement][] = [];
  let what = '';
  const store = createStore({
    ...driver,
    rows(statement) {
      asked.push([what, statement]);
      return driver.rows(statement);
    },
  });
  const ann = { tenant: 'default', address: 'u1@d1.example' };
  const domain = { tenant: 'default', address: '@d1.example' };
  const page = { limit: 50, after: null };
  const reads: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      'known',
      () =>
        store.known({
          digests: [{ tenant: 'default', digest: 'd1' }],
          nonces: [{ tenant: 'default', provider: 'p', nonce: 'n1' }],
          addresses: [ann, domain],
        }),
    ],
    ['histories', () => store.histories([ann, domain])],
    ['uncounted', () => store.uncounted([ann])],
    ['sent', () => store.sent('default', [{ address: 'u1@d1.example', message: 'm1' }])],
    ['auditHead', () => store.auditHead()],
    ['check', () => store.check('default', ['u1@d1.example', 'x@y.example'], T0)],
    ['entries', () => store.entries('default', { ...page, states: ['active', 'held'] }, T0)],
    [
      'entries, next page',
      () => store.entries('default', { limit: 50, after: [T0 + 500, 'sup_500'], states: ['active'] }, T0),
    ],
    ...[
      ['search', {}],
      ['search, a domain', { domain: 'd1.example' }],
      ['search, a cause of our own', { category: 'auth-failure', code: undefined }],
      // Of a prefix that half of so short a list has, all would rightly be read.
      ['search, a prefix', { q: 'u15' }],
      ['search, a prefix, next page', { q: 'u15', after: ['u151@d54.example', '*', 'hard-bounce'] }],
    ].map(
      ([what, query]) =>
        [
          what as string,
          () =>
            store.search('default', { ...page, states: ['active'], code: '504', ...(query as object) }, T0),
        ] as const,
    ),
    [
      'newest of a prefix',
      () => store.newest('default', { ...page, states: ['active'], q: 'u15', part: null }, T0),
    ],
    [
      'newest of a prefix, next part and page',
      () =>
        store.newest(
          'default',
          {
            limit: 50,
            after: [T0 + 500, 'sup_500'],
            states: ['active'],
            q: 'u15',
            part: ['u151@d54.example', '*', 'hard-bounce'],
          },
          T0,
        ),
    ],
    ['events', () => store.events('default', page)],
    ['events of an address', () => store.events('default', { ...page, address: 'u1@d1.example' })],
    [
      'events of a receipt',
      () => store.events('default', { ...page, receiptId: 'rcp_1', from: T0, to: T0 + 1 }),
    ],
    ['acts', () => store.acts('default', 'u1@d1.example')],
    ['receipts kept', () => store.receiptsKept('default', ['rcp_1'])],
    ['whole receipts', () => store.receiptsAfter('default', 'rcp_5', 20)],
    ['changes', () => store.changesAfter('default', ROWS - 100, 100)],
    ['all that stands', () => store.standing('default', ['u5', '*', ''], 100, T0)],
    ['what ran out', () => store.ranOut('default', { expired_to: T0 - 9, expired_after: 'sup_5' }, T0, 100)],
    ['last change', () => store.lastChange('default')],
    ['fact addresses', () => store.factAddresses('default', 'u5', 100)],
    ['policy', () => store.policy('default')],
    ['key', () => store.keyByHash('a')],
    ['source', () => store.source('generic_1')],
  ];
  for (const [name, read] of reads) {
    what = name;
    await read();
  }
  return asked;
}

/** Tables that grow with the list. The rest hold a row for each source, key or hour. */
export const growing = [
  'seen',
  'nonces',
  'events',
  'addresses',
  'suppressions',
  'changes',
  'acts',
  'domain_facts',
  'receipts',
] as const;
