import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { bounce, type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const ANN = '/v1/suppressions/ann@example.com';
const put = (address: string, json?: unknown) =>
  mailstop.ask('PUT', `/v1/suppressions/${encodeURIComponent(address)}`, json === undefined ? {} : { json });
const check = async (addresses: string[], stream?: string) =>
  (
    await mailstop.ask('POST', '/v1/check', {
      json: { addresses, ...(stream === undefined ? {} : { stream }) },
    })
  ).body.results;
const iso = (ms: number) => new Date(START + ms).toISOString();
const DAY = 86_400_000;

describe('a check', () => {
  test('T095 answers each address in order, duplicates kept, and an unreadable one never with false', async () => {
    await put('ann@example.com');
    const asked = ['b@example.com', 'ANN@Example.com', 'nobody', '', 'b@example.com'];
    const results = await check(asked);
    expect(
      results.map((one: { address: string; suppressed: boolean; error: string }) => [
        one.address,
        one.suppressed,
        one.error,
      ]),
    ).toEqual([
      ['b@example.com', false, null],
      ['ANN@Example.com', true, null],
      ['nobody', null, 'invalid-address'],
      ['', null, 'invalid-address'],
      ['b@example.com', false, null],
    ]);
    expect(results[0]).toEqual({
      address: 'b@example.com',
      suppressed: false,
      reason: null,
      category: null,
      code: null,
      until: null,
      suppression_id: null,
      listed_at: [],
      allowed_until: null,
      error: null,
    });
    expect(results[1]).toMatchObject({ reason: 'manual', suppression_id: expect.stringMatching(/^sup_/) });
  });

  test('T095 takes none and 10,000 addresses, and tells of streaming beyond', async () => {
    expect(await check([])).toEqual([]);
    const many = Array.from({ length: 10_001 }, (_, i) => `p${i}@example.com`);
    expect(await check(many.slice(1))).toHaveLength(10_000);
    const told = await mailstop.ask('POST', '/v1/check', { json: { addresses: many } });
    expect([told.status, told.body.detail]).toEqual([413, expect.stringContaining('text/plain')]);
  });

  it('of a stream asks only for what blocks its class', async () => {
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'receipts', class: 'transactional' } });
    await put('ann@example.com', { reason: 'unsubscribe' });
    await put('bob@example.com', { stream: 'offers' });
    const blocked = async (address: string, stream?: string) =>
      (await check([address], stream))[0].suppressed;
    expect([
      await blocked('ann@example.com'),
      await blocked('ann@example.com', 'offers'),
      await blocked('ann@example.com', 'receipts'),
    ]).toEqual([true, true, false]);
    expect([
      await blocked('bob@example.com'),
      await blocked('bob@example.com', 'offers'),
      await blocked('bob@example.com', 'receipts'),
    ]).toEqual([true, true, false]);
    expect((await mailstop.ask('GET', `${ANN}?stream=receipts`)).status).toBe(404);
  });
});

describe('an entry', () => {
  it('of a bounce tells everything that is known of it', async () => {
    const source = await mailstop.source();
    await source.post(bounce('ann@example.com'));
    const told = await mailstop.ask('GET', ANN);
    const [event] = (await mailstop.ask('GET', '/v1/events')).body.data;
    expect(told.body).toEqual({
      address: 'ann@example.com',
      suppressed: true,
      listed_at: [],
      entries: [
        {
          id: expect.stringMatching(/^sup_/),
          address: 'ann@example.com',
          stream: '*',
          reason: 'hard-bounce',
          origin: 'event',
          state: 'active',
          code: '550',
          enhanced: '5.1.1',
          code_source: 'parsed',
          category: 'mailbox-unknown',
          blame: 'recipient',
          severity: 'high',
          bounce_type: 'hard',
          retry: 'no',
          rule: 'dead',
          policy_version: 'default-1',
          provider: 'generic',
          source_id: source.id,
          event_id: event.id,
          fix: null,
          note: null,
          contradicted_at: null,
          created_at: iso(0),
          updated_at: iso(0),
          until: null,
        },
      ],
    });
  });

  it('of a 504 shows how to fix the sender', async () => {
    const source = await mailstop.source();
    await source.post(bounce('ann@example.com', { text: '504 5.5.2 Command parameter not implemented' }));
    const [entry] = (await mailstop.ask('GET', ANN)).body.entries;
    expect(entry).toMatchObject({
      code: '504',
      rule: '504',
      blame: 'sender',
      severity: 'medium',
      category: 'protocol',
      bounce_type: 'hard',
      retry: 'no',
      until: null,
      fix: expect.any(String),
    });
    expect(entry.fix).toBe((await mailstop.ask('GET', '/v1/codes/504')).body.fixes[0]);
  });

  it('is 404 where there is none, and 422 where it is no address', async () => {
    expect((await mailstop.ask('GET', ANN)).status).toBe(404);
    const told = await mailstop.ask('GET', '/v1/suppressions/nobody');
    expect([told.status, told.body.errors[0].pointer]).toEqual([422, '/address']);
  });

  test.each([
    'a+tag@example.com',
    '"a b"@example.com',
    "o'neil/x@example.com",
    'a%b@example.com',
    '@example.com',
  ])('%s is found under its encoded path', async (address) => {
    expect((await put(address)).status).toBe(201);
    expect((await mailstop.ask('GET', `/v1/suppressions/${encodeURIComponent(address)}`)).body.address).toBe(
      address,
    );
    expect(
      (await mailstop.ask('DELETE', `/v1/suppressions/${encodeURIComponent(address)}?why=test`)).status,
    ).toBe(200);
  });

  it('of a whole domain blocks every address of it', async () => {
    const told = await put('@Example.com', { note: 'closed' });
    expect(told.body).toMatchObject({ address: '@example.com', note: 'closed' });
    expect(
      (await check(['ann@example.com', 'ann@sub.example.com'])).map(
        (one: { suppressed: boolean }) => one.suppressed,
      ),
    ).toEqual([true, false]);
    expect((await mailstop.ask('GET', ANN)).body.entries[0].address).toBe('@example.com');
    expect((await mailstop.ask('DELETE', `${ANN}?why=test`)).status).toBe(404);
  });

  it('made by hand is 201 when new and 200 when known, and expires at its time', async () => {
    expect((await put('ann@example.com', { note: 'asked by phone', until: iso(DAY) })).body).toMatchObject({
      reason: 'manual',
      origin: 'manual',
      stream: '*',
      until: iso(DAY),
      note: 'asked by phone',
    });
    expect((await put('Ann@example.com', { until: iso(2 * DAY) })).status).toBe(200);
    mailstop.advance(2 * DAY);
    expect((await check(['ann@example.com']))[0].suppressed).toBe(false);
    expect((await mailstop.ask('GET', '/v1/suppressions?state=expired')).body.data).toMatchObject([
      { state: 'expired' },
    ]);
    expect((await mailstop.ask('GET', '/v1/suppressions')).body.data).toEqual([]);
  });

  test.each([
    ['an unknown reason', { reason: 'bounce' }, '/reason'],
    ['a time that is over', { until: '2020-01-01T00:00:00Z' }, '/until'],
    ['a time that is none', { until: 'tomorrow' }, '/until'],
    ['a stream with a space', { stream: 'a b' }, '/stream'],
  ])('with %s is refused', async (_title, json, pointer) => {
    const told = await put('ann@example.com', json);
    expect([told.status, told.body.errors[0].pointer]).toEqual([422, pointer]);
  });
});

describe('a release', () => {
  const release = (json?: unknown, query = '') =>
    mailstop.ask('DELETE', `${ANN}${query}`, json === undefined ? {} : { json });

  test('T087 lifts bounces and manual entries, and leaves who, why and what was in the audit', async () => {
    await put('ann@example.com', { until: iso(DAY) });
    const told = await release({ why: 'asked by phone' });
    expect([told.status, told.body.released]).toEqual([
      200,
      [expect.objectContaining({ reason: 'manual', state: 'released' })],
    ]);
    expect((await check(['ann@example.com']))[0].suppressed).toBe(false);
    const [last] = (await mailstop.ask('GET', '/v1/audit')).body.data;
    expect(last).toMatchObject({
      actor: 'key_admin',
      action: 'suppression.release',
      subject: 'ann@example.com',
      detail: { why: 'asked by phone', was: [{ reason: 'manual' }] },
    });
    const story = (await mailstop.ask('GET', '/v1/addresses/ann@example.com')).body;
    expect(story).toMatchObject({
      suppressed: false,
      entries: [{ state: 'released' }],
      releases: [{ why: 'asked by phone', actor: 'key_admin' }],
    });
  });

  test('T087 takes why from the query as well, and nothing without it', async () => {
    await put('ann@example.com');
    expect([
      (await release()).status,
      (await release(undefined, '?why=%20')).status,
      (await release({})).status,
    ]).toEqual([422, 422, 422]);
    expect((await release(undefined, '?why=because')).status).toBe(200);
    expect((await release(undefined, '?why=because')).status).toBe(404);
  });

  test.each(['complaint', 'unsubscribe'])(
    'T087 of a %s needs evidence of consent, newer than it',
    async (reason) => {
      await put('ann@example.com', { reason });
      const evidence = (at: string) => ({
        why: 'came back',
        reasons: [reason],
        evidence: { text: 'signed up again', at },
      });
      mailstop.advance(2 * DAY);
      expect((await release({ why: 'came back' })).status).toBe(409);
      expect((await release({ why: 'came back', reasons: [reason] })).status).toBe(409);
      expect((await release(undefined, `?why=x&reasons=${reason}`)).status).toBe(409);
      expect((await release(evidence(iso(3 * DAY)))).body.errors[0].pointer).toBe('/evidence/at');
      expect((await release(evidence(iso(-DAY)))).status).toBe(409);
      expect((await check(['ann@example.com']))[0].suppressed).toBe(true);
      expect((await mailstop.ask('GET', '/v1/addresses/ann@example.com')).body.releases).toEqual([]);
      const audited = await mailstop.ask('GET', '/v1/audit?action=suppression.release');
      expect(audited.body.data).toEqual([]);
      expect((await release(evidence(iso(DAY)))).status).toBe(200);
      expect((await check(['ann@example.com']))[0].suppressed).toBe(false);
    },
  );

  it('of one stream leaves the others', async () => {
    await put('ann@example.com', { stream: 'news' });
    await put('ann@example.com', { stream: 'offers' });
    expect((await release(undefined, '?why=x&stream=news')).body.released).toHaveLength(1);
    expect((await mailstop.ask('GET', ANN)).body.entries).toMatchObject([{ stream: 'offers' }]);
  });
});

describe('the list', () => {
  it('comes in pages, newest first, without gap or repeat, and a cursor carries its filters', async () => {
    for (let i = 0; i < 7; i++) {
      mailstop.advance(1_000);
      await put(`p${i}@${i % 2 === 0 ? 'even' : 'odd'}.example`);
    }
    const seen: string[] = [];
    let page = (await mailstop.ask('GET', '/v1/suppressions?limit=2&domain=even.example')).body;
    for (; ; page = (await mailstop.ask('GET', `/v1/suppressions?limit=2&cursor=${page.next_cursor}`)).body) {
      seen.push(...page.data.map((row: { address: string }) => row.address));
      if (page.next_cursor === null) break;
    }
    expect(seen).toEqual(['p6@even.example', 'p4@even.example', 'p2@even.example', 'p0@even.example']);
  });

  it.each(['münchen.example', 'MÜNCHEN.Example', '@xn--mnchen-3ya.example', 'XN--MNCHEN-3YA.example.'])(
    'is of one domain, also written %s',
    async (domain) => {
      await put('ann@münchen.example', { reason: 'hard-bounce' });
      await put('ann@elsewhere.example', { reason: 'hard-bounce' });
      await (await mailstop.source()).post(bounce('bob@münchen.example'));
      const of = encodeURIComponent(domain);
      expect((await mailstop.ask('GET', `/v1/suppressions?domain=${of}`)).body.data).toHaveLength(2);
      expect((await mailstop.ask('GET', `/v1/events?domain=${of}`)).body.data).toHaveLength(1);
      const preview = { filter: { domain }, why: 'mended', dry_run: true };
      expect((await mailstop.ask('POST', '/v1/releases', { json: preview })).body.matched).toBe(2);
    },
  );

  it.each(['1969-12-31', '0001-01-01T00:00:00Z'])(
    'from %s is from the beginning, and to then is nothing',
    async (at) => {
      await (await mailstop.source()).post(bounce('ann@example.com'));
      for (const list of ['events', 'suppressions', 'audit']) {
        const count = async (query: string) =>
          (await mailstop.ask('GET', `/v1/${list}?${query}=${at}`)).body.data.length;
        expect([list, (await count('from')) > 0, await count('to')]).toEqual([list, true, 0]);
      }
    },
  );

  it('refuses a cursor that is damaged, of another list, or beside other filters', async () => {
    for (const one of ['a', 'b']) await put(`${one}@example.com`);
    const { next_cursor: cursor } = (await mailstop.ask('GET', '/v1/suppressions?limit=1&reason=manual'))
      .body;
    const status = async (path: string) => (await mailstop.ask('GET', path)).status;
    expect(await status(`/v1/suppressions?cursor=${cursor}&reason=manual`)).toBe(200);
    expect(await status(`/v1/suppressions?cursor=${cursor}&reason=complaint`)).toBe(400);
    expect(await status(`/v1/events?cursor=${cursor}`)).toBe(400);
    expect(await status(`/v1/suppressions?cursor=${cursor.slice(1)}`)).toBe(400);
    expect(await status('/v1/suppressions?cursor=%00')).toBe(400);
    const planted = (content: unknown) => btoa(JSON.stringify(content)).replaceAll('=', '');
    for (const [list, path] of [
      ['suppressions', '/v1/suppressions'],
      ['audit', '/v1/audit'],
      ['events', '/v1/events'],
      ['policy-versions', '/v1/policy/versions'],
    ])
      for (const after of [['abc', 'x'], [1.5], ['a', 1, 'b'], [{}]])
        expect(await status(`${path}?cursor=${planted({ list, filters: {}, after })}`)).toBe(400);
    expect(
      await status(
        `/v1/suppressions?cursor=${planted({ list: 'suppressions', filters: { reason: 'x' }, after: [1, 'a'] })}`,
      ),
    ).toBe(400);
    expect(
      await status(`/v1/suppressions?cursor=${planted({ list: 'suppressions', filters: {}, after: [{}] })}`),
    ).toBe(400);
  });

  test.each([
    ['%', []],
    ['_', []],
    ['\\', []],
    ['A', ['ann@example.com', 'a_b@example.com']],
    ['a_', ['a_b@example.com']],
    ['%'.repeat(300), []],
    ["'; drop table suppressions --", []],
  ])('T061 is searched for %s literally', async (q, found) => {
    await put('a_b@example.com');
    mailstop.advance(1);
    await put('ann@example.com');
    const told = await mailstop.ask('GET', `/v1/suppressions?q=${encodeURIComponent(q)}`);
    expect(told.body.data.map((row: { address: string }) => row.address)).toEqual(found);
  });

  it('is filtered by what an entry says', async () => {
    const source = await mailstop.source();
    await source.post([
      bounce('ann@example.com'),
      { ...bounce('bob@example.org'), event: 'complaint', text: undefined },
    ]);
    const found = async (query: string) =>
      (await mailstop.ask('GET', `/v1/suppressions?${query}`)).body.data.map(
        (row: { address: string }) => row.address,
      );
    for (const query of [
      'code=550',
      'enhanced=5.1.1',
      'category=mailbox-unknown',
      'reason=hard-bounce',
      'domain=Example.com',
    ])
      expect([query, await found(query)]).toEqual([query, ['ann@example.com']]);
    expect(await found('reason=complaint&provider=generic&origin=event&stream=*')).toEqual([
      'bob@example.org',
    ]);
    expect(await found(`to=${iso(0)}`)).toEqual([]);
    expect(await found(`from=${iso(0)}&state=active`)).toHaveLength(2);
  });
});
