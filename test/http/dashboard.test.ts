/** The pages for people: who sees them, what they hold, and that no form works from elsewhere (T104 to T107). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allCodes } from '../../src/core/codes/catalogue.ts';
import { pathOf } from '../../src/dashboard/session.ts';
import { plan, receipt } from '../store/rows.ts';
import { ADMIN, bounce, type Harness, START, startHarness } from './harness.ts';

const ORIGIN = 'http://localhost';
const ANN = 'ann@a.test';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
  await mailstop.store.write(plan({ receipts: [receipt({ id: 'rcp_1' })] }));
});
afterEach(() => mailstop.close());

const get = (path: string, cookie: string | null = null) =>
  mailstop.fetch(new Request(`${ORIGIN}${path}`, { headers: cookie === null ? {} : { cookie } }));
const submit = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  mailstop.fetch(
    new Request(`${ORIGIN}${path}`, {
      method: 'POST',
      headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(fields).toString(),
    }),
  );
/** Only name and value, as a browser sends it. */
const cookieOf = (answer: Response): string =>
  (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
const signIn = async (key = ADMIN) => cookieOf(await submit('/sign-in', { key }));
const textOf = async (answer: Response) =>
  (await answer.text()).replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');

const privatePages = [
  '/',
  '/suppressions',
  `/address?address=${ANN}`,
  '/incidents',
  '/sources',
  '/sources/new',
  '/sources/new?provider=postmark',
  '/receipts/rcp_1',
  '/quarantine',
  '/unmapped',
  '/release',
  '/import',
  '/policy',
  '/policy/try?reply=504',
  '/policy/edit',
  '/policy/versions',
  '/policy/versions/0',
  '/settings',
  '/keys',
  '/audit',
];

describe('signing in', () => {
  it.each(privatePages)('is asked for by %s, which is come back to', async (path) => {
    const answer = await get(path);
    expect(answer.status).toBe(303);
    const to = new URL(answer.headers.get('location') ?? '', ORIGIN);
    expect([to.pathname, to.searchParams.get('next')]).toEqual(['/sign-in', path]);
    const back = await submit('/sign-in', { key: ADMIN, next: path });
    expect([back.status, back.headers.get('location')]).toEqual([303, path]);
    expect((await get(path, cookieOf(back))).status).toBe(200);
  });

  it('T104 gives a cookie that no script and no other site can use, and another one each time', async () => {
    const first = await submit('/sign-in', { key: ADMIN });
    expect(first.headers.get('set-cookie')).toMatch(
      /^__Host-mailstop=[A-Za-z0-9]{43}; Path=\/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict$/,
    );
    const again = await submit('/sign-in', { key: ADMIN }, { cookie: cookieOf(first) });
    expect(cookieOf(again)).not.toBe(cookieOf(first));
    // The first one is over.
    expect((await get('/', cookieOf(first))).status).toBe(303);
    expect((await get('/', cookieOf(again))).status).toBe(200);
  });

  it('T104 ends on the server where it is ended, runs out, or its key is revoked', async () => {
    const one = await signIn();
    await submit('/sign-out', {}, { cookie: one });
    expect((await get('/', one)).status).toBe(303);

    const two = await signIn();
    mailstop.advance(12 * 3_600_000);
    expect((await get('/', two)).status).toBe(303);

    const made = (await mailstop.ask('POST', '/v1/keys', { json: { name: 'x', scopes: ['read'] } })).body;
    const three = await signIn(made.key);
    expect((await get('/', three)).status).toBe(200);
    await mailstop.ask('DELETE', `/v1/keys/${made.id}`);
    expect((await get('/', three)).status).toBe(303);
  });

  it('T104 with wrong keys is refused, and bounded', async () => {
    const wrong = await submit('/sign-in', { key: 'wrong' });
    expect([wrong.status, wrong.headers.get('set-cookie')]).toEqual([403, null]);
    expect(await textOf(wrong)).toContain('No such key');
    const statuses = await Promise.all(
      Array.from({ length: 80 }, async () => (await submit('/sign-in', { key: 'wrong' })).status),
    );
    expect(statuses).toContain(429);
    // Who has the key is not kept out by those who guess.
    expect((await submit('/sign-in', { key: ADMIN })).status).toBe(303);
  });

  it('T107 never leads elsewhere', async () => {
    for (const next of [
      '//evil.example',
      '/\\evil.example',
      'https:evil.example',
      'javascript:alert(1)',
      '',
      ' /x',
      '/\n/evil.example',
    ])
      expect([next, pathOf(next)]).toEqual([next, '/']);
    expect(pathOf('/suppressions?q=ann%40')).toBe('/suppressions?q=ann%40');
    const answer = await submit('/sign-in', { key: ADMIN, next: '//evil.example' });
    expect(answer.headers.get('location')).toBe('/');
    expect((await get('/%73uppressions')).status).toBe(303);
  });

  it('with a key that may only check shows nothing', async () => {
    const cookie = await signIn(await mailstop.key(['check']));
    expect((await get('/', cookie)).status).toBe(403);
  });
});

describe('T105 a form', () => {
  let cookie: string;
  beforeEach(async () => {
    cookie = await signIn();
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: {} });
  });
  const fields = { address: ANN, why: 'test' };
  const stands = async () => (await mailstop.ask('GET', `/v1/suppressions/${ANN}`)).status === 200;

  it.each([
    ['another site', { origin: 'https://evil.example' }],
    ['nowhere', { origin: 'null' }],
    ['a text body', { 'content-type': 'text/plain' }],
  ])('from %s is refused', async (_title, headers: Record<string, string>) => {
    expect((await submit('/address/release', fields, { cookie, ...headers })).status).toBe(403);
    expect(await stands()).toBe(true);
  });

  it('without an origin, or a session, is refused', async () => {
    const bare = new Request(`${ORIGIN}/address/release`, {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
    expect((await mailstop.fetch(bare)).status).toBe(403);
    expect((await submit('/address/release', fields)).status).toBe(403);
    expect(await stands()).toBe(true);
  });

  it('of a read-only key is refused, and its page has none', async () => {
    const reader = await signIn(await mailstop.key(['read']));
    expect(await (await get(`/address?address=${ANN}`, reader)).text()).not.toContain('/address/release');
    expect((await submit('/address/release', fields, { cookie: reader })).status).toBe(403);
    expect(await stands()).toBe(true);
  });

  it('from our own page works, says why, and is audited', async () => {
    expect((await submit('/address/release', { address: ANN, why: ' ' }, { cookie })).status).toBe(422);
    const done = await submit('/address/release', fields, { cookie });
    expect([done.status, done.headers.get('location')]).toEqual([
      303,
      `/address?address=${encodeURIComponent(ANN)}`,
    ]);
    expect(await stands()).toBe(false);
    const [audit] = (await mailstop.ask('GET', '/v1/audit')).body.data;
    expect(audit).toMatchObject({ action: 'suppression.release', subject: ANN, actor: 'key_admin' });
    expect((await submit('/address/release', fields, { cookie })).status).toBe(409);
  });
});

describe('a page', () => {
  it('T106 takes nothing from elsewhere, is framed by nobody, and kept by no cache', async () => {
    const cookie = await signIn();
    for (const path of [...privatePages, '/codes', '/codes/504', '/sign-in']) {
      const answer = await get(path, cookie);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      );
      // "no-referrer" would have the browser send its forms with "Origin: null", which are refused.
      expect(answer.headers.get('referrer-policy')).toBe('same-origin');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      const html = await answer.text();
      expect(html).toMatch(/^<!doctype html><html lang="en">/);
      expect(html).not.toMatch(
        /<script(?! type="module" src="\/dashboard\.js">| type="application\/json")|style=|\son\w+=|https?:\/\/(?!localhost)[^"<\s]*"[^>]*(?:src|href)/i,
      );
    }
  });

  it('tells of an address why it is blocked, with what anybody wrote shown as text', async () => {
    const { post } = await mailstop.source();
    await post(bounce(ANN, { id: '1', text: '550 5.1.1 <script>alert(1)</script> unknown' }));
    const cookie = await signIn();
    const answer = await get(`/address?address=${ANN}`, cookie);
    const html = await answer.text();
    expect(html).not.toContain('<script>');
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(html).toContain(`${ANN} is suppressed: no mail at all.`);
    expect(html).toContain('href="/codes/550"');
    expect(html).toContain('A hard bounce that says clearly that the address is dead: suppressed for ever.');
    expect((await get('/address?address=nobody', cookie)).status).toBe(422);
  });

  it('lists what its filters say, page by page', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `p${i}@b.test`);
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body: rows.join('\n'),
      headers: { 'Content-Type': 'text/csv' },
    });
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: { reason: 'complaint' } });
    const cookie = await signIn();
    const listed = async (path: string) => {
      const html = await (await get(path, cookie)).text();
      return {
        addresses: [...html.matchAll(/\/address\?address=([^"]+)"/g)].map(([, address]) =>
          decodeURIComponent(address ?? ''),
        ),
        next: /href="(\/suppressions\?[^"]*after=[^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&'),
      };
    };
    const first = await listed('/suppressions?domain=b.test');
    expect(first.addresses).toHaveLength(50);
    const second = await listed(first.next ?? '');
    expect(new Set([...first.addresses, ...second.addresses]).size).toBe(60);
    expect(second.next).toBeUndefined();
    expect((await listed('/suppressions?reason=complaint')).addresses).toEqual([ANN]);
    expect((await listed('/suppressions?q=ANN%40')).addresses).toEqual([ANN]);
    expect((await listed('/suppressions?state=released')).addresses).toEqual([]);
  });

  it('shows an incident, and decides it', async () => {
    const { post } = await mailstop.source();
    await post(
      Array.from({ length: 100 }, (_, i) =>
        bounce(`p${i}@gmail.com`, { id: `${i}`, message_id: `m${i}`, at: new Date(START).toISOString() }),
      ),
    );
    await mailstop.services.guard.look('noticed');
    const [{ id }] = (await mailstop.ask('GET', '/v1/incidents')).body.data;
    const cookie = await signIn();
    expect(await textOf(await get('/', cookie))).toContain(
      'gmail.com fails many with one reply; 100 addresses are held',
    );
    expect(await textOf(await get(`/incidents/${id}`, cookie))).toContain('Release 100 addresses');
    expect((await submit(`/incidents/${id}`, { do: 'other', why: 'x' }, { cookie })).status).toBe(422);
    const done = await submit(`/incidents/${id}`, { do: 'release', why: 'outage' }, { cookie });
    expect(done.headers.get('location')).toBe(`/incidents/${id}`);
    expect(await textOf(await get(`/incidents/${id}`, cookie))).toContain('It holds nobody.');
    expect((await get('/incidents/inc_none', cookie)).status).toBe(404);
  });

  it('counts what was reported, and leaves other tenants out', async () => {
    const { post } = await mailstop.source();
    await post([
      bounce(ANN, { id: '1' }),
      bounce('bob@a.test', { id: '2', text: '504 5.5.2 Helo command rejected' }),
    ]);
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const ours = await textOf(await get('/', await signIn()));
    expect(ours).toContain('2 bounces');
    expect(ours).toContain('Our own fault');
    const theirs = await signIn(await mailstop.key(['admin'], 'rival'));
    for (const path of privatePages.filter((one) => !one.includes('address=')))
      expect(await textOf(await get(path, theirs))).not.toMatch(/a\.test|2 bounces/);
    expect(await textOf(await get(`/address?address=${ANN}`, theirs))).toContain(
      `Nothing is known of ${ANN}`,
    );
  });

  it('of each code is there for everybody, and for nobody else’s traffic', async () => {
    for (const { code, name } of allCodes()) {
      const answer = await get(`/codes/${code}`);
      expect([code, answer.status]).toEqual([code, 200]);
      if (code === '504') expect(await textOf(answer)).toContain(`504 ${name}`);
    }
    expect((await get('/codes/999')).status).toBe(404);
    const index = await (await get('/codes?q=mailbox+full')).text();
    expect(index).toContain('/codes/552');
    expect(index).not.toContain('/codes/504"');
    expect(await textOf(await get('/codes/504'))).not.toContain('Your own traffic');
    expect(await textOf(await get('/codes/504', await signIn()))).toContain('Your own traffic');
  });
});
