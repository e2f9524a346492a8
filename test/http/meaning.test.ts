import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { bounce, type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
beforeAll(async () => {
  mailstop = await startHarness();
});
afterAll(() => mailstop.close());

const classify = async (...replies: unknown[]) =>
  (await mailstop.ask('POST', '/v1/classify', { json: { replies } })).body.results;
const iso = (ms: number) => new Date(START + ms).toISOString();

describe('classify', () => {
  it('judges texts and fields by the policy, in order', async () => {
    const results = await classify(
      '550 5.1.1 user unknown',
      { code: 504 },
      { enhanced: '4.2.2', text: 'mailbox full' },
      '',
      { text: null },
    );
    expect(
      results.map((one: Record<string, unknown>) => [
        one.code,
        one.enhanced,
        one.category,
        one.action,
        one.retry,
        one.rule,
      ]),
    ).toEqual([
      ['550', '5.1.1', 'mailbox-unknown', 'suppress', 'no', 'dead'],
      ['504', null, 'protocol', 'suppress', 'no', '504'],
      [null, '4.2.2', 'mailbox-full', 'strike', 'later', 'recipient-soft'],
      [null, null, 'unknown', 'strike', 'later', 'system-soft'],
      [null, null, 'unknown', 'strike', 'later', 'system-soft'],
    ]);
    expect(results[1]).toMatchObject({
      bounce_type: 'hard',
      severity: 'medium',
      blame: 'sender',
      meaning: expect.stringMatching(/\w+ \w+/),
      evidence: expect.any(Array),
    });
  });

  test.each([
    ['550 5.1.1 user unknown', 'text:unknown-user', 'high', /Postfix/, ['user unknown', '550', '5.1.1']],
    ['550 5.7.23', 'enhanced:5.7.23', 'high', /RFC 7372/, ['550', '5.7.23']],
    ['550', 'basic:550', 'low', /RFC 5321/, ['550']],
    ['504 5.5.4 no', '504', 'high', /RFC 5321/, ['504', '5.5.4']],
    ['550 Nope, ask Bob', 'unmapped-text', 'low', null, ['550']],
  ])(
    'tells what of %j decided, how sure that is, and who says so',
    async (reply, by, confidence, source, evidence) => {
      const told = await mailstop.ask('POST', '/v1/classify', { json: { replies: [reply] } });
      expect(told.body.results[0]).toMatchObject({
        classified_by: by,
        confidence,
        why: expect.stringMatching(/^[A-Z].+[.]$/),
        source: source === null ? null : expect.stringMatching(source),
        evidence,
      });
    },
  );

  test.each([
    [[1]],
    [['ok', { code: '550', extra: 1 }]],
    [[{ code: {} }]],
    [Array(1_001).fill('550')],
    ['550'],
  ])('refuses what is no list of replies (%#)', async (replies) => {
    expect((await mailstop.ask('POST', '/v1/classify', { json: { replies } })).status).toBe(422);
  });

  it('refuses a code that is none, by its place', async () => {
    const told = await mailstop.ask('POST', '/v1/classify', { json: { replies: ['550', { code: 'abc' }] } });
    expect(told.status).toBe(422);
    expect(told.body.errors).toMatchObject([{ pointer: '/replies/1/code' }]);
  });

  it('takes a success for what it is', async () => {
    expect(await classify('250 2.0.0 OK', { code: 250 })).toMatchObject([
      { category: 'delivered', bounce_type: 'none', action: 'note' },
      { category: 'delivered', bounce_type: 'none', action: 'note' },
    ]);
  });
});

describe('the catalogue', () => {
  it('tells 504 as the default policy decides it', async () => {
    expect((await mailstop.ask('GET', '/v1/codes/504')).body).toMatchObject({
      code: '504',
      type: 'basic',
      bounce_type: 'hard',
      severity: 'medium',
      category: 'protocol',
      standard: 'RFC 5321',
      action: 'suppress',
      retry: 'no',
    });
  });

  it('is filtered and paged', async () => {
    const first = (await mailstop.ask('GET', '/v1/codes?type=enhanced&limit=1000')).body;
    expect(first.data.length).toBeGreaterThan(50);
    expect(new Set(first.data.map(({ type }: { type: string }) => type))).toEqual(new Set(['enhanced']));
    const page = (await mailstop.ask('GET', '/v1/codes?type=enhanced')).body;
    expect(page.data).toEqual(first.data.slice(0, 50));
    const next = (await mailstop.ask('GET', `/v1/codes?limit=1000&cursor=${page.next_cursor}`)).body;
    expect(next.data).toEqual(first.data.slice(50));
    const found = (
      await mailstop.ask(
        'GET',
        '/v1/codes?q=PARAMETER NOT&category=protocol&bounce_type=hard&severity=medium&type=basic',
      )
    ).body.data;
    expect(found.map(({ code }: { code: string }) => code)).toContain('504');
  });

  test.each(['999', 'abc', '5.1', '5.1.1.1', '..%2F..'])('knows no %s', async (code) => {
    expect((await mailstop.ask('GET', `/v1/codes/${code}`)).status).toBe(404);
  });
});

describe('events', () => {
  beforeAll(async () => {
    const source = await mailstop.source();
    await source.post([
      bounce('ann@example.com', { id: 'e1', tags: ['a', 'b'] }),
      bounce('bob@example.org', { id: 'e2', text: '452 4.2.2 mailbox full', stream: 'news' }),
      { recipient: 'ann@example.com', event: 'complaint', at: iso(0), id: 'e3' },
      { recipient: 'x@example.com', event: 'surprise' },
      bounce('zed@example.com', { id: 'e4', text: 'Quux wibbles on Tuesday, says zed@example.com' }),
    ]);
  });

  it('are told as they were understood and decided', async () => {
    const [event] = (await mailstop.ask('GET', '/v1/events?address=ANN@example.com&kind=bounce')).body.data;
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_/),
      kind: 'bounce',
      address: 'ann@example.com',
      at: iso(-60_000),
      received_at: iso(0),
      provider: 'generic',
      source_id: expect.stringMatching(/^generic_/),
      stream: '*',
      smtp: {
        code: '550',
        enhanced: '5.1.1',
        text: expect.stringContaining('user unknown'),
        source: 'parsed',
      },
      category: 'mailbox-unknown',
      blame: 'recipient',
      bounce_type: 'hard',
      severity: 'high',
      verdict: 'suppress',
      message_id: 'm1',
      provider_event_id: 'e1',
      provider_type: 'bounce',
      proven: true,
      tags: ['a', 'b'],
      receipt_id: expect.stringMatching(/^rcp_/),
      decision: { rule: 'dead', action: 'suppress', retry: 'no', until: null, policy_version: 'default-1' },
    });
  });

  test.each([
    ['kind=complaint', ['e3']],
    ['code=452', ['e2']],
    ['enhanced=5.1.1', ['e1']],
    ['stream=news', ['e2']],
    ['domain=EXAMPLE.org', ['e2']],
    ['category=mailbox-full', ['e2']],
    ['provider=mailgun', []],
    [`to=${iso(0)}`, []],
    [`from=${iso(0)}&kind=bounce&domain=example.org`, ['e2']],
  ])('are filtered by %s', async (query, ids) => {
    expect(
      (await mailstop.ask('GET', `/v1/events?${query}`)).body.data.map(
        (row: { provider_event_id: string }) => row.provider_event_id,
      ),
    ).toEqual(ids);
  });

  it('are paged without gap or repeat', async () => {
    const ids: string[] = [];
    let query = 'limit=1';
    for (;;) {
      const page = (await mailstop.ask('GET', `/v1/events?${query}`)).body;
      ids.push(...page.data.map((row: { provider_event_id: string }) => row.provider_event_id));
      if (page.next_cursor === null) break;
      query = `limit=1&cursor=${page.next_cursor}`;
    }
    expect(ids.sort()).toEqual(['e1', 'e2', 'e3', 'e4']);
  });

  it('that no rule knew are listed, masked', async () => {
    const { data } = (await mailstop.ask('GET', '/v1/unmapped')).body;
    expect(data).toContainEqual(
      expect.objectContaining({ provider: 'generic', label: 'surprise', count: 1 }),
    );
    expect(data).toContainEqual(
      expect.objectContaining({ template: expect.stringContaining('Quux wibbles') }),
    );
    expect(JSON.stringify(data)).not.toContain('zed@example.com');
  });

  it('are counted', async () => {
    const told = (await mailstop.ask('GET', '/v1/stats?by=kind')).body;
    expect(told.data).toEqual([
      { kind: 'bounce', count: 3 },
      { kind: 'complaint', count: 1 },
    ]);
    const byDay = (await mailstop.ask('GET', '/v1/stats?by=day,domain')).body.data;
    expect(byDay).toContainEqual({ day: '2026-01-10T00:00:00.000Z', domain: 'example.com', count: 3 });
    expect((await mailstop.ask('GET', `/v1/stats?by=code&to=${iso(-3_600_000)}`)).body.data).toEqual([]);
    expect((await mailstop.ask('GET', '/v1/stats?by=weather')).status).toBe(422);
    expect((await mailstop.ask('GET', `/v1/stats?from=${iso(10)}&to=${iso(0)}`)).status).toBe(422);
  });

  it('leave changes that can be followed from any point', async () => {
    const first = (await mailstop.ask('GET', '/v1/changes?after=0&limit=1')).body;
    expect(first.data).toHaveLength(1);
    const rest = (await mailstop.ask('GET', `/v1/changes?after=${first.next_cursor}`)).body;
    expect(rest.data.map(({ seq }: { seq: number }) => seq)).not.toContain(first.data[0].seq);
    expect(
      [...first.data, ...rest.data].map(({ address, reason, state }) => [address, reason, state]).sort(),
    ).toEqual([
      ['ann@example.com', 'complaint', 'active'],
      ['ann@example.com', 'hard-bounce', 'active'],
    ]);
    expect((await mailstop.ask('GET', '/v1/changes?after=-1')).status).toBe(422);
  });

  it('of an address are told with its entries', async () => {
    const story = (await mailstop.ask('GET', '/v1/addresses/Ann@example.com')).body;
    expect(story.suppressed).toBe(true);
    expect(story.entries.map(({ reason }: { reason: string }) => reason)).toEqual([
      'complaint',
      'hard-bounce',
    ]);
    expect(story.events.map((row: { provider_event_id: string }) => row.provider_event_id).sort()).toEqual([
      'e1',
      'e3',
    ]);
  });
});
