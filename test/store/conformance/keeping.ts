/** Configuration, and what is deleted by age. */
import { expect, it } from 'vitest';
import {
  addressRow,
  auditRow,
  DAY,
  event,
  key,
  plan,
  policy,
  quarantined,
  receipt,
  source,
  T0,
  unmapped,
} from '../rows.ts';
import { all, ann, full, noRows, rowCounts, type Using } from './ground.ts';

export function configuring(using: Using): void {
  it('a source is kept, changed and dropped; who it is never changes', async () => {
    const store = using.store();
    await store.configure({ put: 'source', row: source() }, auditRow());
    expect(await store.source('generic_1')).toEqual(source());
    await store.write(plan({ sourcesHeard: [{ id: 'generic_1', at: T0 + 5 }] }));
    const changed = source({
      name: 'new',
      disabled: 1,
      secrets: 'v1.other',
      stream: 'news',
      updated_at: T0 + 9,
    });
    await store.configure(
      { put: 'source', row: { ...changed, tenant: 'other', provider: 'mailgun', created_at: 1 } },
      null,
    );
    expect(await store.source('generic_1')).toEqual({ ...changed, last_event_at: T0 + 5 });
    await store.configure({ drop: 'source', tenant: 'other', id: 'generic_1' }, null);
    expect(await store.sources('default')).toHaveLength(1);
    await store.configure({ drop: 'source', tenant: 'default', id: 'generic_1' }, null);
    expect(await store.source('generic_1')).toBeNull();
  });

  it('a key is found by its hash, and only its last use changes', async () => {
    const store = using.store();
    await store.configure({ put: 'key', row: key() }, null);
    await store.configure(
      { put: 'key', row: key({ hash: 'b'.repeat(64), scopes: '["admin"]', last_used_at: T0 + 1 }) },
      null,
    );
    expect(await store.keyByHash('a'.repeat(64))).toEqual(key({ last_used_at: T0 + 1 }));
    expect(await store.keyByHash('b'.repeat(64))).toBeNull();
    await store.configure({ drop: 'key', tenant: 'default', id: 'key_1' }, null);
    expect(await store.keys('default')).toEqual([]);
  });

  it('a key needs a tenant that exists', async () => {
    await expect(
      using.store().configure({ put: 'key', row: key({ tenant: 'nobody' }) }, null),
    ).rejects.toThrow();
  });

  it('tenants are listed, the default one first among them', async () => {
    const store = using.store();
    await store.configure({ put: 'tenant', row: { id: 'shop', name: 'Shop', created_at: T0 } }, null);
    expect(await store.tenants()).toEqual([
      { id: 'default', name: 'default', created_at: 0 },
      { id: 'shop', name: 'Shop', created_at: T0 },
    ]);
  });

  it('a tenant that is there already is stale, and stays as it is', async () => {
    const store = using.store();
    const shop = { id: 'shop', name: 'Shop', created_at: T0 };
    await store.configure({ put: 'tenant', row: shop }, auditRow());
    const again = await store.configure(
      { put: 'tenant', row: { ...shop, name: 'Another' } },
      auditRow({ seq: 2 }),
    );
    expect(again).toBe('stale');
    expect((await store.tenants()).find(({ id }) => id === 'shop')).toEqual(shop);
  });

  it('the newest policy counts, and a version that is taken is stale', async () => {
    const store = using.store();
    expect(await store.policy('default')).toBeNull();
    await store.configure({ put: 'policy', row: policy() }, auditRow());
    await store.configure(
      { put: 'policy', row: policy({ version: 2, document: '{"streams":{"news":"marketing"}}' }) },
      auditRow({ seq: 2 }),
    );
    expect(await store.configure({ put: 'policy', row: policy({ version: 2 }) }, auditRow({ seq: 3 }))).toBe(
      'stale',
    );
    expect(await store.policy('default')).toEqual(
      policy({ version: 2, document: '{"streams":{"news":"marketing"}}' }),
    );
    expect((await store.audits('default', all)).rows.map((row) => row.seq)).toEqual([2, 1]);
  });

  it('the audit is filtered by who, what and when', async () => {
    const store = using.store();
    const rows = [
      auditRow(),
      auditRow({ seq: 2, at: T0 + 10, actor: 'key_2', action: 'key.revoke' }),
      auditRow({ seq: 3, at: T0 + 20, actor: 'key_2' }),
    ];
    for (const audit of rows) await store.write(plan({ audit: [audit] }));
    const found = async (query: object) =>
      (await store.audits('default', { ...all, ...query })).rows.map(({ seq }) => seq);
    expect(await found({ actor: 'key_2' })).toEqual([3, 2]);
    expect(await found({ actor: 'key_2', action: 'key.revoke' })).toEqual([2]);
    expect(await found({ from: T0 + 10, to: T0 + 20 })).toEqual([2]);
    expect(await found({ action: 'none' })).toEqual([]);
  });

  it('a change whose audit row comes too late is stale, and not made', async () => {
    const store = using.store();
    await store.write(plan({ audit: [auditRow()] }));
    expect(await store.configure({ put: 'source', row: source() }, auditRow({ hash: 'h9' }))).toBe('stale');
    expect(await store.sources('default')).toEqual([]);
  });

  it('a quarantined item is dropped by its own tenant only', async () => {
    const store = using.store();
    await store.write(plan({ quarantine: [quarantined()] }));
    await store.configure({ drop: 'quarantine', tenant: 'other', id: 'qua_1' }, null);
    expect(await store.quarantinedItem('default', 'qua_1')).toEqual(quarantined());
    await store.configure({ drop: 'quarantine', tenant: 'default', id: 'qua_1' }, auditRow());
    expect(await store.quarantinedItem('default', 'qua_1')).toBeNull();
  });

  it('what a quarantined item holds can be rewritten, and one that was dropped stays dropped', async () => {
    const store = using.store();
    await store.write(plan({ quarantine: [quarantined()] }));
    const rewrite = () =>
      store.configure({ note: 'quarantine', row: { tenant: 'default', id: 'qua_1', raw: 'clean' } }, null);
    await rewrite();
    expect(await store.quarantinedItem('default', 'qua_1')).toEqual(quarantined({ raw: 'clean' }));
    await store.configure({ drop: 'quarantine', tenant: 'default', id: 'qua_1' }, auditRow());
    await rewrite();
    expect(await store.quarantinedItem('default', 'qua_1')).toBeNull();
  });

  it('answers a ping', async () => {
    await expect(using.store().ping()).resolves.toBeUndefined();
  });
}

export function pruning(using: Using): void {
  const old = { received_at: T0 };
  const young = { received_at: T0 + DAY };
  const cutoff = { receipts: T0 + 1, forget: T0 + 1, notes: T0 + 1, surges: T0 + 1, hours: T0 + 1 };

  it('takes what is older than its time, and leaves the rest', async () => {
    const store = using.store();
    await store.write(
      plan({
        receipts: [
          receipt({ ...old, body: new Uint8Array(1_048_577) }),
          receipt({ ...young, id: 'rcp_2', body: new Uint8Array(1_048_577) }),
        ],
        seen: [
          { tenant: 'default', digest: 'd1', forget_at: T0 },
          { tenant: 'default', digest: 'd2', forget_at: T0 + DAY },
        ],
        nonces: [
          { tenant: 'default', provider: 's', nonce: 'n1', body_digest: 'b', forget_at: T0 },
          { tenant: 'default', provider: 's', nonce: 'n2', body_digest: 'b', forget_at: T0 + DAY },
        ],
        events: [
          event({ id: 'evt_old', counts: 0, ...old }),
          event({ id: 'evt_young', counts: 0, ...young }),
        ],
      }),
    );
    expect(await store.prune(cutoff)).toBe(5);
    expect(await rowCounts(using.driver())).toEqual({
      ...noRows,
      receipts: 1,
      receipt_parts: 1,
      seen: 1,
      nonces: 1,
      events: 1,
    });
    expect((await store.receipt('default', 'rcp_2'))?.body).toHaveLength(1_048_577);
    expect(await store.prune(cutoff)).toBe(0);
  });

  it('keeps the 1,000 unmapped names of a provider that were seen last', async () => {
    const store = using.store();
    const names = Array.from({ length: 1_001 }, (_, i) => unmapped({ name: `n${i}`, last_at: T0 + i }));
    await store.write(plan({ unmapped: [...names, unmapped({ provider: 'other', name: 'n0' })] }));
    expect(await store.prune(cutoff)).toBe(1);
    const kept = (await store.unmapped('default', 2_000)).map(({ provider, name }) => `${provider} ${name}`);
    expect(kept).toHaveLength(1_001);
    expect(kept).not.toContain('sendgrid n0');
    expect(kept).toContain('other n0');
  });

  it('never takes a fact, an entry, an act, a change, a mark, a count or an audit row, however old', async () => {
    const store = using.store();
    await store.write({
      ...full(),
      receipts: [],
      seen: [],
      nonces: [],
      surges: [],
      addresses: [addressRow({ marks: [{ at: T0, messageId: 'm1', rfcMessageId: null }] })],
    });
    const before = await rowCounts(using.driver());
    expect(
      await store.prune({
        receipts: T0 + 9_999 * DAY,
        forget: T0 + 9_999 * DAY,
        notes: T0 + 9_999 * DAY,
        surges: T0 + 9_999 * DAY,
        hours: T0 + 9_999 * DAY,
      }),
    ).toBe(0);
    expect(await rowCounts(using.driver())).toEqual(before);
    expect((await store.histories([ann])).get('default ann@example.com')?.events).toHaveLength(1);
  });

  it('says which receipts are kept, to their own tenant alone', async () => {
    const store = using.store();
    await store.write(
      plan({
        receipts: [
          receipt({ ...old }),
          receipt({ ...young, id: 'rcp_2' }),
          receipt({ ...young, id: 'rcp_3', tenant: 'other' }),
        ],
      }),
    );
    await store.prune(cutoff);
    const kept = (tenant: string) => store.receiptsKept(tenant, ['rcp_1', 'rcp_2', 'rcp_3', 'rcp_4']);
    expect([[...(await kept('default'))], [...(await kept('other'))]]).toEqual([['rcp_2'], ['rcp_3']]);
    expect([...(await store.receiptsKept('default', []))]).toEqual([]);
  });

  it('keeps the receipt of what is still in quarantine, since it is needed to read it again', async () => {
    const store = using.store();
    await store.write(
      plan({
        receipts: [receipt(), receipt({ id: 'rcp_2' })],
        quarantine: [quarantined({ receipt_id: 'rcp_2', item: -1, raw: '' })],
      }),
    );
    expect(await store.prune(cutoff)).toBe(1);
    expect(await store.receipt('default', 'rcp_1')).toBeNull();
    expect(await store.receipt('default', 'rcp_2')).toEqual(receipt({ id: 'rcp_2' }));
  });
}
