/** The list is the same whatever comes first, late or twice; and what each fact may lift or make again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prune } from '../../src/app/prune.ts';
import { err, ok } from '../../src/core/result.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { samplers } from '../../src/samples/registry.ts';
import { scalewayCertificateUrl } from '../../src/samples/scaleway.ts';
import { testCertificatePem } from '../../src/samples/sns.ts';
import { api, killAll, start } from '../faults/server.ts';
import { bounce, type Harness, SHARED, START, startHarness } from './harness.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ANN = 'ann@example.com';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness({
    fetchCertificate: async (url) =>
      [testCertificateUrl, scalewayCertificateUrl].includes(url.href)
        ? ok(testCertificatePem)
        : err('unavailable'),
  });
});
afterEach(() => mailstop.close());

const iso = (ms: number) => new Date(START + ms).toISOString();
// biome-ignore lint/suspicious/noExplicitAny: rows are read field by field
const listOf = async (path: string): Promise<any[]> => (await mailstop.ask('GET', path)).body.data;
const eventsOf = (address: string) => listOf(`/v1/events?address=${encodeURIComponent(address)}`);
const standing = async (address = ANN): Promise<string[]> =>
  (await listOf(`/v1/suppressions?q=${encodeURIComponent(address)}`)).map(
    ({ reason, stream }) => `${reason} ${stream}`,
  );
const release = (json: object, address = ANN) =>
  mailstop.ask('DELETE', `/v1/suppressions/${address}`, { json: { why: 'asked by phone', ...json } });
const all = ['hard-bounce', 'soft-bounce', 'manual', 'complaint', 'unsubscribe'];
/** A report with a message, an id and a time of its own. */
const said = (event: string, ms: number, change: Record<string, unknown> = {}) => ({
  recipient: ANN,
  event,
  id: `${event}${ms}${JSON.stringify(change)}`,
  message_id: `${event}${ms}`,
  at: iso(ms),
  ...change,
});
const dead = { text: '550 5.1.1 user unknown' };
const full = { text: '452 4.2.2 mailbox full' };

describe('after a removal', () => {
  test.each(samplers.map((sampler) => [sampler.provider, sampler] as const))(
    'T072 requests of %s that come again, three times each, block nobody',
    async (_name, sampler) => {
      const { source, signing } = await sampler.source();
      const { id } = await mailstop.source({ provider: sampler.provider, ...source });
      const samples = sampler.samples(START);
      const requests = await Promise.all(
        samples.map(async ({ payload }) => sampler.request(payload, signing, START)),
      );
      const send = async () => {
        const told = [];
        for (const request of requests)
          told.push(await mailstop.ask('POST', `/webhooks/${id}`, { key: null, ...request }));
        return told.map(({ status, body }) => ({ status, ...body }));
      };
      const first = await send();
      mailstop.advance(MINUTE);
      const blocked = await listOf('/v1/suppressions');
      expect(blocked.length).toBeGreaterThan(0);
      const evidence = { text: 'signed up again', at: iso(30_000) };
      for (const address of new Set(blocked.map((row) => row.address)))
        expect((await release({ reasons: all, evidence }, address)).status).toBe(200);
      expect(await listOf('/v1/suppressions')).toEqual([]);
      for (let i = 0; i < 3; i++) {
        expect(await send()).toEqual(
          first.map((counts) => ({ ...counts, accepted: 0, duplicates: counts.accepted })),
        );
        expect(await listOf('/v1/suppressions')).toEqual([]);
      }
    },
  );

  test('T074 an older bounce is recorded and blocks nobody; a newer one does', async () => {
    const { post } = await mailstop.source();
    await post(said('bounce', -HOUR, dead));
    await release({});
    mailstop.advance(2 * HOUR);
    expect((await post(said('bounce', -30 * MINUTE, dead))).body.accepted).toBe(1);
    expect(await eventsOf(ANN)).toMatchObject([{ at: iso(-30 * MINUTE) }, { at: iso(-HOUR) }]);
    expect(await standing()).toEqual([]);
    await post(said('bounce', HOUR, dead));
    expect(await standing()).toEqual(['hard-bounce *']);
  });

  test('T074 a bounce of a message that was sent before it blocks nobody, and is noted as such', async () => {
    const { post } = await mailstop.source({ provider: 'sparkpost' });
    const failed = (sentAt: number, at: number) => [
      {
        msys: {
          message_event: {
            type: 'bounce',
            bounce_class: '10',
            raw_reason: dead.text,
            rcpt_to: ANN,
            injection_time: iso(sentAt),
            timestamp: iso(at),
            event_id: `e${sentAt}`,
            message_id: `m${sentAt}`,
          },
        },
      },
    ];
    await mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: {} });
    await release({});
    mailstop.advance(2 * HOUR);
    await post(failed(-HOUR, HOUR));
    expect(await eventsOf(ANN)).toMatchObject([{ decision: { rule: 'dead', action: 'note', until: null } }]);
    expect(await standing()).toEqual([]);
    await post(failed(MINUTE, HOUR));
    expect(await standing()).toEqual(['hard-bounce *']);
  });

  const evidence = (ms: number) => ({ text: 'signed up again', at: iso(ms) });
  const releases: [named: string, order: object, acts: boolean][] = [
    ['without evidence does not bar', {}, true],
    ['of bounces alone does not bar', { reasons: ['hard-bounce'], evidence: evidence(-DAY) }, true],
    ['with older evidence does not bar', { reasons: all, evidence: evidence(-3 * DAY) }, true],
    ['with newer evidence bars', { reasons: all, evidence: evidence(-DAY) }, false],
  ];
  test.each(
    ['complaint', 'unsubscribe'].flatMap((kind) =>
      releases.map(([named, order, acts]) => [named, kind, order, acts] as const),
    ),
  )('T075 a release %s a late %s', async (_named, kind, order, acts) => {
    const { post } = await mailstop.source();
    await post(said('bounce', -4 * DAY, dead));
    expect((await release(order)).status).toBe(200);
    await post(said(kind, -2 * DAY));
    expect(await standing()).toEqual(acts ? [`${kind} *`] : []);
  });
});

test('T073 one event that four servers on one file are told fifty times at once is one event', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailstop-order-'));
  try {
    const file = join(folder, 'mailstop.db');
    const first = await start(file);
    const servers = [first, ...(await Promise.all([start(file), start(file), start(file)]))];
    const source = { provider: 'generic', name: 'x', secrets: { keys: [SHARED] } };
    const { url } = await api<{ url: string }>(first.url, '/v1/sources', source);
    const tell = async (server: string): Promise<{ accepted: number; duplicates: number }> => {
      const answer = await fetch(server + new URL(url).pathname, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-Mailstop-Key': SHARED },
        body: JSON.stringify(said('bounce', -HOUR, full)),
      });
      return answer.status === 503 ? tell(server) : await answer.json();
    };
    const told = await Promise.all(Array.from({ length: 50 }, (_, i) => tell(servers[i % 4]?.url ?? '')));
    const sum = (name: 'accepted' | 'duplicates') => told.reduce((total, counts) => total + counts[name], 0);
    expect([sum('accepted'), sum('duplicates')]).toEqual([1, 49]);
    const stats = await api<{ data: unknown }>(first.url, '/v1/stats');
    expect(stats.data).toEqual([{ kind: 'bounce', count: 1 }]);
    expect((await api<{ data: unknown[] }>(first.url, '/v1/events')).data).toHaveLength(1);
  } finally {
    await killAll();
    rmSync(folder, { recursive: true, force: true });
  }
}, 20_000);

const days = (...ago: number[]) => ago.map((n) => -n * DAY);
const softly = days(4, 3, 2).map((ms) => said('bounce', ms, full));
const helo = { text: '504 5.5.2 <mx1>: Helo command rejected' };
const gone = (who: string, ms: number) =>
  said('bounce', ms, { text: '550 5.1.2 domain not found', recipient: who, message_id: who });
const block = () => mailstop.ask('PUT', `/v1/suppressions/${ANN}`, { json: {} });

test.each<[what: string, facts: object[], after: string[], by?: () => Promise<unknown>]>([
  ['a soft entry', softly, []],
  ['the expiring entry of a living address', [said('delivery', -9 * DAY), said('bounce', -HOUR, dead)], []],
  ['a hard entry of the last 30 days', [said('bounce', -HOUR, dead)], []],
  [
    'the entry of its domain',
    ['x', 'y', 'z'].map((who, i) => gone(`${who}@example.com`, (i - 3.5) * DAY)),
    [],
  ],
  ['no hard entry of long ago', [said('bounce', -40 * DAY, dead)], ['hard-bounce *']],
  ['no 504', [said('bounce', -HOUR, helo)], ['hard-bounce *']],
  ['no complaint', [said('complaint', -HOUR)], ['complaint *']],
  ['no unsubscribe', [said('unsubscribe', -HOUR)], ['unsubscribe *']],
  ['no entry made by hand', [], ['manual *'], block],
  [
    'nothing that its own message made',
    [said('bounce', -HOUR, { ...dead, message_id: 'last' })],
    ['hard-bounce *'],
  ],
])('T076 a later delivery lifts %s', async (_what, facts, after, by) => {
  const { post } = await mailstop.source();
  for (const fact of facts) await post(fact);
  await by?.();
  mailstop.advance(HOUR);
  const { body } = await mailstop.ask('POST', '/v1/check', { json: { addresses: [ANN] } });
  expect(body.results[0].suppressed).toBe(true);
  await post(said('delivery', MINUTE, { message_id: 'last' }));
  expect(await standing()).toEqual(after);
  expect(await standing('@example.com')).toEqual([]);
});

describe('the order of arrival', () => {
  const kinds = ['soft', 'soft', 'soft', 'soft', 'dead', 'complaint', 'unsubscribe', 'resubscribe'] as const;
  const fact = fc.record({
    kind: fc.constantFrom(...kinds),
    hour: fc.integer({ min: 0, max: 24 * 120 }),
    message: fc.integer({ min: 0, max: 6 }),
  });

  test('T077 and repetition do not matter: the list is that of the sorted, unique facts', async () => {
    const { post } = await mailstop.source();
    let run = 0;
    const listed = async (address: string) =>
      (await listOf(`/v1/suppressions?state=active,held,expired&q=${address}`))
        .map(({ reason, state, until, rule, stream }) => ({ reason, state, until, rule, stream }))
        .sort((a, b) => (a.reason < b.reason ? -1 : 1));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fact, { minLength: 1, maxLength: 12, selector: ({ hour }) => hour }),
        fc.infiniteStream(fc.nat()),
        async (facts, dice) => {
          run += 1;
          const of =
            (recipient: string) =>
            ({ kind, hour, message }: (typeof facts)[number]) => {
              const text = kind === 'soft' ? full : kind === 'dead' ? dead : {};
              const event = kind === 'soft' || kind === 'dead' ? 'bounce' : kind;
              const at = new Date(START - 121 * DAY + hour * HOUR).toISOString();
              return { recipient, event, at, id: `${kind}${hour}`, message_id: `m${message}`, ...text };
            };
          const sorted = facts.toSorted((a, b) => a.hour - b.hour);
          const roll = () => dice.next().value as number;
          const shuffled = [...facts, ...facts.filter(() => roll() % 2 === 0)]
            .map((one) => ({ one, by: roll() }))
            .toSorted((a, b) => a.by - b.by);
          await post(sorted.map(of(`sorted${run}@example.com`)));
          for (const { one } of shuffled) await post(of(`shuffled${run}@example.com`)(one));
          expect(await listed(`shuffled${run}@`)).toEqual(await listed(`sorted${run}@`));
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  }, 20_000);

  test('T077 soft failures count by the day and the message, however often they are told', async () => {
    const { post } = await mailstop.source();
    const third = said('bounce', -2 * DAY, full);
    for (const one of [third, third, said('bounce', -2 * DAY + HOUR, full), said('bounce', -4 * DAY, full)])
      await post(one);
    await post(said('bounce', -5 * DAY, { ...full, message_id: `bounce${-4 * DAY}` }));
    expect(await standing()).toEqual([]);
    await post(said('bounce', -3 * DAY, full));
    expect(await standing()).toEqual(['soft-bounce *']);
  });
});

test.each<[string, unknown, number]>([
  ['in 2038', '2038-01-19T03:14:07Z', 0],
  ['two hours ahead', iso(2 * HOUR), 0],
  ['301 s ahead', iso(301_000), 0],
  ['299 s ahead', iso(299_000), 299_000],
  ['in 1970', '1970-01-01T00:00:01Z', 1_000 - START],
  ['missing', undefined, 0],
  ['in unix seconds', START / 1_000 - 60, -MINUTE],
  ['in unix milliseconds', START - MINUTE, -MINUTE],
  ['in milliseconds, as text', String(START - MINUTE), -MINUTE],
])(
  'T078 a time %s is told beside the time of receipt, decides, and outlives a purge',
  async (_what, at, ms) => {
    const { post } = await mailstop.source();
    await post([bounce(ANN, { at, id: 'b' }), bounce('bob@example.com', { at, id: 'd', event: 'deferral' })]);
    await prune(mailstop.services);
    for (const address of [ANN, 'bob@example.com'])
      expect(await eventsOf(address)).toMatchObject([{ at: iso(ms), received_at: iso(0) }]);
    expect(await standing()).toEqual(['hard-bounce *']);
  },
);
