/** Alarms of sources: each is told once when it opens, once when it is over, and shown meanwhile. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { watchSources } from '../../src/app/alarms.ts';
import { prune } from '../../src/app/prune.ts';
import { listenForSilence } from '../../src/app/silence.ts';
import { TALLIES_KEPT } from '../../src/app/tally.ts';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import type { SourceHourRow } from '../../src/store/store.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let mailstop: Harness;
let now: number;
/** What the database was asked to count. */
let written: SourceHourRow[][];

beforeEach(async () => {
  now = START;
  written = [];
  mailstop = await startHarness({
    storeOf: (store) => ({
      ...store,
      async countHours(rows) {
        if (isAway) throw new Error('away');
        written.push([...rows]);
        await store.countHours(rows);
      },
    }),
  });
});
let isAway = false;
afterEach(() => mailstop.close());

const advance = (ms: number) => {
  now += ms;
  mailstop.advance(ms);
};
const watch = async () => {
  advance(MINUTE);
  await watchSources(mailstop.services);
};
const told = async () =>
  (await mailstop.store.noticesAfter('default', 0, 100)).map(({ type, data }) => ({
    type,
    data: JSON.parse(data),
  }));
const types = async () => (await told()).map(({ type }) => type);
const open = async (id: string) =>
  (await mailstop.ask('GET', `/v1/sources/${id}`)).body.alarms.map(({ kind }: { kind: string }) => kind);
const times = async (count: number, act: (i: number) => Promise<{ status: number }>) => {
  for (let i = 0; i < count; i++) await act(i);
};
const wrong = { 'X-Mailstop-Key': 'the-secret-before-it-was-rotated' };

describe('rejected requests', () => {
  it('of a rotated secret open one alarm, which says since when; the first that proves itself ends it', async () => {
    const { id, post } = await mailstop.source();
    await post(bounce('ann@a.test'));
    advance(HOUR);
    await watch();
    await times(4, (i) => post(bounce('bob@a.test', { id: `${i}` }), wrong));
    await watch();
    expect(await open(id)).toEqual([]);
    await post(bounce('bob@a.test'), wrong);
    await watch();
    await watch();
    expect(await open(id)).toEqual(['rejected']);
    expect(await told()).toEqual([
      {
        type: 'source.rejected',
        data: {
          id,
          provider: 'generic',
          name: 'test',
          since: new Date(now - MINUTE).toISOString(),
          count: 5,
          usual: 0,
          all_since: new Date(START + HOUR).toISOString(),
        },
      },
    ]);
    await times(50, (i) => post(bounce('bob@a.test', { id: `x${i}` }), wrong));
    advance(3 * HOUR);
    await watch();
    expect(await types()).toEqual(['source.rejected']);
    expect((await post(bounce('bob@a.test'))).status).toBe(200);
    await watch();
    expect(await open(id)).toEqual([]);
    expect(await types()).toEqual(['source.rejected', 'source.accepted']);
    const warned = mailstop.logged.filter(
      ({ level, fields }) => level === 'warn' && fields.why === 'rejected',
    );
    expect(warned).toHaveLength(1);
    expect(JSON.stringify(warned)).not.toContain(id);
  });

  it('that flood are one row a minute, whatever their number', async () => {
    const { post } = await mailstop.source();
    await times(200, () => post(bounce('ann@a.test'), wrong));
    expect(written).toEqual([]);
    await watch();
    expect(written.map((rows) => rows.length)).toEqual([1]);
    expect(written[0]?.[0]).toMatchObject({ rejected: 200, proven: 0 });
  });

  it('to addresses that are no source are not counted at all', async () => {
    await times(5, (i) => mailstop.ask('POST', `/webhooks/generic_${i}`, { key: null, json: {} }));
    await watch();
    expect(written).toEqual([]);
  });

  it('that could not be written down are so later, and at the end', async () => {
    const { post } = await mailstop.source();
    await times(3, () => post(bounce('ann@a.test'), wrong));
    isAway = true;
    await expect(mailstop.services.tally.flush()).rejects.toThrow('away');
    isAway = false;
    await post(bounce('ann@a.test'), wrong);
    await mailstop.services.tally.flush();
    expect(written[0]?.[0]).toMatchObject({ rejected: 4 });
    expect(TALLIES_KEPT).toBeGreaterThan(100);
  });
});

describe('a clock that is wrong', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const svix = async (id: string, at: number, key = secret) => {
    const body = JSON.stringify({ type: 'email.opened', created_at: new Date(at).toISOString(), data: {} });
    const stamp = String(Math.floor(at / 1000));
    const bytes = Uint8Array.from(atob(key.slice(6)), (c) => c.charCodeAt(0));
    const mac = await hmacSha256(bytes, utf8(`msg_1.${stamp}.${body}`));
    return mailstop.ask('POST', `/webhooks/${id}`, {
      key: null,
      body,
      headers: {
        'Content-Type': 'application/json',
        'svix-id': 'msg_1',
        'svix-timestamp': stamp,
        'svix-signature': `v1,${toBase64(mac)}`,
      },
    });
  };
  const resend = () => mailstop.source({ provider: 'resend', secrets: { keys: [secret] } });

  it('F22 has every request of Svix refused; they are counted, and the alarm says "skewed"', async () => {
    const { id } = await resend();
    expect((await svix(id, now)).status).toBe(200);
    // Ours was set back by two hours.
    advance(HOUR);
    await times(5, () => svix(id, now + 2 * HOUR));
    expect((await svix(id, now + 2 * HOUR)).status).toBe(401);
    await watch();
    expect(await open(id)).toEqual(['skewed']);
    await svix(id, now);
    await watch();
    expect(await types()).toEqual(['source.skewed', 'source.timely']);
  });

  it('control: what a stranger signs with an old time is a forgery, and no clock', async () => {
    const { id } = await resend();
    await times(6, () => svix(id, now - HOUR, 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX'));
    await watch();
    expect(await open(id)).toEqual(['rejected']);
  });

  it('shows also where no time is signed: everything comes from the future', async () => {
    const { id, post } = await mailstop.source();
    const ahead = new Date(now + 4 * MINUTE).toISOString();
    await times(5, (i) => post(bounce(`p${i}@a.test`, { id: `${i}`, at: ahead })));
    await watch();
    expect(await open(id)).toEqual(['skewed']);
  });
});

describe('what says nothing to us', () => {
  it('opens an alarm of labels that nobody knows', async () => {
    const { id, post } = await mailstop.source({
      provider: 'postmark',
      secrets: { basic_auth: [{ username: 'u', password: 'password-of-the-tests' }] },
    });
    const headers = { Authorization: `Basic ${btoa('u:password-of-the-tests')}` };
    await times(5, (i) => post({ RecordType: 'Novelty', MessageID: `m${i}` }, headers));
    await watch();
    expect(await open(id)).toEqual(['unmapped']);
    expect(await types()).toEqual(['source.unmapped']);
  });

  it('opens an alarm of what went to quarantine', async () => {
    const { id, post } = await mailstop.source();
    await times(5, (i) => post({ recipient: 'no address', event: 'bounce', id: `${i}` }));
    await watch();
    expect(await open(id)).toEqual(['unreadable']);
    await post(bounce('ann@a.test'));
    advance(2 * HOUR);
    await post(bounce('bob@a.test'));
    await watch();
    expect(await types()).toEqual(['source.unreadable', 'source.readable']);
  });
});

describe('a source that is not heard', () => {
  /** By the hour, as the server does. */
  const listen = async (hours: number, each: (hour: number) => unknown = () => {}) => {
    for (let hour = 0; hour < hours; hour++) {
      await each(hour);
      advance(HOUR);
      await listenForSilence(mailstop.services);
      if (hour % 24 === 0) await prune(mailstop.services);
    }
  };
  const event = (i: number) => bounce('ann@a.test', { id: `${now}${i}` });

  it('is silent until an event comes, however long that takes', async () => {
    const { id, post } = await mailstop.source();
    await listen(6, (hour) => post(event(hour)));
    await listen(40 * 24);
    expect(await types()).toEqual(['source.silent']);
    expect(await open(id)).toEqual(['silent']);
    await listen(1, () => post(event(0)));
    expect(await types()).toEqual(['source.silent', 'source.heard']);
    expect(await open(id)).toEqual([]);
  });

  it.each<[string, (hour: number) => boolean, string[]]>([
    ['was heard once, has nothing usual', (hour) => hour === 0, []],
    ['is heard each day, is not silent after seven hours', (hour) => hour % 24 === 0, []],
    ['was heard each hour, is silent', (hour) => hour < 24, ['silent']],
    [
      'was heard one morning each week, is silent in the third week',
      (hour) => hour < 14 * 24 && hour % 168 < 4,
      ['silent'],
    ],
  ])('and %s, whatever is heard of another one of its provider', async (_title, isHeard, expected) => {
    const { id, post } = await mailstop.source();
    const other = await mailstop.source();
    await listen(31 * 24, async (hour) => {
      if (hour % 5 === 0) await other.post(event(hour));
      if (isHeard(hour)) await post(event(hour));
    });
    expect(await open(id)).toEqual(expected);
    expect(await open(other.id)).toEqual([]);
  });
});

it('a source that is disabled has no alarms, and opens none', async () => {
  const { id, post } = await mailstop.source();
  await times(5, () => post(bounce('ann@a.test'), wrong));
  await mailstop.ask('PATCH', `/v1/sources/${id}`, { json: { disabled: true } });
  await watch();
  expect(await types()).toEqual([]);
});

it('of two servers that look at once, one tells', async () => {
  const { post } = await mailstop.source();
  await times(5, () => post(bounce('ann@a.test'), wrong));
  await Promise.all([watchSources(mailstop.services), watchSources(mailstop.services)]);
  expect(await types()).toEqual(['source.rejected']);
});

it('tenants are told of their own sources only', async () => {
  await mailstop.ask('POST', '/v1/tenants', { json: { id: 'acme', name: 'Acme' } });
  const { post } = await mailstop.source({}, await mailstop.key(['admin'], 'acme'));
  await times(5, () => post(bounce('ann@a.test'), wrong));
  await watch();
  expect(await types()).toEqual([]);
  expect(await mailstop.store.noticesAfter('acme', 0, 9)).toHaveLength(1);
});
