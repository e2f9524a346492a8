/** People who change the same setting at the same moment: as if one had come after the other. */
import { beforeEach, describe, expect, it, test } from 'vitest';
import { configure } from '../../src/app/configure.ts';
import { SHARED } from './harness.ts';
import { type Asked, times, twoServers, ways } from './races.ts';

const { server, ask, together, statuses } = twoServers();

it('a change is planned anew where another one came after what it has read', async () => {
  const [one, other] = [server(0), server(1)];
  const note = { tenant: 'default', actor: 'key_1', action: 'stream.create', subject: 'news', detail: {} };
  let plans = 0;
  await configure(one.services, async () => {
    plans += 1;
    if (plans === 1) await other.ask('POST', '/v1/streams', { json: { id: 'news', class: 'marketing' } });
    return { change: [], note, value: plans };
  });
  expect(plans).toBe(2);
});

describe.each(ways)('by %s', (way) => {
  describe('changes of one source at once', () => {
    let path: string;
    beforeEach(async () => {
      path = `/v1/sources/${(await server(0).source({ name: 'old' })).id}`;
    });
    const shown = async () => (await ask('GET', path)).body;

    test.each([
      ['its name and its stream', { name: 'new' }, { stream: 'news' }],
      ['its name, beside that it is disabled', { disabled: true }, { name: 'new' }],
      ['that it is paused, beside a group of the provider', { paused: true }, { streams: { promo: 'news' } }],
    ])('all count: %s', async (_of, one, other) => {
      expect(
        await statuses(way, [
          ['PATCH', path, one],
          ['PATCH', path, other],
        ]),
      ).toEqual([200, 200]);
      const { paused_at, ...rest } = await shown();
      expect({ ...rest, paused: paused_at !== null }).toMatchObject({ ...one, ...other });
    });

    it('leave no secret that another one has replaced', async () => {
      const secrets = { keys: ['another-shared-secret-of-the-tests'] };
      expect(
        await statuses(way, [
          ['PATCH', path, { secrets }],
          ['PATCH', path, { name: 'new' }],
        ]),
      ).toEqual([200, 200]);
      const post = (key: string) =>
        server(0).ask('POST', path.replace('/v1/sources/', '/webhooks/'), {
          key: null,
          json: [],
          headers: { 'X-Mailstop-Key': key },
        });
      expect((await post(SHARED)).status).toBe(401);
      expect((await post(secrets.keys[0] as string)).status).toBe(200);
      expect((await shown()).name).toBe('new');
    });

    it('never come to a source that lacks what its provider needs', async () => {
      const made = await server(0).source({ provider: 'postmark', allow_unsigned: true });
      const of = `/v1/sources/${made.id}`;
      const told = await together(way, [
        ['PATCH', of, { allow_unsigned: false }],
        ['PATCH', of, { secrets: null }],
      ]);
      expect(told.map(({ status }) => status).toSorted()).toEqual([200, 422]);
    });

    it('leave one that is deleted meanwhile deleted', async () => {
      const [changed, deleted] = await together(way, [
        ['PATCH', path, { name: 'new' }],
        ['DELETE', path],
      ]);
      expect([200, 404]).toContain(changed?.status);
      expect(deleted?.status).toBe(204);
      expect((await ask('GET', path)).status).toBe(404);
    });

    it('all count where there are thirty of them', async () => {
      const asked = Array.from({ length: 30 }, (_, i): Asked => ['PATCH', path, { name: `n${i}` }]);
      expect(new Set(await statuses(way, asked))).toEqual(new Set([200]));
      const audit = await ask('GET', '/v1/audit?action=source.change&limit=100');
      expect(audit.body.data).toHaveLength(30);
      expect(audit.body.data[0].detail.name).toBe((await shown()).name);
    });
  });

  it('changes of one outgoing webhook at once all count', async () => {
    const { body } = await ask('POST', '/v1/webhooks', { url: 'https://hook.example/a' });
    const path = `/v1/webhooks/${body.id}`;
    await together(way, [
      ['PATCH', path, { url: 'https://hook.example/b' }],
      ['PATCH', path, { disabled: true }],
      ['PATCH', path, { types: ['source.silent'] }],
    ]);
    const { data } = (await ask('GET', '/v1/webhooks')).body;
    expect(data).toMatchObject([{ url: 'https://hook.example/b', disabled: true, types: ['source.silent'] }]);
  });

  it('a key and an address of a provider’s own list that are given at once both count', async () => {
    const { id } = await server(0).source({ provider: 'postmark', secrets: { keys: [SHARED] } });
    const path = `/v1/sources/${id}/list`;
    await ask('PUT', path, { key: 'the-first-key', of: 'outbound' });
    const url = 'https://api.example/v1';
    const told = await statuses(way, [
      ['PUT', path, { key: 'another-key' }],
      ['PUT', path, { url }],
      ['PUT', path, { of: 'broadcast' }],
    ]);
    expect(told).toEqual([200, 200, 200]);
    const row = await server(0).store.sourceList('default', id);
    const given = row === null ? null : await server(0).services.writeBack.open(row);
    expect(given).toMatchObject({ key: 'another-key', of: 'broadcast', url });
  });

  it('a role and a password that are given to one user at once both count', async () => {
    const path = '/v1/users/ann';
    await ask('PUT', path, { role: 'admin', password: 'the first password of ann' });
    const before = await server(0).store.user('default', 'ann');
    const told = await statuses(way, [
      ['PUT', path, { role: 'admin', password: 'another password of ann' }],
      ['PUT', path, { role: 'read' }],
    ]);
    expect(told).toEqual([200, 200]);
    expect((await server(0).store.user('default', 'ann'))?.password).not.toBe(before?.password);
  });

  test.each([
    ['tenant', ['POST', '/v1/tenants', { id: 'shop', name: 'Shop' }]],
    ['stream', ['POST', '/v1/streams', { id: 'news', class: 'marketing' }]],
  ] as [string, Asked][])(
    'the same %s is made once, and the others are told that it is there',
    async (_of, asked) => {
      expect(await statuses(way, times(6, asked))).toEqual([201, 409, 409, 409, 409, 409]);
    },
  );

  it('what is deleted is gone for all but one', async () => {
    const { id, post } = await server(0).source();
    await post({ recipient: 'nobody', event: 'bounce' });
    const key = (await ask('POST', '/v1/keys', { name: 'k', scopes: ['check'] })).body.id;
    const item = (await ask('GET', '/v1/quarantine')).body.data[0].id;
    for (const path of [`/v1/quarantine/${item}`, `/v1/sources/${id}`, `/v1/keys/${key}`])
      expect(await statuses(way, times(4, ['DELETE', path]))).toEqual([204, 404, 404, 404]);
  });
});
