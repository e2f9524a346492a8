/** The pages that make a source, show it and change it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { providers } from '../../src/providers/registry.ts';
import { type Browser, browse, textIn, textOf } from './browser.ts';
import { bounce, type Harness, SHARED, startHarness } from './harness.ts';

let mailstop: Harness;
let admin: Browser;
beforeEach(async () => {
  mailstop = await startHarness();
  admin = await browse(mailstop);
});
afterEach(() => mailstop.close());

const listed = async (path: string) => (await mailstop.ask('GET', path)).body.data;
const theSource = async () => (await listed('/v1/sources'))[0];
const secretsOf = async (id: string) => {
  const row = await mailstop.store.source(id);
  if (row === null) throw new Error('there is no such source');
  return (await mailstop.services.sources.open(row)).secrets;
};

describe('a provider', () => {
  it('is chosen from all of them, and found by its name', async () => {
    const all = await (await admin.get('/sources/new')).text();
    for (const { id } of providers) expect(all).toContain(`/sources/new?provider=${id}"`);
    const found = await (await admin.get('/sources/new?q=sendG')).text();
    expect(found).toContain('provider=sendgrid"');
    expect(found).not.toContain('provider=postmark"');
    expect(await textOf(await admin.get('/sources/new?q=<b>'))).toContain(
      'No provider is called “&lt;b&gt;”',
    );
    expect((await admin.get('/sources/new?provider=nobody')).status).toBe(404);
  });

  it.each(providers.map((one) => [one.id, one] as const))('%s has a page of its own', async (id, adapter) => {
    const answer = await admin.get(`/sources/new?provider=${id}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`name="provider" value="${id}"`);
    expect(adapter.setup.length).toBeGreaterThan(0);
  });
});

describe('a new source', () => {
  it('with a shared secret is given one, which is shown once, beside the URL and the steps', async () => {
    const made = await admin.submit('/sources/new', { provider: 'postmark', name: 'Mine', keys: '' });
    expect(made.status).toBe(201);
    const text = await textOf(made);
    const { id, url } = await theSource();
    const [secret = ''] = (await secretsOf(id)).keys;
    expect(secret).toMatch(/^[A-Za-z0-9]{43}$/);
    for (const part of [secret, url, 'under Custom headers add X-Mailstop-Key']) expect(text).toContain(part);
    expect(await (await admin.get(`/sources/${id}`)).text()).not.toContain(secret);
    expect(JSON.stringify(await listed('/v1/audit'))).not.toContain(secret);
  });

  it('whose provider shows its key later is closed to all until then', async () => {
    const made = await admin.submit('/sources/new', { provider: 'resend', name: 'Resend', keys: '' });
    const { id } = await theSource();
    expect([made.status, made.headers.get('location')]).toEqual([303, `/sources/${id}`]);
    expect(await textOf(await admin.get(`/sources/${id}`))).toContain('It waits for its key');
    const key = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
    expect((await admin.submit(`/sources/${id}`, { do: 'add-secret', key })).status).toBe(303);
    expect(await secretsOf(id)).toEqual({ keys: [key], basicAuth: [], topicArns: [] });
    expect(await textOf(await admin.get(`/sources/${id}`))).toContain('1 signing key');
  });

  it('takes topics, a trust and basic auth', async () => {
    const arns = ['arn:aws:sns:eu-west-1:123456789012:a', 'arn:aws:sns:eu-west-1:123456789012:b'];
    await admin.submit('/sources/new', { provider: 'amazon-ses', name: 'SES', keys: arns.join('\r\n') });
    expect((await secretsOf((await theSource()).id)).topicArns).toEqual(arns);
    const basic = { username: 'us', password: 'a-long-password' };
    await admin.submit('/sources/new', { provider: 'dsn', name: 'Mail', trust: 'proven', ...basic });
    const [, dsn] = await listed('/v1/sources');
    expect(dsn.trust).toBe('proven');
    expect((await secretsOf(dsn.id)).basicAuth).toEqual([basic]);
  });

  it('goes without proof only where that was chosen, and says so from then on', async () => {
    const form = { provider: 'postmark', name: 'Trial', allow_unsigned: 'on' };
    expect((await admin.submit('/sources/new', form)).status).toBe(303);
    const { id, unsigned } = await theSource();
    expect(unsigned).toBe(true);
    expect(await textOf(await admin.get(`/sources/${id}`))).toContain(
      'whoever knows the URL can add to your list',
    );
  });

  it('that cannot work is not made: what is wrong is said, and what was typed stays', async () => {
    const answer = await admin.submit('/sources/new', {
      provider: 'postmark',
      name: 'My name',
      keys: 'short',
    });
    expect(answer.status).toBe(422);
    const html = await answer.text();
    expect(html).toContain('the secret must have 16 characters or more');
    expect(html).toContain('value="My name"');
    expect(await listed('/v1/sources')).toEqual([]);
    expect((await admin.submit('/sources/new', { provider: 'nobody', name: 'x' })).status).toBe(422);
  });
});

describe('the page of a source', () => {
  let source: Awaited<ReturnType<Harness['source']>>;
  let path: string;
  beforeEach(async () => {
    source = await mailstop.source({ name: 'Shop' });
    path = `/sources/${source.id}`;
  });
  const doIt = (what: string, fields: Record<string, string> = {}) =>
    admin.submit(path, { do: what, ...fields });

  it('shows its URL, its steps and its last requests, and no secret', async () => {
    await source.post(bounce('ann@a.test'));
    const html = await (await admin.get(path)).text();
    expect(html).toContain(`data-copy="true">http://localhost/webhooks/${source.id}</code>`);
    expect(html).toMatch(/rcp_\w+/);
    expect(html).not.toContain(SHARED);
    expect(await textOf(await admin.get(path))).toContain('1 shared secret, given 2026-01-10 12:00');
  });

  it('pauses and resumes', async () => {
    expect((await doIt('pause')).headers.get('location')).toBe(path);
    await source.post(bounce('ann@a.test'));
    expect(await textOf(await admin.get(path))).toContain('1 request waits until it is resumed');
    expect(await textOf(await admin.get('/sources'))).toMatch(/Shop .* paused .* 1 /);
    await doIt('resume');
    expect(await listed('/v1/events')).toHaveLength(1);
    expect(await textOf(await admin.get(path))).not.toContain('Paused since');
  });

  it('rotates its secret: the new one beside the old, then the old one gone', async () => {
    const made = await doIt('add-secret', { key: '' });
    const [old, fresh = ''] = (await secretsOf(source.id)).keys;
    expect(old).toBe(SHARED);
    expect(await textOf(made)).toContain(fresh);
    for (const key of [SHARED, fresh])
      expect((await source.post(bounce('ann@a.test'), { 'X-Mailstop-Key': key })).status).toBe(200);
    const stale = await doIt('drop-secret', { index: '0', secrets_at: '1' });
    expect([stale.status, (await secretsOf(source.id)).keys.length]).toEqual([422, 2]);
    const at = String((await mailstop.store.source(source.id))?.secrets_at);
    expect((await doIt('drop-secret', { index: '0', secrets_at: at })).status).toBe(303);
    expect((await source.post(bounce('ann@a.test'))).status).toBe(401);
    expect((await source.post(bounce('ann@a.test'), { 'X-Mailstop-Key': fresh })).status).toBe(200);
    const last = String((await mailstop.store.source(source.id))?.secrets_at);
    // The last one stays: the source would be open to nobody, or to all.
    expect((await doIt('drop-secret', { index: '0', secrets_at: last })).status).toBe(422);
    const audit = JSON.stringify(await listed('/v1/audit'));
    expect([audit.includes(fresh), audit.includes('replaced')]).toEqual([false, true]);
  });

  it('maps the groups of the provider to streams, and says which is no stream', async () => {
    const form = (to: string) =>
      [
        ['do', 'streams'],
        ['stream', 'news'],
        ['group', 'promo'],
        ['to', to],
        ['group', ''],
        ['to', ''],
      ] as const;
    const wrong = await admin.submit(path, form('no stream'));
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('value="no stream"');
    expect((await admin.submit(path, form('offers'))).status).toBe(303);
    expect(await theSource()).toMatchObject({ stream: 'news', streams: { promo: 'offers' } });
  });

  it('sends test events, and shows what each of them did', async () => {
    const text = await textOf(await admin.submit(`${path}/test`, {}));
    expect(text).toContain('They were proven by the secret of the source');
    expect(text).toContain('suppress');
    await doIt('pause');
    const refused = await admin.submit(`${path}/test`, {});
    expect([refused.status, (await textOf(refused)).includes('resume it first')]).toEqual([422, true]);
  });

  it('is renamed, disabled and enabled', async () => {
    await doIt('settings', { name: 'Other' });
    await doIt('disable');
    expect(await theSource()).toMatchObject({ name: 'Other', disabled: true, unsigned: false });
    await doIt('enable');
    expect((await source.post(bounce('ann@a.test'))).status).toBe(200);
    expect((await doIt('dance')).status).toBe(422);
  });

  it('is deleted only by its name', async () => {
    expect((await doIt('delete', { confirm: 'shop' })).status).toBe(422);
    expect(await listed('/v1/sources')).toHaveLength(1);
    expect((await doIt('delete', { confirm: 'Shop' })).headers.get('location')).toBe('/sources');
    expect(await listed('/v1/sources')).toEqual([]);
  });

  it('shows a reader neither the URL nor a form, and takes none from it', async () => {
    const reader = await browse(mailstop, await mailstop.key(['read']));
    const html = await (await reader.get(path)).text();
    expect(html).not.toContain(`/webhooks/${source.id}`);
    expect(html).not.toContain(`action="${path}`);
    for (const [to, fields] of [
      [path, { do: 'pause' }],
      [`${path}/test`, {}],
      ['/sources/new', { provider: 'generic', name: 'x' }],
    ] as const)
      expect((await reader.submit(to, fields)).status).toBe(403);
    expect((await reader.get('/sources/new')).status).toBe(403);
  });

  it('is that of its tenant alone', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['admin'], 'rival'));
    expect((await rival.get(path)).status).toBe(404);
    await rival.submit(path, { do: 'delete', confirm: 'Shop' });
    await rival.submit(`${path}/test`, {});
    await rival.submit(path, { do: 'pause' });
    expect(await theSource()).toMatchObject({ id: source.id, paused_at: null });
    expect(await listed('/v1/events')).toEqual([]);
  });
});

describe('requests that are refused', () => {
  const DAY = 24 * 3_600_000;
  const forge = async (id: string, times: number) => {
    for (let i = 0; i < times; i++)
      await mailstop.ask('POST', `/webhooks/${id}`, {
        key: null,
        json: bounce('ann@a.test'),
        headers: { 'X-Mailstop-Key': 'forged' },
      });
    await mailstop.services.tally.flush();
  };

  it('are shown of their source by the day, and of no other', async () => {
    const [one, two] = [await mailstop.source({ name: 'One' }), await mailstop.source({ name: 'Two' })];
    await forge(one.id, 2);
    mailstop.advance(3 * DAY);
    admin = await browse(mailstop);
    await forge(one.id, 3);
    await one.post(bounce('ann@a.test'));
    await mailstop.services.tally.flush();
    const html = await admin.html(`/sources/${one.id}`);
    expect(textIn(html)).toMatch(
      /5 requests without a valid proof, 3 of them in the last 24 hours; 1 was taken/,
    );
    expect(textIn(html)).toContain('01-10 2 0 01-11 0 0 01-12 0 0 01-13 3 0');
    expect(await admin.text(`/sources/${two.id}`)).toContain('Refused, 14 days None.');
    const list = await admin.text('/sources');
    expect(list).toMatch(/One .*heard [-0-9: ]+ 5 all/);
    expect(list).toMatch(/Two .*never heard never none all/);
    const overview = await admin.text('/');
    expect(overview).toContain('3 requests of the last 24 hours could not prove their origin');
    expect(overview).toMatch(/may have changed: One \./);
  });

  it('that were proven and of another time speak of clocks, and of no secret', async () => {
    const { id } = await mailstop.source();
    const row = await mailstop.store.source(id);
    if (row === null) throw new Error('there is no such source');
    await mailstop.services.tally.count(row, { untimely: 4 });
    await mailstop.services.tally.flush();
    const text = await admin.text(`/sources/${id}`);
    expect(text).toContain('0 requests without a valid proof, 0 of them in the last 24 hours');
    expect(text).toContain('4 requests were proven, and of another time. Compare the time here');
    expect(text).not.toContain('a new secret');
    expect(await admin.text('/')).not.toMatch(/\d requests? of the last 24 hours could not prove/);
  });

  it('are forgotten with the counts, after two weeks', async () => {
    const { id } = await mailstop.source();
    await forge(id, 2);
    mailstop.advance(14 * DAY);
    admin = await browse(mailstop);
    expect(await admin.text(`/sources/${id}`)).toContain('Refused, 14 days None.');
  });
});
