import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { cloudflare } from '../../src/providers/cloudflare.ts';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { cloudflareSampler } from '../../src/samples/cloudflare.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/cloudflare_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await cloudflare.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventsOf(body: unknown) {
  return (await itemsOf(body)).map((item) => {
    if (item.type !== 'event') throw new Error(JSON.stringify(item));
    return item.event;
  });
}

const event = (name = 'bounced', fields: Record<string, unknown> = {}) => ({
  type: `cf.email.sending.message.${name}`,
  source: { type: 'email.sending', domain: 'send.shop.test' },
  payload: {
    eventId: 'e-1',
    messageId: 'm-1',
    sender: 'news@send.shop.test',
    recipient: 'ada@ex.test',
    delivery: {
      status: name,
      smtpStatusCode: '550',
      smtpEnhancedStatusCode: '5.1.1',
      smtpResponse: '550 5.1.1 no such user',
    },
    bounce: { type: 'hard', classification: 'permanent_failure', reason: '550 5.1.1 no such user' },
    ...fields,
  },
  metadata: { eventSchemaVersion: 1, eventTimestamp: '2026-05-28T20:28:20.123Z' },
});

describe('events of Cloudflare', () => {
  it('are read field by field', async () => {
    expect(await eventsOf(event())).toEqual([
      {
        meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-05-28T20:28:20.123Z'),
        reply: { code: '550', enhanced: '5.1.1', text: '550 5.1.1 no such user' },
        providerType: 'bounced/hard/permanent_failure',
        eventId: 'e-1',
        messageId: 'm-1',
        group: 'send.shop.test',
      },
    ]);
  });

  const body = event();
  const message = { id: '1', timestamp_ms: NOW, attempts: 1 };
  test.each([
    ['one event', body],
    ['an array', [body]],
    ['a line each', `${JSON.stringify(body)}\n\n`],
    ['one message of a queue', { ...message, body }],
    ['an array of messages', [{ ...message, body }]],
    ['a batch', { queue: 'email-events', messages: [{ ...message, body }] }],
    ['an answer to a pull', { success: true, result: { messages: [{ ...message, body }] } }],
    ['a pulled message in text', { messages: [{ ...message, body: JSON.stringify(body) }] }],
    [
      'a pulled message in base64',
      { messages: [{ ...message, body: toBase64(utf8(JSON.stringify(body))) }] },
    ],
    ['a batch of bare events', { messages: [body] }],
  ])('come as %s', async (_, sent) => {
    expect(await eventsOf(sent)).toMatchObject([{ recipient: 'ada@ex.test', eventId: 'e-1' }]);
  });

  it('that cannot be read lose no neighbour', async () => {
    const messages = [7, { body: 'x' }, { body: null }, { body }, { id: '2' }];
    const told = (await itemsOf({ messages })).map(({ type }) => type);
    expect(told).toEqual(['unreadable', 'unreadable', 'unreadable', 'event', 'unreadable']);
    expect((await itemsOf([{}, body])).map(({ type }) => type)).toEqual(['unreadable', 'event']);
  });

  const mute = { delivery: {}, bounce: undefined };
  test.each([
    ['bounced', { bounce: { type: 'soft' } }, 'bounce', '4.0.0', undefined],
    ['bounced', mute, 'bounce', undefined, undefined],
    ['bounced', { bounce: { type: 'fluffy' } }, 'bounce', undefined, undefined],
    ['deferred', { bounce: { type: 'soft' } }, 'deferral', '4.0.0', undefined],
    ['delivered', mute, 'delivery', undefined, 'delivered'],
    ['rejected', { ...mute, rejection: { reason: 'suppressed' } }, 'reject', '5.7.1', 'suppressed'],
    ['rejected', { ...mute, rejection: { reason: 'spam' } }, 'reject', undefined, 'policy-rejected'],
    ['complained', { ...mute, complaint: { type: 'abuse' } }, 'complaint', undefined, 'complaint'],
  ])('%s with %j are a %s', async (name, fields, kind, enhanced, category) => {
    const [{ meaning } = { meaning: undefined }] = await eventsOf(event(name, fields));
    expect([meaning?.kind, meaning?.enhanced, meaning?.category]).toEqual([kind, enhanced, category]);
  });

  it('of a suppressed address say that it is on Cloudflare’s list, in Cloudflare’s words', async () => {
    const rejection = { reason: 'suppressed', party: 'recipient', detail: 'Recipient is suppressed' };
    expect(await eventsOf(event('rejected', { delivery: {}, bounce: undefined, rejection }))).toMatchObject([
      { listed: true, reply: { text: 'Recipient is suppressed' }, providerType: 'rejected/suppressed' },
    ]);
    expect((await eventsOf(event()))[0]?.listed).toBeUndefined();
  });

  test.each([
    ['not-spam', 'not-spam'],
    ['fraud', 'fraud'],
    ['moonphase', undefined],
    ['constructor', undefined],
  ])('of a complaint of type %s carry feedback %s', async (type, feedback) => {
    const [found] = await eventsOf(event('complained', { complaint: { type } }));
    expect(found?.meaning.kind).toBe('complaint');
    expect(found?.meaning.feedback).toBe(feedback);
  });

  test.each([
    ['cf.email.sending.message.failed', 'failed', true],
    ['cf.email.sending.message.novelty', 'novelty', false],
    ['cf.email.sending.message.constructor', 'constructor', false],
    ['cf.kv.namespace.created', 'cf.kv.namespace.created', false],
  ])('of type %s are ignored', async (type, label, known) => {
    expect(await itemsOf({ ...event(), type })).toEqual([{ type: 'ignored', label, known }]);
  });
});

describe('Cloudflare, the rest', () => {
  test.each(['', 'null-', '{"type":'])('the body %j is quarantined whole', async (sent) => {
    expect((await cloudflare.parse(request(sent))).ok).toBe(false);
  });

  it('T026 an empty key is refused', () => {
    expect(cloudflare.checkKey?.('')).not.toBeNull();
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await cloudflareSampler.source();
    const keys = source.secrets.keys ?? [];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of cloudflareSampler.samples(NOW)) {
      const { headers, body } = await cloudflareSampler.request(sample.payload, signing, NOW);
      const sent = { ...request(body), headers: new Headers(headers) };
      expect((await cloudflare.verify(sent, trust, io)).ok).toBe(true);
      expect((await cloudflare.verify(request(body), trust, io)).ok).toBe(false);
      const [found] = await eventsOf(body);
      expect([found?.meaning.kind, found?.recipient, found?.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
