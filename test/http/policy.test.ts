/** The policy over HTTP: read, preview, activate, take back, and what becomes of the list. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { policyDocument, writtenDocument } from '../../src/app/policy-document.ts';
import { plan } from '../store/rows.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
let post: (body: unknown) => Promise<unknown>;

beforeEach(async () => {
  mailstop = await startHarness();
  ({ post } = await mailstop.source());
});

afterEach(() => mailstop.close());

const put = (json: unknown, query = '', headers: Record<string, string> = {}) =>
  mailstop.ask('PUT', `/v1/policy${query}`, { json, headers });
const standing = async () =>
  (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body.data
    .map(
      (row: { address: string; reason: string; rule: string; until: string | null }) =>
        `${row.address} ${row.reason} ${row.rule} ${row.until?.slice(0, 10) ?? '!'}`,
    )
    .sort();

const helo = '504 5.5.2 <mx1>: Helo command rejected: need fully-qualified hostname';
const s3150 = '550 5.7.1 Your messages were not sent: part of their network is on our block list (S3150)';
const day = (n: number) => new Date(START - 90_000_000 + n * 86_400_000).toISOString();

describe('a policy document', () => {
  it('is the default until somebody changes it, and then a new version each time', async () => {
    const first = await mailstop.ask('GET', '/v1/policy');
    expect(first.headers.get('etag')).toBe('"0"');
    expect(first.body).toMatchObject({ version: 0, policy_version: 'default-1', own_rules: [], streams: {} });
    expect(first.body.rules.find(({ id }: { id: string }) => id === '504')).toMatchObject({
      when: { code: '504' },
      then: { do: 'suppress', for: 'ever' },
      retry: 'no',
    });
    const made = await put({ streams: { receipts: 'transactional' } });
    expect(made.body).toMatchObject({ version: 1, policy_version: 'default-1+1', deciding: false });
    expect(made.headers.get('etag')).toBe('"1"');
  });

  it('may be read, edited and sent back as it is: default rules stay the default ones', async () => {
    const { body } = await mailstop.ask('GET', '/v1/policy');
    const own = { id: 'mine', why: 'A test.', when: { code: '504', receiver: 'corp.test' }, then: 'note' };
    const made = await put({ ...body, rules: [own, ...body.rules] });
    expect(made.status, made.text).toBe(200);
    expect(made.body.own_rules).toEqual(['mine']);
    expect(made.body.rules).toHaveLength(body.rules.length + 1);
    const again = await put({ ...made.body });
    expect(again.body).toMatchObject({ version: 2, own_rules: ['mine'] });
    expect(again.body.rules).toEqual(made.body.rules);
  });

  it('is refused with If-Match of a version that is not the current one', async () => {
    expect((await put({}, '', { 'If-Match': '"0"' })).status).toBe(200);
    const late = await put({}, '', { 'If-Match': '"0"' });
    expect(late).toMatchObject({ status: 412, body: { detail: expect.stringContaining('version 1') } });
  });

  it('keeps all versions', async () => {
    await put({ streams: { a: 'security' } });
    await put({});
    expect((await mailstop.ask('GET', '/v1/policy?version=1')).body.streams).toEqual({ a: 'security' });
    expect((await mailstop.ask('GET', '/v1/policy?version=0')).body.version).toBe(0);
    expect((await mailstop.ask('GET', '/v1/policy?version=3')).status).toBe(404);
    const { data } = (await mailstop.ask('GET', '/v1/policy/versions')).body;
    expect(data.map(({ version }: { version: number }) => version)).toEqual([2, 1]);
  });

  it('is audited with what it was and what it is', async () => {
    await put({ streams: { a: 'security' } });
    const { data } = (await mailstop.ask('GET', '/v1/audit')).body;
    expect(data[0]).toMatchObject({
      action: 'policy.change',
      detail: { before: { streams: {} }, after: { streams: { a: 'security' } } },
    });
  });

  const rule = (change: object) => ({
    id: 'mine',
    why: 'A test.',
    when: { kind: 'bounce' },
    then: 'note',
    ...change,
  });
  test.each<[string, unknown, string, RegExp]>([
    ['a rule without a reason', { rules: [{ id: 'a', then: 'note' }] }, '/rules/0/why', /required/],
    [
      'an outcome that does not exist',
      { rules: [rule({ then: 'forget' })] },
      '/rules/0/then/do',
      /suppress \| strike/,
    ],
    [
      'a field that does not exist',
      { rules: [rule({ when: { colour: 'red' } })] },
      '/rules/0/when/colour',
      /not a known field/,
    ],
    [
      'a category that does not exist',
      { rules: [rule({ when: { category: 'bad' } })] },
      '/rules/0/when/category',
      /mailbox-unknown/,
    ],
    ['a code that is none', { rules: [rule({ when: { code: '55' } })] }, '/rules/0/when/code', /5xx/],
    [
      'a pattern that is none',
      { rules: [rule({ when: { text: '(' } })] },
      '/rules/0/when/text',
      /regular expression/,
    ],
    [
      'a pattern that goes back for ever',
      { rules: [rule({ when: { text: '(a+)+$' } })] },
      '/rules/0/when/text',
      /for ever/,
    ],
    [
      'a strike that lasts for ever',
      { rules: [rule({ then: { do: 'strike', days: 3, steps: ['ever'] } })] },
      '/rules/0/then/steps/0',
      /must end/,
    ],
    [
      'a release by a bounce',
      { rules: [rule({ then: 'release' })] },
      '/rules/0/then',
      /delivery and resubscribe/,
    ],
    [
      'a ladder for complaints',
      { rules: [rule({ when: { kind: 'complaint' }, then: { do: 'strike', days: 3 } })] },
      '/rules/0/then',
      /failures/,
    ],
    [
      'a rule given twice',
      { rules: [rule({}), rule({ when: { kind: 'reject' } })] },
      '/rules/1/id',
      /two rules "mine"/,
    ],
    [
      'a rule that contradicts itself',
      { rules: [rule({ when: { code: '550', class: 4 } })] },
      '/rules/0/when',
      /can never match/,
    ],
    [
      'a rule behind one that matches all it does',
      { rules: [rule({}), rule({ id: 'b', when: { kind: 'bounce', code: '550' } })] },
      '/rules/1',
      /"mine" before it/,
    ],
    [
      'an own rule behind a default one',
      { rules: [rule({ id: '504', then: 'note' }), rule({})] },
      '/rules/1',
      /move it up/,
    ],
    [
      'default rules in another order',
      { rules: [rule({ id: 'dead' }), rule({ id: '504' })] },
      '/rules/1',
      /swap them/,
    ],
    ['a stream that cannot be named', { streams: { 'a b': 'marketing' } }, '/streams/a b', /letters/],
    ['a class that does not exist', { matrix: { complaint: ['all'] } }, '/matrix/complaint/0', /marketing/],
    [
      'a case that does not hold',
      { tests: [{ reply: '550 5.1.1 user unknown', expect: { action: 'note' } }] },
      '/tests/0/expect/action',
      /it is suppress \(rule "dead"/,
    ],
    [
      'a case that expects nothing',
      { tests: [{ reply: '550', expect: {} }] },
      '/tests/0/expect',
      /must expect something/,
    ],
  ])('with %s is refused', async (_title, document, pointer, detail) => {
    const told = await put(document);
    expect(told.status, told.text).toBe(422);
    expect(told.body.errors[0].pointer).toBe(pointer);
    expect(told.body.errors[0].detail).toMatch(detail);
    expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
  });

  it('may be sent by an admin only', async () => {
    const key = await mailstop.key(['read', 'write', 'release']);
    expect((await mailstop.ask('PUT', '/v1/policy', { key, json: {} })).status).toBe(403);
  });

  it('says what it takes away from the default policy', async () => {
    const { body } = await put({
      rules: [{ id: 'mine', why: 'A test.', when: { code: '504' }, then: 'note' }],
    });
    expect(body.warnings).toEqual([expect.stringMatching(/"504" decides nothing any more: "mine"/)]);
    const weaker = await put({
      rules: [{ id: '504', why: 'A test.', when: { kind: 'bounce', code: '504' }, then: 'note' }],
    });
    expect(weaker.body.warnings).toEqual([expect.stringMatching(/no longer suppresses/)]);
  });
});

describe('another policy', () => {
  const sparing = {
    rules: [
      {
        id: 'corp',
        why: 'Their gateway is known.',
        when: { code: '504', receiver: 'corp.test' },
        then: 'note',
      },
    ],
  };
  const facts = [
    bounce('a@corp.test', { text: helo, id: '1' }),
    bounce('b@else.test', { text: helo, id: '2' }),
    bounce('c@else.test', { text: s3150, id: '3' }),
    bounce('d@else.test', { text: '452 4.2.2 mailbox full', id: '4', at: day(-2), message_id: 'f1' }),
    bounce('d@else.test', { text: '452 4.2.2 mailbox full', id: '5', at: day(-1), message_id: 'f2' }),
    { recipient: 'a@corp.test', event: 'complaint', id: '6' },
  ];
  const before = [
    'a@corp.test complaint complaint !',
    'a@corp.test hard-bounce 504 !',
    'b@else.test hard-bounce 504 !',
  ];

  it('decides the list anew from the kept facts, and back', async () => {
    await post(facts);
    expect(await standing()).toEqual(before);
    expect((await put(sparing)).body.deciding).toBe(false);
    expect(await standing()).toEqual(['a@corp.test complaint complaint !', 'b@else.test hard-bounce 504 !']);
    await put({});
    expect(await standing()).toEqual(before);
  });

  it('is previewed without changing anything', async () => {
    await post(facts);
    const told = await put(sparing, '?dry_run=true');
    expect(told.body).toMatchObject({
      version: 0,
      own_rules: ['corp'],
      preview: { addresses: 4, suppressed: 0, released: 1, changed: 0, next_cursor: null },
    });
    expect(told.body.preview.samples).toMatchObject([
      { before: { address: 'a@corp.test', state: 'active', rule: '504' }, after: { state: 'released' } },
    ]);
    expect(await standing()).toEqual(before);
    expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
  });

  it('is simulated over what was recorded, told by rule, code and receiver', async () => {
    await post(facts);
    const simulate = (json: object, query = '') =>
      mailstop.ask('POST', `/v1/policy/simulate${query}`, { json });
    const told = await simulate({ policy: sparing });
    expect(told.body).toMatchObject({
      addresses: 4,
      suppressed: 0,
      released: 1,
      changed: 0,
      by: {
        code: [{ value: '504', suppressed: 0, released: 1, changed: 0 }],
        receiver: [{ value: 'corp.test', released: 1 }],
        rule: [{ value: '504', released: 1 }],
      },
      next_cursor: null,
    });
    expect(told.body.events).toBeGreaterThanOrEqual(4);
    expect(await standing()).toEqual(before);
    expect((await mailstop.ask('GET', '/v1/policy')).body.version).toBe(0);
    const later = await simulate({ policy: sparing, since: new Date(START + 86_400_000).toISOString() });
    expect(later.body).toMatchObject({ addresses: 0, events: 0, released: 0 });
    expect((await simulate({ policy: sparing }, '?cursor=garbage')).status).toBe(400);
    expect((await simulate({ policy: { rules: [{ id: 'x' }] } })).status).toBe(422);
    expect((await simulate(sparing)).status).toBe(422);
  });

  it('is not previewed from a cursor that is none, nor over another version than the one that was read', async () => {
    expect((await put(sparing, '?dry_run=true&cursor=garbage')).status).toBe(400);
    expect((await put(sparing, '?dry_run=true', { 'If-Match': '"7"' })).status).toBe(412);
    expect((await put(sparing, '?dry_run=true', { 'If-Match': '"0"' })).status).toBe(200);
  });

  it('reaches facts that the one before only noted', async () => {
    await post(facts);
    const { body } = await put({
      rules: [
        {
          id: 'blocked',
          why: 'We give up on whoever uses that list.',
          when: { category: 'ip-blocked' },
          then: { do: 'suppress', for: '30d' },
        },
        {
          id: 'recipient-soft',
          why: 'Two days are enough.',
          when: { kind: 'bounce', category: 'mailbox-full' },
          then: { do: 'strike', days: 2 },
        },
      ],
    });
    expect(body.deciding).toBe(false);
    const until = (ms: number, days: number) => new Date(ms + days * 86_400_000).toISOString().slice(0, 10);
    expect(await standing()).toEqual(
      [
        ...before,
        `c@else.test hard-bounce blocked ${until(START - 60_000, 30)}`,
        `d@else.test soft-bounce recipient-soft ${until(Date.parse(day(-1)), 7)}`,
      ].sort(),
    );
    // They count from now on: a further fact is folded with them.
    await put({});
    expect(await standing()).toEqual(before);
  });

  it('keeps what people did: a release bars, a manual entry stands', async () => {
    await post(facts);
    await mailstop.ask('DELETE', '/v1/suppressions/b@else.test', { json: { why: 'mended' } });
    await mailstop.ask('PUT', '/v1/suppressions/m@else.test', { json: {} });
    await put(sparing);
    expect(await standing()).toEqual(['a@corp.test complaint complaint !', 'm@else.test manual manual !']);
    await put({});
    expect(await standing()).toEqual([
      'a@corp.test complaint complaint !',
      'a@corp.test hard-bounce 504 !',
      'm@else.test manual manual !',
    ]);
  });

  it('decides the next event, and answers what a reply would come to', async () => {
    await put(sparing);
    await post(bounce('z@corp.test', { text: helo, id: '9' }));
    expect(await standing()).toEqual([]);
    const { data } = (await mailstop.ask('GET', '/v1/events?address=z@corp.test')).body;
    expect(data[0].decision).toMatchObject({ rule: 'corp', action: 'note', policy_version: 'default-1+1' });
    const [meaning] = (await mailstop.ask('POST', '/v1/classify', { json: { replies: [helo] } })).body
      .results;
    expect(meaning).toMatchObject({ rule: '504', action: 'suppress', retry: 'no' });
  });

  it('may block one stream only', async () => {
    await put({
      rules: [
        {
          id: 'per-stream',
          why: 'One complaint, one stream.',
          when: { kind: 'complaint' },
          then: { do: 'suppress', reason: 'complaint', scope: 'stream' },
        },
      ],
      streams: { news: 'marketing', offers: 'marketing' },
    });
    await post({ recipient: 'a@x.test', event: 'complaint', id: '1', stream: 'news' });
    const check = async (stream: string) =>
      (await mailstop.ask('POST', '/v1/check', { json: { addresses: ['a@x.test'], stream } })).body.results[0]
        .suppressed;
    expect([await check('news'), await check('offers')]).toEqual([true, false]);
  });

  it('with another matrix answers the next check otherwise, with nothing to decide', async () => {
    await post({ recipient: 'a@x.test', event: 'complaint', id: '1' });
    const check = async () =>
      (await mailstop.ask('POST', '/v1/check', { json: { addresses: ['a@x.test'], stream: 'receipts' } }))
        .body.results[0].suppressed;
    const streams = { receipts: 'transactional' };
    await put({ streams });
    expect(await check()).toBe(true);
    await put({ streams, matrix: { complaint: ['marketing'] } });
    expect(await check()).toBe(false);
  });

  it('goes on where a stop left it', async () => {
    await post(
      Array.from({ length: 600 }, (_, i) =>
        bounce(`p${i}@corp.test`, { text: helo, id: `i${i}`, message_id: `i${i}` }),
      ),
    );
    const { store, services } = { store: mailstop.store, services: mailstop.services };
    await store.configure(
      {
        put: 'policy',
        row: {
          tenant: 'default',
          version: 1,
          document: JSON.stringify(writtenDocument(policyDocument.parse(sparing))),
          actor: 'test',
          created_at: START,
          redecided_to: '',
        },
      },
      null,
    );
    expect((await mailstop.ask('GET', '/v1/policy')).body.deciding).toBe(true);
    expect(await services.redecider.run('default', 0)).toEqual({ addresses: 500, done: false });
    expect(await standing()).toHaveLength(100);
    expect((await mailstop.ask('POST', '/v1/policy/decide')).body).toEqual({ addresses: 100, done: true });
    expect(await standing()).toEqual([]);
    expect((await mailstop.ask('GET', '/v1/policy')).body.deciding).toBe(false);
  });

  it('is not overtaken by a flush that was judged by the one before', async () => {
    const { store } = mailstop;
    const judged = (version: number) => plan({ judgedBy: [{ tenant: 'default', version }] });
    expect(await store.write(judged(0))).toBe('done');
    await put({});
    expect(await store.write(judged(0))).toBe('stale');
    expect(await store.write(judged(1))).toBe('done');
  });
});
