/** Users: made and changed by an admin, signed in by name and password, and out when they are removed (T104). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isPassword, keptOf } from '../../src/app/passwords.ts';
import { nodeRuntime } from '../../src/node-runtime.ts';
import { browse } from './browser.ts';
import { ADMIN, type Harness, startHarness } from './harness.ts';

// Each password takes a fifth of a second of a core that is free.
vi.setConfig({ testTimeout: 60_000 });

const WORD = 'correct horse battery';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const put = (name: string, json: object, key = ADMIN) =>
  mailstop.ask('PUT', `/v1/users/${name}`, { json, key });
const signIn = (name: string, password = WORD) => browse(mailstop, { name, password });
const isIn = async (by: Awaited<ReturnType<typeof signIn>>) => (await by.get('/')).status === 200;

describe('a password', () => {
  const runtime = nodeRuntime();

  it('is kept as scrypt at no less than OWASP’s cost, with a salt of its own', async () => {
    const [one, two] = await Promise.all([keptOf(runtime, WORD), keptOf(runtime, WORD)]);
    expect(one).toMatch(/^scrypt\$16384\$8\$5\$[A-Za-z0-9]{22}\$[0-9a-f]{64}$/);
    expect(one).not.toBe(two);
    expect(await isPassword(runtime, WORD, one)).toBe(true);
    expect(await isPassword(runtime, `${WORD} `, one)).toBe(false);
  });

  it('is the same however a keyboard composes it', async () => {
    expect(
      await isPassword(runtime, 'pa\u0308sswort lang', await keptOf(runtime, 'p\u00e4sswort lang')),
    ).toBe(true);
  });

  it('of nobody is none, and costs the same work', async () => {
    const asked: unknown[] = [];
    const counting = {
      scrypt: async (...given: Parameters<typeof runtime.scrypt>) => {
        asked.push([given[1].length, given[2]]);
        return new Uint8Array(32);
      },
    };
    // Even where the key is the one that stands for nobody.
    expect(await isPassword(counting, WORD, null)).toBe(false);
    expect(await isPassword(counting, WORD, await keptOf(runtime, WORD))).toBe(false);
    expect(asked[0]).toEqual(asked[1]);
  });
});

describe('a user', () => {
  it('is made, listed without the password, changed, and audited without it', async () => {
    const made = await put('ann', { role: 'read', password: WORD });
    expect([made.status, made.body.role]).toEqual([201, 'read']);
    expect((await put('ann', { role: 'admin' })).status).toBe(200);
    expect((await mailstop.ask('GET', '/v1/users')).body.data).toMatchObject([
      { name: 'ann', role: 'admin' },
    ]);
    const audit = (await mailstop.ask('GET', '/v1/audit')).text;
    expect(audit).toMatch(/user\.change.*user\.create/);
    expect(
      audit + (await mailstop.ask('GET', '/v1/users')).text + JSON.stringify(mailstop.logged),
    ).not.toMatch(new RegExp(`${WORD}|scrypt`));
  });

  it.each([
    ['without a password', 'ann', { role: 'read' }, '/password'],
    ['with a short one', 'ann', { role: 'read', password: 'short' }, '/password'],
    ['of another role', 'ann', { role: 'write', password: WORD }, '/role'],
    ['with an address for a name', 'ann@a.test', { role: 'read', password: WORD }, '/name'],
  ])('%s is refused', async (_what, name, json, pointer) => {
    const told = await put(name, json);
    expect([told.status, told.body.errors[0].pointer]).toEqual([422, pointer]);
  });

  it('is made on the page, and removed there', async () => {
    const admin = await browse(mailstop);
    const set = (fields: Record<string, string>) =>
      admin.submit('/keys/users', { do: 'set', role: 'read', ...fields });
    const told = await set({ name: 'ann', password: 'short' });
    const html = await told.text();
    expect([told.status, html]).toEqual([422, expect.stringContaining('must have 12 characters or more')]);
    expect(html).toContain('value="ann"');
    expect(html).not.toContain('short"');
    expect((await set({ name: 'ann', password: WORD })).status).toBe(303);
    expect(await isIn(await signIn('ann'))).toBe(true);
    await admin.submit('/keys/users', { do: 'remove', name: 'ann' });
    expect(await isIn(await signIn('ann'))).toBe(false);
  });
});

describe('signing in by password', () => {
  it('T104 opens the pages to the role that the user has', async () => {
    await put('ann', { role: 'read', password: WORD });
    await put('bob', { role: 'admin', password: WORD });
    const [ann, bob] = [await signIn('Ann '), await signIn('bob')];
    expect([(await ann.get('/policy')).status, (await ann.get('/keys')).status]).toEqual([200, 403]);
    expect((await bob.get('/keys')).status).toBe(200);
    await bob.submit('/settings/streams', { do: 'add', id: 'news', class: 'marketing' });
    expect((await mailstop.ask('GET', '/v1/audit')).body.data[0]).toMatchObject({ actor: 'user:bob' });
  });

  it.each([
    ['another password', 'ann', 'wrong password!'],
    ['a name of nobody', 'eve', WORD],
    ['no name', '', WORD],
    ['what is kept of it', 'ann', null],
    ['the name of another tenant', 'rival/ann', WORD],
  ])('T104 is refused with %s', async (_what, name, password) => {
    await put('ann', { role: 'read', password: WORD });
    const kept = (await mailstop.store.user('default', 'ann'))?.password ?? '';
    const by = await signIn(name, password ?? kept);
    expect(await isIn(by)).toBe(false);
  });

  it('T104 ends where the password or the role is another, or the user is gone', async () => {
    for (const change of [
      () => put('ann', { role: 'read', password: 'another long password' }),
      () => put('ann', { role: 'admin' }),
      () => mailstop.ask('DELETE', '/v1/users/ann'),
    ]) {
      await put('ann', { role: 'read', password: WORD });
      const ann = await signIn('ann');
      expect(await isIn(ann)).toBe(true);
      await change();
      expect(await isIn(ann)).toBe(false);
    }
  });

  it('T104 is refused after ten attempts a minute at one account, and at no other', async () => {
    await put('ann', { role: 'read', password: WORD });
    await put('bob', { role: 'read', password: WORD });
    const attempt = async (name: string, password: string) =>
      (await browse(mailstop)).submit('/sign-in', { name, password });
    for (let i = 0; i < 10; i++) expect((await attempt('ann', `guess number ${i}`)).status).toBe(403);
    const told = await attempt('ann', WORD);
    expect([told.status, Number(told.headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect((await attempt('ANN', WORD)).status).toBe(429);
    expect((await attempt('bob', WORD)).status).toBe(303);
    mailstop.advance(60_000);
    expect((await attempt('ann', WORD)).status).toBe(303);
  });

  it('of another tenant takes its name before the user’s, and opens that tenant alone', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await mailstop.key(['admin'], 'rival');
    await put('ann', { role: 'admin', password: WORD }, rival);
    await put('ann', { role: 'read', password: 'of the default tenant' });
    const theirs = await signIn('rival/ann');
    expect(await theirs.text('/keys')).toContain('They sign in as rival/NAME');
    expect(await isIn(await signIn('ann'))).toBe(false);
    // Not the operator: keys of other tenants are not theirs to make.
    expect((await mailstop.ask('DELETE', '/v1/users/ann', { key: rival })).status).toBe(204);
    expect(await isIn(await signIn('ann', 'of the default tenant'))).toBe(true);
  });
});
