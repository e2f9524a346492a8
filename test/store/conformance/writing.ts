/** One write: all of it or nothing, and everything back as it was. */
import { expect, it } from 'vitest';
import type { WritePlan } from '../../../src/store/store.ts';
import {
  act,
  addressRow,
  auditRow,
  change,
  DAY,
  entry,
  event,
  plan,
  quarantined,
  receipt,
  source,
  stat,
  T0,
  unmapped,
} from '../rows.ts';
import { all, ann, awkward, everyTable, full, noRows, rowCounts, standing, type Using } from './ground.ts';

export function writing(using: Using): void {
  it('leaves one row in every table it names', async () => {
    expect(await using.store().write(full())).toBe('done');
    expect(await rowCounts(using.driver())).toEqual({
      ...noRows,
      ...Object.fromEntries(everyTable.map((table) => [table, 1])),
    });
  });

  it('gives every row back as it was', async () => {
    const store = using.store();
    const rows = {
      event: event({
        text: awkward,
        sent_at: T0 - 5,
        message_id: '007',
        rfc_message_id: '<007@mail.example.com>',
        provider_event_id: '1e3',
        listed: 1,
        hearsay: 1,
        tags: '["a","b"]',
        until: T0 + DAY,
      }),
      entry: entry({ note: awkward, until: T0 + DAY, contradicted_at: T0 + 1 }),
      act: act({ detail: JSON.stringify({ note: awkward }) }),
      quarantined: quarantined({ raw: awkward, item: -1 }),
      unmapped: unmapped({ name: awkward, sample: awkward }),
      audit: auditRow({ detail: JSON.stringify({ why: awkward }), subject: awkward }),
      change: change({ until: T0 + DAY }),
    };
    await store.write(
      plan({
        events: [rows.event],
        entries: [rows.entry],
        acts: [rows.act],
        quarantine: [rows.quarantined],
        unmapped: [rows.unmapped],
        audit: [rows.audit],
        changes: [rows.change],
      }),
    );
    expect((await store.events('default', all)).rows).toEqual([rows.event]);
    expect((await store.entries('default', standing, T0)).rows).toEqual([rows.entry]);
    expect(await store.acts('default', 'ann@example.com')).toEqual([rows.act]);
    expect((await store.quarantined('default', all)).rows).toEqual([rows.quarantined]);
    expect(await store.quarantinedItem('default', 'qua_1')).toEqual(rows.quarantined);
    expect(await store.unmapped('default', 10)).toEqual([rows.unmapped]);
    expect((await store.audits('default', all)).rows).toEqual([rows.audit]);
    expect(await store.auditHead()).toEqual({ seq: 1, hash: 'h1' });
    expect(await store.changesAfter('default', 0, 10)).toEqual([{ seq: 1, ...rows.change }]);
  });

  it('keeps a null null and a code of digits a text', async () => {
    const bare = event({
      sent_at: null,
      code: null,
      enhanced: null,
      text: null,
      code_source: null,
      category: null,
      severity: null,
      message_id: null,
      feedback: null,
      listed_for: null,
      listed: null,
      until: null,
    });
    await using.store().write(plan({ events: [bare, event({ id: 'evt_2', code: '504' })] }));
    expect((await using.store().events('default', all)).rows).toEqual([
      event({ id: 'evt_2', code: '504' }),
      bare,
    ]);
  });

  it('takes a plan that has nothing in it', async () => {
    expect(await using.store().write(plan({}))).toBe('done');
  });

  it.each([0, 1, 1_048_576, 1_048_577, 2_621_441])('keeps a body of %i bytes to the byte', async (length) => {
    const body = Uint8Array.from({ length }, (_, i) => (i * 31) % 256);
    // A view into a larger buffer, as bodies often are.
    const view = new Uint8Array(length + 7);
    view.set(body, 7);
    const row = receipt({
      body: view.subarray(7),
      encoding: 'gzip',
      query: 'a=1&b=%20',
      headers: '{"x":"1"}',
    });
    await using.store().write(plan({ receipts: [row] }));
    const { body: read, ...rest } = (await using.store().receipt('default', 'rcp_1')) ?? receipt();
    expect(read).toBeInstanceOf(Uint8Array);
    expect(read.length).toBe(length);
    expect(read.every((byte, i) => byte === body[i])).toBe(true);
    expect(rest).toEqual({ ...row, body: undefined });
  });

  it('shows a receipt to its own tenant only', async () => {
    await using.store().write(plan({ receipts: [receipt()] }));
    expect(await using.store().receipt('other', 'rcp_1')).toBeNull();
    expect(await using.store().receipt('default', 'rcp_2')).toBeNull();
  });

  it('replaces an entry but keeps its id and when it was made', async () => {
    const store = using.store();
    await store.write(plan({ entries: [entry({ id: 'sup_1', created_at: T0, code: '550' })] }));
    await store.write(
      plan({
        entries: [entry({ id: 'sup_2', created_at: T0 + 9, updated_at: T0 + 9, code: '551', state: 'held' })],
      }),
    );
    expect((await store.entries('default', standing, T0)).rows).toEqual([
      entry({ id: 'sup_1', created_at: T0, updated_at: T0 + 9, code: '551', state: 'held' }),
    ]);
  });

  it('keeps reasons and streams of one address apart', async () => {
    const store = using.store();
    await store.write(
      plan({
        entries: [
          entry({ id: 'sup_1' }),
          entry({ id: 'sup_2', reason: 'complaint' }),
          entry({ id: 'sup_3', reason: 'complaint', stream: 'news' }),
        ],
      }),
    );
    expect((await store.entries('default', standing, T0)).rows.map((row) => row.id)).toEqual([
      'sup_3',
      'sup_2',
      'sup_1',
    ]);
  });

  it('counts up what is unmapped, with the first time, the last time and the last sample', async () => {
    const store = using.store();
    await store.write(plan({ unmapped: [unmapped({ count: 2, first_at: T0, last_at: T0, sample: 'old' })] }));
    await store.write(
      plan({ unmapped: [unmapped({ count: 3, first_at: T0 + 5, last_at: T0 + 5, sample: 'new' })] }),
    );
    expect(await store.unmapped('default', 10)).toEqual([
      unmapped({ count: 5, first_at: T0, last_at: T0 + 5, sample: 'new' }),
    ]);
    // Of a source that was paused, what came first is read last.
    await store.write(plan({ unmapped: [unmapped({ count: 1, first_at: T0 - 9, last_at: T0 - 9 })] }));
    expect(await store.unmapped('default', 10)).toMatchObject([
      { count: 6, first_at: T0 - 9, last_at: T0 + 5 },
    ]);
  });

  it('notes when a source was last heard, never going back', async () => {
    const store = using.store();
    await store.configure({ put: 'source', row: source() }, null);
    const heardAt = async (at: number) => {
      await store.write(
        plan({
          sourcesHeard: [
            { id: 'generic_1', at },
            { id: 'generic_gone', at },
          ],
        }),
      );
      return (await store.source('generic_1'))?.last_event_at;
    };
    expect(await heardAt(T0 + 2)).toBe(T0 + 2);
    expect(await heardAt(T0 + 1)).toBe(T0 + 2);
    expect(await heardAt(T0 + 3)).toBe(T0 + 3);
  });

  it('T123 takes a thousand events with long texts at once', async () => {
    const store = using.store();
    const rows = Array.from({ length: 1_000 }, (_, i) =>
      event({
        id: `evt_${String(i).padStart(4, '0')}`,
        address: `u${i}@example.com`,
        text: `${i} ${'ü'.repeat(1_500)}`,
      }),
    );
    expect(await store.write(plan({ events: rows }))).toBe('done');
    const read = (await store.events('default', all)).rows;
    expect(read).toHaveLength(1_000);
    expect(read.at(0)).toEqual(rows.at(-1));
  });

  it('keeps the audit: no row can be changed or deleted', async () => {
    await using.store().write(plan({ audit: [auditRow()] }));
    for (const sql of ["update audit set actor = 'nobody'", 'delete from audit']) {
      await expect(using.driver().transact([{ sql, params: [] }]), sql).rejects.toThrow();
    }
    expect((await using.store().audits('default', all)).rows).toEqual([auditRow()]);
  });
}

export function staleness(using: Using): void {
  it.each([
    ['an item that was taken in before', { seen: [{ tenant: 'default', digest: 'd1', forget_at: T0 }] }],
    [
      'a nonce that was used before',
      {
        nonces: [{ tenant: 'default', provider: 'generic_1', nonce: 'n1', body_digest: 'b2', forget_at: T0 }],
      },
    ],
    ['an address that moved on', { addresses: [addressRow({ revision: 0 })] }],
    ['an address read at a revision it never had', { addresses: [addressRow({ revision: 7 })] }],
    ['an audit row whose place is taken', { audit: [auditRow({ hash: 'h2' })] }],
  ] as [string, Partial<WritePlan>][])(
    '%s is stale, and nothing of its plan stays',
    async (_title, clash) => {
      const store = using.store();
      await store.write(
        plan({
          seen: [{ tenant: 'default', digest: 'd1', forget_at: T0 }],
          nonces: [
            { tenant: 'default', provider: 'generic_1', nonce: 'n1', body_digest: 'b1', forget_at: T0 },
          ],
          addresses: [addressRow()],
          audit: [auditRow()],
        }),
      );
      const before = await rowCounts(using.driver());
      const rest = {
        ...full(),
        seen: [{ tenant: 'default', digest: 'd2', forget_at: T0 }],
        nonces: [],
        addresses: [addressRow({ address: 'bob@example.com' })],
        audit: [auditRow({ seq: 2, hash: 'h2' })],
      };
      expect(await store.write({ ...rest, ...clash })).toBe('stale');
      expect(await rowCounts(using.driver())).toEqual(before);
      expect(await store.write(rest)).toBe('done');
    },
  );

  it('an address written at the revision that was read moves on by one', async () => {
    const store = using.store();
    const revision = async () =>
      (await store.known({ digests: [], nonces: [], addresses: [ann] })).addresses.get(
        'default ann@example.com',
      )?.revision;
    await store.write(plan({ addresses: [addressRow({ revision: 0 })] }));
    expect(await revision()).toBe(1);
    await store.write(plan({ addresses: [addressRow({ revision: 1 })] }));
    expect(await revision()).toBe(2);
    expect(await store.write(plan({ addresses: [addressRow({ revision: 1 })] }))).toBe('stale');
    expect(await revision()).toBe(2);
  });

  it('one of two writers at the same revision wins, the other is stale', async () => {
    const store = using.store();
    const results = await Promise.all(
      ['evt_1', 'evt_2'].map((id) =>
        store.write(plan({ addresses: [addressRow({ revision: 0 })], events: [event({ id })] })),
      ),
    );
    expect(results.toSorted()).toEqual(['done', 'stale']);
    expect((await store.events('default', all)).rows).toHaveLength(1);
  });

  it('the same digest of another tenant is new', async () => {
    const store = using.store();
    await store.write(plan({ seen: [{ tenant: 'default', digest: 'd1', forget_at: T0 }] }));
    expect(await store.write(plan({ seen: [{ tenant: 'other', digest: 'd1', forget_at: T0 }] }))).toBe(
      'done',
    );
  });

  it('an event whose id is taken is a fault, not staleness', async () => {
    const store = using.store();
    await store.write(plan({ events: [event()] }));
    await expect(
      store.write(plan({ events: [event({ text: 'another' })], stats: [stat()] })),
    ).rejects.toThrow();
    expect(await rowCounts(using.driver())).toEqual({ ...noRows, events: 1 });
  });
}
