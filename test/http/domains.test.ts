/** Whole domains, and addresses that somebody answers for, over HTTP. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { processorTime } from '../processor-time.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const gone = '550 5.1.2 Recipient address rejected: Domain not found';

let mailstop: Harness;
let post: (body: unknown) => Promise<unknown>;
let now: number;

beforeEach(async () => {
  mailstop = await startHarness();
  ({ post } = await mailstop.source());
  now = START;
});

afterEach(() => mailstop.close());

const later = (ms: number) => {
  now += ms;
  mailstop.advance(ms);
};
const fails = (address: string, text = gone) =>
  post(
    bounce(address, {
      text,
      id: `${address}${now}`,
      message_id: `${address}${now}`,
      at: new Date(now).toISOString(),
    }),
  );
const delivers = (address: string, at = now) =>
  post({
    recipient: address,
    event: 'delivery',
    id: `d${address}${at}`,
    message_id: `d${address}${at}`,
    at: new Date(at).toISOString(),
  });
const check = async (address: string, stream?: string) =>
  (await mailstop.ask('POST', '/v1/check', { json: { addresses: [address], stream } })).body.results[0];

async function kill(domain: string): Promise<void> {
  await fails(`a@${domain}`);
  await fails(`b@${domain}`);
  later(36 * HOUR);
  await fails(`c@${domain}`);
}

describe('a domain that takes no mail', () => {
  it('is blocked for a while, for addresses that nobody has mailed yet', async () => {
    await kill('x.test');
    const until = new Date(now + 30 * DAY).toISOString();
    expect(await check('d@x.test')).toMatchObject({
      suppressed: true,
      reason: 'hard-bounce',
      category: 'domain-invalid',
      until,
    });
    expect((await mailstop.ask('GET', '/v1/suppressions/@x.test')).body.entries).toMatchObject([
      {
        address: '@x.test',
        rule: 'dead-domain',
        until,
        origin: 'event',
        event_id: expect.stringMatching(/^evt_/),
      },
    ]);
    await mailstop.ask('POST', '/v1/streams', { json: { id: 'resets', class: 'security' } });
    expect((await check('d@x.test', 'resets')).suppressed).toBe(false);
    later(30 * DAY);
    expect((await check('d@x.test')).suppressed).toBe(false);
  });

  it('lives again with a delivery to anybody there; the failed addresses keep their entries', async () => {
    await kill('x.test');
    later(10 * DAY);
    await delivers('d@x.test');
    expect((await check('e@x.test')).suppressed).toBe(false);
    expect((await check('a@x.test')).suppressed).toBe(true);
  });

  it('is not one where mail arrived between, in whatever order it is told', async () => {
    const between = now + HOUR;
    await kill('x.test');
    await delivers('d@x.test', between);
    expect((await check('e@x.test')).suppressed).toBe(false);
  });

  it('that delivered later than a late failure is not blocked by it', async () => {
    const times = [now, now + HOUR, now + 36 * HOUR];
    later(40 * HOUR);
    await delivers('d@x.test');
    later(HOUR);
    for (const [i, at] of times.entries())
      await post(
        bounce(`${'abc'[i]}@x.test`, {
          text: gone,
          id: `l${i}`,
          message_id: `l${i}`,
          at: new Date(at).toISOString(),
        }),
      );
    expect((await check('e@x.test')).suppressed).toBe(false);
    expect((await mailstop.ask('GET', '/v1/suppressions/@x.test')).status).toBe(404);
  });

  it('is never a mailbox provider', async () => {
    await kill('gmail.com');
    expect((await check('d@gmail.com')).suppressed).toBe(false);
  });

  it('may be released, and the story of an address there tells of it', async () => {
    await kill('x.test');
    const story = (await mailstop.ask('GET', '/v1/addresses/d@x.test')).body;
    expect(story.suppressed).toBe(true);
    expect(story.entries).toMatchObject([{ address: '@x.test' }]);
    expect(
      (await mailstop.ask('DELETE', '/v1/suppressions/@x.test', { json: { why: 'DNS is back' } })).status,
    ).toBe(200);
    expect((await check('d@x.test')).suppressed).toBe(false);
  });

  it('costs no more however many of its addresses fail', async () => {
    const flood = (from: number) =>
      post(
        Array.from({ length: 2_000 }, (_, i) =>
          bounce(`p${from + i}@x.test`, { text: gone, id: `f${from + i}`, message_id: `f${from + i}` }),
        ),
      );
    await flood(0);
    const spent = processorTime();
    await fails('z@x.test');
    expect(spent()).toBeLessThan(250);
  });
});

describe('an address that somebody answers for', () => {
  const allow = (address: string, json: unknown = {}) =>
    mailstop.ask('PUT', `/v1/allowed/${address}`, { json });

  it('is never suppressed for a bounce, not even for a 504, until the time is over', async () => {
    await fails('a@y.test', '550 5.1.1 user unknown');
    await fails('b@y.test', '504 5.5.4 Unrecognized authentication type');
    for (const address of ['a@y.test', 'b@y.test']) {
      expect((await check(address)).suppressed).toBe(true);
      expect(
        (await allow(address, { until: new Date(now + 10 * DAY).toISOString(), note: 'our own' })).status,
      ).toBe(200);
      expect(await check(address)).toMatchObject({
        suppressed: false,
        allowed_until: new Date(now + 10 * DAY).toISOString(),
      });
      expect((await mailstop.ask('GET', `/v1/suppressions/${address}`)).status).toBe(404);
    }
    later(10 * DAY);
    expect(await check('b@y.test')).toMatchObject({ suppressed: true, code: '504', allowed_until: null });
  });

  it('is still blocked for a complaint, an unsubscribe and by hand', async () => {
    await allow('a@y.test');
    await post({ recipient: 'a@y.test', event: 'complaint', id: 'c' });
    expect(await check('a@y.test')).toMatchObject({ suppressed: true, reason: 'complaint' });
    await allow('b@y.test');
    await mailstop.ask('PUT', '/v1/suppressions/b@y.test', { json: {} });
    expect(await check('b@y.test')).toMatchObject({ suppressed: true, reason: 'manual' });
  });

  it('may be a whole domain', async () => {
    await fails('a@y.test', '550 5.1.1 user unknown');
    await allow('@y.test');
    expect((await check('a@y.test')).suppressed).toBe(false);
    expect((await mailstop.ask('GET', '/v1/allowed')).body.data).toMatchObject([{ address: '@y.test' }]);
  });

  it('is taken back, and audited both times', async () => {
    await fails('a@y.test', '550 5.1.1 user unknown');
    await allow('a@y.test');
    later(HOUR);
    expect((await mailstop.ask('DELETE', '/v1/allowed/a@y.test')).status).toBe(204);
    expect((await check('a@y.test')).suppressed).toBe(true);
    expect((await mailstop.ask('DELETE', '/v1/allowed/a@y.test')).status).toBe(404);
    expect((await mailstop.ask('GET', '/v1/allowed')).body.data).toEqual([]);
    const { data } = (await mailstop.ask('GET', '/v1/audit')).body;
    expect(data.filter(({ action }: { action: string }) => action === 'suppression.allow')).toHaveLength(2);
  });

  test.each([
    [{ until: '2020-01-01T00:00:00Z' }, 'must be in the future'],
    [{ until: '2030-01-01T00:00:00Z' }, 'within a year'],
    [{ colour: 'red' }, 'not a known field'],
  ])('of %j is refused', async (json, detail) => {
    expect(await allow('a@y.test', json)).toMatchObject({
      status: 422,
      body: { errors: [{ detail: expect.stringContaining(detail) }] },
    });
  });
});

describe('an entry that ends', () => {
  it('ends by the clock alone: nothing is written, and no job runs', async () => {
    await delivers('a@y.test');
    later(HOUR);
    await fails('a@y.test', '550 5.1.1 user unknown');
    const changes = async () => (await mailstop.ask('GET', '/v1/changes?limit=1000')).body.data.length;
    const before = await changes();
    const states = async () =>
      (await mailstop.ask('GET', '/v1/suppressions?state=active,held,expired')).body.data.map(
        ({ state }: { state: string }) => state,
      );
    later(7 * DAY - 1);
    expect([(await check('a@y.test')).suppressed, await states()]).toEqual([true, ['active']]);
    later(1);
    expect([(await check('a@y.test')).suppressed, await states()]).toEqual([false, ['expired']]);
    expect(await changes()).toBe(before);
    // And what comes next knows of it: a second dead bounce confirms the first.
    await fails('a@y.test', '550 5.1.1 user unknown');
    expect(await check('a@y.test')).toMatchObject({ suppressed: true, until: null });
  });
});
