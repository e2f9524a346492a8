import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { type Filter, openFilter } from '../../src/filter/reader.ts';
import { createApp } from '../../src/http/app.ts';
import { ADMIN, type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const block = (address: string, more: object = {}) =>
  mailstop.ask('PUT', `/v1/suppressions/${encodeURIComponent(address)}`, {
    json: { reason: 'manual', ...more },
  });

/** As it is: the harness reads answers as text. */
async function fetchBytes(query = '', headers: Record<string, string> = {}) {
  const answer = await createApp(mailstop.services).request(`/v1/filter?${query}`, {
    headers: { Authorization: `Bearer ${ADMIN}`, ...headers },
  });
  return {
    status: answer.status,
    tag: answer.headers.get('etag') ?? '',
    bytes: new Uint8Array(await answer.arrayBuffer()),
  };
}

const keyNow = async (): Promise<string> => (await mailstop.ask('GET', '/v1/filter/key')).body.key;
const filterNow = async (query = ''): Promise<Filter> =>
  openFilter((await fetchBytes(query)).bytes, await keyNow());

describe('GET /v1/filter', () => {
  it('holds what blocks, whole domains too, and not what was released', async () => {
    for (const address of ['ann@example.com', 'bob@example.com', '@gone.example']) await block(address);
    await mailstop.ask('DELETE', '/v1/suppressions/bob%40example.com', { json: { why: 'a mistake' } });
    const filter = await filterNow('bits=16');
    const held = ['ann@example.com', 'bob@example.com', 'x@gone.example', 'eve@example.com'].map((address) =>
      filter.mayBeSuppressed(address),
    );
    expect(held).toEqual([true, false, true, false]);
    expect(filter.manifest).toMatchObject({
      tenant: 'default',
      stream: null,
      entries: 2,
      domains: 1,
      bits: 16,
    });
    expect(filter.age(Date.parse(filter.manifest.built_at) + 5)).toBe(5);
  });

  it('of a stream holds what blocks that stream', async () => {
    await block('ann@example.com', { stream: 'receipts' });
    await block('bob@example.com', { stream: 'news' });
    const filter = await filterNow('stream=receipts&bits=16');
    expect(filter.mayBeSuppressed('ann@example.com')).toBe(true);
    expect(filter.mayBeSuppressed('bob@example.com')).toBe(false);
  });

  it('leaves out what has expired', async () => {
    const until = new Date(mailstop.services.runtime.now() + 60_000).toISOString();
    await block('ann@example.com', { until });
    expect((await filterNow()).manifest.entries).toBe(1);
    mailstop.advance(120_000);
    expect((await filterNow()).manifest.entries).toBe(1);
    await block('bob@example.com');
    expect((await filterNow()).manifest.entries).toBe(1);
  });

  it('says that nothing has changed, and keeps a filter for a minute', async () => {
    await block('ann@example.com');
    const first = await fetchBytes();
    expect((await fetchBytes('', { 'If-None-Match': first.tag })).status).toBe(304);
    await block('bob@example.com');
    expect((await fetchBytes()).tag).toBe(first.tag);
    mailstop.advance(61_000);
    const second = await fetchBytes('', { 'If-None-Match': first.tag });
    expect(second.status).toBe(200);
    expect(second.tag).not.toBe(first.tag);
  });

  it('since a version gives what was added, at once', async () => {
    await block('ann@example.com');
    const old = await filterNow('bits=16');
    await block('bob@example.com');
    await block('@gone.example');
    const news = await fetchBytes(`bits=16&since=${old.manifest.version}`);
    const filter = await old.apply(news.bytes);
    expect(
      ['ann@example.com', 'bob@example.com', 'x@gone.example', 'eve@example.com'].map((address) =>
        filter.mayBeSuppressed(address),
      ),
    ).toEqual([true, true, true, false]);
    expect(news.bytes.length).toBeLessThan(500);
  });

  test.each(['9.1', '0.999999', 'nonsense'])('since %j gives a whole one', async (since) => {
    await block('ann@example.com');
    const answer = await fetchBytes(`stream=news&since=${since}`);
    expect((await openFilter(answer.bytes, await keyNow())).manifest.kind).toBe('filter');
  });

  it('of a stream gives a whole one after a change of the policy, which moves no entry', async () => {
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'news', class: 'marketing' } });
    await block('ann@example.com', { reason: 'unsubscribe' });
    const old = await filterNow('stream=news');
    await mailstop.ask('PATCH', '/v1/streams/news', { json: { class: 'security' } });
    const answer = await fetchBytes(`stream=news&since=${old.manifest.version}`);
    expect((await openFilter(answer.bytes, await keyNow())).manifest.kind).toBe('filter');
  });

  it('is one tenant’s alone, and asks for the scope of a check', async () => {
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'other', name: 'Other' } });
    await block('ann@example.com');
    const key = await mailstop.key(['check'], 'other');
    const told = await mailstop.ask('GET', '/v1/filter/key', { key });
    expect(told.status).toBe(200);
    expect(told.body.key).not.toBe(await keyNow());
    expect((await mailstop.ask('GET', '/v1/filter', { key: await mailstop.key(['write']) })).status).toBe(
      403,
    );
  });

  it.each(['bits=7', 'stream=%20', 'size=2'])('refuses %s', async (query) => {
    expect([400, 422]).toContain((await mailstop.ask('GET', `/v1/filter?${query}`)).status);
  });
});

describe('POST /v1/check as a stream', () => {
  const ask = (body: BodyInit, type = 'text/plain', query = '') =>
    mailstop.ask('POST', `/v1/check${query}`, { body, headers: { 'Content-Type': type } });
  const results = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('answers a line for a line, in order, duplicates and what cannot be read too', async () => {
    await block('ann@example.com');
    const told = await ask('Ann@Example.com\r\n\nbob@example.com\nnobody\nAnn@Example.com');
    expect(told.headers.get('content-type')).toBe('application/x-ndjson');
    expect(results(told.text).map(({ address, suppressed, error }) => [address, suppressed, error])).toEqual([
      ['Ann@Example.com', true, null],
      ['bob@example.com', false, null],
      ['nobody', null, 'invalid-address'],
      ['Ann@Example.com', true, null],
    ]);
  });

  it('takes NDJSON of texts and objects', async () => {
    await block('ann@example.com');
    const told = await ask(
      '"ann@example.com"\n{"address":"bob@example.com","id":7}\n{"x":1}\nnot json\n',
      'application/x-ndjson',
    );
    expect(results(told.text).map(({ suppressed }) => suppressed)).toEqual([true, false, null, null]);
  });

  it('gives the same as JSON does, for a stream too', async () => {
    await block('ann@example.com', { stream: 'news' });
    const addresses = ['ann@example.com', 'bob@example.com'];
    for (const stream of ['news', 'receipts']) {
      const whole = await mailstop.ask('POST', '/v1/check', { json: { addresses, stream } });
      expect(results((await ask(addresses.join('\n'), 'text/plain', `?stream=${stream}`)).text)).toEqual(
        whole.body.results,
      );
    }
  });

  it('answers 100,000 lines while they come, reading no further than it answers', async () => {
    await block('p77777@example.com');
    let sent = 0;
    const encoder = new TextEncoder();
    const body = new ReadableStream({
      pull(controller) {
        if (sent === 100_000) return controller.close();
        let text = '';
        for (const end = sent + 1_000; sent < end; sent++) text += `p${sent}@example.com\n`;
        controller.enqueue(encoder.encode(text));
      },
    });
    const answer = await createApp(mailstop.services).request(
      new Request('http://localhost/v1/check', {
        method: 'POST',
        headers: { Authorization: `Bearer ${ADMIN}`, 'Content-Type': 'text/plain' },
        body,
        duplex: 'half',
      } as RequestInit),
    );
    expect(sent).toBeLessThan(10_000);
    const text = await answer.text();
    const found = results(text);
    expect(found).toHaveLength(100_000);
    expect(found.filter(({ suppressed }) => suppressed).map(({ address }) => address)).toEqual([
      'p77777@example.com',
    ]);
  });

  it('says 503 before it says anything else where the list cannot be read', async () => {
    await mailstop.close();
    mailstop = await startHarness({
      storeOf: (store) => ({ ...store, check: () => Promise.reject(new Error('disk')) }),
    });
    expect((await ask('ann@example.com')).status).toBe(503);
  });

  it('takes no compressed body, and no lines without a type', async () => {
    const headers = { 'Content-Type': 'text/plain', 'Content-Encoding': 'gzip' };
    expect((await mailstop.ask('POST', '/v1/check', { body: 'x', headers })).status).toBe(415);
    expect((await ask('ann@example.com', 'text/html')).status).toBe(415);
  });
});
