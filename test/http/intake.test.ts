import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { bounce, type Harness, SHARED, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const isSuppressed = async (address: string): Promise<boolean> =>
  (await mailstop.ask('POST', '/v1/check', { json: { addresses: [address] } })).body.results[0].suppressed;

describe('a webhook', () => {
  it('is stored before it is answered, and the address is suppressed', async () => {
    const source = await mailstop.source();
    const told = await source.post(bounce('Ann@Example.com'));
    expect(told.status).toBe(200);
    expect(told.body).toEqual({ accepted: 1, duplicates: 0, ignored: 0, quarantined: 0 });
    expect(told.text.length).toBeLessThan(200);
    expect(await isSuppressed('ann@example.com')).toBe(true);
  });

  it('that comes again changes nothing and says so', async () => {
    const source = await mailstop.source();
    await source.post(bounce('ann@example.com'));
    expect((await source.post(bounce('ann@example.com'))).body).toEqual({
      accepted: 0,
      duplicates: 1,
      ignored: 0,
      quarantined: 0,
    });
  });

  it('of several items counts every one of them', async () => {
    const source = await mailstop.source();
    const told = await source.post([
      bounce('a@example.com'),
      bounce('a@example.com'),
      { recipient: 'b@example.com', event: 'open' },
      bounce('nobody'),
    ]);
    expect(told.body).toEqual({ accepted: 1, duplicates: 1, ignored: 1, quarantined: 1 });
  });

  test('T036 an unknown and a disabled source answer alike', async () => {
    const source = await mailstop.source();
    await mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { disabled: true } });
    const disabled = await source.post(bounce('ann@example.com'));
    const unknown = await mailstop.ask('POST', '/webhooks/generic_0000000000000000000000', {
      key: null,
      json: {},
    });
    expect(disabled.status).toBe(404);
    const told = ({ status, body, headers }: typeof unknown) => ({
      status,
      body: { ...body, request_id: '' },
      headers: [...headers].filter(([name]) => name !== 'x-request-id'),
    });
    expect(told(disabled)).toEqual(told(unknown));
    expect(disabled.text).not.toContain('generic');
    expect(await isSuppressed('ann@example.com')).toBe(false);
  });

  test.each([
    ['no proof', {}],
    ['a wrong proof', { 'X-Mailstop-Key': 'not-the-secret-of-this-source' }],
  ])('with %s is refused in one generic sentence, and nothing is stored', async (_title, headers) => {
    const source = await mailstop.source();
    const told = await mailstop.ask('POST', `/webhooks/${source.id}`, {
      key: null,
      json: bounce('ann@example.com'),
      headers,
    });
    expect(told.status).toBe(401);
    expect(told.text.length).toBeLessThan(200);
    expect(told.text).not.toMatch(/generic|key|secret/i);
    expect(told.headers.has('www-authenticate')).toBe(false);
    expect((await mailstop.ask('GET', '/v1/events')).body.data).toEqual([]);
  });

  it('is asked for its password where the source has one', async () => {
    const { id } = await mailstop.source({
      secrets: { basic_auth: [{ username: 'u', password: 'a long password' }] },
    });
    const told = await mailstop.ask('POST', `/webhooks/${id}`, {
      key: null,
      json: bounce('ann@example.com'),
    });
    expect([told.status, told.headers.get('www-authenticate')]).toEqual([401, 'Basic realm="mailstop"']);
    const headers = { Authorization: `Basic ${btoa('u:a long password')}` };
    expect(
      (await mailstop.ask('POST', `/webhooks/${id}`, { key: null, json: bounce('ann@example.com'), headers }))
        .status,
    ).toBe(200);
  });

  test.each(['gzip', 'br', 'deflate', 'zstd'])(
    'T037 in Content-Encoding %s is refused before it is read',
    async (encoding) => {
      const source = await mailstop.source();
      const told = await source.post(bounce('ann@example.com'), { 'Content-Encoding': encoding });
      expect(told.status).toBe(415);
      expect(await isSuppressed('ann@example.com')).toBe(false);
    },
  );

  test('T039 that declares more than the limit is refused before its body is read', async () => {
    const { id } = await mailstop.source();
    let pulled = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          pulled++;
          controller.enqueue(new Uint8Array(1024));
        },
      },
      { highWaterMark: 0 },
    );
    const told = await mailstop.ask('POST', `/webhooks/${id}`, {
      key: null,
      body,
      headers: { 'Content-Length': String(5 * 1024 * 1024 + 1), 'X-Mailstop-Key': SHARED },
    });
    expect([told.status, pulled]).toEqual([413, 0]);
  });

  test('T040 that is sent in chunks without a length is cut off at the limit', async () => {
    const { id } = await mailstop.source();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>(
      {
        pull(controller) {
          sent++;
          controller.enqueue(new Uint8Array(65_536));
        },
      },
      { highWaterMark: 0 },
    );
    const told = await mailstop.ask('POST', `/webhooks/${id}`, {
      key: null,
      body,
      headers: { 'X-Mailstop-Key': SHARED },
    });
    expect(told.status).toBe(413);
    expect(sent).toBeLessThanOrEqual(82);
    expect((await mailstop.ask('GET', '/v1/quarantine')).body.data).toEqual([]);
  });

  test('T041 whose body breaks off stores nothing', async () => {
    const { id } = await mailstop.source();
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(JSON.stringify(bounce('ann@example.com'))));
        controller.error(new Error('connection lost'));
      },
    });
    const told = await mailstop.ask('POST', `/webhooks/${id}`, {
      key: null,
      body,
      headers: { 'X-Mailstop-Key': SHARED },
    });
    expect(told.status).toBe(400);
    expect(await isSuppressed('ann@example.com')).toBe(false);
  });

  test('T043 nested too deep is kept in quarantine, and never parsed without proof', async () => {
    const source = await mailstop.source();
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    const send = (headers: Record<string, string>) =>
      mailstop.ask('POST', `/webhooks/${source.id}`, { key: null, body: deep, headers });
    expect((await send({})).status).toBe(401);
    const told = await send({ 'X-Mailstop-Key': SHARED });
    expect([told.status, told.body.quarantined]).toEqual([200, 1]);
  });

  test('T044 of 10,001 events is kept whole in quarantine; 10,000 are all processed', async () => {
    const source = await mailstop.source();
    const many = (count: number) => Array.from({ length: count }, (_, i) => bounce(`p${i}@example.com`));
    expect((await source.post(many(10_001))).body).toEqual({
      accepted: 0,
      duplicates: 0,
      ignored: 0,
      quarantined: 1,
    });
    expect((await source.post(many(10_000))).body).toEqual({
      accepted: 10_000,
      duplicates: 0,
      ignored: 0,
      quarantined: 0,
    });
  }, 20_000);

  test('T045 with keys of the prototype pollutes nothing', async () => {
    const source = await mailstop.source();
    const body = `[{"recipient":"ann@example.com","event":"constructor","__proto__":{"polluted":1}},${JSON.stringify(bounce('b@example.com'))}]`;
    const told = await mailstop.ask('POST', `/webhooks/${source.id}`, {
      key: null,
      body,
      headers: { 'X-Mailstop-Key': SHARED },
    });
    expect(told.body).toEqual({ accepted: 1, duplicates: 0, ignored: 1, quarantined: 0 });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('a probe', () => {
  test.each(['HEAD', 'GET'])(
    'by %s is answered alike whether or not there is such a source',
    async (method) => {
      const { id } = await mailstop.source();
      const [known, unknown] = [
        await mailstop.ask(method, `/webhooks/${id}`, { key: null }),
        await mailstop.ask(method, '/webhooks/nothing', { key: null }),
      ];
      expect([known.status, unknown.status]).toEqual([200, 200]);
      expect(known.text).toBe(unknown.text);
    },
  );

  it('by GET with a query stores nothing for a provider that posts', async () => {
    const { id } = await mailstop.source();
    expect(
      (await mailstop.ask('GET', `/webhooks/${id}?recipient=ann@example.com&event=bounce`, { key: null }))
        .status,
    ).toBe(200);
    expect((await mailstop.ask('GET', '/webhooks/nothing?a=1', { key: null })).status).toBe(404);
    expect((await mailstop.ask('GET', '/v1/events')).body.data).toEqual([]);
  });
});

describe('a provider that asks before it sends', () => {
  const ask = async (id: string, search: string) =>
    mailstop.ask('OPTIONS', `/webhooks/${id}${search}`, {
      key: null,
      headers: { 'WebHook-Request-Origin': 'eventgrid.azure.net', 'WebHook-Request-Rate': '120' },
    });

  it('is answered once it is proven, and nothing is stored', async () => {
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: { provider: 'azure', name: 'test', secrets: { keys: [SHARED] } },
    });
    const agreed = await ask(made.body.id, `?code=${SHARED}`);
    expect([agreed.status, agreed.headers.get('webhook-allowed-origin')]).toEqual([
      200,
      'eventgrid.azure.net',
    ]);
    expect(agreed.headers.get('webhook-allowed-rate')).toBe('*');
    const refused = await ask(made.body.id, '?code=another');
    expect([refused.status, refused.headers.get('webhook-allowed-origin')]).toEqual([401, null]);
    expect((await mailstop.ask('GET', '/v1/events')).body.data).toEqual([]);
  });

  it('is told alike that it need not ask, whether or not there is such a source', async () => {
    const { id } = await mailstop.source();
    const [known, unknown] = [await ask(id, ''), await ask('nothing', '')];
    expect([known.status, unknown.status]).toEqual([405, 405]);
    expect({ ...known.body, request_id: '' }).toEqual({ ...unknown.body, request_id: '' });
  });

  it('is answered with the code of Event Grid’s own handshake', async () => {
    const made = await mailstop.ask('POST', '/v1/sources', {
      json: { provider: 'azure', name: 'test', secrets: { keys: [SHARED] } },
    });
    const handshake = [
      {
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        data: { validationCode: 'c-1', validationUrl: 'http://127.0.0.1:1/' },
      },
    ];
    const told = await mailstop.ask('POST', `/webhooks/${made.body.id}?code=${SHARED}`, {
      key: null,
      json: handshake,
    });
    expect([told.status, told.body]).toEqual([200, { validationResponse: 'c-1' }]);
    expect(
      (await mailstop.ask('POST', `/webhooks/${made.body.id}?code=x`, { key: null, json: handshake })).status,
    ).toBe(401);
  });
});

describe('when it cannot be stored', () => {
  it('the provider is asked to come again, and nothing of the cause is told', async () => {
    const source = await mailstop.source();
    const { submit } = mailstop.services.committer;
    Object.assign(mailstop.services.committer, {
      submit: () => Promise.reject(new Error('SQLITE_FULL: /var/lib/mailstop.db')),
    });
    const told = await source.post(bounce('ann@example.com'));
    Object.assign(mailstop.services.committer, { submit });
    expect(told.status).toBe(503);
    expect(Number(told.headers.get('retry-after'))).toBeGreaterThanOrEqual(20);
    expect(Number(told.headers.get('retry-after'))).toBeLessThanOrEqual(40);
    expect(told.text).not.toMatch(/SQLITE|\/var/);
    expect((await source.post(bounce('ann@example.com'))).body.accepted).toBe(1);
  });

  it('the 65th request at once is asked to come again, and room is given back', async () => {
    const source = await mailstop.source();
    const { submit } = mailstop.services.committer;
    let open: () => void = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    Object.assign(mailstop.services.committer, {
      submit: async (job: Parameters<typeof submit>[0]) => gate.then(() => submit(job)),
    });
    const first = Array.from({ length: 64 }, (_, i) => source.post(bounce(`p${i}@example.com`)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await source.post(bounce('late@example.com'))).status).toBe(503);
    open();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual(Array(64).fill(200));
    expect((await source.post(bounce('late@example.com'))).status).toBe(200);
  });
});
