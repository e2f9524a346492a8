/** What is no character of a text: NUL, and half of a surrogate pair. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { bounce, type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const at = new Date(START).toISOString();
const differing = async () => (await mailstop.ask('GET', '/v1/rebuild')).body.differences;

describe.each([
  ['NUL', '\0'],
  ['half of a surrogate pair', '\ud800'],
])('%s', (_, odd) => {
  it('in what a provider tells is replaced before it is judged', async () => {
    const source = await mailstop.source();
    const of = { message_id: `m${odd}`, tags: [`t${odd}`], provider_type: `HardBounce${odd}` };
    await source.post(bounce('ann@example.com', { ...of, id: `1${odd}`, at }));
    await source.post({ recipient: 'ann@example.com', event: 'delivery', ...of, id: '2', at });
    const told = await mailstop.ask('GET', '/v1/events?address=ann@example.com');
    expect(told.text).not.toMatch(/\\u0000|\\ud8/);
    expect(told.body.data.at(-1)).toMatchObject({ message_id: 'm\ufffd', tags: ['t\ufffd'] });
    expect((await source.post(bounce('ann@example.com', { ...of, id: `1${odd}`, at }))).body.duplicates).toBe(
      1,
    );
    expect(await differing()).toEqual([]);
  });

  it('in a list is replaced, and the list sent again changes nothing', async () => {
    const send = () =>
      mailstop.ask('POST', '/v1/suppressions/import', {
        body: `${JSON.stringify({ address: 'ann@example.com', note: `a${odd}b` })}\n`,
        headers: { 'Content-Type': 'application/x-ndjson' },
      });
    expect((await send()).body).toMatchObject({ added: 1, unchanged: 0 });
    expect((await send()).body).toMatchObject({ added: 0, unchanged: 1 });
    const { entries } = (await mailstop.ask('GET', '/v1/suppressions/ann@example.com')).body;
    expect(entries[0].note).toBe('a\ufffdb');
    expect(await differing()).toEqual([]);
  });

  test.each([
    ['PUT', '/v1/suppressions/ann@example.com', { note: `a${odd}` }, '/note'],
    ['PUT', '/v1/allowed/ann@example.com', { until: null, note: `a${odd}` }, '/note'],
    ['DELETE', '/v1/suppressions/ann@example.com', { why: `a${odd}` }, '/why'],
    ['POST', '/v1/tenants', { id: 'two', name: `a${odd}` }, '/name'],
    ['POST', '/v1/keys', { name: `a${odd}`, scopes: ['read'] }, '/name'],
    ['POST', '/v1/sources', { provider: 'generic', name: `a${odd}`, allow_unsigned: true }, '/name'],
  ])('is refused by %s %s', async (method, path, json, pointer) => {
    const told = await mailstop.ask(method, path, { json });
    expect([told.status, told.body.errors]).toEqual([
      422,
      expect.arrayContaining([
        { pointer, detail: 'holds NUL or half of a surrogate pair, which are no characters' },
      ]),
    ]);
  });
});

it('a note of an import is cut at a character', async () => {
  await mailstop.ask('POST', '/v1/suppressions/import', {
    body: `address,note\nann@example.com,${'x'.repeat(999)}💌\n`,
    headers: { 'Content-Type': 'text/csv' },
  });
  const { entries } = (await mailstop.ask('GET', '/v1/suppressions/ann@example.com')).body;
  expect(entries[0].note).toBe(`${'x'.repeat(999)}\ufffd`);
});
