/** One bad item never takes its neighbours along, and what could not be read is read later, once. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ProviderEvent } from '../../src/core/event.ts';
import { providers } from '../../src/providers/registry.ts';
import { sendgridSampler } from '../../src/samples/sendgrid.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

const DAY = 86_400_000;
const BATCH = 1_000;

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

// biome-ignore lint/suspicious/noExplicitAny: rows are read field by field
const listOf = async (path: string): Promise<any[]> => (await mailstop.ask('GET', path)).body.data;
const quarantine = () => listOf('/v1/quarantine?limit=1000');
const metric = async (line: string): Promise<number> => {
  const { text } = await mailstop.ask('GET', '/metrics', { key: null });
  return Number(
    text
      .split('\n')
      .find((one) => one.startsWith(`${line} `))
      ?.split(' ')
      .at(-1) ?? 0,
  );
};
const isSuppressed = async (addresses: readonly string[]): Promise<boolean[]> =>
  (await mailstop.ask('POST', '/v1/check', { json: { addresses } })).body.results.map(
    (one: { suppressed: boolean }) => one.suppressed,
  );

/** A signed source of SendGrid. */
async function sendgrid(): Promise<{ id: string; post(events: unknown): ReturnType<Harness['ask']> }> {
  const { source, signing } = await sendgridSampler.source();
  const { id } = await mailstop.source({ provider: 'sendgrid', ...source });
  return {
    id,
    async post(events) {
      const request = await sendgridSampler.request(events, signing, START);
      return mailstop.ask('POST', `/webhooks/${id}`, { key: null, ...request });
    },
  };
}

const failed = (i: number, change: Record<string, unknown> = {}) => ({
  email: `p${i}@example.com`,
  event: 'bounce',
  type: 'bounce',
  reason: '550 5.1.1 user unknown',
  timestamp: Math.floor(START / 1_000) - 60,
  sg_event_id: `e${i}`,
  sg_message_id: `m${i}`,
  ...change,
});
const numbers = Array.from({ length: BATCH }, (_, i) => i);

describe('a batch of 1,000', () => {
  test('T066 with one that cannot be read loses that one alone, and keeps it with its place and reason', async () => {
    const source = await sendgrid();
    const told = await source.post(
      numbers.map((i) => failed(i, i === 500 ? { email: 'no-address-500' } : {})),
    );
    expect([told.status, told.body]).toEqual([
      200,
      { accepted: 999, duplicates: 0, ignored: 0, quarantined: 1 },
    ]);
    const answers = await isSuppressed(numbers.map((i) => `p${i}@example.com`));
    expect(answers.flatMap((suppressed, i) => (suppressed ? [] : [i]))).toEqual([500]);
    const rows = await quarantine();
    expect(rows).toMatchObject([
      { source_id: source.id, item: 500, why: expect.stringContaining('recipient') },
    ]);
    expect(rows[0].raw).toContain('no-address-500');
    expect(rows[0].raw).toContain('user unknown');
    expect(rows[0].receipt_id).toMatch(/^rcp_/);
  });

  test('T067 of which none can be read is kept whole, counted, and kept once', async () => {
    const source = await sendgrid();
    const broken = numbers.map((i) => failed(i, { email: `no-address-${i}` }));
    expect((await source.post(broken)).body).toEqual({
      accepted: 0,
      duplicates: 0,
      ignored: 0,
      quarantined: BATCH,
    });
    const rows = await quarantine();
    expect(rows.map(({ item }) => item).sort((a, b) => a - b)).toEqual(numbers);
    expect(await metric('mailstop_items_total{provider="sendgrid",result="quarantined"}')).toBe(BATCH);
    expect(mailstop.logged.some(({ fields }) => fields.quarantined === BATCH)).toBe(true);
    expect((await source.post(broken)).body).toMatchObject({ duplicates: BATCH, quarantined: 0 });
    expect(await quarantine()).toHaveLength(BATCH);
  });
});

/** The generic adapter as an older version that stumbles over a word, until `mend`. */
function stumbling(word: string): { mend(): void } {
  const generic = providers.find(({ id }) => id === 'generic');
  if (generic === undefined) throw new Error('no generic provider');
  const { parse } = generic;
  Object.assign(generic, {
    parse: (request: Parameters<typeof parse>[0]) => {
      if (new TextDecoder().decode(request.body).includes(word)) throw new RangeError(`secret of ${word}`);
      return parse(request);
    },
  });
  return { mend: () => void Object.assign(generic, { parse }) };
}

describe('an event', () => {
  test.each([
    'victim@example.com\n',
    '\tvictim@example.com',
    'victim@example.com\r\n',
    'victim@example.com\0',
  ])('T049 whose address is %j goes to quarantine, and no key is written', async (recipient) => {
    const { post } = await mailstop.source();
    expect((await post(bounce(recipient))).body).toMatchObject({ accepted: 0, quarantined: 1 });
    expect(await isSuppressed(['victim@example.com'])).toEqual([false]);
    expect((await mailstop.ask('GET', '/v1/events?address=victim@example.com')).body.data).toEqual([]);
  });
});

describe('an adapter that throws', () => {
  let adapter: ReturnType<typeof stumbling>;
  beforeEach(() => {
    adapter = stumbling('poison');
  });
  afterEach(() => adapter.mend());

  const poison = (change: Record<string, unknown> = {}) =>
    bounce('ann@example.com', { text: '550 5.1.1 poison', id: 'poison', ...change });

  test('T068 is answered 200: the request is kept as it came, its neighbours flow, and it is read after a fix', async () => {
    const source = await mailstop.source();
    const other = await sendgrid();
    const body = ` [${JSON.stringify(poison())},${JSON.stringify(bounce('bob@example.com', { id: 'b' }))}]`;
    const headers = { 'X-Mailstop-Key': 'shared-secret-of-the-tests' };
    const [bad, ...good] = await Promise.all([
      mailstop.ask('POST', `/webhooks/${source.id}`, { key: null, body, headers }),
      source.post(bounce('cy@example.com', { id: 'c' })),
      other.post([failed(1)]),
    ]);
    expect([bad.status, bad.body]).toEqual([200, { accepted: 0, duplicates: 0, ignored: 0, quarantined: 1 }]);
    for (const told of good) expect(told).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect(await isSuppressed(['ann@example.com', 'cy@example.com', 'p1@example.com'])).toEqual([
      false,
      true,
      true,
    ]);
    const [held, ...more] = await quarantine();
    expect(more).toEqual([]);
    expect(held).toMatchObject({ source_id: source.id, item: -1 });
    expect(held.why).toContain('RangeError');
    expect(held.why).not.toContain('secret of');
    const receipt = await mailstop.store.receipt('default', held.receipt_id);
    expect(new TextDecoder().decode(receipt?.body)).toBe(body);
    const one = (key?: string) =>
      mailstop.ask('GET', `/v1/quarantine/${held.id}`, key === undefined ? {} : { key });
    expect((await one()).body).toEqual({ ...held, raw: body });
    expect((await one(await mailstop.key(['read']))).body).toEqual(held);
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'Rival' } });
    expect((await one(await mailstop.key(['admin'], 'rival'))).status).toBe(404);

    const replay = () => mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`);
    expect((await replay()).body).toMatchObject({ accepted: 0, quarantined: 1 });
    expect(await quarantine()).toHaveLength(1);
    adapter.mend();
    expect((await replay()).body).toEqual({
      accepted: 2,
      duplicates: 0,
      ignored: 0,
      quarantined: 0,
      why: null,
    });
    expect(await quarantine()).toEqual([]);
    expect(await isSuppressed(['ann@example.com', 'bob@example.com'])).toEqual([true, true]);
  });

  test.each([
    ['a time of its own', { at: new Date(START - 3_600_000).toISOString() }, START - 3_600_000],
    ['no time', { at: undefined }, START],
  ])(
    'T069 a replay of a report with %s keeps its times, changes things once, and is in the audit',
    async (_what, change, at) => {
      const source = await mailstop.source();
      await source.post(poison(change));
      mailstop.advance(DAY);
      adapter.mend();
      const [held] = await quarantine();
      const key = await mailstop.key(['read', 'write']);
      const replay = () => mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`, { key });
      const both = await Promise.all([replay(), replay()]);
      expect(both.reduce((sum, { body }) => sum + (body.accepted ?? 0), 0)).toBe(1);
      expect((await replay()).status).toBe(404);
      const events = await listOf('/v1/events');
      expect(events).toHaveLength(1);
      expect([Date.parse(events[0].at), Date.parse(events[0].received_at)]).toEqual([at, START]);
      expect(await listOf('/v1/suppressions')).toMatchObject([{ address: 'ann@example.com' }]);
      const changes = await listOf('/v1/changes');
      expect(changes).toHaveLength(1);
      const audit = (await listOf('/v1/audit')).filter(({ action }) => action === 'quarantine.replay');
      expect(audit[0]).toMatchObject({
        actor: expect.stringMatching(/^key_(?!admin)/),
        subject: held.id,
        detail: { source_id: source.id, receipt_id: held.receipt_id },
      });
    },
  );

  test('T069 a replay of what has come again meanwhile counts it as a duplicate', async () => {
    const source = await mailstop.source();
    await source.post(poison());
    adapter.mend();
    await source.post(poison());
    const [held] = await quarantine();
    expect((await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`)).body).toMatchObject({
      accepted: 0,
      duplicates: 1,
      why: null,
    });
    expect(await listOf('/v1/events')).toHaveLength(1);
  });
});

/** The generic adapter as one that finds something else than it promises. */
function finding(change: (event: ProviderEvent) => ProviderEvent): { mend(): void } {
  const generic = providers.find(({ id }) => id === 'generic');
  if (generic === undefined) throw new Error('no generic provider');
  const { parse } = generic;
  Object.assign(generic, {
    async parse(request: Parameters<typeof parse>[0]) {
      const parsed = await parse(request);
      if (!parsed.ok || parsed.value.type !== 'items') return parsed;
      const items = parsed.value.items.map((item) =>
        item.type === 'event' && JSON.stringify(item).includes('poison')
          ? { ...item, event: change(item.event) }
          : item,
      );
      return { ...parsed, value: { ...parsed.value, items } };
    },
  });
  return { mend: () => void Object.assign(generic, { parse }) };
}

describe('an adapter that finds what it may not', () => {
  let adapter: ReturnType<typeof finding>;
  afterEach(() => adapter.mend());
  const post = async (source: { post(body: unknown): ReturnType<Harness['ask']> }) =>
    (
      await Promise.all([
        source.post([bounce('ann@example.com', { id: 'poison' }), bounce('bob@example.com', { id: 'b' })]),
        source.post(bounce('cy@example.com', { id: 'c' })),
      ])
    ).map(({ status, body }) => [status, body.accepted, body.quarantined]);

  test('T068 that cannot be read: it alone is in quarantine, and is read after a fix', async () => {
    adapter = finding((event) => ({ ...event, reply: null as never }));
    const source = await mailstop.source();
    expect(await post(source)).toEqual([
      [200, 1, 1],
      [200, 1, 0],
    ]);
    const [held] = await quarantine();
    expect(held).toMatchObject({ item: 0, why: expect.stringContaining('TypeError') });
    const replay = () => mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`);
    expect((await replay()).body).toMatchObject({
      quarantined: 1,
      why: expect.stringContaining('TypeError'),
    });
    adapter.mend();
    expect((await replay()).body).toMatchObject({ accepted: 1, why: null });
    expect(await isSuppressed(['ann@example.com', 'bob@example.com', 'cy@example.com'])).toEqual([
      true,
      true,
      true,
    ]);
  });

  test('T068 that cannot be stored: its request is in quarantine, once, and its neighbours flow', async () => {
    adapter = finding((event) => ({ ...event, messageId: { toString: null } as never }));
    const source = await mailstop.source();
    expect(await post(source)).toEqual([
      [200, 0, 1],
      [200, 1, 0],
    ]);
    expect((await post(source))[0]).toEqual([200, 0, 0]);
    const [held, ...more] = await quarantine();
    expect(more).toEqual([]);
    expect(held).toMatchObject({ item: -1, why: expect.stringContaining('replay it after an update') });
    adapter.mend();
    expect((await mailstop.ask('POST', `/v1/quarantine/${held.id}/replay`)).body).toMatchObject({
      accepted: 2,
      why: null,
    });
  });

  test('T068 while its source is paused: what came after it is taken in all the same', async () => {
    adapter = finding((event) => ({ ...event, messageId: { toString: null } as never }));
    const source = await mailstop.source();
    const patch = (paused: boolean) =>
      mailstop.ask('PATCH', `/v1/sources/${source.id}`, { json: { paused } });
    await patch(true);
    await source.post(bounce('ann@example.com', { id: 'poison' }));
    await source.post(bounce('bob@example.com', { id: 'b' }));
    await patch(false);
    expect(await isSuppressed(['ann@example.com', 'bob@example.com'])).toEqual([false, true]);
    expect(await quarantine()).toHaveLength(1);
  });

  test('a time that is none is that of the receipt', async () => {
    adapter = finding((event) => ({ ...event, at: Number.NaN }));
    const source = await mailstop.source();
    expect(await post(source)).toEqual([
      [200, 2, 0],
      [200, 1, 0],
    ]);
    expect((await listOf('/v1/events?address=ann@example.com')).map(({ at }) => Date.parse(at))).toEqual([
      START,
    ]);
  });
});

describe('labels that no table knows', () => {
  const unknown = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({
      recipient: 'ann@example.com',
      event: `label-${from + i}`,
    }));
  const series = async () =>
    (await mailstop.ask('GET', '/metrics', { key: null })).text
      .split('\n')
      .map((line) => line.replace(/ \S+$/, ''));

  test('T070 are ignored, listed as unmapped and counted; a flood of them fills neither list nor metrics', async () => {
    const source = await mailstop.source();
    expect((await source.post(unknown(0, 1))).body).toEqual({
      accepted: 0,
      duplicates: 0,
      ignored: 1,
      quarantined: 0,
    });
    expect(await listOf('/v1/unmapped')).toMatchObject([
      { provider: 'generic', label: 'label-0', count: 1, sample: 'label-0' },
    ]);
    await series();
    const before = await series();
    expect((await source.post(unknown(0, 500))).body.ignored).toBe(500);
    expect(await series()).toEqual(before);
    expect(before.join('\n')).not.toContain('label-');
    const rows = await listOf('/v1/unmapped');
    expect(rows.length).toBeLessThanOrEqual(51);
    expect(rows.reduce((sum, { count }) => sum + count, 0)).toBe(501);
    expect(await metric('mailstop_items_total{provider="generic",result="ignored"}')).toBe(501);
    expect(await isSuppressed(['ann@example.com'])).toEqual([false]);
    expect(await quarantine()).toEqual([]);
  });
});
