/** The nightly comparison with a provider's own list: what is kept, whom it tells, and what a provider that refuses leaves. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mailOf } from '../../src/app/alert-text.ts';
import { createDriftNights, nightLimits } from '../../src/app/drift-nights.ts';
import { NameSet } from '../../src/app/name-set.ts';
import { createPseudonyms } from '../../src/app/pseudonyms.ts';
import type { Outbound } from '../../src/app/runtime.ts';
import { browse, textOf } from './browser.ts';
import { type Harness, START, startHarness } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEY = 'SG.key-of-the-provider';
const PAGE = 500;
type Answer = Awaited<ReturnType<Outbound['ask']>>;

let mailstop: Harness;
let id: string;
let post: (body: unknown) => Promise<{ status: number }>;
/** The provider's bounces, as [address, age in ms]. */
let there: (readonly [string, number])[];
let refuse: (asked: number) => Answer | undefined;
let asked: string[];
let waited: number[];
let now: number;

const outbound: Partial<Outbound> = {
  async ask(url, { headers }) {
    asked.push(`${url.pathname}${url.search} ${headers.authorization}`);
    const refused = refuse(asked.length);
    if (refused !== undefined) return refused;
    const offset = Number(url.searchParams.get('offset'));
    const rows = url.pathname.endsWith('/bounces') ? there.slice(offset, offset + PAGE) : [];
    const text = JSON.stringify(
      rows.map(([email, age]) => ({
        email,
        created: Math.floor((now - age) / 1_000),
        reason: '',
        status: '',
      })),
    );
    return { status: 200, retryAfter: null, text };
  },
};
const begin = async (given: Parameters<typeof startHarness>[0] = {}) => {
  now = START;
  mailstop = await startHarness({ outbound, ...given });
  const made = await mailstop.source({ provider: 'sendgrid', secrets: {}, allow_unsigned: true });
  ({ id, post } = made);
};
beforeEach(async () => {
  there = [];
  asked = [];
  waited = [];
  refuse = () => undefined;
  await begin();
});
afterEach(() => mailstop.close());

const advance = (ms: number) => {
  now += ms;
  mailstop.advance(ms);
};
const give = (json: object = {}) =>
  mailstop.ask('PUT', `/v1/sources/${id}/list`, { json: { key: KEY, ...json } });
const block = (address: string, json: object = {}) =>
  mailstop.ask('PUT', `/v1/suppressions/${encodeURIComponent(address)}`, { json });
const compare = async () =>
  createDriftNights(
    {
      ...mailstop.services,
      pseudonyms: await createPseudonyms(mailstop.services.settings.secret, mailstop.services.runtime),
    },
    async (ms) => {
      waited.push(ms);
      advance(ms);
    },
  ).compare();
/** Everything of one night, a look each half hour. */
const night = async () => {
  for (let look = 0; look < 49; look++) {
    await compare();
    advance(HOUR / 2);
  }
};
const report = async () => (await mailstop.ask('GET', `/v1/sources/${id}/drift`)).body;
const told = async () =>
  (await mailstop.store.noticesAfter('default', 0, 100))
    .filter(({ type }) => type === 'source.drift')
    .map(({ data }) => JSON.parse(data));
const reported = (address: string) =>
  post([
    {
      event: 'bounce',
      email: address,
      timestamp: (now - 60_000) / 1_000,
      sg_event_id: address,
      reason: '550 5.1.1 no such user',
      status: '5.1.1',
      type: 'bounce',
    },
  ]);

describe('a source with access to its provider’s list', () => {
  it('is compared once a night, and its report is kept, shown, and told where it is news', async () => {
    await reported('both@a.test');
    await reported('ours@a.test');
    await block('byhand@a.test');
    there = ['both@a.test', 'theirs@a.test', 'Other@A.test'].map((address) => [address, DAY]);
    await give();
    expect(await report()).toMatchObject({ compared_at: null, there: 0, next_at: expect.any(String) });
    await night();
    expect(asked.filter((one) => one.includes('/bounces'))).toHaveLength(1);
    expect(asked[0]).toContain(`Bearer ${KEY}`);
    expect(await report()).toMatchObject({
      there: 3,
      only_there: 2,
      only_here: 1,
      samples: { only_there: ['other@a.test', 'theirs@a.test'], only_here: ['ours@a.test'] },
      error: null,
      failed_at: null,
    });
    const [notice, ...more] = await told();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ id, provider: 'sendgrid', there: 3, only_there: 2, only_here: 1 });
    expect(JSON.stringify(notice)).not.toContain('@');

    await night();
    expect(asked.filter((one) => one.includes('/bounces'))).toHaveLength(2);
    expect(await told()).toHaveLength(1);

    there = [
      ['both@a.test', DAY],
      ['ours@a.test', DAY],
    ];
    await night();
    expect((await told()).slice(1)).toMatchObject([
      { there: 2, only_there: 0, only_here: 0, before: { only_there: 2, only_here: 1 } },
    ]);
  });

  it('says so on its page and in a mail, without an address', async () => {
    const shown = async () => textOf(await (await browse(mailstop)).get(`/sources/${id}`));
    expect(await shown()).not.toContain('List at');
    await give();
    expect(await shown()).toMatch(/List at .*SendGrid\s+not compared with this one yet/);
    there = [['theirs@a.test', DAY]];
    await night();
    expect(await shown()).toMatch(/List at .*SendGrid\s+1 only there, 0 only here\s+· compared/);
    refuse = () => ({ status: 401, retryAfter: null, text: '' });
    await night();
    expect(await shown()).toContain('The API answered 401');
    refuse = () => undefined;
    there = [];
    await night();
    expect(await shown()).toContain('agrees with this one');

    const mails = (await mailstop.store.noticesAfter('default', 0, 100)).map((notice) =>
      mailOf([notice], 'default', null),
    );
    expect(mails.map(({ subject }) => subject)).toEqual([
      '[Mailstop] test: its provider’s list and this one differ',
      '[Mailstop] test: its provider’s list and this one agree again',
    ]);
    expect(mails[0]?.text).toContain('1 there; 1 only there, 0 only here');
    expect(mails[0]?.text).toContain('mailstop source pull');
    expect(mails.map(({ text }) => text).join()).not.toMatch(new RegExp(`@|${id.slice(-10)}`));
  });

  it('that agrees from the first night on is no news', async () => {
    await reported('both@a.test');
    there = [['both@a.test', DAY]];
    await give();
    await night();
    expect(await report()).toMatchObject({ there: 1, only_there: 0, only_here: 0 });
    expect(await told()).toEqual([]);
  });

  it('is compared between midnight and six, at an hour of its own', async () => {
    await give();
    await compare();
    const times = new Set<number>();
    for (let i = 0; i < 20; i++) times.add(mailstop.services.driftNights.nextOf(`sendgrid_${i}`) % DAY);
    expect(times.size).toBe(20);
    expect(Math.max(...times)).toBeLessThan(nightLimits.length);
    const next = Date.parse((await report()).next_at);
    expect(next).toBe(mailstop.services.driftNights.nextOf(id));
    advance(next - now - 1_000);
    await compare();
    expect(asked).toEqual([]);
    advance(1_000);
    await compare();
    expect(asked).not.toEqual([]);
    expect(Date.parse((await report()).next_at)).toBe(next + DAY);
  });

  it('leaves out what is under way from one list to the other', async () => {
    await give();
    await compare();
    advance(Date.parse((await report()).next_at) - now);
    await reported('new@a.test');
    there = [
      ['fresh@a.test', HOUR / 2],
      ['old@a.test', 2 * HOUR],
    ];
    await compare();
    expect(await report()).toMatchObject({ there: 2, only_there: 1, only_here: 0 });
  });

  it('that is written back has to have all that was decided here', async () => {
    await block('byhand@a.test');
    await block('news@a.test', { stream: 'news', reason: 'unsubscribe' });
    await give({ write_back: true });
    await night();
    expect(await report()).toMatchObject({ only_here: 1, samples: { only_here: ['byhand@a.test'] } });
  });

  it('that is written back needs nobody whom an allowance lets through', async () => {
    await block('byhand@a.test', { reason: 'hard-bounce' });
    await mailstop.ask('PUT', '/v1/allowed/byhand@a.test', {
      json: { until: new Date(now + 30 * DAY).toISOString(), note: 'x' },
    });
    await give({ write_back: true });
    await night();
    expect(await report()).toMatchObject({ only_here: 0 });
    const { body } = await mailstop.ask('POST', `/v1/sources/${id}/list/push`, { json: { dry_run: true } });
    expect(body).toMatchObject({ addresses: 0 });
  });

  it('is compared by one of two servers', async () => {
    await give();
    await compare();
    advance(Date.parse((await report()).next_at) - now);
    await Promise.all([compare(), compare(), mailstop.services.driftNights.compare()]);
    expect(asked.filter((one) => one.includes('/bounces'))).toHaveLength(1);
  });

  it('reads many pages, and tells a few of many', async () => {
    there = Array.from({ length: 1_250 }, (_, i) => [`p${i}@a.test`, DAY] as const);
    await give();
    await night();
    const { there: count, only_there, samples } = await report();
    expect([count, only_there, samples.only_there.length]).toEqual([1_250, 1_250, 10]);
  });

  it('forgets its report with the access, and shows it to its own tenant alone', async () => {
    there = [['ann@a.test', DAY]];
    await give();
    await night();
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'Rival' } });
    const key = await mailstop.key(['admin'], 'rival');
    const path = `/v1/sources/${id}/drift`;
    expect((await mailstop.ask('GET', path, { key })).status).toBe(404);
    expect((await mailstop.ask('GET', path, { key: await mailstop.key(['check']) })).status).toBe(403);
    await mailstop.ask('DELETE', `/v1/sources/${id}/list`);
    expect((await mailstop.ask('GET', path)).status).toBe(404);
    expect(await mailstop.store.sourceDrift('default', id)).toBeNull();
  });

  it('without access, or disabled, is not', async () => {
    await night();
    await give();
    await mailstop.ask('PATCH', `/v1/sources/${id}`, { json: { disabled: true } });
    await night();
    expect(asked).toEqual([]);
  });
});

describe('a provider that refuses', () => {
  it.each([
    ['401', { status: 401, retryAfter: null, text: 'ann@a.test is not the point' }, /401: is the key right/],
    ['503', { status: 503, retryAfter: null, text: '' }, /503/],
    ['429 for hours', { status: 429, retryAfter: '7200', text: '' }, /429/],
    ['nothing', null, /cannot be reached/],
    ['no JSON', { status: 200, retryAfter: null, text: '<html>' }, /no JSON/],
  ] as const)(
    'by %s is recorded, asked the next night, and leaves the last report',
    async (_what, answer, words) => {
      there = [['theirs@a.test', DAY]];
      await give();
      await night();
      const before = await report();
      refuse = () => answer;
      const from = asked.length;
      await night();
      expect(asked).toHaveLength(from + 1);
      const { error, failed_at, compared_at, only_there } = await report();
      expect([compared_at, only_there]).toEqual([before.compared_at, 1]);
      expect(error).toMatch(words);
      expect(error).not.toContain('@');
      expect(Date.parse(failed_at)).toBeGreaterThan(Date.parse(compared_at));
      refuse = () => undefined;
      await night();
      expect(await report()).toMatchObject({ error: null, failed_at: null });
      expect(await told()).toHaveLength(1);
    },
  );

  it('and a server that ends in the middle of it leaves that in the report, and is no reason to begin at once', async () => {
    there = [['theirs@a.test', DAY]];
    await give();
    refuse = () => {
      throw new TypeError('the server ends');
    };
    await night();
    expect(asked).toHaveLength(1);
    expect(await report()).toMatchObject({ compared_at: null, error: 'It did not come to an end.' });
    expect(mailstop.logged).toContainEqual({
      level: 'error',
      fields: { source: `${id.slice(0, 13)}…`, error: 'TypeError' },
    });
    refuse = () => undefined;
    await night();
    expect(await report()).toMatchObject({ only_there: 1, error: null, failed_at: null });
  });

  it.each([
    ['seconds', (): string => '90', 90_000],
    ['a date', (): string => new Date(now + 30_000).toUTCString(), 30_000],
    ['nothing', (): null => null, 60_000],
  ] as const)('and asks to wait by %s is waited for', async (_what, retryAfter, ms) => {
    there = [['theirs@a.test', DAY]];
    refuse = (count) => (count === 2 ? { status: 429, retryAfter: retryAfter(), text: '' } : undefined);
    await give();
    await night();
    expect(waited).toHaveLength(1);
    expect(Math.abs((waited[0] ?? 0) - ms)).toBeLessThanOrEqual(1_000);
    expect(await report()).toMatchObject({ only_there: 1, error: null });
  });
});

describe('the addresses of a report', () => {
  it('go with who is erased, and are not named again', async () => {
    there = [
      ['ann@a.test', DAY],
      ['bob@a.test', DAY],
    ];
    await give();
    await night();
    expect((await report()).samples.only_there).toEqual(['ann@a.test', 'bob@a.test']);
    await mailstop.ask('POST', '/v1/erasures', { json: { address: 'ann@a.test' } });
    expect((await report()).samples.only_there).not.toContain('ann@a.test');
    await night();
    expect((await report()).samples.only_there).toEqual(['bob@a.test']);
  });

  it('are hashes where the list keeps no others', async () => {
    await mailstop.close();
    await begin({ pepper: 'pepper-of-the-tests-0123456789abcdef' });
    await reported('both@a.test');
    await reported('ours@a.test');
    there = [
      ['both@a.test', DAY],
      ['theirs@a.test', DAY],
    ];
    await give();
    await night();
    const found = await report();
    expect(found).toMatchObject({ there: 2, only_there: 1, only_here: 1 });
    for (const [name] of [found.samples.only_there, found.samples.only_here])
      expect(name).toMatch(/^hashed-[0-9a-f]{32}@a\.test$/);
    expect((await mailstop.store.sourceDrift('default', id))?.samples).not.toContain('theirs');
  });
});

it('a set of names holds what was put there, however many', () => {
  const names = new NameSet();
  const all = Array.from({ length: 20_000 }, (_, i) => `p${i}@a.test`);
  expect(all.filter((name) => names.add(name))).toHaveLength(20_000);
  expect(all.filter((name) => names.add(name))).toEqual([]);
  expect(names.size).toBe(20_000);
  expect(all.every((name) => names.has(name))).toBe(true);
  expect(all.filter((name) => names.has(`x${name}`))).toEqual([]);
});
