/** The page of a request as it came: what is shown of it, to whom, and what reading it again makes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readable, readableLimits } from '../../src/dashboard/readable.ts';
import { type Browser, browse, textOf } from './browser.ts';
import { bounce, type Harness, SHARED, startHarness } from './harness.ts';

let mailstop: Harness;
let source: Awaited<ReturnType<Harness['source']>>;
let admin: Browser;
beforeEach(async () => {
  mailstop = await startHarness();
  source = await mailstop.source({ name: 'Shop' });
  admin = await browse(mailstop);
});
afterEach(() => mailstop.close());

const receipts = async () => (await mailstop.ask('GET', '/v1/receipts')).body.data as { id: string }[];
const lastReceipt = async () => (await receipts()).at(-1)?.id ?? '';

describe('a request', () => {
  it('is shown as it came: its proof, its headers without secrets, its body in lines, and its events', async () => {
    await source.post([
      bounce('ann@a.test', { id: '1', text: '550 5.1.1 <b>unknown</b>' }),
      bounce('bob@a.test', { id: '2' }),
    ]);
    await source.post(bounce('eve@a.test', { id: '3' }));
    const [first] = await receipts();
    const html = await admin.html(`/receipts/${first?.id}`);
    expect(html).toContain('&lt;b&gt;unknown&lt;/b&gt;');
    expect(html).not.toMatch(new RegExp(`<b>unknown|${SHARED}|mailstop-key`));
    expect(html).toContain('[\n  {\n    &quot;recipient&quot;: &quot;ann@a.test&quot;,');
    const text = await admin.text(`/receipts/${first?.id}`);
    expect(text).toMatch(/Proof good .*content-type application\/json/);
    expect(text).toMatch(/ann@a\.test .*550 5\.1\.1 .*suppress.*bob@a\.test/);
    // In the same millisecond, in another request.
    expect(text).not.toContain('eve@a.test');
  });

  it('whose source asks for no proof says so', async () => {
    const open = await mailstop.source({ name: 'Open', secrets: null, allow_unsigned: true });
    await open.post(bounce('ann@a.test'));
    expect(await admin.text(`/receipts/${await lastReceipt()}`)).toContain('Proof not asked for');
  });

  it('is linked from its source, its address and the quarantine, for an admin alone', async () => {
    await source.post([bounce('ann@a.test'), { recipient: 'none', event: 'bounce' }]);
    const link = `/receipts/${await lastReceipt()}`;
    const reader = await browse(mailstop, await mailstop.key(['read', 'write', 'release']));
    for (const path of [`/sources/${source.id}`, '/address?address=ann@a.test', '/quarantine']) {
      expect([path, (await admin.html(path)).includes(`href="${link}"`)]).toEqual([path, true]);
      expect([path, (await reader.html(path)).includes(link)]).toEqual([path, false]);
    }
    expect([(await reader.get(link)).status, (await reader.submit(link, {})).status]).toEqual([403, 403]);
  });

  it('of another tenant, of nobody, and of an address whose request is gone is not there', async () => {
    await source.post(bounce('ann@a.test'));
    const id = await lastReceipt();
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['admin'], 'rival'));
    expect((await rival.get(`/receipts/${id}`)).status).toBe(404);
    expect((await rival.submit(`/receipts/${id}`, {})).status).toBe(404);
    expect((await admin.get('/receipts/rcp_none')).status).toBe(404);
    await mailstop.store.prune({
      receipts: Number.MAX_SAFE_INTEGER,
      notes: 0,
      forget: 0,
      surges: 0,
      hours: 0,
    });
    expect(await admin.html('/address?address=ann@a.test')).not.toContain('/receipts/');
  });

  it('is read again: what is new is taken in, the rest is known, and what it holds is kept once', async () => {
    await source.post([bounce('ann@a.test'), { recipient: 'bob@a.test', event: 'exploded' }]);
    const link = `/receipts/${await lastReceipt()}`;
    for (let i = 0; i < 2; i++) {
      const done = await admin.submit(link, {});
      expect(await textOf(await admin.get(done.headers.get('location') ?? ''))).toContain(
        'Read again: 0 events taken in, 1 known before, 1 of no concern, 0 that cannot be read.',
      );
    }
    expect(await receipts()).toHaveLength(1);
    expect((await mailstop.ask('GET', '/v1/unmapped')).body.data[0].count).toBe(1);
    expect(await admin.text(`${link}?done=pay-us-9-9`)).not.toContain('pay');
  });

  it('of a source that is paused is not read again, and it is said why', async () => {
    await source.post(bounce('ann@a.test'));
    const link = `/receipts/${await lastReceipt()}`;
    await mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { paused: true } });
    const told = await admin.submit(link, {});
    expect([told.status, await textOf(told)]).toEqual([409, expect.stringContaining('resume it first')]);
  });
});

describe('a body', () => {
  it.each([
    ['JSON is indented', '{"a":[1]}', 'application/json', '{\n  "a": [\n    1\n  ]\n}'],
    ['lines of JSON are, each', '{"a":1}\n{"b":2}\n', '', '{\n  "a": 1\n}\n{\n  "b": 2\n}'],
    [
      'a form is a line a field, with JSON in it indented',
      'to=ann%40a.test&data=%7B%22a%22%3A1%7D',
      'application/x-www-form-urlencoded; charset=utf-8',
      'to = ann@a.test\ndata = {\n  "a": 1\n}',
    ],
    ['mail stays as it is', 'From: a\r\n\r\nhi', 'message/rfc822', 'From: a\r\n\r\nhi'],
    ['what only begins like JSON stays too', '{this is none', 'application/json', '{this is none'],
    ['nothing is nothing', '', '', ''],
  ])('that is read by people: %s', (_title, body, type, text) => {
    expect(readable(body, type)).toEqual({ text, more: 0 });
  });

  it('that is long is cut, and says by how much', () => {
    const { text, more } = readable('x'.repeat(readableLimits.shown + 7), '');
    expect([text.length, more]).toEqual([readableLimits.shown, 7]);
  });
});
