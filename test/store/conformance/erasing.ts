/** What is rewritten where an address is erased. */
import { expect, it } from 'vitest';
import type { Mention, MentionPart, MentionPlace } from '../../../src/store/store.ts';
import { act, addressRow, change, entry, event, plan, receipt, T0 } from '../rows.ts';
import { all, standing, type Using } from './ground.ts';

const PSEUDONYM = 'hash@erased.invalid';
const erasure = { tenant: 'default', pseudonym: PSEUDONYM, filter_hash: '0123456789abcdef', at: T0 };
const ann = 'ann@example.com';
const clean = (text: string) => text.replaceAll(ann, PSEUDONYM);

export function erasing(using: Using): void {
  it('rows about it become rows about its hash, and nobody else’s change', async () => {
    const store = using.store();
    const bob = 'bob@example.com';
    await store.write(
      plan({
        events: [
          event({ text: `550 <${ann}> unknown`, tags: `["${ann}"]` }),
          event({ id: 'evt_2', address: bob, text: '550 unknown' }),
          event({ id: 'evt_3', tenant: 'rival' }),
        ],
        acts: [act({ detail: `{"note":"${ann}"}` })],
        addresses: [ann, bob].map((address) => addressRow({ address })),
        entries: [entry(), entry({ id: 'sup_2', address: bob })],
        changes: [change(), change({ address: bob })],
        names: [{ tenant: 'default', pseudonym: PSEUDONYM, name: ann }],
      }),
    );
    expect(await store.hasErasures('default')).toBe(false);
    expect(await store.rewrite(erasure, ann, null)).toBe(5);
    expect(await store.hasErasures('default')).toBe(false);
    expect(await store.rewrite(erasure, ann, clean)).toBe(5);
    expect(await store.rewrite(erasure, ann, clean)).toBe(0);

    expect([await store.hasErasures('default'), await store.hasErasures('rival')]).toEqual([true, false]);
    expect(await store.erased('default', [PSEUDONYM, 'other@erased.invalid'])).toEqual(
      new Map([[PSEUDONYM, 'here']]),
    );
    expect(await store.erased('rival', [PSEUDONYM])).toEqual(new Map());
    expect(await store.erasures('default')).toEqual([erasure]);
    expect(await store.namesOf('default', [PSEUDONYM])).toEqual(new Map());

    const events = (await store.events('default', all)).rows;
    expect(events.map(({ address, domain }) => `${address} ${domain}`).sort()).toEqual([
      `${bob} example.com`,
      `${PSEUDONYM} erased.invalid`,
    ]);
    expect((await store.entries('default', standing, T0)).rows.map(({ address }) => address).sort()).toEqual([
      bob,
      PSEUDONYM,
    ]);
    expect((await store.check('default', [PSEUDONYM], T0)).get(PSEUDONYM)?.entries).toHaveLength(1);
    expect((await store.acts('default', PSEUDONYM))[0]?.detail).toBe(`{"note":"${PSEUDONYM}"}`);
    const changes = await store.changesAfter('default', 0, 10);
    expect(changes.map(({ address }) => address)).toEqual([PSEUDONYM, bob]);
    expect(JSON.stringify(events)).not.toContain(ann);
    expect((await store.events('rival', all)).rows[0]?.address).toBe(ann);
  });

  it('a hash of another server’s is one of an erasure elsewhere, until the address is erased here', async () => {
    const store = using.store();
    const elsewhere = { ...erasure, filter_hash: '', at: T0 - 1 };
    await store.write(plan({ erasures: [elsewhere] }));
    expect([await store.hasErasures('default'), await store.hasErasures('rival')]).toEqual([true, false]);
    expect(await store.erased('default', [PSEUDONYM])).toEqual(new Map([[PSEUDONYM, 'elsewhere']]));
    await store.rewrite(erasure, ann, clean);
    expect(await store.erased('default', [PSEUDONYM])).toEqual(new Map([[PSEUDONYM, 'here']]));
    await store.write(plan({ erasures: [elsewhere] }));
    expect(await store.erasures('default')).toEqual([erasure]);
  });

  it('rows about others whose texts name it are found part by part, and get other texts', async () => {
    const store = using.store();
    const bob = 'bob@example.com';
    await store.write(
      plan({
        events: [
          event({ text: `550 <${ann}> unknown` }),
          event({ id: 'evt_2', address: bob, text: `550 to <${ann.toUpperCase()}>`, message_id: 'm' }),
          event({ id: 'evt_3', address: bob, text: '550 ann, example.com', tags: `["x","${ann}"]` }),
          event({ id: 'evt_4', address: bob, text: '550 of example.com' }),
          event({ id: 'evt_5', tenant: 'rival', address: bob, text: ann }),
        ],
        acts: [act({ address: bob, detail: `{"note":"${ann}"}` })],
        addresses: [bob].map((address) => addressRow({ address })),
        entries: [entry({ id: 'sup_2', address: bob, note: ann }), entry({ id: 'sup_1', note: ann })],
      }),
    );
    const found: Mention[] = [];
    let parts = 0;
    for (let place: MentionPlace | null = null; ; parts++) {
      const part: MentionPart = await store.mentions('default', ann, ['ann', 'example.com'], place);
      found.push(...part.rows);
      place = part.next;
      if (place === null) break;
    }
    expect(parts).toBe(2);
    expect(found.map(({ table, id }) => `${table} ${id}`)).toEqual([
      'events evt_2',
      'events evt_3',
      'acts act_1',
      'suppressions sup_2',
    ]);
    expect(found[0]?.texts).toMatchObject({ text: `550 to <${ann.toUpperCase()}>`, message_id: 'm' });
    await store.rewriteTexts(
      'default',
      found.map((row) => ({
        ...row,
        texts: Object.fromEntries(
          Object.entries(row.texts).map(([column, text]) => [column, text && clean(text.toLowerCase())]),
        ),
      })),
    );
    const told = JSON.stringify([
      (await store.events('default', { ...all, address: bob })).rows,
      await store.acts('default', bob),
      (await store.entries('default', { ...standing, q: bob }, T0)).rows,
    ]);
    expect(told).not.toContain(ann);
    expect(told.split(PSEUDONYM)).toHaveLength(5);
    expect((await store.events('rival', all)).rows[0]?.text).toBe(ann);
    expect((await store.events('default', { ...all, address: ann })).rows[0]?.text).toContain(ann);
  });

  it('names in the audit are kept apart, and known until then', async () => {
    const store = using.store();
    const name = { tenant: 'default', pseudonym: PSEUDONYM, name: ann };
    await store.write(plan({ names: [name] }));
    await store.write(plan({ names: [name] }));
    expect(await store.namesOf('default', [PSEUDONYM, 'x'])).toEqual(new Map([[PSEUDONYM, ann]]));
    expect(await store.namesOf('default', [])).toEqual(new Map());
    await store.rewrite(erasure, ann, clean);
    expect(await store.namesOf('default', [PSEUDONYM])).toEqual(new Map());
  });

  it('receipts are read whole, in order, and rewritten', async () => {
    const store = using.store();
    const large = new Uint8Array(1_048_577).fill(7);
    await store.write(
      plan({
        receipts: [
          receipt({ id: 'rcp_2', body: large }),
          receipt({ id: 'rcp_1' }),
          receipt({ id: 'rcp_3', tenant: 'rival' }),
        ],
      }),
    );
    const some = await store.receiptsAfter('default', '', 10);
    expect(some.map(({ id, body }) => `${id} ${body.length}`)).toEqual(['rcp_1 2', `rcp_2 ${large.length}`]);
    expect(await store.receiptsAfter('default', 'rcp_1', 1)).toHaveLength(1);
    const heads = await store.receiptHeads('default', null, { limit: 1, after: null });
    expect(heads).toEqual({
      rows: [{ id: 'rcp_1', source_id: 'generic_1', received_at: T0 }],
      next: ['rcp_1'],
    });
    const next = await store.receiptHeads('default', 'generic_1', { limit: 9, after: ['rcp_1'] });
    expect(next.rows.map(({ id }) => id)).toEqual(['rcp_2']);
    expect((await store.receiptHeads('default', 'other', all)).rows).toEqual([]);
    await store.rewriteReceipt({
      id: 'rcp_2',
      query: 'q=1',
      encoding: 'identity',
      body: new Uint8Array([1]),
    });
    expect(await store.receipt('default', 'rcp_2')).toMatchObject({
      query: 'q=1',
      body: new Uint8Array([1]),
    });
    await store.compact();
  });
}
