/** Every queue, cache, body, batch and label set has a bound, and this is what happens at its edge. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { UNMAPPED_A_FLUSH } from '../../src/app/judged-rows.ts';
import { createMetrics, MAX_SERIES } from '../../src/app/metrics.ts';
import { createPolicies, POLICIES_KEPT } from '../../src/app/policies.ts';
import { createSources, SECRETS_KEPT } from '../../src/app/sources.ts';
import { checkLimits } from '../../src/http/routes/check.ts';
import { intakeLimits } from '../../src/http/webhooks.ts';
import { jsonLimits } from '../../src/providers/json.ts';
import { openDatabase, sqliteDriver } from '../../src/store/sqlite.ts';
import { STATEMENTS_KEPT } from '../../src/store/sqlite-writer.ts';
import type { PolicyRow, SourceRow } from '../../src/store/store.ts';
import { bounce, type Harness, SHARED, startHarness } from './harness.ts';

let mailstop: Harness;
let id: string;
let post: (body: unknown) => Promise<{ status: number; body: Record<string, number>; headers: Headers }>;
beforeEach(async () => {
  mailstop = await startHarness();
  ({ id, post } = await mailstop.source());
});
afterEach(() => mailstop.close());

/** Until `open` is called, nothing is committed and no webhook answered. */
function holdCommits(): () => void {
  const { committer } = mailstop.services;
  const { submit } = committer;
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  Object.assign(committer, { submit: (job: never) => opened.then(() => submit(job)) });
  return open;
}
const soon = () => new Promise((resolve) => setTimeout(resolve, 50));

describe('requests on the way', () => {
  it(`are ${intakeLimits.requests} at once; the next is told to come again, and has a place once one has left`, async () => {
    const open = holdCommits();
    const waiting = Array.from({ length: intakeLimits.requests }, (_, i) => post(bounce(`p${i}@x.test`)));
    await soon();
    const told = await post(bounce('one-too-many@x.test'));
    expect(told.status).toBe(503);
    const after = Number(told.headers.get('retry-after'));
    expect(after).toBeGreaterThanOrEqual(1);
    expect(after).toBeLessThanOrEqual(120);
    open();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual(
      Array(intakeLimits.requests).fill(200),
    );
    expect((await post(bounce('one-too-many@x.test'))).status).toBe(200);
  });

  it(`hold ${intakeLimits.bufferedBytes / 1024 / 1024} MiB together, and give them back`, async () => {
    const open = holdCommits();
    const large = (i: number) => bounce(`p${i}@x.test`, { id: `i${i}`, text: 'x'.repeat(4 * 1024 * 1024) });
    const fit = Math.floor(intakeLimits.bufferedBytes / JSON.stringify(large(0)).length);
    const waiting = Array.from({ length: fit }, (_, i) => post(large(i)));
    await soon();
    await soon();
    expect((await post(large(fit))).status).toBe(503);
    open();
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200);
    expect((await post(large(fit))).status).toBe(200);
  });
});

describe('a body', () => {
  const exact = (bytes: number) => {
    const shell = JSON.stringify(bounce('ann@x.test', { note: '' }));
    return JSON.stringify(bounce('ann@x.test', { note: 'x'.repeat(bytes - shell.length) }));
  };
  test.each([
    [intakeLimits.bodyBytes, 200],
    [intakeLimits.bodyBytes + 1, 413],
  ])('of %i bytes at a webhook is answered with %i', async (bytes, status) => {
    const told = await mailstop.ask('POST', `/webhooks/${id}`, {
      key: null,
      body: exact(bytes),
      headers: { 'X-Mailstop-Key': SHARED, 'Content-Type': 'application/json' },
    });
    expect(told.status).toBe(status);
  });

  test.each([
    [checkLimits.bodyBytes, 200],
    [checkLimits.bodyBytes + 1, 413],
  ])('of %i bytes at a check is answered with %i', async (bytes, status) => {
    const shell = '{"addresses":[]}';
    const told = await mailstop.ask('POST', '/v1/check', {
      body: `{"addresses":[]${' '.repeat(bytes - shell.length)}}`,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(told.status).toBe(status);
  });
});

describe('JSON of a provider', () => {
  const nested = (levels: number) => '['.repeat(levels - 1) + ']'.repeat(levels - 1);
  test.each([
    [
      'as deep as it may be',
      `{"recipient":"ann@x.test","event":"bounce","tags":[],"x":${nested(jsonLimits.depth)}}`,
      'accepted',
    ],
    [
      'one level deeper',
      `{"recipient":"ann@x.test","event":"bounce","x":${nested(jsonLimits.depth + 1)}}`,
      'quarantined',
    ],
  ])('%s is %s', async (_what, body, result) => {
    const told = await mailstop.ask('POST', `/webhooks/${id}`, {
      key: null,
      body,
      headers: { 'X-Mailstop-Key': SHARED, 'Content-Type': 'application/json' },
    });
    expect([told.status, told.body[result]]).toEqual([200, 1]);
  });

  test.each([
    [jsonLimits.keysPerObject, 'accepted'],
    [jsonLimits.keysPerObject + 1, 'quarantined'],
  ])('with an object of %i keys is %s', async (keys, result) => {
    const more = Object.fromEntries(
      Array.from({ length: keys - Object.keys(bounce('a@x.test')).length }, (_, i) => [`k${i}`, 1]),
    );
    expect((await post(bounce('ann@x.test', more))).body[result]).toBe(1);
  });
});

describe('what is kept in memory', () => {
  it(`is ${MAX_SERIES} label sets of a metric; the rest is counted as other`, () => {
    const metrics = createMetrics();
    for (let i = 0; i <= MAX_SERIES; i++) metrics.count('mailstop_busy_total', { provider: `p${i}` });
    const lines = metrics
      .render([])
      .split('\n')
      .filter((line) => line.startsWith('mailstop_busy_total{'));
    expect(lines).toHaveLength(MAX_SERIES + 1);
    expect(lines.at(-1)).toBe('mailstop_busy_total{provider="other"} 1');
  });

  it(`is the opened secrets of ${SECRETS_KEPT} sources`, async () => {
    let opened = 0;
    const seal = { open: async () => `{"keys":[],"n":${opened++}}` };
    const sources = createSources({ source: async () => null }, seal as never);
    const row = (i: number) => ({ provider: 'generic', secrets: `s${i}`, streams: '{}' }) as SourceRow;
    for (let i = 0; i < SECRETS_KEPT; i++) await sources.open(row(i));
    await sources.open(row(0));
    expect(opened).toBe(SECRETS_KEPT);
    await sources.open(row(SECRETS_KEPT));
    await sources.open(row(0));
    expect(opened).toBe(SECRETS_KEPT + 2);
  });

  it(`is ${POLICIES_KEPT} compiled policies`, async () => {
    const document = JSON.stringify({ rules: [], streams: {}, matrix: {}, tests: [] });
    const policies = createPolicies({
      policy: async (tenant) => ({ tenant, version: 1, document }) as PolicyRow,
    });
    const first = await policies.of('t0');
    for (let i = 1; i < POLICIES_KEPT; i++) await policies.of(`t${i}`);
    expect(await policies.of('t0')).toBe(first);
    await policies.of('one more');
    expect(await policies.of('t0')).not.toBe(first);
  });

  it(`is ${STATEMENTS_KEPT} prepared statements, and more of them still work`, async () => {
    const driver = sqliteDriver(openDatabase(':memory:'));
    for (let i = 0; i <= STATEMENTS_KEPT; i++)
      expect(await driver.rows({ sql: `select ${i}`, params: [] })).toEqual([[i]]);
    expect(await driver.rows({ sql: 'select 0', params: [] })).toEqual([[0]]);
    await driver.close();
  });
});

it(`${UNMAPPED_A_FLUSH} unknown labels of a request are listed by name, and the rest in one line`, async () => {
  await post(
    Array.from({ length: UNMAPPED_A_FLUSH + 10 }, (_, i) => ({
      recipient: 'ann@x.test',
      event: `label${i}`,
    })),
  );
  const { data } = (await mailstop.ask('GET', '/v1/unmapped')).body;
  expect(data).toHaveLength(UNMAPPED_A_FLUSH + 1);
  expect(data[0]).toMatchObject({ label: '(more)', count: 10 });
});
