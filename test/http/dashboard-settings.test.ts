/** Settings, keys, people and the audit, as an admin uses them, and what others see of them. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, browse, textIn, textOf } from './browser.ts';
import { type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
let admin: Browser;
beforeEach(async () => {
  mailstop = await startHarness();
  admin = await browse(mailstop);
});
afterEach(() => mailstop.close());

const audited = async () =>
  (await mailstop.ask('GET', '/v1/audit')).body.data.map(
    ({ action, subject }: { action: string; subject: string }) => `${action} ${subject}`,
  );

describe('a stream', () => {
  const send = (fields: Record<string, string>) => admin.submit('/settings/streams', fields);
  const streams = async () => (await mailstop.ask('GET', '/v1/streams')).body.data;

  it('is added, given another class, and forgotten', async () => {
    expect((await send({ do: 'add', id: 'receipts', class: 'transactional' })).status).toBe(303);
    expect(await admin.html('/settings')).toContain('<code>receipts</code>');
    await send({ do: 'change', id: 'receipts', class: 'security' });
    expect(await streams()).toEqual([{ id: 'receipts', class: 'security' }]);
    await send({ do: 'delete', id: 'receipts' });
    expect(await streams()).toEqual([]);
    expect(await audited()).toEqual([
      'stream.delete receipts',
      'stream.change receipts',
      'stream.create receipts',
    ]);
  });

  it('that cannot be is told why, with what was typed', async () => {
    const told = await send({ do: 'add', id: 'two words', class: 'marketing' });
    expect(told.status).toBe(422);
    const html = await told.text();
    expect(html).toContain('must be 1 to 64 letters');
    expect(html).toContain('value="two words"');
    expect((await send({ do: 'other', id: 'x' })).status).toBe(422);
  });
});

describe('an outgoing webhook', () => {
  it.each([
    [200, 'The test message was answered 200 after'],
    [503, 'The test message was answered 503 after'],
    [null, 'nobody answered there for'],
  ])('that answers a test with %s is shown to', async (status, words) => {
    const other = await startHarness({
      outbound: { post: async () => (status === null ? null : { status, retryAfter: null }) },
    });
    const by = await browse(other);
    await by.submit('/settings/webhooks', { do: 'add', url: 'https://example.com/in', type: '' });
    const [{ id }] = (await other.ask('GET', '/v1/webhooks')).body.data;
    const told = await by.submit('/settings/webhooks', { do: 'test', id });
    expect([told.status, await textOf(told)]).toEqual([200, expect.stringContaining(words)]);
    expect((await by.submit('/settings/webhooks', { do: 'test', id: 'whk_none' })).status).toBe(404);
    await other.close();
  });

  const send = (fields: Record<string, string>) => admin.submit('/settings/webhooks', fields);
  const webhooks = async () => (await mailstop.ask('GET', '/v1/webhooks')).body.data;

  it('is added with its secret shown once, paused, resumed and deleted', async () => {
    const made = await (await send({ do: 'add', url: 'https://example.com/in', type: '' })).text();
    expect(made).toMatch(/<code data-copy="">whsec_[\w+/=]{44}<\/code>/);
    expect(await admin.html('/settings')).not.toContain('whsec_');
    const [{ id }] = await webhooks();
    await send({ do: 'pause', id });
    expect((await webhooks())[0].disabled).toBe(true);
    expect(await admin.text('/settings')).toContain('paused');
    await send({ do: 'resume', id });
    expect((await webhooks())[0].disabled).toBe(false);
    await send({ do: 'delete', id });
    expect(await webhooks()).toEqual([]);
  });

  it('that cannot be is told why, with what was typed', async () => {
    const html = await (await send({ do: 'add', url: 'no url', type: '' })).text();
    expect(html).toContain('must be a URL');
    expect(html).toContain('value="no url"');
    expect((await send({ do: 'pause', id: 'whk_none' })).status).toBe(404);
  });
});

describe('a key', () => {
  it('is shown once when it is made, works, and is revoked', async () => {
    const made = await (
      await admin.submit('/keys', { name: 'shop', scope: 'check', rate_limit: '60' })
    ).text();
    const key = /<code data-copy="">(msk_\w+)<\/code>/.exec(made)?.[1] ?? '';
    expect((await mailstop.ask('POST', '/v1/check', { key, json: { addresses: [] } })).status).toBe(200);
    const html = await admin.html('/keys');
    expect(html).not.toContain(key);
    expect(textIn(html)).toMatch(/shop key_\w+ .*msk_\w{4}… check 60/);
    const id = /name="id" value="(key_\w+)"/.exec(html)?.[1] ?? '';
    expect((await admin.submit('/keys/revoke', { id })).status).toBe(303);
    expect((await mailstop.ask('POST', '/v1/check', { key, json: { addresses: [] } })).status).toBe(401);
    expect((await admin.submit('/keys/revoke', { id })).status).toBe(404);
    expect(await audited()).toEqual([`key.revoke ${id}`, `key.create ${id}`]);
  });

  it('of no scope is not made, and says so', async () => {
    const told = await admin.submit('/keys', { name: 'shop' });
    expect([told.status, await textOf(told)]).toEqual([422, expect.stringContaining('must name one scope')]);
  });
});

describe('the audit', () => {
  it('tells of a release what stood before, behind a click where it is long', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/ann@a.test', { json: {} });
    await mailstop.ask('DELETE', '/v1/suppressions/ann@a.test', {
      json: { why: 'mine', reasons: ['manual'] },
    });
    const html = await admin.html('/audit?action=suppression.release');
    expect(html).toContain('<summary>');
    expect(html).toContain('ann@a.test');
    expect(html).not.toContain('[object');
  });

  it('is filtered in its URL, and goes on from page to page', async () => {
    for (let i = 0; i < 60; i++)
      await mailstop.ask('POST', '/v1/streams', { json: { id: `s${i}`, class: 'marketing' } });
    await mailstop.key(['read']);
    const first = await admin.html('/audit?action=stream.create');
    expect(first.match(/>stream\.create</g)).toHaveLength(50);
    expect(first).not.toContain('>key.create<');
    const next = /href="(\/audit\?[^"]*cursor=[^"]*)"/.exec(first)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await admin.html(next);
    expect(second.match(/>stream\.create</g)).toHaveLength(10);
    expect(second).not.toContain('cursor=');
    expect(await admin.text('/audit?actor=key_none')).toContain('Nobody changed anything that fits.');
    expect(await admin.text('/audit?from=2026-01-10&to=2026-01-11&action=key.create')).toContain(
      'key.create',
    );
    expect(await admin.text('/audit?to=2026-01-10')).toContain('Nobody changed anything that fits.');
    expect((await admin.get('/audit?from=yesterday')).status).toBe(422);
  });
});

describe('who may only read', () => {
  it('sees the settings without a form, and neither keys nor the audit', async () => {
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'news', class: 'marketing' } });
    const reader = await browse(mailstop, await mailstop.key(['read']));
    const html = await reader.html('/settings');
    expect(html).toContain('<code>news</code>');
    expect(html).not.toMatch(/action="\/settings|href="\/keys"|href="\/audit"|Outgoing webhooks/);
    for (const path of ['/keys', '/audit'])
      expect([path, (await reader.get(path)).status]).toEqual([path, 403]);
  });

  it('can send none of its forms', async () => {
    const reader = await browse(mailstop, await mailstop.key(['read']));
    const forms: [string, Record<string, string>][] = [
      ['/settings/streams', { do: 'add', id: 'x', class: 'marketing' }],
      ['/settings/webhooks', { do: 'add', url: 'https://example.com', type: '' }],
      ['/keys', { name: 'x', scope: 'admin' }],
      ['/keys/revoke', { id: 'x' }],
      ['/keys/users', { do: 'set', name: 'eve', password: 'long enough for it', role: 'admin' }],
    ];
    const before = await audited();
    for (const [path, fields] of forms)
      expect([path, (await reader.submit(path, fields)).status]).toEqual([path, 403]);
    expect(await audited()).toEqual(before);
  });

  it('finds no form on any page but those that ask or sign out', async () => {
    await mailstop.ask('PUT', '/v1/suppressions/ann@a.test', { json: {} });
    const reader = await browse(mailstop, await mailstop.key(['read']));
    for (const path of [
      '/',
      '/suppressions',
      '/address?address=ann@a.test',
      '/incidents',
      '/sources',
      '/policy',
      '/settings',
    ])
      expect([
        path,
        [...(await reader.html(path)).matchAll(/<form[^>]*method="post" action="([^"]*)"/g)].map(
          ([, to]) => to,
        ),
      ]).toEqual([path, ['/sign-out']]);
  });
});
