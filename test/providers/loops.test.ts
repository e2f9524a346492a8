import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { loops } from '../../src/providers/loops.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { loopsSampler } from '../../src/samples/loops.ts';

const NOW = 1_790_000_000_000;

const request = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/loops_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemOf(body: unknown, headers = {}): Promise<Item> {
  const result = await loops.parse(request(body, headers));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  const [item, ...rest] = result.value.items;
  if (item === undefined || rest.length > 0) throw new Error('one event makes one item');
  return item;
}

async function eventOf(body: unknown, headers = {}) {
  const item = await itemOf(body, headers);
  if (item.type !== 'event') throw new Error(JSON.stringify(item));
  return item.event;
}

const event = (eventName: unknown, fields: Record<string, unknown> = {}) => ({
  eventName,
  eventTime: 1_780_000_007,
  webhookSchemaVersion: '1.0.0',
  contactIdentity: { id: 'contact-7', email: 'ada@ex.test', userId: null },
  ...fields,
});
const mail = { email: { id: 'email-7', emailMessageId: 'version-7', subject: 'Hello' } };

describe('Loops events', () => {
  it('are read field by field', async () => {
    const read = await eventOf(event('email.hardBounced', mail), { 'webhook-id': 'msg_7' });
    expect(read).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: 1_780_000_007_000,
      reply: {},
      providerType: 'email.hardBounced',
      eventId: 'msg_7',
      messageId: 'email-7',
    });
  });

  test.each([
    ['email.softBounced', 'deferral', '450'],
    ['email.delivered', 'delivery', '250'],
    ['email.spamReported', 'complaint', undefined],
    ['email.unsubscribed', 'unsubscribe', undefined],
    ['email.resubscribed', 'resubscribe', undefined],
    ['contact.unsubscribed', 'unsubscribe', undefined],
  ])('%s is a %s of all mail', async (name, kind, code) => {
    const { meaning, group } = await eventOf(event(name, mail));
    expect([meaning.kind, meaning.code, group]).toEqual([kind, code, undefined]);
  });

  test.each([
    ['contact.mailingList.unsubscribed', 'unsubscribe'],
    ['contact.mailingList.subscribed', 'resubscribe'],
  ])('%s is an %s of that list alone', async (name, kind) => {
    const read = await eventOf(event(name, { mailingList: { id: 'list-7', name: 'News' } }));
    expect([read.meaning.kind, read.group, read.messageId]).toEqual([kind, 'list-7', null]);
    for (const mailingList of [undefined, null, {}, 'list-7'])
      expect(await itemOf(event(name, { mailingList }))).toMatchObject({ type: 'unreadable' });
  });

  test.each(['contact.created', 'campaign.email.sent', 'email.opened', 'testing.testEvent'])(
    '%s is ignored',
    async (name) => {
      expect(await itemOf(event(name))).toEqual({ type: 'ignored', label: name, known: true });
    },
  );

  test.each(['email.imagined', 'constructor', '__proto__'])('%s is listed as unmapped', async (name) => {
    expect(await itemOf(event(name))).toEqual({ type: 'ignored', label: name, known: false });
  });

  test.each([undefined, null, 'ada@ex.test', {}])(
    'T057 hand on what stands for the contact: %j',
    async (who) => {
      const { recipient } = await eventOf(event('email.hardBounced', { contactIdentity: who }));
      expect(recipient ?? null).toBeNull();
    },
  );

  it('without a name go to quarantine', async () => {
    expect(await itemOf({ eventTime: 1 })).toMatchObject({ type: 'unreadable', why: 'no eventName' });
  });

  test.each(['', '[]', 'null', '{"eventName":'])('the body %j is quarantined whole', async (body) => {
    expect((await loops.parse(request(body))).ok).toBe(false);
  });
});

describe('Loops signatures', () => {
  const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
  const verify = (body: string, headers: Record<string, string>, keys: readonly string[], now = NOW) => {
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    return loops.verify(request(body, headers), trust, { ...io, now });
  };

  it('are on its samples, which are the kinds that they say', async () => {
    const { source, signing } = await loopsSampler.source();
    const keys = source.secrets.keys ?? [];
    expect(keys.map((key) => loops.checkKey(key))).toEqual([null]);
    for (const sample of loopsSampler.samples(NOW)) {
      const { headers, body } = await loopsSampler.request(sample.payload, signing, NOW);
      expect((await verify(body, headers, keys)).ok).toBe(true);
      const read = await eventOf(body, headers);
      expect([read.meaning.kind, read.recipient, read.at, read.eventId]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
        headers['webhook-id'],
      ]);
    }
  });

  it('T021, T023 of another body, another secret or another time are refused', async () => {
    const { source, signing } = await loopsSampler.source();
    const keys = source.secrets.keys ?? [];
    const others = (await loopsSampler.source()).source.secrets.keys ?? [];
    const { headers, body } = await loopsSampler.request(event('email.hardBounced'), signing, NOW);
    expect(await verify(body.replace('ada', 'bob'), headers, keys)).toMatchObject({
      error: { reason: 'forged' },
    });
    expect(await verify(body, headers, others)).toMatchObject({ error: { reason: 'forged' } });
    expect(await verify(body, headers, keys, NOW + 301_000)).toMatchObject({ error: { reason: 'forged' } });
    expect((await verify(body, headers, [...others, ...keys])).ok).toBe(true); // T027
  });
});
