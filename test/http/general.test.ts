import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { endpoints } from '../../src/http/endpoints.ts';
import { ADMIN, bounce, type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const keyed = endpoints.filter(({ scope }) => scope !== null);
const concrete = (path: string) =>
  path.replace(':address', 'ann@example.com').replace(':code', '504').replace(/:\w+/, 'none');
const other = { check: 'read', read: 'check', write: 'read', release: 'write', admin: 'release' } as const;

describe('keys', () => {
  test.each(keyed)(
    'T094 $method $path without a key is 401, with a key of another scope 403',
    async ({ method, path, scope }) => {
      const key = await mailstop.key([other[scope ?? 'admin']]);
      const ask = (given: string | null) =>
        mailstop.ask(method.toUpperCase(), concrete(path), { key: given });
      const without = await ask(null);
      expect([without.status, without.headers.get('www-authenticate')]).toEqual([
        401,
        'Bearer realm="mailstop"',
      ]);
      expect((await ask(key)).status).toBe(403);
    },
  );

  test('T096 unknown, malformed and revoked keys get the same answer', async () => {
    const made = (await mailstop.ask('POST', '/v1/keys', { json: { name: 'k', scopes: ['check'] } })).body;
    await mailstop.ask('DELETE', `/v1/keys/${made.id}`);
    const told = await Promise.all(
      ['msk_unknown', '!', 'x'.repeat(5_000), made.key, `${ADMIN}x`].map((key) =>
        mailstop.ask('POST', '/v1/check', { key, json: { addresses: [] } }),
      ),
    );
    expect(
      new Set(told.map(({ status, body }) => JSON.stringify({ ...body, status, request_id: '' }))).size,
    ).toBe(1);
    expect(told[0]?.status).toBe(401);
  });

  test.each([
    ['T107 Basic with a valid key', `Basic ${ADMIN}`],
    ['T107 Basic with a valid key as password', `Basic ${btoa(`u:${ADMIN}`)}`],
    ['no scheme', ADMIN],
    ['two keys', `Bearer ${ADMIN}, Bearer ${ADMIN}`],
    ['an empty key', 'Bearer '],
  ])('%s is refused', async (_title, header) => {
    expect(
      (await mailstop.ask('GET', '/v1/sources', { key: null, headers: { Authorization: header } })).status,
    ).toBe(401);
  });

  test('T107 an encoded path takes the same check', async () => {
    expect((await mailstop.ask('GET', '/v1/%73ources', { key: null })).status).toBe(401);
    expect((await mailstop.ask('GET', '/v1//sources', { key: null })).status).toBe(404);
  });

  test('T102 a key is shown once, kept as a hash, and refused from its revocation on', async () => {
    const made = (await mailstop.ask('POST', '/v1/keys', { json: { name: 'shop', scopes: ['check'] } })).body;
    expect(made.key).toMatch(/^msk_[A-Za-z0-9]{43}[0-9a-f]{6}$/);
    expect(made.key.startsWith(made.prefix)).toBe(true);
    const listed = await mailstop.ask('GET', '/v1/keys');
    expect(listed.body.data).toEqual([
      {
        id: made.id,
        name: 'shop',
        tenant: 'default',
        prefix: made.prefix,
        scopes: ['check'],
        created_at: made.created_at,
        last_used_at: null,
        rate_limit: null,
      },
    ]);
    expect(JSON.stringify(await mailstop.store.keys('default'))).not.toContain(made.key);
    const use = () => mailstop.ask('POST', '/v1/check', { key: made.key, json: { addresses: [] } });
    expect((await use()).status).toBe(200);
    expect((await mailstop.ask('DELETE', `/v1/keys/${made.id}`)).status).toBe(204);
    expect((await use()).status).toBe(401);
    expect((await mailstop.ask('DELETE', `/v1/keys/${made.id}`)).status).toBe(404);
  });
});

describe('requests that make no sense', () => {
  const check = { path: '/v1/check', type: 'application/json', body: '{"addresses":[]}' };
  test.each([
    ['no JSON', 400, { ...check, body: '{"addresses":' }],
    ['no body', 400, { ...check, body: '' }],
    ['not UTF-8', 400, { ...check, body: new Uint8Array([0x22, 0xff, 0x22]) }],
    ['a form', 415, { ...check, type: 'application/x-www-form-urlencoded' }],
    ['T105 plain text, as a foreign page can send it', 415, { ...check, type: 'text/html' }],
    ['another charset', 415, { ...check, type: 'application/json; charset=utf-16' }],
    ['no content type', 415, { ...check, type: '' }],
    ['a number for the list', 422, { ...check, body: '{"addresses":1}' }],
    ['an unknown field', 422, { ...check, body: '{"addresses":[],"adresses":[]}' }],
    ['JSON with a charset', 200, { ...check, type: 'application/json; charset=UTF-8' }],
  ])('%s is answered %i', async (_title, status, { path, type, body }) => {
    expect(
      (await mailstop.ask('POST', path, { body: body as BodyInit, headers: { 'Content-Type': type } }))
        .status,
    ).toBe(status);
  });

  it('are told which field is wrong and what to do', async () => {
    const told = await mailstop.ask('POST', '/v1/sources', {
      json: { provider: 'generic', secrets: { keys: 'x', more: 1 }, nmae: 'x' },
    });
    expect(told.body.errors).toEqual([
      { pointer: '/name', detail: 'is required (string)' },
      { pointer: '/secrets/keys', detail: 'must be of type array' },
      { pointer: '/secrets/more', detail: 'is not a known field; leave it out' },
      { pointer: '/nmae', detail: 'is not a known field; leave it out' },
    ]);
  });

  test.each([
    ['/v1/suppressions?sort=email;drop'],
    ['/v1/suppressions?order=desc--'],
    ['/v1/events?adress=x'],
    ['/v1/codes?x=1'],
    ['/v1/sources/none?x=1'],
  ])('T062 %s names the unknown parameter', async (path) => {
    const told = await mailstop.ask('GET', path);
    expect(told.status).toBe(400);
    expect(told.body.detail).toContain(`"${[...new URL(path, 'http://x').searchParams.keys()][0]}"`);
  });

  test.each(['', ' ', '\u0000', '\u200b', '\u2060\u00ad', '\u3164', '\u2028'])(
    'a name of nothing that can be seen (%j) is refused',
    async (name) => {
      for (const [path, json] of [
        ['/v1/tenants', { id: 'unseen' }],
        ['/v1/keys', { scopes: ['read'] }],
        ['/v1/sources', { provider: 'generic', secrets: { keys: ['a-shared-secret-of-32-characters'] } }],
      ] as const) {
        const told = await mailstop.ask('POST', path, { json: { ...json, name } });
        expect([path, told.status, told.body.errors?.[0].pointer]).toEqual([path, 422, '/name']);
      }
    },
  );

  it('a name may be of any script, and of pictures', async () => {
    for (const name of ['é', '日本', 'אב', '👩\u200d🚀', '-'])
      expect((await mailstop.ask('POST', '/v1/keys', { json: { scopes: ['read'], name } })).body.name).toBe(
        name,
      );
  });

  test.each([
    ['limit=0'],
    ['limit=1001'],
    ['limit=x'],
    ['from=yesterday'],
    ['reason=bounce'],
    ['state=active,gone'],
    ['category=nonsense'],
  ])('a parameter out of its range (%s) is 422', async (query) => {
    const told = await mailstop.ask('GET', `/v1/suppressions?${query}`);
    expect([told.status, told.body.errors[0].pointer]).toEqual([422, `/${query.split('=')[0]}`]);
  });

  test.each([
    ['PUT', '/v1/check', 'POST'],
    ['DELETE', '/v1/sources', 'POST, GET, HEAD'],
    ['OPTIONS', '/v1/suppressions/ann@example.com', 'GET, HEAD, PUT, DELETE'],
    ['POST', '/docs', 'GET, HEAD'],
    ['GET', '/v1/suppressions/import', 'POST'],
    ['PUT', '/v1/suppressions/export', 'GET, HEAD'],
    ['PUT', '/webhooks/x', 'POST, GET, HEAD, OPTIONS'],
    ['OPTIONS', '/webhooks/x', 'POST, GET, HEAD'],
  ])('%s %s is told which methods there are', async (method, path, allow) => {
    const told = await mailstop.ask(method, path);
    expect([told.status, told.headers.get('allow')]).toEqual([405, allow]);
  });

  it('by an unknown path are 404', async () => {
    expect((await mailstop.ask('GET', '/v2/suppressions')).status).toBe(404);
    expect((await mailstop.ask('GET', '/nowhere')).status).toBe(404);
    expect((await mailstop.ask('GET', '/v1/suppressions/%ff')).status).toBe(422);
  });

  test.each([
    ['J%E9r%C3%B4me%40example.com'],
    ['caf%E9@example.com'],
    ['a%zz@example.com'],
    ['ann%@example.com'],
  ])(
    'by a path that is no percent-encoded UTF-8 (%s) are refused, and nothing is half read',
    async (text) => {
      for (const [method, path] of [
        ['PUT', `/v1/suppressions/${text}`],
        ['GET', `/v1/addresses/${text}`],
        ['DELETE', `/v1/allowed/${text}`],
      ] as const) {
        const told = await mailstop.ask(method, path, method === 'GET' ? {} : { json: {} });
        expect([told.status, told.body.errors]).toEqual([
          422,
          [{ pointer: '/address', detail: expect.stringContaining('write é as %C3%A9') }],
        ]);
      }
      expect((await mailstop.ask('GET', '/v1/suppressions')).body.data).toEqual([]);
      expect((await mailstop.ask('GET', `/nowhere/${text}`)).status).toBe(400);
      expect((await mailstop.ask('GET', `/sources/${text}`, { key: null })).status).toBe(422);
    },
  );

  it('read what is encoded twice once', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/a%25E9%40example.com', { json: {} });
    await mailstop.ask('PUT', '/v1/suppressions/J%C3%A9r%C3%B4me%40example.com', { json: {} });
    const { data } = (await mailstop.ask('GET', '/v1/suppressions')).body;
    expect(data.map(({ address }: { address: string }) => address).sort()).toEqual([
      'a%e9@example.com',
      'jérôme@example.com',
    ]);
  });

  it('that are too large are 413 before they are read', async () => {
    const headers = { 'Content-Type': 'application/json' };
    expect(
      (await mailstop.ask('POST', '/v1/sources', { body: ' '.repeat(1024 * 1024 + 1), headers })).status,
    ).toBe(413);
    expect(
      (await mailstop.ask('POST', '/v1/check', { body: ' '.repeat(4 * 1024 * 1024 + 1), headers })).status,
    ).toBe(413);
    expect(
      (
        await mailstop.ask('POST', '/v1/check', {
          body: `${' '.repeat(4 * 1024 * 1024 - 20)}{"addresses":[]}`,
          headers,
        })
      ).status,
    ).toBe(200);
  });
});

describe('every answer', () => {
  it('forbids sniffing, framing, caching and foreign origins', async () => {
    for (const path of ['/v1/suppressions', '/v1/nothing', '/healthz', '/openapi.json']) {
      const { headers } = await mailstop.ask('GET', path, { headers: { Origin: 'https://evil.example' } });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });

  test('T099 is logged by its pattern: no address, key or source id', async () => {
    const source = await mailstop.source();
    await source.post(bounce('canary@example.com'));
    await mailstop.ask('GET', '/v1/suppressions/canary@example.com');
    await mailstop.ask('GET', '/v1/suppressions?q=canary');
    const lines = JSON.stringify(mailstop.logged);
    expect(lines).toContain('/v1/suppressions/:address');
    for (const secret of ['canary', ADMIN, source.id, 'shared-secret']) expect(lines).not.toContain(secret);
    expect((await mailstop.ask('GET', '/metrics', { key: null })).text).not.toContain('canary');
  });
});

describe('when the database is gone', () => {
  test('T115 a check is 503 and never false; health says why', async () => {
    const { id } = await mailstop.source();
    await mailstop.store.close();
    const check = await mailstop.ask('POST', '/v1/check', { json: { addresses: ['ann@example.com'] } });
    expect(check.status).toBe(503);
    expect(Number(check.headers.get('retry-after'))).toBeGreaterThan(0);
    const told = [
      await mailstop.ask('POST', `/webhooks/${id}`, { key: null, json: bounce('ann@example.com') }),
      await mailstop.ask('GET', '/readyz', { key: null }),
      await mailstop.ask('GET', '/healthz', { key: null }),
    ];
    expect(told.map(({ status }) => status)).toEqual([503, 503, 200]);
    expect(told[2]?.body).toEqual({ status: 'degraded', why: ['the database cannot be read'] });
    expect((await mailstop.ask('GET', '/metrics', { key: null })).text).toContain('mailstop_database_up 0');
    mailstop = await startHarness();
  });

  test('T100 a mistake of ours is 500, and tells nothing but the request id', async () => {
    const told = await startHarness({
      storeOf: (store) => ({
        ...store,
        tenants: async () => {
          throw new RangeError('select secret from /src/http/auth.ts');
        },
      }),
    }).then(async (broken) => {
      const answer = await broken.ask('GET', '/v1/tenants');
      expect(broken.logged.at(-1)?.fields.error).toContain('RangeError');
      await broken.close();
      return answer;
    });
    expect(told.status).toBe(500);
    expect(told.text).not.toMatch(/select|auth\.ts|RangeError|at /);
  });
});

describe('the description', () => {
  it('is OpenAPI 3.1 and holds every endpoint', async () => {
    const { body } = await mailstop.ask('GET', '/openapi.json', { key: null });
    expect(body.openapi).toBe('3.1.0');
    for (const { method, path, scope } of endpoints) {
      const operation = body.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method];
      expect(operation, `${method} ${path}`).toBeDefined();
      expect(operation.security).toEqual(scope === null ? [] : [{ key: [] }]);
    }
    const ids = Object.values(body.paths).flatMap((item) =>
      Object.values(item as Record<string, { operationId: string }>).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('T106 /docs is one page without script, style or anything from elsewhere', async () => {
    const { headers, text } = await mailstop.ask('GET', '/docs', { key: null });
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    );
    expect(text).not.toMatch(/<script|<style|style="|https?:\/\//);
    for (const { summary } of endpoints) expect(text).toContain(summary.replaceAll("'", '&#39;'));
    expect((await mailstop.ask('GET', '/docs.css', { key: null })).headers.get('content-type')).toContain(
      'text/css',
    );
  });
});
