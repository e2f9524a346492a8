import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import { bounce, type Harness, SHARED, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

describe('tenants', () => {
  it('are made by the admin of the default tenant alone, once each', async () => {
    const make = (json: unknown, key?: string) =>
      mailstop.ask('POST', '/v1/tenants', { json, ...(key === undefined ? {} : { key }) });
    expect((await make({ id: 'acme', name: 'Acme' })).status).toBe(201);
    expect((await make({ id: 'acme', name: 'Acme' })).status).toBe(409);
    expect((await make({ id: 'Acme Inc', name: 'x' })).body.errors[0].pointer).toBe('/id');
    const theirs = await mailstop.key(['admin'], 'acme');
    expect((await make({ id: 'more', name: 'x' }, theirs)).status).toBe(403);
    expect((await mailstop.ask('GET', '/v1/tenants', { key: theirs })).status).toBe(403);
    expect((await mailstop.ask('GET', '/v1/tenants')).body.data.map(({ id }: { id: string }) => id)).toEqual([
      'acme',
      'default',
    ]);
  });

  it('may not make keys for one another', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'acme', name: 'Acme' } });
    const theirs = await mailstop.key(['admin'], 'acme');
    expect(
      (
        await mailstop.ask('POST', '/v1/keys', {
          key: theirs,
          json: { name: 'x', scopes: ['read'], tenant: 'default' },
        })
      ).status,
    ).toBe(403);
    expect(
      (await mailstop.ask('POST', '/v1/keys', { json: { name: 'x', scopes: ['read'], tenant: 'nobody' } }))
        .body.errors[0].pointer,
    ).toBe('/tenant');
    expect(
      (await mailstop.ask('POST', '/v1/keys', { key: theirs, json: { name: 'x', scopes: ['read'] } })).body
        .tenant,
    ).toBe('acme');
  });

  test('T088 see nothing of one another', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'acme', name: 'Acme' } });
    const key = await mailstop.key(['admin'], 'acme');
    const source = await mailstop.source();
    await source.post([bounce('ann@example.com'), bounce('nobody')]);
    const mine = (await mailstop.ask('GET', '/v1/keys')).body.data;
    const [held] = (await mailstop.ask('GET', '/v1/quarantine')).body.data;
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'news', class: 'marketing' } });
    for (const [method, path] of [
      ['GET', '/v1/suppressions/ann@example.com'],
      ['DELETE', '/v1/suppressions/ann@example.com?why=x'],
      ['GET', `/v1/sources/${source.id}`],
      ['DELETE', `/v1/sources/${source.id}`],
      ['POST', `/v1/quarantine/${held.id}/replay`],
      ['DELETE', `/v1/quarantine/${held.id}`],
      ['DELETE', '/v1/streams/news'],
      ...mine.map(({ id }: { id: string }) => ['DELETE', `/v1/keys/${id}`]),
    ] as [string, string][]) {
      expect([path, (await mailstop.ask(method, path, { key })).status]).toEqual([path, 404]);
    }
    expect(
      (await mailstop.ask('PATCH', `/v1/sources/${source.id}`, { key, json: { disabled: true } })).status,
    ).toBe(404);
    for (const path of [
      '/v1/suppressions',
      '/v1/events',
      '/v1/sources',
      '/v1/quarantine',
      '/v1/changes',
      '/v1/unmapped',
      '/v1/stats',
      '/v1/streams',
    ]) {
      expect([path, (await mailstop.ask('GET', path, { key })).body.data]).toEqual([path, []]);
    }
    expect(
      (await mailstop.ask('POST', '/v1/check', { key, json: { addresses: ['ann@example.com'] } })).body
        .results[0].suppressed,
    ).toBe(false);
    expect((await mailstop.ask('GET', '/v1/audit', { key })).text).not.toContain(source.id);
    expect((await source.post(bounce('b@example.com'))).status).toBe(200);
  });
});

describe('streams and the policy', () => {
  it('are made, changed and forgotten, each with a new version of the policy', async () => {
    const stream = (method: string, path = '', json?: unknown) =>
      mailstop.ask(method, `/v1/streams${path}`, json === undefined ? {} : { json });
    expect((await stream('POST', '', { id: 'alerts', class: 'security' })).body).toEqual({
      id: 'alerts',
      class: 'security',
    });
    expect((await stream('POST', '', { id: 'alerts', class: 'marketing' })).status).toBe(409);
    expect((await stream('PATCH', '/alerts', { class: 'transactional' })).body.class).toBe('transactional');
    expect((await stream('GET')).body.data).toEqual([{ id: 'alerts', class: 'transactional' }]);
    expect((await stream('DELETE', '/alerts')).status).toBe(204);
    expect([
      (await stream('DELETE', '/alerts')).status,
      (await stream('PATCH', '/alerts', { class: 'security' })).status,
    ]).toEqual([404, 404]);
    expect((await stream('POST', '', { id: '*', class: 'security' })).status).toBe(422);
    expect((await stream('POST', '', { id: 'x', class: 'loud' })).body.errors[0].pointer).toBe('/class');
    expect((await mailstop.ask('GET', '/v1/policy')).body).toMatchObject({
      version: 3,
      policy_version: 'default-1+3',
      streams: {},
    });
  });

  it('refuse a change of a version that is not the current one', async () => {
    const shown = await mailstop.ask('GET', '/v1/policy');
    const etag = shown.headers.get('etag') ?? '';
    const put = (match: string) =>
      mailstop.ask('PUT', '/v1/policy', {
        json: { streams: { news: 'marketing' } },
        headers: { 'If-Match': match },
      });
    const done = await put(etag);
    expect([done.status, done.headers.get('etag'), done.body.streams]).toEqual([
      200,
      '"1"',
      { news: 'marketing' },
    ]);
    expect((await put(etag)).status).toBe(412);
    expect(
      (await mailstop.ask('PUT', '/v1/policy', { json: { streams: { 'a b': 'marketing' } } })).status,
    ).toBe(422);
  });
});

describe('quarantine', () => {
  const list = async () => (await mailstop.ask('GET', '/v1/quarantine')).body.data;

  it('keeps what could not be read with its reason, and lets it be dropped', async () => {
    const source = await mailstop.source();
    await source.post([bounce('ann@example.com'), bounce('nobody')]);
    const [held] = await list();
    expect(held).toMatchObject({
      source_id: source.id,
      item: 1,
      why: expect.stringContaining('recipient'),
      raw: expect.stringContaining('nobody'),
    });
    expect((await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`)).body).toEqual({
      accepted: 0,
      duplicates: 0,
      ignored: 0,
      quarantined: 1,
      why: held.why,
    });
    expect(await list()).toHaveLength(1);
    expect((await mailstop.ask('DELETE', `/v1/quarantine/${held.id}`)).status).toBe(204);
    expect(await list()).toEqual([]);
    expect((await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`)).status).toBe(404);
  });

  it('is read again after an update: the one item, once', async () => {
    const generic = providers.find(({ id }) => id === 'generic');
    if (generic === undefined) throw new Error('no generic provider');
    const { parse } = generic;
    const source = await mailstop.source();
    const body = [bounce('ann@example.com'), bounce('bob@example.com', { note: 'x'.repeat(4_000) })];
    // The old version stumbles over the second item.
    Object.assign(generic, {
      parse: (request: Parameters<typeof parse>[0]) => {
        const read = parse(request);
        if (read instanceof Promise || !read.ok || read.value.type !== 'items') return read;
        return {
          ok: true,
          value: {
            type: 'items',
            items: [read.value.items[0], { type: 'unreadable', why: 'new field', raw: { recipient: 'bob' } }],
          },
        };
      },
    });
    expect((await source.post(body)).body).toMatchObject({ accepted: 1, quarantined: 1 });
    Object.assign(generic, { parse });
    const [held] = await list();
    const told = await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`);
    expect(told.body).toEqual({ accepted: 1, duplicates: 0, ignored: 0, quarantined: 0, why: null });
    expect(await list()).toEqual([]);
    expect((await mailstop.ask('GET', '/v1/suppressions/bob@example.com')).status).toBe(200);
    expect((await mailstop.ask('GET', '/v1/events')).body.data).toHaveLength(2);
  });

  it('of a whole body is read again too, without its secret', async () => {
    const generic = providers.find(({ id }) => id === 'generic');
    if (generic === undefined) throw new Error('no generic provider');
    const { parse } = generic;
    const source = await mailstop.source();
    Object.assign(generic, {
      parse: () => {
        throw new TypeError('bug');
      },
    });
    expect((await source.post(bounce('ann@example.com'))).body.quarantined).toBe(1);
    const [held] = await list();
    expect((await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`)).body).toMatchObject({
      quarantined: 1,
      why: expect.stringContaining('still fails'),
    });
    Object.assign(generic, { parse });
    expect((await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`)).body).toMatchObject({
      accepted: 1,
      why: null,
    });
    const receipt = await mailstop.store.receipt('default', held.receipt_id);
    expect(JSON.stringify(receipt)).not.toContain(SHARED);
  });

  it('whose source is gone can only be dropped', async () => {
    const source = await mailstop.source();
    await source.post(bounce('nobody'));
    const [held] = await list();
    await mailstop.ask('DELETE', `/v1/sources/${source.id}`);
    expect((await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`)).status).toBe(409);
  });
});

describe('monitoring', () => {
  it('is open, and tells what is alive, ready and counted', async () => {
    const source = await mailstop.source();
    await source.post([bounce('ann@example.com'), bounce('nobody')]);
    await mailstop.ask('POST', `/webhooks/${source.id}`, { key: null, json: {} });
    await mailstop.ask('POST', '/v1/check', { json: { addresses: ['ann@example.com', 'b@example.com'] } });
    expect((await mailstop.ask('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok', why: [] });
    expect((await mailstop.ask('GET', '/readyz', { key: null })).status).toBe(200);
    const { text, headers } = await mailstop.ask('GET', '/metrics', { key: null });
    expect(headers.get('content-type')).toContain('text/plain; version=0.0.4');
    for (const line of [
      'mailstop_items_total{provider="generic",result="accepted"} 1',
      'mailstop_items_total{provider="generic",result="quarantined"} 1',
      'mailstop_rejected_total{provider="generic"} 1',
      'mailstop_checks_total{answer="suppressed"} 1',
      'mailstop_checks_total{answer="free"} 1',
      'mailstop_requests_total{route="/v1/check",status="200"} 1',
      'mailstop_sources 1',
      'mailstop_unsigned_sources 0',
      'mailstop_database_up 1',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('goes on behind a key that was revoked between two pages', async () => {
    for (let i = 0; i < 3; i++) await mailstop.key(['read']);
    const first = (await mailstop.ask('GET', '/v1/keys?limit=2')).body;
    await mailstop.ask('DELETE', `/v1/keys/${first.data[1].id}`);
    const second = (await mailstop.ask('GET', `/v1/keys?limit=2&cursor=${first.next_cursor}`)).body;
    expect(second.data).toHaveLength(1);
    expect(second.data[0].id > first.data[1].id).toBe(true);
  });

  it('keeps an audit whose rows hold one another', async () => {
    await mailstop.source();
    await mailstop.key(['read']);
    const { data } = (await mailstop.ask('GET', '/v1/audit')).body;
    expect(data.map(({ action }: { action: string }) => action)).toEqual(['key.create', 'source.create']);
    expect(data[0].previous).toBe(data[1].hash);
    const page = (await mailstop.ask('GET', '/v1/audit?limit=1')).body;
    expect((await mailstop.ask('GET', `/v1/audit?cursor=${page.next_cursor}`)).body.data).toEqual(
      data.slice(1),
    );
  });

  it('loses no audit row where changes come at once', async () => {
    await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        mailstop.ask('POST', '/v1/streams', { json: { id: `s${i}`, class: 'marketing' } }),
      ),
    );
    expect((await mailstop.ask('GET', '/v1/streams')).body.data).toHaveLength(10);
    expect((await mailstop.ask('GET', '/v1/audit')).body.data).toHaveLength(10);
  });
});
