/** What is asked before a batch is judged, and before each send. */
import { expect, it } from 'vitest';
import { act, addressRow, DAY, entry, event, listing, plan, T0 } from '../rows.ts';
import { ann, awkward, full, type Using } from './ground.ts';

export function knowing(using: Using): void {
  it('names the digests, nonces and addresses that are there, and no others', async () => {
    const store = using.store();
    const marks = [
      { at: T0, messageId: null, rfcMessageId: null },
      { at: T0 + DAY, messageId: 'm1', rfcMessageId: '<m1@mail.example.com>' },
    ];
    await store.write({
      ...full(),
      addresses: [addressRow({ marks, listedAt: ['mailgun', 'postmark'], open: false })],
    });
    const known = await store.known({
      digests: [
        { tenant: 'default', digest: 'd1' },
        { tenant: 'default', digest: 'd2' },
        { tenant: 'other', digest: 'd1' },
      ],
      nonces: [
        { tenant: 'default', provider: 'generic_1', nonce: 'n1' },
        { tenant: 'default', provider: 'generic_2', nonce: 'n1' },
      ],
      addresses: [
        ann,
        { tenant: 'default', address: 'bob@example.com' },
        { tenant: 'other', address: 'ann@example.com' },
      ],
    });
    expect([...known.seen.keys()]).toEqual(['default d1']);
    expect([...known.nonces]).toEqual([['default generic_1 n1', 'b1']]);
    expect([...known.addresses]).toEqual([
      [
        'default ann@example.com',
        addressRow({ revision: 1, open: false, marks, listedAt: ['mailgun', 'postmark'] }),
      ],
    ]);
  });

  it('says which messages went to which address, by events that are proven and by deliveries', async () => {
    const store = using.store();
    const marks = [
      { at: T0, messageId: 'm3', rfcMessageId: '<m3@mail.example.com>' },
      // As versions have kept them that took what is no character.
      { at: T0, messageId: 'm\0', rfcMessageId: 'm\ud800' },
    ];
    await store.write(
      plan({
        events: [
          event({ message_id: 'm1', rfc_message_id: '<m1@mail.example.com>' }),
          event({ id: 'evt_2', message_id: 'm2', proven: 0 }),
          event({ id: 'evt_3', tenant: 'other', message_id: 'm4' }),
        ],
        addresses: [addressRow({ marks })],
      }),
    );
    const asked = ['m1', 'm1@mail.example.com', 'm2', 'm3', 'm3@mail.example.com', 'm4', ''].flatMap(
      (message) => ['ann@example.com', 'bob@example.com'].map((address) => ({ address, message })),
    );
    expect([...(await store.sent('default', asked))].sort()).toEqual([
      'ann@example.com m1',
      'ann@example.com m1@mail.example.com',
      'ann@example.com m3',
      'ann@example.com m3@mail.example.com',
    ]);
    expect((await store.sent('default', [])).size).toBe(0);
  });

  it('gives the facts of an address as the fold takes them', async () => {
    const store = using.store();
    await store.write(
      plan({
        events: [
          event({
            sent_at: T0 - 1,
            listed: 0,
            hearsay: 1,
            feedback: 'abuse',
            listed_for: 'bounce',
            message_id: 'm1',
            rfc_message_id: '<m1@mail.example.com>',
            provider_group: 'weekly',
            text: awkward,
          }),
          event({ id: 'evt_2', listed: 1 }),
          event({ id: 'evt_3', counts: 0 }),
          event({ id: 'evt_4', tenant: 'other' }),
          event({ id: 'evt_5', address: 'bob@example.com' }),
        ],
        acts: [act(), act({ id: 'act_2', tenant: 'other' })],
        entries: [entry(), entry({ tenant: 'other', id: 'sup_9' })],
      }),
    );
    const histories = await store.histories([ann, { tenant: 'default', address: 'nobody@example.com' }]);
    const history = histories.get('default ann@example.com');
    expect(history?.events.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      {
        id: 'evt_1',
        kind: 'bounce',
        address: 'ann@example.com',
        at: T0,
        sentAt: T0 - 1,
        stream: '*',
        group: 'weekly',
        smtp: { code: '550', enhanced: '5.1.1', text: awkward, source: 'reported' },
        category: 'mailbox-unknown',
        blame: 'recipient',
        bounceType: 'hard',
        severity: 'high',
        strength: 'strong',
        messageId: 'm1',
        rfcMessageId: '<m1@mail.example.com>',
        provider: 'generic',
        sourceId: 'generic_1',
        providerType: 'bounce',
        feedback: 'abuse',
        listedFor: 'bounce',
        listed: false,
        hearsay: true,
      },
      expect.objectContaining({ id: 'evt_2', listed: true, hearsay: false, sentAt: null }),
    ]);
    expect(history?.acts).toEqual([
      {
        id: 'act_1',
        kind: 'block',
        at: T0,
        actor: 'key_1',
        stream: '*',
        reason: 'manual',
        until: null,
        note: 'asked by phone',
      },
    ]);
    expect(history?.entries).toEqual([entry()]);
    expect(histories.get('default nobody@example.com')).toEqual({ events: [], acts: [], entries: [] });
  });

  it('says where nothing has happened yet', async () => {
    expect(await using.store().auditHead()).toEqual({ seq: 0, hash: '' });
    expect((await using.store().known({ digests: [], nonces: [], addresses: [] })).addresses.size).toBe(0);
    expect((await using.store().histories([])).size).toBe(0);
  });
}

export function checking(using: Using): void {
  const check = async (addresses: readonly string[], now = T0, tenant = 'default') => {
    const found = await using.store().check(tenant, addresses, now);
    return Object.fromEntries(
      [...found].map(([address, at]) => [
        address,
        { ids: at.entries.map((row) => row.id).toSorted(), listedAt: at.listedAt },
      ]),
    );
  };

  it('finds active and held entries, and leaves released and expired ones out', async () => {
    await using
      .store()
      .write(
        listing([
          entry({ address: 'active@example.com', id: 'sup_a' }),
          entry({ address: 'held@example.com', id: 'sup_h', state: 'held' }),
          entry({ address: 'released@example.com', state: 'released' }),
          entry({ address: 'over@example.com', until: T0 }),
          entry({ address: 'running@example.com', id: 'sup_r', until: T0 + 1 }),
        ]),
      );
    expect(
      await check([
        'active@example.com',
        'held@example.com',
        'released@example.com',
        'over@example.com',
        'running@example.com',
        'new@example.com',
      ]),
    ).toEqual({
      'active@example.com': { ids: ['sup_a'], listedAt: [] },
      'held@example.com': { ids: ['sup_h'], listedAt: [] },
      'running@example.com': { ids: ['sup_r'], listedAt: [] },
    });
  });

  it('finds all entries of an address, and those of its whole domain', async () => {
    await using
      .store()
      .write(
        listing([
          entry({ id: 'sup_1' }),
          entry({ id: 'sup_2', reason: 'complaint', stream: 'news' }),
          entry({ address: '@example.com', id: 'sup_d', domain: 'example.com' }),
          entry({ address: '@other.test', id: 'sup_o', domain: 'other.test' }),
        ]),
      );
    expect(await check(['ann@example.com', 'bob@example.com', 'eve@sub.example.com'])).toEqual({
      'ann@example.com': { ids: ['sup_1', 'sup_2', 'sup_d'], listedAt: [] },
      'bob@example.com': { ids: ['sup_d'], listedAt: [] },
    });
    expect(await check(['@example.com'])).toEqual({ '@example.com': { ids: ['sup_d'], listedAt: [] } });
  });

  it('reads the domain after the last @', async () => {
    await using.store().write(listing([entry({ address: '@b.test', id: 'sup_b', domain: 'b.test' })]));
    expect(Object.keys(await check(['"x@a.test"@b.test', '"x@b.test"@a.test']))).toEqual([
      '"x@a.test"@b.test',
    ]);
  });

  it('says where an address is listed though nothing blocks it here', async () => {
    await using.store().write(plan({ addresses: [addressRow({ listedAt: ['mailgun'] })] }));
    expect(await check(['ann@example.com'])).toEqual({
      'ann@example.com': { ids: [], listedAt: ['mailgun'] },
    });
  });

  it('keeps tenants apart', async () => {
    await using.store().write(
      plan({
        entries: [entry({ tenant: 'other' })],
        addresses: [addressRow({ tenant: 'other', listedAt: ['mailgun'] })],
      }),
    );
    expect(await check(['ann@example.com'])).toEqual({});
    expect(Object.keys(await check(['ann@example.com'], T0, 'other'))).toEqual(['ann@example.com']);
  });

  it('answers ten thousand at once, and none', async () => {
    await using
      .store()
      .write(
        listing(
          Array.from({ length: 500 }, (_, i) => entry({ address: `u${i * 20}@example.com`, id: `sup_${i}` })),
        ),
      );
    const found = await using.store().check(
      'default',
      Array.from({ length: 10_000 }, (_, i) => `u${i}@example.com`),
      T0,
    );
    expect(found.size).toBe(500);
    expect(found.get('u9980@example.com')?.entries).toHaveLength(1);
    expect((await using.store().check('default', [], T0)).size).toBe(0);
  });
}
