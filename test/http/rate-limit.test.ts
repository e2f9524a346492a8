/** T097 A key’s own limit, and whom it leaves alone. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { createRateLimiter, KEYS_REMEMBERED } from '../../src/http/rate-limit.ts';
import { browse } from './browser.ts';
import { bounce, type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const limited = async (rate_limit: number): Promise<string> =>
  (await mailstop.ask('POST', '/v1/keys', { json: { name: 'shop', scopes: ['check'], rate_limit } })).body
    .key;
const check = (key: string) =>
  mailstop.ask('POST', '/v1/check', { key, json: { addresses: ['a@example.com'] } });

describe('a key with a limit', () => {
  test('T097 is told how long to wait, and goes on after that', async () => {
    const key = await limited(3);
    for (let i = 0; i < 3; i++) expect((await check(key)).status).toBe(200);
    const told = await check(key);
    expect([told.status, told.headers.get('retry-after'), told.body.detail]).toEqual([
      429,
      '20',
      'This key may send 3 requests a minute; try again in 20 s.',
    ]);
    mailstop.advance(20_000);
    expect((await check(key)).status).toBe(200);
    expect((await check(key)).status).toBe(429);
  });

  test('T097 leaves other keys, and webhooks, alone', async () => {
    const { post } = await mailstop.source();
    const key = await limited(1);
    const other = await mailstop.key(['check']);
    await check(key);
    expect((await check(key)).status).toBe(429);
    for (let i = 0; i < 20; i++) expect((await check(other)).status).toBe(200);
    expect((await check(await limited(1))).status).toBe(200);
    expect((await post(bounce('ann@example.com'))) as { status: number }).toMatchObject({ status: 200 });
  });

  it('tells nothing of its scopes to who lacks them, and counts no request that was refused', async () => {
    const key = await limited(1);
    for (let i = 0; i < 3; i++) expect((await mailstop.ask('GET', '/v1/audit', { key })).status).toBe(403);
    expect((await check(key)).status).toBe(200);
  });

  it.each([0, 1.5, -1, 1_000_001])('of %d is refused', async (rate_limit) => {
    const told = await mailstop.ask('POST', '/v1/keys', {
      json: { name: 'x', scopes: ['check'], rate_limit },
    });
    expect([told.status, told.body.errors[0].pointer]).toEqual([422, '/rate_limit']);
  });
});

describe('wrong keys', () => {
  const asked = (key: string | null, path = '/v1/suppressions/ann@example.com') =>
    mailstop.ask('GET', path, { key });
  const guess = async (count: number) => {
    for (let i = 0; i < count; i++) expect((await asked(`msk_wrong${i}`)).status).toBe(401);
  };

  it('are told how long to wait after 60 in a minute, malformed ones as those that nobody has', async () => {
    await guess(60);
    const told = await asked('msk_wrong');
    expect([told.status, told.headers.get('retry-after'), told.body.detail]).toEqual([
      429,
      '1',
      'Too many wrong keys; try again in 1 s.',
    ]);
    expect((await asked('no key at all')).status).toBe(429);
    mailstop.advance(2_000);
    expect((await asked('no key at all')).status).toBe(401);
    expect((await asked('msk_wrong', '/v1/audit')).status).toBe(401);
    expect((await asked('msk_wrong')).status).toBe(429);
  });

  it('keep out neither those with a key, nor webhooks, and a request without any is told to bring one', async () => {
    const { post } = await mailstop.source();
    const key = await mailstop.key(['check']);
    await guess(60);
    expect((await asked('msk_wrong')).status).toBe(429);
    for (let i = 0; i < 5; i++) expect((await check(key)).status).toBe(200);
    for (let i = 0; i < 70; i++) expect((await asked(null)).status).toBe(401);
    expect((await post(bounce('ann@example.com'))) as { status: number }).toMatchObject({ status: 200 });
    const forged = await mailstop.source({ secrets: { keys: ['another-shared-secret-0123'] } });
    for (let i = 0; i < 70; i++)
      expect(
        (
          await mailstop.ask('POST', `/webhooks/${forged.id}`, {
            key: null,
            headers: { 'x-mailstop-key': 'wrong-shared-secret-0123' },
            json: bounce('ann@example.com'),
          })
        ).status,
      ).toBe(401);
  });

  it('are counted together with those at the sign-in', async () => {
    await guess(60);
    const { submit } = await browse(mailstop);
    expect((await submit('/sign-in', { key: 'msk_wrong' })).status).toBe(429);
    expect((await submit('/sign-in', { key: await mailstop.key(['read']) })).status).toBe(303);
  });
});

describe('the limiter', () => {
  it('refills all the time, to one minute’s worth at most', () => {
    let now = 0;
    const limiter = createRateLimiter(() => now);
    const burst = () => {
      let taken = 0;
      while (limiter.take('k', 60) === 0) taken += 1;
      return taken;
    };
    expect(burst()).toBe(60);
    now += 10_000;
    expect(burst()).toBe(10);
    now += 3_600_000;
    expect(burst()).toBe(60);
    now -= 7_200_000; // a clock set back gives and takes nothing
    expect(burst()).toBe(0);
  });

  it(`remembers ${KEYS_REMEMBERED} keys`, () => {
    const limiter = createRateLimiter(() => 0);
    for (let i = 0; i < KEYS_REMEMBERED; i++) limiter.take(`k${i}`, 1);
    expect(limiter.take('k0', 1)).toBeGreaterThan(0);
    limiter.take('one more', 1);
    expect(limiter.take('k0', 1)).toBe(0);
  });
});
