/** Tenants see nothing of one another. Made from the route table: a new route is tried, or named here as untried. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { endpoints } from '../../src/http/endpoints.ts';
import { mailgunSampler } from '../../src/samples/mailgun.ts';
import { incident, webhook } from '../store/rows.ts';
import { bounce, type Harness, SHARED, START, startHarness } from './harness.ts';

let mailstop: Harness;
/** Admins of two tenants; the first has something of everything. */
let owner: string;
let rival: string;
beforeEach(async () => {
  mailstop = await startHarness();
  for (const id of ['owner', 'rival']) await mailstop.ask('POST', '/v1/tenants', { json: { id, name: id } });
  owner = await mailstop.key(['admin'], 'owner');
  rival = await mailstop.key(['admin'], 'rival');
});
afterEach(() => mailstop.close());

const ANN = 'canary.ann@canary.test';
const ask = (key: string, method: string, path: string, json?: unknown) =>
  mailstop.ask(method, path, json === undefined ? { key } : { key, json });

/** Ids of what the owner has, by the collection that they are in. */
type Owned = Readonly<
  Record<
    'sources' | 'streams' | 'quarantine' | 'keys' | 'releases' | 'incidents' | 'webhooks' | 'receipts',
    string
  >
>;

async function fill(): Promise<Owned> {
  const source = await mailstop.source({ name: 'canary source' }, owner);
  const told = await source.post([
    bounce(ANN, { id: 'canary-event', tags: ['canary-tag'], text: '550 5.1.1 canary unknown user' }),
    { recipient: 'canary.bob@canary.test', event: 'canary-label' },
    bounce('canary-nobody'),
  ]);
  expect(told.body).toEqual({ accepted: 1, duplicates: 0, ignored: 1, quarantined: 1 });
  const rules = [{ id: 'canary-rule', why: 'canary', when: { text: 'canary' }, then: 'note' }];
  for (const [method, path, json] of [
    ['PUT', '/v1/policy', { rules, streams: { 'canary-stream': 'marketing', 'canary-two': 'marketing' } }],
    ['PUT', '/v1/suppressions/canary.cy@canary.test', { note: 'canary note' }],
    ['PUT', '/v1/allowed/canary.dan@canary.test', {}],
    ['PUT', '/v1/allowed/canary.eve@canary.test', {}],
    ['PUT', `/v1/suppressions/${ANN}`, { reason: 'complaint' }],
    ['PUT', '/v1/users/canary-user', { role: 'admin', password: 'canary canary' }],
  ] as const)
    expect((await ask(owner, method, path, json)).status).toBeLessThan(300);
  const made = await ask(owner, 'POST', '/v1/keys', { name: 'canary key', scopes: ['read'] });
  const [held] = (await ask(owner, 'GET', '/v1/quarantine')).body.data;
  const gone = 'canary.fay@canary.test';
  await ask(owner, 'PUT', `/v1/suppressions/${gone}`, {});
  await mailstop.store.configure(
    { put: 'webhook', row: webhook({ id: 'whk_canary', tenant: 'owner', url: 'https://canary.example/' }) },
    null,
  );
  await mailstop.store.configure(
    { put: 'incident', row: { ...incident({ id: 'inc_canary', tenant: 'owner' }), sample: 'canary reply' } },
    null,
  );
  const { id: releases } = (await ask(owner, 'DELETE', `/v1/suppressions/${gone}`, { why: 'canary' })).body;
  return {
    sources: source.id,
    streams: 'canary-stream',
    quarantine: held.id,
    keys: made.body.id,
    releases,
    incidents: 'inc_canary',
    webhooks: 'whk_canary',
    receipts: held.receipt_id,
  };
}

/** All that the owner can see, less when keys were used. */
async function snapshot(): Promise<Record<string, string>> {
  const lists = endpoints.filter(
    ({ method, path, scope }) =>
      method === 'get' &&
      scope !== null &&
      !path.includes(':') &&
      !['/v1/tenants', '/v1/dump'].includes(path),
  );
  const told = await Promise.all(lists.map(({ path }) => ask(owner, 'GET', path)));
  return Object.fromEntries(
    told.map(({ text }, i) => [lists[i]?.path, text.replace(/"last_used_at":"[^"]*"/g, '')]),
  );
}

const guarded = endpoints.filter(({ scope }) => scope !== null);
const nameOf = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`;

/** What a route is sent, where it takes a body. A route that is not here and needs one fails its test. */
const bodies: Readonly<Record<string, (owned: Owned) => unknown>> = {
  'POST /v1/check': () => ({ addresses: [ANN, 'x@canary.test'] }),
  'POST /v1/return-paths': () => ({ addresses: ['x@example.com'], return_path: 'bounces@example.org' }),
  'POST /v1/recipient-tags': () => ({ addresses: ['x@example.com'] }),
  'PUT /v1/suppressions/:address': () => ({}),
  'DELETE /v1/suppressions/:address': () => ({
    why: 'mine',
    reasons: ['hard-bounce', 'complaint'],
    evidence: { text: 'x', at: new Date(START).toISOString() },
  }),
  'POST /v1/releases': ({ sources }) => ({ filter: { source_id: sources }, why: 'mine' }),
  'POST /v1/erasures': () => ({ address: 'nobody@rival.test' }),
  'POST /v1/webhooks': () => ({ url: 'https://93.184.215.14/x' }),
  'PATCH /v1/webhooks/:id': () => ({ disabled: true }),
  'POST /v1/incidents/:id/confirm': () => ({ why: 'mine' }),
  'POST /v1/incidents/:id/release': () => ({ why: 'mine' }),
  'POST /v1/releases/:id/undo': () => ({ why: 'mine' }),
  'POST /v1/unsubscribe-links': () => ({ addresses: ['x@canary.test'] }),
  'PUT /v1/allowed/:address': () => ({}),
  'POST /v1/sources': () => ({ provider: 'generic', name: 'x', secrets: { keys: [SHARED] } }),
  'PATCH /v1/sources/:id': () => ({ disabled: true }),
  'PUT /v1/sources/:id/list': () => ({ key: 'x', write_back: true }),
  'POST /v1/sources/:id/list/push': () => ({ dry_run: false }),
  'POST /v1/classify': () => ({ replies: ['550 5.1.1 canary unknown user'] }),
  'POST /v1/streams': () => ({ id: 'canary-stream', class: 'security' }),
  'PATCH /v1/streams/:id': () => ({ class: 'security' }),
  'PUT /v1/policy': () => ({ rules: [], streams: {} }),
  'POST /v1/policy/simulate': () => ({ policy: { rules: [], streams: {} } }),
  'POST /v1/keys': () => ({ name: 'x', scopes: ['read'], tenant: 'owner' }),
  'PUT /v1/users/:name': () => ({ role: 'read', password: 'mine, and long' }),
  'POST /v1/tenants': () => ({ id: 'more', name: 'x' }),
};
/** Those that are nobody's: the same for all. */
const common = ['GET /v1/codes', 'GET /v1/codes/:code'];
/** Answers to a rival that are neither 404 nor a success without data. */
const refused: Readonly<Record<string, number>> = {
  'POST /v1/keys': 403,
  'POST /v1/tenants': 403,
  'GET /v1/tenants': 403,
  'GET /v1/dump': 403,
  'POST /v1/restore': 403,
};

/** The path with the owner's id in it; throws where nobody has said which id a parameter means. */
function pathOf(path: string, owned: Owned): string {
  return path.replace(/:(\w+)/g, (_whole, name: string) => {
    const collection = path.split('/')[2] ?? '';
    const value =
      name === 'address'
        ? ANN
        : name === 'id'
          ? owned[collection as keyof Owned]
          : name === 'code'
            ? '504'
            : name === 'name'
              ? 'canary-user'
              : '';
    if (value === undefined || value === '') throw new Error(`no foreign ${name} is known for ${path}`);
    return encodeURIComponent(value);
  });
}

describe('what another tenant has', () => {
  let owned: Owned;
  beforeEach(async () => {
    owned = await fill();
  });

  test.each(guarded.map((of) => [nameOf(of), of] as const))(
    'T108 is neither shown nor changed by %s',
    async (name, of) => {
      const before = await snapshot();
      expect(before['/v1/suppressions']).toContain(ANN);
      const path = pathOf(of.path, owned);
      const body = bodies[name]?.(owned);
      expect(
        of.body === undefined || of.body.safeParse(undefined).success || body !== undefined,
        `${name} needs a body in this table`,
      ).toBe(true);
      const isImport = of.takes !== undefined && of.body === undefined;
      const told = isImport
        ? await mailstop.ask(of.method.toUpperCase(), path, {
            key: rival,
            body: `${ANN}\n`,
            headers: { 'Content-Type': 'text/csv' },
          })
        : await ask(rival, of.method.toUpperCase(), path, body);

      if (of.path.includes(':id')) expect([name, told.status]).toEqual([name, 404]);
      else if (refused[name] !== undefined) expect([name, told.status]).toEqual([name, refused[name]]);
      else
        expect(
          told.status === 404 || told.status < 300,
          `${name} answered ${told.status}: ${told.text}`,
        ).toBe(true);
      if (!common.includes(name)) {
        // The caller's own words come back, and nothing else that is the owner's.
        const sent = [path, JSON.stringify(body), ANN].map((text) => decodeURIComponent(text ?? ''));
        const foreign = [...told.text.matchAll(/[\w.@-]*canary[\w.@-]*/g)].map(([word]) => word);
        expect(foreign.filter((word) => !sent.some((text) => text.includes(word)))).toEqual([]);
        for (const id of Object.values(owned))
          if (!sent.some((text) => text.includes(id))) expect(told.text).not.toContain(id);
        // Routes of the list repeat the address that they were asked for, and know nothing of it.
        const own = [
          'PUT /v1/suppressions/:address',
          'PUT /v1/allowed/:address',
          'GET /v1/addresses/:address',
          'POST /v1/check',
        ];
        if (!own.includes(name) && !isImport) expect(told.text).not.toContain(ANN);
        if (Array.isArray(told.body?.data) && of.path !== '/v1/keys' && of.path !== '/v1/audit')
          expect(told.body.data).toEqual([]);
      }
      expect(await snapshot()).toEqual(before);
    },
  );

  test('T108 is not there for the check, the story or a release by cause either', async () => {
    const check = await ask(rival, 'POST', '/v1/check', { addresses: [ANN] });
    expect(check.body.results[0]).toMatchObject({ suppressed: false, suppression_id: null, listed_at: [] });
    const story = (await ask(rival, 'GET', `/v1/addresses/${ANN}`)).body;
    expect(story).toMatchObject({ suppressed: false, entries: [], events: [], releases: [] });
    const filter = { domain: 'canary.test' };
    expect((await ask(rival, 'POST', '/v1/releases', { filter, why: 'x' })).body).toMatchObject({
      matched: 0,
      excluded: {},
    });
    const [classified] = (await ask(rival, 'POST', '/v1/classify', { replies: ['550 5.1.1 canary'] })).body
      .results;
    expect(classified.rule).not.toBe('canary-rule');
    expect((await ask(rival, 'GET', '/v1/policy?version=1')).status).toBe(404);
    expect((await ask(rival, 'GET', `/v1/events?source_id=${owned.sources}`)).body.data).toEqual([]);
  });

  test('T108 is not reached with its cursors', async () => {
    let tried = 0;
    for (const { method, path, query } of guarded) {
      if (method !== 'get' || query === undefined || query === 'any' || !('cursor' in query.shape)) continue;
      const { next_cursor: cursor } = (await ask(owner, 'GET', `${path}?limit=1`)).body;
      if (typeof cursor !== 'string' || path === '/v1/codes') continue;
      tried += 1;
      const told = await ask(rival, 'GET', `${path}?limit=1000&cursor=${cursor}`);
      expect([path, told.status, told.text.includes('canary')]).toEqual([path, 200, false]);
    }
    expect(tried).toBeGreaterThan(4);
  });

  test('T108 is tried on every route with a parameter', () => {
    const withId = guarded.filter(({ path }) => path.includes(':'));
    expect(withId.length).toBeGreaterThan(10);
    for (const { path } of withId) expect(() => pathOf(path, owned), path).not.toThrow();
    // Neither is an id: one is the address of a source, which has its proof (T036), the other is one (T091).
    const open = endpoints.filter(({ path, scope }) => scope === null && path.includes(':'));
    expect([...new Set(open.map(({ path }) => path))]).toEqual(['/webhooks/:source', '/unsubscribe/:token']);
  });
});

describe('two tenants with the same', () => {
  test('T109 address, event and stream have each their own of it', async () => {
    const of = async (key: string) => ({ key, ...(await mailstop.source({}, key)) });
    const both = [await of(owner), await of(rival)];
    const facts = [
      bounce(ANN, { id: 'same' }),
      { recipient: ANN, event: 'unsubscribe', id: 'same', stream: 'news' },
    ];
    for (const { post, key } of both) {
      expect((await post(facts)).body).toMatchObject({ accepted: 2, duplicates: 0 });
      expect((await ask(key, 'POST', '/v1/streams', { id: 'news', class: 'marketing' })).status).toBe(201);
    }
    for (const { post } of both)
      expect((await post(facts)).body).toMatchObject({ accepted: 0, duplicates: 2 });
    await ask(owner, 'DELETE', `/v1/suppressions/${ANN}?why=x`);
    await ask(owner, 'DELETE', '/v1/streams/news');
    const left = async (key: string) =>
      (await ask(key, 'GET', '/v1/suppressions')).body.data
        .map(({ reason }: { reason: string }) => reason)
        .sort();
    expect([await left(owner), await left(rival)]).toEqual([['unsubscribe'], ['hard-bounce', 'unsubscribe']]);
    expect((await ask(rival, 'GET', '/v1/streams')).body.data).toHaveLength(1);
  });

  test('T109 signing key and signed token of a provider take each their own request', async () => {
    const { source, signing } = await mailgunSampler.source();
    const [sample, other] = mailgunSampler.samples(START);
    const { headers, body } = await mailgunSampler.request(sample?.payload, signing, START);
    const bent = JSON.stringify({ ...JSON.parse(body), 'event-data': other?.payload });
    const ids = [];
    for (const key of [owner, rival])
      ids.push((await mailstop.source({ provider: 'mailgun', ...source }, key)).id);
    const post = (id: string | undefined, text: string) =>
      mailstop.ask('POST', `/webhooks/${id}`, { key: null, headers, body: text });
    const told = await Promise.all([post(ids[0], body), post(ids[1], bent)]);
    expect(told.map(({ status, body: counts }) => [status, counts.accepted])).toEqual([
      [200, 1],
      [200, 1],
    ]);
    // Under its own token a second body is a forgery, in either of them.
    expect((await Promise.all([post(ids[0], bent), post(ids[1], body)])).map(({ status }) => status)).toEqual(
      [401, 401],
    );
  });

  test('T110 checks at once are answered from each its own list, policy and key', async () => {
    const unsubscribed = 'canary.bob@canary.test';
    await ask(owner, 'PUT', `/v1/suppressions/${ANN}`, {});
    await ask(rival, 'PUT', `/v1/suppressions/${ANN}`, { stream: 'receipts' });
    for (const key of [owner, rival])
      await ask(key, 'PUT', `/v1/suppressions/${unsubscribed}`, { reason: 'unsubscribe' });
    await ask(owner, 'POST', '/v1/streams', { id: 'receipts', class: 'transactional' });
    await ask(rival, 'POST', '/v1/streams', { id: 'receipts', class: 'marketing' });
    const check = async (key: string, stream: string) =>
      (await ask(key, 'POST', '/v1/check', { addresses: [ANN, unsubscribed], stream })).body.results.map(
        ({ suppressed }: { suppressed: boolean }) => suppressed,
      );
    const expected: [string, string, boolean[]][] = [
      [owner, 'receipts', [true, false]],
      [rival, 'receipts', [true, true]],
      [owner, 'news', [true, true]],
      [rival, 'news', [false, true]],
    ];
    await Promise.all(
      Array.from({ length: 400 }, async (_, i) => {
        const [key, stream, answer] = expected[i % 4] as (typeof expected)[number];
        expect(await check(key, stream)).toEqual(answer);
      }),
    );
  });
});
