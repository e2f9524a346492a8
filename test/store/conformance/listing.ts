/** Pages, filters and statistics. */
import { expect, it } from 'vitest';
import { idsFrom } from '../../../src/core/ids.ts';
import {
  type EntryKey,
  type EntryQuery,
  type EventQuery,
  LOOKED_AT,
  type Page,
  type PageRequest,
  type Store,
} from '../../../src/store/store.ts';
import { auditRow, change, DAY, entry, event, HOUR, plan, quarantined, stat, T0 } from '../rows.ts';
import { all, full, standing, type Using } from './ground.ts';

/** Walks all pages; more than 50 would be a circle. */
async function walk<Row>(ask: (page: PageRequest) => Promise<Page<Row>>, limit: number): Promise<Row[][]> {
  const pages: Row[][] = [];
  let after: PageRequest['after'] = null;
  do {
    const page: Page<Row> = await ask({ limit, after });
    pages.push([...page.rows]);
    after = page.next;
  } while (after !== null && pages.length < 50);
  return pages;
}

const countedTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export function everything(using: Using): void {
  it('is what stands, in the order of address, stream and reason, page by page', async () => {
    const rows = [
      entry({ address: 'b@example.com', id: 'sup_1' }),
      entry({ address: 'b@example.com', stream: 'news', id: 'sup_2', state: 'held' }),
      entry({ address: 'b@example.com', reason: 'complaint', id: 'sup_3' }),
      entry({ address: 'c@example.com', id: 'sup_4', state: 'released' }),
      entry({ address: '@example.com', id: 'sup_5', until: T0 + DAY }),
      entry({ address: 'a@example.com', id: 'sup_6', until: T0 }),
    ];
    await using.store().write(plan({ entries: rows }));
    const found: string[] = [];
    let after: EntryKey = ['', '', ''];
    for (let page = 0; page < 10; page++) {
      const [row] = await using.store().standing('default', after, 1, T0);
      if (row === undefined) break;
      found.push(`${row.address} ${row.stream} ${row.reason} ${row.state}`);
      after = [row.address, row.stream, row.reason];
    }
    expect(found).toEqual([
      '@example.com * hard-bounce active',
      'b@example.com * complaint active',
      'b@example.com * hard-bounce active',
      'b@example.com news hard-bounce held',
    ]);
    expect(await using.store().standing('other', ['', '', ''], 10, T0)).toEqual([]);
  });

  it('has a number for its last change, of each tenant apart', async () => {
    expect(await using.store().lastChange('default')).toBe(0);
    await using.store().write(plan({ changes: [change({}), change({})] }));
    const last = await using.store().lastChange('default');
    expect((await using.store().changesAfter('default', 0, 10)).at(-1)?.seq).toBe(last);
    expect(await using.store().lastChange('other')).toBe(0);
  });
}

export function paging(using: Using): void {
  it('of entries are the newest first, without gap or repeat where times are equal', async () => {
    // Three a time, so that pages of four break inside a tie.
    const rows = countedTo(11).map((i) =>
      entry({
        address: `u${i}@example.com`,
        id: `sup_${String(i).padStart(2, '0')}`,
        updated_at: T0 + Math.floor(i / 3),
      }),
    );
    await using.store().write(plan({ entries: rows }));
    const pages = await walk(
      (page) => using.store().entries('default', { ...page, states: ['active'] }, T0),
      4,
    );
    expect(pages.map((page) => page.length)).toEqual([4, 4, 3]);
    expect(pages.flat().map((row) => row.id)).toEqual(rows.map((row) => row.id).toReversed());
  });

  it('of a search are the same entries, newest first, or by address where it is of a prefix', async () => {
    const rows = countedTo(9).map((i) =>
      entry({
        address: `u${8 - i}@${i % 2 === 0 ? 'a' : 'b'}.test`,
        domain: `${i % 2 === 0 ? 'a' : 'b'}.test`,
        id: `sup_${i}`,
        code: i === 4 ? '504' : '550',
        updated_at: T0 + i,
      }),
    );
    await using.store().write(plan({ entries: [...rows, entry({ tenant: 'other', address: 'u1@a.test' })] }));
    const search = (query: Partial<EntryQuery>) =>
      walk((page) => using.store().search('default', { states: ['active'], ...query, ...page }, T0), 2);
    const ids = (pages: { id: string }[][]) => pages.flat().map(({ id }) => id);
    expect(ids(await search({}))).toEqual(rows.map(({ id }) => id).toReversed());
    expect(ids(await search({ domain: 'b.test' }))).toEqual(['sup_7', 'sup_5', 'sup_3', 'sup_1']);
    expect(ids(await search({ code: '504' }))).toEqual(['sup_4']);
    expect(ids(await search({ from: T0 + 2, to: T0 + 5 }))).toEqual(['sup_4', 'sup_3', 'sup_2']);
    const byAddress = await search({ q: 'u' });
    expect(byAddress.flat().map(({ address }) => address)).toEqual(
      rows.map(({ address }) => address).toSorted(),
    );
    expect(byAddress.map((page) => page.length)).toEqual([2, 2, 2, 2, 1]);
    expect(ids(await search({ q: 'u', domain: 'b.test' }))).toEqual(['sup_7', 'sup_5', 'sup_3', 'sup_1']);
    expect(ids(await search({ q: 'u%' }))).toEqual([]);
    const inOrder = await search({ order: 'address', code: '550' });
    expect(inOrder.flat().map(({ address }) => address)).toEqual(
      rows.flatMap(({ address, code }) => (code === '550' ? [address] : [])).toSorted(),
    );
    expect(ids(await search({ order: 'address', domain: 'b.test' }))).toEqual([
      'sup_7',
      'sup_5',
      'sup_3',
      'sup_1',
    ]);
  });

  it('of a search look at so many entries and no more, and the next one goes on from there', async () => {
    const store = using.store();
    const rows = countedTo(LOOKED_AT + 500).map((i) =>
      entry({ address: `u${i}@a.test`, id: `sup_${i}`, code: i === 0 ? '504' : '550', updated_at: T0 + i }),
    );
    for (let at = 0; at < rows.length; at += 2_000)
      await store.write(plan({ entries: rows.slice(at, at + 2_000) }));
    const query = { states: ['active' as const], code: '504', limit: 5 };
    const first = await store.search('default', { ...query, after: null }, T0);
    expect([first.rows.length, first.next]).toEqual([0, [T0 + 500, 'sup_500']]);
    const second = await store.search('default', { ...query, after: first.next }, T0);
    expect([second.rows.map(({ id }) => id), second.next]).toEqual([['sup_0'], null]);

    // Of what begins alike, so many in the order of addresses are a part, which gives its newest.
    const byAddress = rows.toSorted((a, b) => (a.address < b.address ? -1 : 1));
    const newestOf = (part: readonly { id: string; updated_at: number }[]) =>
      part.toSorted((a, b) => b.updated_at - a.updated_at).map(({ id }) => id);
    const newest = (part: EntryQuery['after'], after: EntryQuery['after'] = null) =>
      store.newest('default', { states: ['active'], q: 'u', limit: 2, after, part }, T0);
    const [part, rest] = [byAddress.slice(0, LOOKED_AT), byAddress.slice(LOOKED_AT)];
    const head = await newest(null);
    expect(head.rows.map(({ id }) => id)).toEqual(newestOf(part).slice(0, 3));
    expect(head.next).toEqual([part.at(-1)?.address, '*', 'hard-bounce']);
    const tail = await newest(head.next);
    expect([tail.rows.map(({ id }) => id), tail.next]).toEqual([newestOf(rest).slice(0, 3), null]);
    const later = (await newest(null, [T0 + 9, 'sup_9'])).rows.map(({ id }) => id);
    expect(later).toEqual(newestOf(part.filter((row) => row.updated_at < T0 + 9)).slice(0, 3));
  });

  it('end without a cursor where the last one is just full', async () => {
    await using.store().write(plan({ events: countedTo(4).map((i) => event({ id: `evt_${i}` })) }));
    expect(
      (await walk((page) => using.store().events('default', page), 2)).map((page) =>
        page.map((row) => row.id),
      ),
    ).toEqual([
      ['evt_3', 'evt_2'],
      ['evt_1', 'evt_0'],
    ]);
  });

  it('of an empty list are one, empty', async () => {
    expect(await using.store().events('default', { limit: 5, after: null })).toEqual({
      rows: [],
      next: null,
    });
  });

  it('stay what they were while newer rows come in', async () => {
    await using.store().write(plan({ events: countedTo(4).map((i) => event({ id: `evt_${i}` })) }));
    const first = await using.store().events('default', { limit: 2, after: null });
    await using.store().write(plan({ events: [event({ id: 'evt_9' })] }));
    expect(
      (await using.store().events('default', { limit: 2, after: first.next })).rows.map((row) => row.id),
    ).toEqual(['evt_1', 'evt_0']);
  });

  it('of the whole audit is in order, for all tenants', async () => {
    const rows = [1, 2, 3].map((seq) =>
      auditRow({ seq, hash: `h${seq}`, tenant: seq === 2 ? 'other' : 'default' }),
    );
    await using.store().write(plan({ audit: rows }));
    expect(await using.store().auditChain(0, 2)).toEqual(rows.slice(0, 2));
    expect(await using.store().auditChain(2, 2)).toEqual(rows.slice(2));
  });

  it('of quarantine and audit are the newest first', async () => {
    await using.store().write(
      plan({
        quarantine: countedTo(5).map((i) => quarantined({ id: `qua_${i}` })),
        audit: countedTo(5).map((i) => auditRow({ seq: i + 1, hash: `h${i}` })),
      }),
    );
    expect(
      (await walk((page) => using.store().quarantined('default', page), 2)).flat().map((row) => row.id),
    ).toEqual(['qua_4', 'qua_3', 'qua_2', 'qua_1', 'qua_0']);
    expect(
      (await walk((page) => using.store().audits('default', page), 2)).flat().map((row) => row.seq),
    ).toEqual([5, 4, 3, 2, 1]);
  });

  it('of one tenant never show another', async () => {
    const store = using.store();
    await store.write({ ...full(), receipts: [], seen: [] });
    expect((await store.events('other', all)).rows).toEqual([]);
    expect((await store.entries('other', standing, T0)).rows).toEqual([]);
    expect((await store.quarantined('other', all)).rows).toEqual([]);
    expect(await store.quarantinedItem('other', 'qua_1')).toBeNull();
    expect((await store.audits('other', all)).rows).toEqual([]);
    expect(await store.acts('other', 'ann@example.com')).toEqual([]);
    expect(await store.changesAfter('other', 0, 10)).toEqual([]);
    expect(await store.unmapped('other', 10)).toEqual([]);
  });

  it('of changes come in the order they happened, after the one named', async () => {
    const store = using.store();
    for (const batch of [[0, 1], [2], [3, 4]])
      await store.write(plan({ changes: batch.map((i) => change({ suppression_id: `sup_${i}` })) }));
    await store.write(plan({ changes: [change({ tenant: 'other' })] }));
    const first = await store.changesAfter('default', 0, 3);
    expect(first.map((row) => row.suppression_id)).toEqual(['sup_0', 'sup_1', 'sup_2']);
    const rest = await store.changesAfter('default', first.at(-1)?.seq ?? 0, 100);
    expect(rest.map((row) => row.suppression_id)).toEqual(['sup_3', 'sup_4']);
    expect(await store.changesAfter('default', rest.at(-1)?.seq ?? 0, 100)).toEqual([]);
  });
}

export function filtering(using: Using): void {
  const odd = {
    reason: 'complaint',
    origin: 'provider',
    stream: 'news',
    code: '504',
    enhanced: '5.5.4',
    category: 'protocol',
    provider: 'mailgun',
    domain: 'odd.test',
  } as const;

  it.each(Object.entries(odd))('entries by %s', async (name, value) => {
    const [plain, found] = [entry({ id: 'sup_1' }), entry({ id: 'sup_2', address: 'odd@odd.test', ...odd })];
    await using.store().write(plan({ entries: [plain, found] }));
    const query: EntryQuery = { ...standing, [name]: value };
    expect((await using.store().entries('default', query, T0)).rows).toEqual([found]);
  });

  it.each([
    [['active'], ['for-ever', 'running']],
    [['held'], ['held']],
    [
      ['active', 'held'],
      ['for-ever', 'held', 'running'],
    ],
    [['expired'], ['over', 'over-held']],
    [['released'], ['released', 'released-over']],
    [
      ['expired', 'released'],
      ['over', 'over-held', 'released', 'released-over'],
    ],
  ] as [EntryQuery['states'], string[]][])('entries by state %j', async (states, expected) => {
    const [later, before] = [T0 + 1, T0];
    await using.store().write(
      plan({
        entries: [
          entry({ address: 'for-ever@e.test' }),
          entry({ address: 'running@e.test', until: later }),
          entry({ address: 'over@e.test', until: before }),
          entry({ address: 'held@e.test', state: 'held', until: later }),
          entry({ address: 'over-held@e.test', state: 'held', until: before }),
          entry({ address: 'released@e.test', state: 'released' }),
          entry({ address: 'released-over@e.test', state: 'released', until: before }),
        ],
      }),
    );
    const found = (await using.store().entries('default', { ...all, states }, T0)).rows;
    expect(found.map((row) => row.address.replace('@e.test', '')).toSorted()).toEqual(expected);
  });

  it('entries by when they last changed: from that time, before the other', async () => {
    await using
      .store()
      .write(
        plan({ entries: countedTo(5).map((i) => entry({ address: `u${i}@e.test`, updated_at: T0 + i })) }),
      );
    const found = (await using.store().entries('default', { ...standing, from: T0 + 1, to: T0 + 3 }, T0))
      .rows;
    expect(found.map((row) => row.address)).toEqual(['u2@e.test', 'u1@e.test']);
  });

  it('entries by the start of the address, taken literally', async () => {
    const addresses = ['a%b@e.test', 'a_b@e.test', 'aXb@e.test', 'ab@e.test', 'b@e.test', 'a😀@e.test'];
    await using.store().write(plan({ entries: addresses.map((address) => entry({ address })) }));
    const starting = async (q: string) =>
      (await using.store().entries('default', { ...standing, q }, T0)).rows
        .map((row) => row.address)
        .toSorted();
    expect(await starting('a%')).toEqual(['a%b@e.test']);
    expect(await starting('a_')).toEqual(['a_b@e.test']);
    expect(await starting('ab')).toEqual(['ab@e.test']);
    expect(await starting('a')).toEqual(addresses.filter((address) => address.startsWith('a')).toSorted());
    expect(await starting(`${'a'.repeat(60)}`)).toEqual([]);
    expect(await starting("' or 1=1 --")).toEqual([]);
  });

  it.each([
    ['address', { address: 'odd@odd.test' }],
    ['kind', { kind: 'deferral' }],
    ['source', { sourceId: 'mailgun_1' }],
    ['provider', { provider: 'mailgun' }],
    ['code', { code: '504' }],
    ['enhanced code', { enhanced: '5.5.4' }],
    ['category', { category: 'protocol' }],
    ['domain', { domain: 'odd.test' }],
    ['stream', { stream: 'news' }],
    ['time received, from', { from: T0 + 1 }],
    ['time received, until', { from: T0 + 1, to: T0 + 2 }],
    ['receipt', { receiptId: 'rcp_2', from: T0 + 1, to: T0 + 2 }],
    ['several at once', { code: '504', kind: 'deferral', to: T0 + 2 }],
  ] as [string, Partial<EventQuery>][])('events by %s', async (_title, query) => {
    const found = event({
      id: `${idsFrom('evt', T0 + 1)}2`,
      receipt_id: 'rcp_2',
      address: 'odd@odd.test',
      kind: 'deferral',
      source_id: 'mailgun_1',
      provider: 'mailgun',
      code: '504',
      enhanced: '5.5.4',
      category: 'protocol',
      stream: 'news',
      received_at: T0 + 1,
    });
    const other = event({ id: `${idsFrom('evt', T0)}1` });
    await using.store().write(plan({ events: [other, found] }));
    expect((await using.store().events('default', { ...all, ...query })).rows).toEqual([found]);
  });

  it('events received before a time, not at it', async () => {
    const [before, at] = [T0, T0 + 1].map((time) =>
      event({ id: `${idsFrom('evt', time)}1`, received_at: time }),
    );
    await using.store().write(plan({ events: [before, at].filter((row) => row !== undefined) }));
    expect((await using.store().events('default', { ...all, to: T0 + 1 })).rows).toEqual([before]);
  });
}

export function counting(using: Using): void {
  it('add up over writes, by any dimension', async () => {
    const store = using.store();
    const rows = [
      stat({ count: 2 }),
      stat({
        hour: T0 + HOUR,
        code: '421',
        kind: 'deferral',
        category: '',
        provider: 'mailgun',
        domain: 'other.test',
      }),
      stat({ hour: T0 + DAY }),
    ];
    await store.write(plan({ stats: rows }));
    await store.write(plan({ stats: [stat({ count: 5 })] }));
    const by = (...dimensions: Parameters<Store['statistics']>[3]) =>
      store.statistics('default', T0, T0 + 2 * DAY, dimensions);
    expect(await by()).toEqual([{ key: [], count: 9 }]);
    expect(await by('kind')).toEqual([
      { key: ['bounce'], count: 8 },
      { key: ['deferral'], count: 1 },
    ]);
    expect(await by('day')).toEqual([
      { key: [T0], count: 8 },
      { key: [T0 + DAY], count: 1 },
    ]);
    expect(await by('hour', 'code')).toEqual([
      { key: [T0, '550'], count: 7 },
      { key: [T0 + HOUR, '421'], count: 1 },
      { key: [T0 + DAY, '550'], count: 1 },
    ]);
    expect(await by('provider', 'domain', 'category')).toEqual([
      { key: ['generic', 'example.com', 'mailbox-unknown'], count: 8 },
      { key: ['mailgun', 'other.test', ''], count: 1 },
    ]);
  });

  it('count the hour that the start falls in, and not the hour of the end', async () => {
    const store = using.store();
    await store.write(plan({ stats: [stat(), stat({ hour: T0 + HOUR, count: 10 })] }));
    expect(await store.statistics('default', T0 + 5, T0 + HOUR, [])).toEqual([{ key: [], count: 1 }]);
  });

  it('by rule add up over writes, from the day that the start falls in', async () => {
    const store = using.store();
    const row = { tenant: 'default', day: T0, rule: '504', count: 1 };
    await store.write(plan({ ruleCounts: [row, { ...row, rule: 'soft', day: T0 + DAY }] }));
    await store.write(
      plan({
        ruleCounts: [
          { ...row, count: 4 },
          { ...row, day: T0 - DAY, count: 99 },
        ],
      }),
    );
    expect(await store.ruleCounts('default', T0 + HOUR)).toEqual({
      since: T0,
      counts: new Map([
        ['504', 5],
        ['soft', 1],
      ]),
    });
    expect(await store.ruleCounts('other', T0)).toEqual({ since: null, counts: new Map() });
  });

  it('of another tenant, or of an empty time, are none', async () => {
    const store = using.store();
    await store.write(plan({ stats: [stat()] }));
    expect(await store.statistics('other', T0, T0 + DAY, [])).toEqual([]);
    expect(await store.statistics('default', T0 + DAY, T0 + 2 * DAY, ['kind'])).toEqual([]);
  });

  it('name the receivers of what is asked for, most first', async () => {
    const store = using.store();
    await store.write(
      plan({
        stats: [
          stat({ count: 3 }),
          stat({ hour: T0 + HOUR, domain: 'b.test', count: 5 }),
          stat({ domain: 'c.test', code: '504', enhanced: '5.5.4', category: 'protocol' }),
          stat({ kind: 'delivery', code: '250', enhanced: '', category: 'delivered', count: 100 }),
        ],
      }),
    );
    const of = (counted: Parameters<Store['receivers']>[3], limit = 10) =>
      store.receivers('default', T0, T0 + DAY, counted, limit);
    const bounces = { kinds: ['bounce', 'reject'] } as const;
    expect(await of(bounces)).toEqual([
      { domain: 'b.test', count: 5 },
      { domain: 'example.com', count: 3 },
      { domain: 'c.test', count: 1 },
    ]);
    expect(await of(bounces, 1)).toEqual([{ domain: 'b.test', count: 5 }]);
    const of504 = [{ domain: 'c.test', count: 1 }];
    expect(await of({ ...bounces, code: '504' })).toEqual(of504);
    expect(await of({ ...bounces, enhanced: '5.5.4' })).toEqual(of504);
    expect(await of({ ...bounces, category: 'protocol' })).toEqual(of504);
    expect(await of({ kinds: ['delivery'], domains: ['example.com', 'b.test'] })).toEqual([
      { domain: 'example.com', count: 100 },
    ]);
    expect(await store.receivers('other', T0, T0 + DAY, bounces, 10)).toEqual([]);
    expect(await store.receivers('default', T0 + DAY, T0 + 2 * DAY, bounces, 10)).toEqual([]);
  });

  it('of what began and ceased to block are kept by the hour', async () => {
    const store = using.store();
    const change = (given: object) => ({
      tenant: 'default',
      at: T0 + 5,
      address: 'ann@example.com',
      stream: '*',
      reason: 'hard-bounce' as const,
      state: 'active' as const,
      until: null,
      suppression_id: 'sup_1',
      was: null,
      ...given,
    });
    await store.write(
      plan({
        changes: [
          change({}),
          // Stands still, or stood no more: nothing moved.
          change({ was: 'held' }),
          change({ state: 'released' }),
          change({ state: 'released', was: 'active', at: T0 + HOUR }),
        ],
      }),
    );
    await store.write(plan({ changes: [change({ state: 'held' }), change({ tenant: 'other' })] }));
    const row = { tenant: 'default', reason: 'hard-bounce' };
    expect(await store.moves('default', T0, T0 + DAY)).toEqual([
      { ...row, hour: T0, suppressed: 2, released: 0 },
      { ...row, hour: T0 + HOUR, suppressed: 0, released: 1 },
    ]);
    expect(await store.moves('default', T0 + DAY, T0 + 2 * DAY)).toEqual([]);
  });
}
