/** What people are told where they may not, or cannot: as a page with what to try; and that no page shows more than its scope (T104, T105). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { browse, ORIGIN, textOf } from './browser.ts';
import { ADMIN, bounce, type Harness, startHarness } from './harness.ts';

const ANN = 'ann@a.test';
const AS_A_BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const ask = (path: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
  mailstop.fetch(
    new Request(`${ORIGIN}${path}`, { ...init, headers: { ...AS_A_BROWSER, ...(init.headers ?? {}) } }),
  );
const form = (fields: Record<string, string>, headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { origin: ORIGIN, 'content-type': 'application/x-www-form-urlencoded', ...headers },
  body: new URLSearchParams(fields).toString(),
});
const cookieOf = async (key: string) => {
  const answer = await ask('/sign-in', form({ key }));
  return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
};
const isPage = async (answer: Response) => {
  const html = await answer.clone().text();
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(answer.headers.get('content-security-policy')).toContain("style-src 'self'");
  expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  expect(html).toContain('<h1>');
  return textOf(answer);
};

describe('a browser is shown a page', () => {
  const reader = async () => ({ cookie: await cookieOf(await mailstop.key(['read'])) });
  const admin = async () => ({ cookie: await cookieOf(ADMIN) });
  const cases: readonly (readonly [string, number, () => Promise<Response>, string])[] = [
    [
      'by a form of another site',
      403,
      async () => ask('/suppressions', form({}, { ...(await admin()), origin: 'https://evil.example' })),
      'MAILSTOP_PUBLIC_URL',
    ],
    [
      'by a form without a session',
      403,
      () => ask('/suppressions', form({})),
      'You are not signed in any more',
    ],
    [
      'by a page beyond its scope',
      403,
      async () => ask('/keys', { headers: await reader() }),
      'takes the scope “admin”',
    ],
    [
      'by a form beyond its scope',
      403,
      async () => ask('/address/release', form({ address: ANN, why: 'x' }, await reader())),
      'takes the scope “release”',
    ],
    [
      'by an id of nothing',
      404,
      async () => ask('/incidents/inc_none', { headers: await admin() }),
      'There is nothing here',
    ],
    [
      'by a form that is too large',
      413,
      async () => ask('/policy/edit', form({ text: 'x'.repeat(1024 * 1024) }, await admin())),
      'mailstop policy set',
    ],
    ['by a code of nothing', 404, () => ask('/codes/999'), 'There is no such code'],
    ['by a path of nothing', 404, () => ask('/nothing'), 'There is nothing here'],
    ['by a form that is opened', 405, () => ask('/address/release'), 'only sent as a form'],
    [
      'by a form that says nothing',
      422,
      async () => ask('/address/release', form({}, await admin())),
      'Say why',
    ],
  ];
  it.each(cases)('%s: %i', async (_title, status, answered, words) => {
    const answer = await answered();
    expect(answer.status).toBe(status);
    expect(await isPage(answer)).toContain(words);
  });

  it('with who is signed in at its top, and nobody else', async () => {
    const mine = await ask('/nothing', { headers: await admin() });
    expect(await textOf(mine)).toContain('Sign out');
    const text = await textOf(await ask('/nothing'));
    expect([text.includes('Sign out'), text.includes('Sign in')]).toEqual([false, true]);
  });

  it('where the database cannot be read, with when to come again', async () => {
    const headers = await admin();
    const failing = () => Promise.reject(new Error('disk I/O error'));
    const answer = await startHarness({
      storeOf: (store) => ({ ...store, session: failing, ping: failing }),
    }).then(async (broken) => {
      const told = await broken.fetch(
        new Request(`${ORIGIN}/`, { headers: { ...AS_A_BROWSER, ...headers } }),
      );
      await broken.close();
      return told;
    });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await isPage(answer)).toContain('cannot be read or written right now');
  });

  it('and a script, and whoever asks the API, a problem', async () => {
    const headers = await reader();
    for (const [path, accept] of [
      ['/keys', '*/*'],
      ['/nothing', 'application/json'],
      ['/v1/nothing', AS_A_BROWSER.accept],
      ['/v1/keys', AS_A_BROWSER.accept],
      ['/webhooks/none_1/2', AS_A_BROWSER.accept],
    ] as const) {
      const answer = await ask(path, { headers: { ...headers, accept } });
      expect([path, answer.status >= 400, answer.headers.get('content-type')]).toEqual([
        path,
        true,
        'application/problem+json',
      ]);
    }
  });
});

describe('T104 who tries too often', () => {
  it('sees the form again, with what was typed and when to try', async () => {
    for (let i = 0; i < 10; i++) await ask('/sign-in', form({ name: 'ann', password: 'wrong' }));
    const answer = await ask('/sign-in', form({ name: 'ann', password: 'wrong' }));
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
    const html = await answer.clone().text();
    expect(await isPage(answer)).toMatch(/Too many attempts; try again in \d+ s/);
    expect([html.includes('value="ann"'), html.includes('wrong')]).toEqual([true, false]);
  }, 60_000);

  it('is told so of keys too', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 61 }, async () => ask('/sign-in', form({ key: 'wrong' }))),
    );
    const last = statuses.find(({ status }) => status === 429);
    if (last === undefined) throw new Error('nobody was kept waiting');
    expect(await isPage(last)).toContain('Too many wrong keys');
  });

  it('has no more tries by another way of writing the name', async () => {
    const ways = ['ann', 'default/ann', 'x/default/ann', 'y/default/ann', 'ANN'];
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++)
      statuses.push(
        (await ask('/sign-in', form({ name: ways[i % ways.length] ?? '', password: 'wrong' }))).status,
      );
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
  }, 60_000);
});

describe('a key', () => {
  it('that may only check sees no traffic beside a code', async () => {
    const { post } = await mailstop.source();
    await post(bounce(ANN));
    const checker = await browse(mailstop, await mailstop.key(['check']));
    expect(await checker.text('/codes/550')).not.toMatch(/Your own traffic|ann@a\.test/);
    const reader = await browse(mailstop, await mailstop.key(['read']));
    expect(await reader.text('/codes/550')).toMatch(/Your own traffic.*ann@a\.test/);
  });

  it.each([
    ['write', '/suppressions', { address: 'none' }],
    ['write', '/address/block', { address: ANN, reason: 'none' }],
    ['release', '/address/release', { address: ANN, why: ' x', reason: '' }],
    ['write', '/quarantine', { do: 'replay', id: 'qua_none' }],
    ['release', '/release', { address: ANN }],
  ])('that may only %s is shown nothing by the form of %s', async (scope, path, fields) => {
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: { reason: 'complaint' } });
    const writer = await browse(mailstop, await mailstop.key([scope]));
    const answer = await writer.submit(path, fields as Record<string, string>);
    expect(answer.status).toBe(403);
    expect(await textOf(answer)).not.toMatch(/complaint|Suppressions/);
  });
});
