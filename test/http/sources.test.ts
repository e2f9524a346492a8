import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import { bounce, type Harness, SHARED, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const create = (json: unknown) => mailstop.ask('POST', '/v1/sources', { json });

describe('a new source', () => {
  it('has an unguessable URL, and never shows its secrets', async () => {
    const told = await create({
      provider: 'generic',
      name: 'shop',
      secrets: { keys: [SHARED] },
      stream: 'news',
      streams: { promo: 'offers' },
    });
    expect(told.status).toBe(201);
    expect(told.body).toEqual({
      id: expect.stringMatching(/^generic_[A-Za-z0-9]{22}$/),
      url: `http://localhost/webhooks/${told.body.id}`,
      provider: 'generic',
      name: 'shop',
      stream: 'news',
      streams: { promo: 'offers' },
      public_url: null,
      unsigned: false,
      require_sha256: false,
      recipient_tag: false,
      trust: null,
      disabled: false,
      paused_at: null,
      waiting: 0,
      secrets_at: '2026-01-10T12:00:00.000Z',
      last_event_at: null,
      alarms: [],
      created_at: '2026-01-10T12:00:00.000Z',
      warnings: [],
    });
    const everywhere = [
      told,
      await mailstop.ask('GET', '/v1/sources'),
      await mailstop.ask('GET', `/v1/sources/${told.body.id}`),
      await mailstop.ask('GET', '/v1/audit'),
    ];
    for (const { text } of everywhere) expect(text).not.toContain(SHARED);
    expect(JSON.stringify(await mailstop.store.sources('default'))).not.toContain(SHARED);
  });

  it('has its URL at the public address where that is configured', async () => {
    const behind = await startHarness({ publicUrl: 'https://mail.example.com' });
    const told = await behind.ask('POST', '/v1/sources', {
      json: { provider: 'generic', name: 'x', allow_unsigned: true },
    });
    expect(told.body.url).toBe(`https://mail.example.com/webhooks/${told.body.id}`);
    await behind.close();
  });

  const named = { provider: 'generic', name: 'x' };
  const basic = (username: string, password: string) => ({
    secrets: { basic_auth: [{ username, password }] },
  });
  test.each([
    ['of an unknown provider', { ...named, provider: 'hotmail' }, '/provider'],
    ['without a name', { ...named, name: ' ', secrets: { keys: [SHARED] } }, '/name'],
    ['T032 without a proof', named, '/secrets/keys'],
    ['T032 with no proof in its lists', { ...named, secrets: { keys: [], basic_auth: [] } }, '/secrets/keys'],
    ['T032 of SES without topics', { ...named, provider: 'amazon-ses' }, '/secrets/topic_arns'],
    [
      'of SES with a key, which it would not use',
      {
        ...named,
        provider: 'amazon-ses',
        secrets: { keys: [SHARED], topic_arns: ['arn:aws:sns:eu-west-1:123456789012:b'] },
      },
      '/secrets/keys',
    ],
    [
      'of SES with half an ARN',
      { ...named, provider: 'amazon-ses', secrets: { topic_arns: ['bounces'] } },
      '/secrets/topic_arns/0',
    ],
    [
      'with topics where nobody uses them',
      { ...named, secrets: { keys: [SHARED], topic_arns: ['arn:aws:sns:eu-west-1:123456789012:b'] } },
      '/secrets/topic_arns',
    ],
    ['with a short shared secret', { ...named, secrets: { keys: [SHARED, 'short'] } }, '/secrets/keys/1'],
    ['with an empty key', { ...named, secrets: { keys: [''] } }, '/secrets/keys/0'],
    ['with an empty password', { ...named, ...basic('u', '') }, '/secrets/basic_auth/0/password'],
    [
      'with a colon in the user name',
      { ...named, ...basic('a:b', 'long password') },
      '/secrets/basic_auth/0/username',
    ],
    [
      'of SendGrid with something that is no key',
      { ...named, provider: 'sendgrid', secrets: { keys: ['not a public key'] } },
      '/secrets/keys/0',
    ],
    [
      'with a stream that has a space',
      { ...named, secrets: { keys: [SHARED] }, stream: 'my news' },
      '/stream',
    ],
    [
      'with a public_url that is none',
      { ...named, secrets: { keys: [SHARED] }, public_url: 'javascript:alert(1)' },
      '/public_url',
    ],
    ['with a trust that is none', { ...named, secrets: { keys: [SHARED] }, trust: 'some' }, '/trust'],
  ])('%s is refused, and told the field', async (_title, json, pointer) => {
    const told = await create(json);
    expect([told.status, told.body.errors.map((one: { pointer: string }) => one.pointer)]).toEqual([
      422,
      [pointer],
    ]);
  });

  it('of an unknown provider is told which there are', async () => {
    const { body } = await create({ provider: 'hotmail', name: 'x' });
    for (const { id } of providers) expect(body.detail).toContain(id);
  });

  test.each(providers.map(({ id }) => [id]))(
    'T032 of %s needs a proof, takes basic auth alone, and may go unsigned',
    async (provider) => {
      const bare = await create({ provider, name: 'x' });
      expect([bare.status, bare.body.errors[0].pointer]).toEqual([
        422,
        expect.stringMatching(/^\/secrets\/(keys|topic_arns)$/),
      ]);
      const guarded = await create({ provider, name: 'x', ...basic('u', 'a long password') });
      expect([guarded.status, guarded.body.unsigned]).toEqual([201, false]);
      const shared = providers.find(({ id }) => id === provider)?.needs.proof === 'shared';
      expect(guarded.body.warnings).toHaveLength(shared ? 0 : 1);
      const open = await create({ provider, name: 'x', allow_unsigned: true });
      expect([open.status, open.body.unsigned, open.body.warnings]).toEqual([
        201,
        true,
        [expect.stringContaining('nothing is checked')],
      ]);
    },
  );

  it('without any check takes what comes, and is counted where people look', async () => {
    const { id } = (await create({ provider: 'generic', name: 'x', allow_unsigned: true })).body;
    expect(
      (await mailstop.ask('POST', `/webhooks/${id}`, { key: null, json: bounce('ann@example.com') })).body
        .accepted,
    ).toBe(1);
    expect((await mailstop.ask('GET', '/metrics')).text).toContain('mailstop_unsigned_sources 1');
  });

  it('of SES warns of SHA-1 until it is refused', async () => {
    const ses = {
      provider: 'amazon-ses',
      name: 'x',
      secrets: { topic_arns: ['arn:aws:sns:eu-west-1:123456789012:b'] },
    };
    expect((await create(ses)).body.warnings).toEqual([expect.stringContaining('SignatureVersion to 2')]);
    expect((await create({ ...ses, require_sha256: true })).body.warnings).toEqual([]);
  });
});

describe('a change', () => {
  it('replaces what is given and keeps the rest', async () => {
    const source = await mailstop.source({ stream: 'news' });
    const told = await mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { name: 'new name' } });
    expect([told.status, told.body.name, told.body.stream]).toEqual([200, 'new name', 'news']);
    expect((await source.post(bounce('ann@example.com'))).status).toBe(200);
    expect(
      (await mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { stream: null } })).body.stream,
    ).toBe(null);
  });

  it('of the secrets takes effect at once', async () => {
    const source = await mailstop.source();
    const keys = ['another-secret-of-the-tests', SHARED];
    await mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { secrets: { keys } } });
    expect((await source.post(bounce('a@example.com'))).status).toBe(200);
    await mailstop.ask('PATCH', `/v1/sources/${source.id}`, {
      json: { secrets: { keys: keys.slice(0, 1) } },
    });
    expect((await source.post(bounce('b@example.com'))).status).toBe(401);
  });

  it('that would take away the proof is refused', async () => {
    const { id } = await mailstop.source();
    const told = await mailstop.ask('PATCH', `/v1/sources/${id}`, { json: { secrets: {} } });
    expect([told.status, told.body.errors[0].pointer]).toEqual([422, '/secrets/keys']);
    expect((await mailstop.ask('PATCH', `/v1/sources/${id}`, { json: { provider: 'mailgun' } })).status).toBe(
      422,
    );
  });

  it('is in the audit, without secrets', async () => {
    const { id } = await mailstop.source();
    await mailstop.ask('PATCH', `/v1/sources/${id}`, {
      json: { disabled: true, secrets: { keys: ['another-secret-of-the-tests'] } },
    });
    const [last] = (await mailstop.ask('GET', '/v1/audit')).body.data;
    expect(last).toMatchObject({
      actor: 'key_admin',
      action: 'source.change',
      subject: id,
      detail: { disabled: true, secrets: 'replaced' },
    });
  });
});

describe('sources', () => {
  it('are listed in pages, oldest first', async () => {
    const ids = [];
    for (let i = 0; i < 3; i++) {
      mailstop.advance(1_000);
      ids.push((await mailstop.source()).id);
    }
    const first = (await mailstop.ask('GET', '/v1/sources?limit=2')).body;
    const second = (await mailstop.ask('GET', `/v1/sources?limit=2&cursor=${first.next_cursor}`)).body;
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(ids);
    expect(second.next_cursor).toBe(null);
  });

  it('show when they were last heard, and are gone once deleted', async () => {
    const source = await mailstop.source();
    await source.post(bounce('ann@example.com'));
    expect((await mailstop.ask('GET', `/v1/sources/${source.id}`)).body.last_event_at).toBe(
      '2026-01-10T12:00:00.000Z',
    );
    expect((await mailstop.ask('DELETE', `/v1/sources/${source.id}`)).status).toBe(204);
    for (const method of ['GET', 'DELETE', 'PATCH'])
      expect(
        (await mailstop.ask(method, `/v1/sources/${source.id}`, method === 'PATCH' ? { json: {} } : {}))
          .status,
      ).toBe(404);
    expect((await source.post(bounce('b@example.com'))).status).toBe(404);
    expect((await mailstop.ask('GET', '/v1/events')).body.data).toHaveLength(1);
  });
});
