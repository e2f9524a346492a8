/** Outgoing webhooks: what receivers are told, and what becomes of those who do not listen. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPace } from '../../src/app/outbox.ts';
import type { Outbound } from '../../src/app/runtime.ts';
import { listenForSilence } from '../../src/app/silence.ts';
import { deliveryLimits } from '../../src/app/webhooks.ts';
import { nodeOutbound } from '../../src/outbound.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { verifyStandardWebhooks } from '../../src/providers/verify/standard-webhooks.ts';
import { bounce, type Harness, START, startHarness } from './harness.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const RECEIVER = 'https://receiver.example/hook';

interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly raw: string;
  readonly body: {
    readonly type: string;
    readonly timestamp: string;
    readonly data: Readonly<Record<string, unknown>>;
  };
}

let mailstop: Harness;
let sent: Sent[];
type Answer = Awaited<ReturnType<Outbound['post']>>;
let answer: (body: Sent['body'], url: string) => Answer | Promise<Answer>;
let now = START;

const taken = () => ({ status: 200, retryAfter: null });

beforeEach(async () => {
  sent = [];
  now = START;
  answer = taken;
  mailstop = await startHarness({
    outbound: {
      refusal: async ({ hostname }) =>
        hostname === 'inside.example' ? 'leads to this machine or a private network' : null,
      async post(url, { headers, body }) {
        const one = { url: url.href, headers, body: JSON.parse(body), raw: body };
        sent.push(one);
        return answer(one.body, one.url);
      },
    },
  });
});
afterEach(() => mailstop.close());

const advance = (ms: number) => {
  now += ms;
  mailstop.advance(ms);
};
const make = async (more: object = {}) =>
  (await mailstop.ask('POST', '/v1/webhooks', { json: { url: RECEIVER, ...more } })).body;
const block = (address: string, more: object = {}) =>
  mailstop.ask('PUT', `/v1/suppressions/${address}`, { json: more });
const release = (address: string) =>
  mailstop.ask('DELETE', `/v1/suppressions/${address}`, { json: { why: 'test' } });
const deliver = () => mailstop.services.webhooks.deliver();
const shown = async () => (await mailstop.ask('GET', '/v1/webhooks')).body.data[0];
const told = () => sent.map(({ body }) => `${body.type} ${body.data.address ?? body.data.id}`);
const isProven = async (one: Sent | undefined, secret: string) =>
  (
    await verifyStandardWebhooks(
      { headers: new Headers(one?.headers), body: utf8(one?.raw ?? '') },
      [secret],
      now,
    )
  ).ok;

describe('a receiver', () => {
  it('is told of each change from then on, once, in order, and signed', async () => {
    await block('before@a.test');
    const { secret } = await make();
    const until = new Date(START + DAY).toISOString();
    await block('ann@a.test', { until });
    await block('ann@a.test');
    await release('ann@a.test');
    await deliver();
    await deliver();
    expect(told()).toEqual([
      'suppression.created ann@a.test',
      'suppression.extended ann@a.test',
      'suppression.released ann@a.test',
    ]);
    expect(sent[0]?.url).toBe(RECEIVER);
    expect(sent[0]?.body).toMatchObject({
      timestamp: new Date(START).toISOString(),
      data: { reason: 'manual', stream: '*', state: 'active', until },
    });
    expect(await isProven(sent[0], secret)).toBe(true);
    expect(await isProven(sent[0], `whsec_${btoa('x'.repeat(32))}`)).toBe(false);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(3);
    expect(await shown()).toMatchObject({ attempts: 0, last_status: 200, last_at: expect.any(String) });
  });

  it('is told what has run out, also of many entries of one time', async () => {
    await make({ types: ['suppression.expired'] });
    const until = new Date(START + DAY).toISOString();
    const rows = Array.from({ length: deliveryLimits.page + 50 }, (_, i) => `p${i}@a.test,${until}`);
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body: ['address,until', ...rows].join('\n'),
      headers: { 'Content-Type': 'text/csv' },
    });
    await deliver();
    expect(sent).toEqual([]);
    advance(DAY + 1);
    await deliver();
    expect(new Set(told()).size).toBe(rows.length);
    await deliver();
    expect(sent).toHaveLength(rows.length);
  });

  it('that fails is asked again later with the same id, and misses nothing', async () => {
    await make();
    await block('ann@a.test');
    await block('bob@a.test');
    answer = ({ data }) => ({ status: data.address === 'ann@a.test' ? 200 : 500, retryAfter: null });
    await deliver();
    expect(await shown()).toMatchObject({ attempts: 1, last_status: 500, next_at: expect.any(String) });
    const before = sent.length;
    await deliver();
    expect(sent).toHaveLength(before);
    answer = taken;
    advance(10_000);
    await deliver();
    expect(told().at(-1)).toBe('suppression.created bob@a.test');
    const idsOf = (address: string) =>
      sent.filter(({ body }) => body.data.address === address).map(({ headers }) => headers['webhook-id']);
    expect(idsOf('bob@a.test')).toHaveLength(2);
    expect(new Set(idsOf('bob@a.test')).size).toBe(1);
    expect(idsOf('ann@a.test')).toHaveLength(1);
    expect(await shown()).toMatchObject({ attempts: 0, failing_since: null });
  });

  it('is waited for as long as it asks', async () => {
    await make();
    await block('ann@a.test');
    answer = () => ({ status: 429, retryAfter: '3600' });
    await deliver();
    expect(Date.parse((await shown()).next_at)).toBeGreaterThanOrEqual(START + HOUR);
  });

  it.each([
    ['that answers 410 is disabled at once', () => ({ status: 410, retryAfter: null }), 1],
    ['that is away for five days is disabled', () => null, 20],
  ] as readonly (readonly [string, typeof answer, number])[])(
    '%s, and goes on where it was once it is enabled',
    async (_title, failing, most) => {
      const { id } = await make();
      await block('ann@a.test');
      answer = failing;
      let tries = 0;
      for (; tries < 40 && !(await shown()).disabled; tries++) {
        await deliver();
        advance(DAY);
      }
      expect(tries).toBeLessThanOrEqual(most);
      expect(await shown()).toMatchObject({ disabled: true, why: expect.any(String) });
      const before = sent.length;
      await deliver();
      expect(sent).toHaveLength(before);
      answer = taken;
      await mailstop.ask('PATCH', `/v1/webhooks/${id}`, { json: { disabled: false } });
      await deliver();
      expect(told().at(-1)).toBe('suppression.created ann@a.test');
      expect(await shown()).toMatchObject({ disabled: false, why: null });
    },
  );

  it('that takes some is not counted as one that takes nothing', async () => {
    await make();
    await block('ann@a.test');
    answer = () => null;
    await deliver();
    expect((await shown()).failing_since).toBe(new Date(now).toISOString());
    advance(4 * DAY);
    await block('bob@a.test');
    await block('bob@a.test', { reason: 'complaint' });
    answer = ({ data }) => (data.address === 'ann@a.test' ? taken() : null);
    await deliver();
    expect(await shown()).toMatchObject({ attempts: 1, failing_since: new Date(now).toISOString() });
    expect((await shown()).last_at).toBe(new Date(now).toISOString());
  });

  it('that wants none of it is sent nothing, and told of no success', async () => {
    await make({ types: ['incident.opened'] });
    await block('ann@a.test');
    await deliver();
    expect(sent).toEqual([]);
    expect(await shown()).toMatchObject({ last_at: null, last_status: null });
  });

  it('that is disabled while it is delivered to stays so', async () => {
    const { id } = await make();
    await block('ann@a.test');
    let change: Promise<unknown> = Promise.resolve();
    answer = () => {
      change = mailstop.ask('PATCH', `/v1/webhooks/${id}`, { json: { disabled: true } });
      return taken();
    };
    await deliver();
    await change;
    await deliver();
    expect(await shown()).toMatchObject({ disabled: true });
  });

  it('whose secrets cannot be read keeps nobody else waiting, and is told in the log', async () => {
    const { id } = await make();
    await make({ url: 'https://other.example/hook' });
    const row = await mailstop.store.webhook('default', id);
    if (row !== null)
      await mailstop.store.configure({ put: 'webhook', row: { ...row, secrets: 'v1.broken' } }, null);
    await block('ann@a.test');
    await deliver();
    expect(sent.map(({ url }) => url)).toEqual(['https://other.example/hook']);
    expect(mailstop.logged.filter(({ fields }) => fields.webhook === id)).toHaveLength(1);
  });

  it('gets a new secret, and the one before signs as well', async () => {
    const { id, secret } = await make();
    const changed = await mailstop.ask('PATCH', `/v1/webhooks/${id}`, { json: { new_secret: true } });
    await block('ann@a.test');
    await deliver();
    expect(changed.body.secret).not.toBe(secret);
    expect([await isProven(sent[0], secret), await isProven(sent[0], changed.body.secret)]).toEqual([
      true,
      true,
    ]);
  });

  it('is told of an incident, and of a source that falls silent and speaks again', async () => {
    const { post, id } = await mailstop.source();
    await make({ types: ['incident.opened', 'incident.closed', 'source.silent', 'source.heard'] });
    const many = Array.from({ length: 100 }, (_, i) =>
      bounce(`p${i}@gmail.com`, { id: `${i}`, message_id: `m${i}` }),
    );
    await post(many);
    await mailstop.services.guard.look('noticed');
    const [incident] = (await mailstop.ask('GET', '/v1/incidents')).body.data;
    await mailstop.ask('POST', `/v1/incidents/${incident.id}/release`, { json: { why: 'outage' } });
    const listen = () => listenForSilence(mailstop.services);
    for (let hour = 0; hour < 6; hour++) {
      advance(HOUR);
      await post(bounce(`h${hour}@a.test`, { id: `h${hour}` }));
    }
    await listen();
    advance(7 * HOUR);
    await listen();
    advance(60_000);
    await listen();
    await post(bounce('again@a.test', { id: 'again' }));
    advance(60_000);
    await listen();
    await deliver();
    // Of two subjects, either may be told first.
    const toldOf = (subject: string) => told().filter((line) => line.endsWith(` ${subject}`));
    expect(toldOf(incident.id)).toEqual([`incident.opened ${incident.id}`, `incident.closed ${incident.id}`]);
    expect(toldOf(id)).toEqual([`source.silent ${id}`, `source.heard ${id}`]);
    expect(sent).toHaveLength(4);
    expect(
      mailstop.logged.filter(
        ({ level, fields }) => level === 'warn' && fields.source === `${id.slice(0, 12)}…`,
      ),
    ).toHaveLength(1);
  });

  it('is told once of a source that falls silent, though two servers listen', async () => {
    const { post, id } = await mailstop.source();
    for (let hour = 0; hour < 6; hour++) {
      advance(HOUR);
      await post(bounce(`h${hour}@a.test`, { id: `h${hour}` }));
    }
    advance(7 * HOUR);
    const other = await startHarness({ storeOf: () => mailstop.store });
    other.advance(mailstop.services.runtime.now() - START);
    await Promise.all([mailstop, other].map(({ services }) => listenForSilence(services)));
    const told = await mailstop.store.noticesAfter('default', 0, 10);
    expect(told.map(({ type, data }) => [type, JSON.parse(data).id])).toEqual([['source.silent', id]]);
  });
});

describe('what runs out', () => {
  it('at one time is told page by page, each once, whatever breaks off between', async () => {
    await make({ types: ['suppression.expired'] });
    const until = new Date(START + HOUR).toISOString();
    const body = Array.from({ length: 450 }, (_, i) =>
      JSON.stringify({ address: `p${i}@a.test`, until }),
    ).join('\n');
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body,
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    await deliver();
    advance(2 * HOUR);
    const read: number[] = [];
    const { store } = mailstop.services;
    const { ranOut } = store;
    Object.assign(store, {
      ranOut: async (...given: Parameters<typeof ranOut>) => {
        const rows = await ranOut(...given);
        read.push(rows.length);
        return rows;
      },
    });
    answer = () => (sent.length === 301 ? null : taken());
    await deliver();
    advance(HOUR);
    await deliver();
    expect(Math.max(...read)).toBe(deliveryLimits.page);
    expect(new Set(told()).size).toBe(450);
    // What went together with the one that failed comes again.
    expect(sent.length).toBeLessThan(450 + deliveryLimits.atOnce);
  });
});

it('what a person changes leaves a delivery where it is', async () => {
  const { id } = await make();
  await block('ann@a.test');
  const { store } = mailstop.services;
  const { webhook } = store;
  // The delivery comes between what the change reads and what it writes.
  Object.assign(store, {
    webhook: async (tenant: string, of: string) => {
      const row = await webhook(tenant, of);
      Object.assign(store, { webhook });
      await deliver();
      return row;
    },
  });
  await mailstop.ask('PATCH', `/v1/webhooks/${id}`, { json: { types: [] } });
  await deliver();
  expect(told()).toEqual(['suppression.created ann@a.test']);
});

describe('a receiver that never answers', () => {
  const HOLE = 'https://hole.example/hook';
  let end: () => void;
  beforeEach(() => {
    const ended = new Promise<Answer>((done) => {
      end = () => done(null);
    });
    answer = (_body, url) => (url === HOLE ? ended : taken());
  });
  const toldAt = (url: string) => sent.filter((one) => one.url === url).map(({ body }) => body.data.address);

  it('keeps no other waiting, is asked once meanwhile, and loses nothing', async () => {
    await make({ url: HOLE });
    await make();
    const pace = createPace();
    for (const address of ['ann@a.test', 'bob@a.test', 'cat@a.test']) {
      await block(address);
      await mailstop.services.webhooks.begin(pace);
      await expect.poll(() => toldAt(RECEIVER)).toContain(address);
    }
    expect(toldAt(HOLE)).toEqual(['ann@a.test']);
    end();
    await pace.idle();
    answer = taken;
    advance(10_000);
    await deliver();
    // Of several addresses in no order.
    expect(toldAt(HOLE).toSorted()).toEqual(['ann@a.test', 'ann@a.test', 'bob@a.test', 'cat@a.test']);
  });

  it('takes one place of so many, and who comes after them waits for room', async () => {
    for (let i = 0; i < 3; i++) await make({ url: HOLE });
    await make();
    await block('ann@a.test');
    const pace = createPace(3);
    const begun = mailstop.services.webhooks.begin(pace);
    await expect.poll(() => toldAt(HOLE)).toHaveLength(3);
    expect(toldAt(RECEIVER)).toEqual([]);
    end();
    await begun;
    await pace.idle();
    expect(toldAt(RECEIVER)).toEqual(['ann@a.test']);
  });
});

it.each([
  ['a private network', { url: 'https://inside.example/' }, '/url'],
  ['no URL', { url: 'receiver' }, '/url'],
  ['an unknown type', { url: RECEIVER, types: ['suppression.deleted'] }, '/types/0'],
])('one with %s is refused, and nothing is stored', async (_title, json, pointer) => {
  const refused = await mailstop.ask('POST', '/v1/webhooks', { json });
  expect(refused.status).toBe(422);
  expect(refused.body.errors[0].pointer).toBe(pointer);
  expect((await mailstop.ask('GET', '/v1/webhooks')).body.data).toEqual([]);
});

it('one of plain HTTP is refused with what to do, when it is made and when it is changed', async () => {
  const { refusal } = nodeOutbound();
  const server = await startHarness({ outbound: { refusal } });
  const url = 'http://93.184.215.14/hook';
  const made = await server.ask('POST', '/v1/webhooks', { json: { url: url.replace('http:', 'https:') } });
  expect(made.status).toBe(201);
  for (const [method, path] of [
    ['POST', '/v1/webhooks'],
    ['PATCH', `/v1/webhooks/${made.body.id}`],
  ] as const) {
    const { status, body } = await server.ask(method, path, { json: { url } });
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ pointer: '/url', detail: 'must begin with https://' }]);
  }
  await server.close();
});

it('a secret is never shown again, and kept sealed', async () => {
  const { id, secret } = await make();
  expect(JSON.stringify(await shown())).not.toContain(secret);
  expect((await mailstop.store.webhook('default', id))?.secrets).not.toContain(secret.slice(6));
  expect((await mailstop.ask('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
  expect((await mailstop.ask('DELETE', `/v1/webhooks/${id}`)).status).toBe(404);
});

describe('a test message', () => {
  const test = (id: string, key?: string) =>
    mailstop.ask('POST', `/v1/webhooks/${id}/test`, key === undefined ? {} : { key });

  it.each([
    ['takes it', () => ({ status: 204, retryAfter: null }), { delivered: true, status: 204 }],
    ['refuses it', () => ({ status: 500, retryAfter: null }), { delivered: false, status: 500 }],
    ['ends it', () => ({ status: 410, retryAfter: null }), { delivered: false, status: 410 }],
    ['is away', () => null, { delivered: false, status: null }],
  ])(
    'is sent once, signed; a receiver that %s is told of, and nothing else changes',
    async (_what, says, told) => {
      const { id, secret } = await make({ types: ['incident.opened'] });
      const before = await shown();
      answer = says;
      const answered = await test(id);
      expect([answered.status, answered.body]).toEqual([200, { ...told, took_ms: expect.any(Number) }]);
      expect(sent.map(({ body }) => [body.type, body.data])).toEqual([['webhook.test', { id }]]);
      expect(await isProven(sent[0], secret)).toBe(true);
      expect(await shown()).toEqual(before);
    },
  );

  it('goes to one that is disabled too, and to none of another tenant', async () => {
    const { id } = await make();
    await mailstop.ask('PATCH', `/v1/webhooks/${id}`, { json: { disabled: true } });
    expect((await test(id)).body.delivered).toBe(true);
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    expect((await test(id, await mailstop.key(['admin'], 'rival'))).status).toBe(404);
    expect((await test(id, await mailstop.key(['read', 'write', 'release']))).status).toBe(403);
    expect(sent).toHaveLength(1);
  });
});
