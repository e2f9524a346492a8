/** The list's pages: looked through, exported, added to, and released from, many at once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOOKED_AT } from '../../src/store/store.ts';
import { entry, listing } from '../store/rows.ts';
import { addressesIn, type Browser, browse, fieldOf, textIn, textOf } from './browser.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

const ANN = 'ann@a.test';
const BOB = 'bob@b.test';
const CAT = 'cat@a.test';

let mailstop: Harness;
let browser: Browser;
beforeEach(async () => {
  mailstop = await startHarness();
  browser = await browse(mailstop);
});
afterEach(() => mailstop.close());

const block = (address: string, json: object = {}) =>
  mailstop.ask('PUT', `/v1/suppressions/${address}`, { json });
const listed = async (path: string) => addressesIn(await (await browser.get(path)).text());

describe('the list', () => {
  beforeEach(async () => {
    await block(ANN, { stream: 'news' });
    await block(BOB, { reason: 'complaint' });
    const { post } = await mailstop.source();
    await post(bounce(CAT, { id: '1', text: '504 5.5.4 Unrecognized authentication type' }));
  });

  it.each([
    ['', [CAT, BOB, ANN]],
    ['?q=an', [ANN]],
    ['?domain=a.test', [CAT, ANN]],
    ['?domain=@A.test', [CAT, ANN]],
    ['?reason=complaint', [BOB]],
    ['?stream=news', [ANN]],
    ['?provider=generic', [CAT]],
    ['?code=504', [CAT]],
    ['?enhanced=5.5.4', [CAT]],
    ['?since=2026-01-10&until=2026-01-10', [CAT, BOB, ANN]],
    ['?since=2026-01-11', []],
    ['?until=2026-01-09', []],
    ['?state=released', []],
    ['?state=any&q=a', [ANN]],
  ])('of %s is %j', async (query, addresses) => {
    expect((await listed(`/suppressions${query}`)).toSorted()).toEqual(addresses.toSorted());
  });

  it('of a domain is found however the domain is written', async () => {
    await block('dora@xn--bcher-kva.example');
    expect(await listed('/suppressions?domain=BÜCHER.example')).toEqual(['dora@xn--bcher-kva.example']);
  });

  it('of which few fit says how far it looked, and goes on until all were looked at', async () => {
    const dull = Array.from({ length: LOOKED_AT + 50 }, (_, i) =>
      entry({ id: `sup_${i}`, address: `p${i}@c.test`, code: '550', updated_at: START + i + 1 }),
    );
    await mailstop.store.write(listing(dull));
    const next = (html: string) =>
      /href="(\/suppressions\?[^"]*after=[^"]*)" rel="next">([^<]*)</
        .exec(html)
        ?.slice(1)
        .map((text) => text.replaceAll('&amp;', '&')) ?? [];
    const none = await browser.html('/suppressions?code=504');
    expect(textIn(none)).toContain('Looked at 10,000 entries, of which none fits; the list goes on.');
    const [link = '', words] = next(none);
    expect(words).toBe('Look at the next 10,000');
    const rest = await browser.html(link);
    expect([addressesIn(rest), next(rest), textIn(rest).includes('Looked at')]).toEqual([[CAT], [], false]);
    // The newest ones fit, all of them on one page.
    await mailstop.store.write(
      listing([entry({ id: 'sup_z', address: 'z@c.test', code: '504', updated_at: START + 20_000 })]),
    );
    const some = await browser.html('/suppressions?code=504');
    expect(addressesIn(some)).toEqual(['z@c.test']);
    expect(textIn(some)).toContain('of which one fits; the list goes on.');
    expect(textIn(await browser.html('/suppressions'))).not.toContain('Looked at');
  });

  it('by address goes on page by page, and a place of another order is none', async () => {
    const rows = Array.from({ length: 70 }, (_, i) => `p${i}@c.test`);
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body: rows.join('\n'),
      headers: { 'Content-Type': 'text/csv' },
    });
    const html = await (await browser.get('/suppressions?q=p')).text();
    const next = /href="(\/suppressions\?[^"]*after=[^"]*)" rel="next"/
      .exec(html)?.[1]
      ?.replaceAll('&amp;', '&');
    expect(next).toBeDefined();
    expect([...addressesIn(html), ...(await listed(next ?? ''))]).toEqual(rows.toSorted());
    const other = next?.replace('q=p&', '') ?? '';
    expect((await listed(other)).length).toBe(50);
  });

  it('is exported as it is shown, with nothing that a spreadsheet would run', async () => {
    await block('dan@a.test', { note: '=HYPERLINK("https://evil.example")' });
    const answer = await browser.get('/suppressions/export?domain=a.test&reason=manual');
    expect(answer.headers.get('content-disposition')).toContain('.csv"');
    const lines = (await answer.text()).trim().split('\n').slice(1);
    expect(lines.map((line) => line.split(',')[0]).toSorted()).toEqual(['"ann@a.test"', '"dan@a.test"']);
    expect(lines.join('\n')).toContain(`"'=HYPERLINK`);
    expect((await browser.get('/suppressions/export?code=nonsense')).status).toBe(200);
  });

  it('takes an address, and keeps what was typed where it does not', async () => {
    const fields = { address: 'eve@a.test', reason: 'unsubscribe', stream: 'news', note: 'by telephone' };
    const done = await browser.submit('/suppressions', fields);
    expect([done.status, done.headers.get('location')]).toEqual([303, '/address?address=eve%40a.test']);
    expect((await mailstop.ask('GET', '/v1/suppressions/eve@a.test')).body.entries[0]).toMatchObject({
      reason: 'unsubscribe',
      stream: 'news',
      note: 'by telephone',
    });
    const refused = await browser.submit('/suppressions', { ...fields, address: 'not <an> address' });
    expect(refused.status).toBe(422);
    const html = await refused.text();
    expect(html).toContain('role="alert"');
    expect(html).toContain('value="not &lt;an&gt; address"');
    expect(html).toContain('value="by telephone"');
    const reader = await browse(mailstop, await mailstop.key(['read']));
    expect(await (await reader.get('/suppressions')).text()).not.toContain(
      'method="post" action="/suppressions"',
    );
    expect((await reader.submit('/suppressions', fields)).status).toBe(403);
  });
});

describe('a release of many', () => {
  beforeEach(async () => {
    await block(ANN);
    await block(BOB, { reason: 'complaint' });
    await block(CAT);
  });
  const selected = (addresses: readonly string[], more: Record<string, string> = {}) =>
    new URLSearchParams([...addresses.map((one) => ['address', one]), ...Object.entries(more)]);
  const stands = async (address: string) =>
    (await mailstop.ask('GET', `/v1/suppressions/${address}`)).status === 200;

  it('is shown first, and changes nothing then', async () => {
    const shown = await browser.submit('/release', selected([ANN, BOB, 'nobody@a.test']));
    expect(await textOf(shown)).toMatch(
      /1 entry of 1 address would be released\. Left as it is: 1 complaint\. A complaint/,
    );
    expect([await stands(ANN), await stands(BOB)]).toEqual([true, true]);
  });

  it('is done with a reason, audited without the addresses, and taken back', async () => {
    const html = await (await browser.submit('/release', selected([ANN, CAT]))).text();
    const preview = fieldOf(html, 'preview');
    const without = await browser.submit('/release', selected([ANN, CAT], { preview, why: ' ' }));
    expect(without.status).toBe(422);
    const done = await browser.submit('/release', selected([ANN, CAT], { preview, why: 'they wrote' }));
    const path = done.headers.get('location') ?? '';
    expect([done.status, path]).toEqual([303, expect.stringMatching(/^\/release\/rel_\w+$/)]);
    expect([await stands(ANN), await stands(CAT)]).toEqual([false, false]);
    const [audit] = (await mailstop.ask('GET', '/v1/audit')).body.data;
    expect(audit).toMatchObject({
      action: 'suppression.release-selected',
      detail: { selection: { addresses: 2 } },
    });
    expect(JSON.stringify(audit)).not.toContain('a.test');

    expect(await textOf(await browser.get(path))).toContain('2 addresses are free.');
    expect((await browser.submit(path, { why: '' })).status).toBe(422);
    expect((await browser.submit(path, { why: 'too early' })).status).toBe(303);
    expect([await stands(ANN), await stands(CAT)]).toEqual([true, true]);
    expect(await textOf(await browser.get(path))).toContain('Taken back');
    expect((await browser.get('/release/rel_none')).status).toBe(404);
  });

  it('is refused where the list has changed since it was shown, and shown anew', async () => {
    const html = await (await browser.submit('/release', selected([ANN, CAT]))).text();
    await mailstop.ask('DELETE', `/v1/suppressions/${CAT}`, { json: { why: 'x' } });
    const late = await browser.submit(
      '/release',
      selected([ANN, CAT], { preview: fieldOf(html, 'preview'), why: 'y' }),
    );
    expect(late.status).toBe(409);
    const again = await late.text();
    expect(again).toContain('The list has changed since the preview');
    expect(again).toContain('value="y"');
    expect(await stands(ANN)).toBe(true);
    expect(fieldOf(again, 'preview')).not.toBe(fieldOf(html, 'preview'));
  });

  it('of one cause is shown by its link, and needs the scope', async () => {
    const { post } = await mailstop.source();
    await post(bounce('eve@d.test', { id: '1', text: '504 5.5.4 Unrecognized authentication type' }));
    expect(await textOf(await browser.get('/release?code=504'))).toContain('1 entry of 1 address');
    expect(await textOf(await browser.get('/release'))).toContain('Nothing is selected.');
    expect((await browser.get('/release?reason=complaint')).status).toBe(422);
    const reader = await browse(mailstop, await mailstop.key(['read', 'write']));
    expect((await reader.get('/release?code=504')).status).toBe(403);
    expect((await reader.submit('/release', selected([ANN]))).status).toBe(403);
  });

  it('of another tenant finds nothing', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['admin'], 'rival'));
    expect(await textOf(await rival.submit('/release', selected([ANN])))).toContain(
      'Nothing of this selection',
    );
    expect(addressesIn(await (await rival.get('/suppressions')).text())).toEqual([]);
    expect(await (await rival.get('/suppressions/export')).text()).not.toContain('a.test');
  });
});

describe('the page of an address', () => {
  it('says what the codes mean, and what would lift it', async () => {
    const { post } = await mailstop.source();
    await post(bounce(CAT, { id: '1', text: '504 5.5.4 Unrecognized authentication type' }));
    const text = await textOf(await browser.get(`/address?address=${CAT}`));
    expect(text).toContain('does not implement a parameter');
    expect(text).toContain('What would lift it');
    expect(text).toContain('a release once the sender is mended');
  });

  it('puts it on the list, and answers for it', async () => {
    const at = `/address?address=${encodeURIComponent(ANN)}`;
    const blocked = await browser.submit('/address/block', {
      address: ANN,
      reason: 'manual',
      stream: '*',
      note: 'x',
    });
    expect([blocked.status, blocked.headers.get('location')]).toEqual([303, at]);
    expect((await mailstop.ask('GET', `/v1/suppressions/${ANN}`)).status).toBe(200);

    expect(
      (await browser.submit('/address/allow', { address: ANN, until: '2020-01-01', note: 'our CEO' })).status,
    ).toBe(422);
    expect(
      (await browser.submit('/address/allow', { address: ANN, until: '', note: 'our CEO' })).status,
    ).toBe(303);
    expect((await mailstop.ask('GET', '/v1/allowed')).body.data).toHaveLength(1);
    expect(await textOf(await browser.get(at))).toContain('No bounce suppresses it until');
    expect((await browser.submit('/address/allow', { address: ANN, do: 'stop', note: '' })).status).toBe(303);
    expect((await mailstop.ask('GET', '/v1/allowed')).body.data).toEqual([]);
  });
});
