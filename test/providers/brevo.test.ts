import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { brevo } from '../../src/providers/brevo.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { brevoSampler } from '../../src/samples/brevo.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/brevo_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await brevo.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventOf(body: unknown) {
  const [item, ...rest] = await itemsOf(body);
  if (item?.type !== 'event' || rest.length > 0) throw new Error(JSON.stringify(item));
  return item.event;
}

const told = (event: string, fields: object = {}) => ({ event, email: 'ada@ex.test', ...fields });

describe('Brevo events', () => {
  it('are read field by field', async () => {
    const body = told('hard_bounce', {
      id: 26_224,
      date: '2026-03-04 06:06:07',
      ts: 1_772_600_767,
      ts_event: 1_772_600_767,
      ts_epoch: 1_772_600_767_321,
      'message-id': '<202603040506.1@smtp-relay.mailin.fr>',
      reason: '550 5.1.1 <ada@ex.test>: Recipient address rejected',
      tags: ['invoice', 'march'],
      tag: '["invoice","march"]',
    });
    expect(await eventOf(body)).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: 1_772_600_767_000,
      reply: { text: '550 5.1.1 <ada@ex.test>: Recipient address rejected' },
      providerType: 'hard_bounce',
      eventId: null,
      messageId: '<202603040506.1@smtp-relay.mailin.fr>',
      tags: ['invoice', 'march'],
      listed: true,
    });
  });

  test.each<[string, object, object]>([
    ['soft_bounce', {}, { kind: 'bounce', code: '450' }],
    ['deferred', {}, { kind: 'deferral', code: '450' }],
    ['invalid_email', {}, { kind: 'reject', code: '553', category: 'address-syntax', proof: 'cause' }],
    ['error', {}, { kind: 'reject', code: '554', enhanced: '5.0.0', category: 'system-error' }],
    [
      'soft_bounce',
      { reason: 'undefined Unable to find MX of domain ex.test' },
      { kind: 'bounce', code: '550', enhanced: '5.4.4', category: 'domain-invalid', proof: 'cause' },
    ],
    ['hard_bounce', { reason: 'unable to find mx of domain ex.test' }, { code: '550', enhanced: '5.4.4' }],
    ['deferred', { reason: 'Unable to find MX of domain ex.test' }, { kind: 'deferral' }],
    ['blocked', { reason: 'blocked : due to a spam complaint' }, { listedFor: 'complaint' }],
    [
      'blocked',
      { reason: 'blocked : due to unsubscribed user' },
      { kind: 'reject', listedFor: 'unsubscribe' },
    ],
    ['blocked', { reason: 'blocked : due to something new' }, { kind: 'reject', category: 'suppressed' }],
    ['spam', {}, { kind: 'complaint', feedback: 'abuse' }],
    ['complaint', {}, { kind: 'complaint', feedback: 'abuse' }],
    ['unsubscribed', {}, { kind: 'unsubscribe' }],
    ['unsubscribe', { list_id: [3] }, { kind: 'unsubscribe' }],
    ['delivered', { reason: 'sent' }, { kind: 'delivery', code: '250' }],
  ])('called %s with %j mean %j', async (event, fields, meaning) => {
    expect((await eventOf(told(event, fields))).meaning).toMatchObject(meaning);
  });

  it('only of hard bounces and invalid addresses prove anything of the address', async () => {
    for (const event of ['soft_bounce', 'deferred', 'error', 'blocked'])
      expect((await eventOf(told(event))).meaning.proof, event).toBeUndefined();
  });

  test.each([
    ['list_addition', true],
    ['opened', true],
    ['request', true],
    ['teleported', false],
    ['constructor', false],
  ])('called %s are ignored, known: %s', async (label, known) => {
    expect(await itemsOf(told(label))).toEqual([{ type: 'ignored', label, known }]);
  });

  test.each<[string, object, number | null]>([
    ['both agree', { ts_event: 1_772_600_767, ts_epoch: 1_772_600_767_999 }, 1_772_600_767_000],
    ['ts_epoch is of seconds', { ts_event: 1_772_600_767, ts_epoch: 1_772_600_750 }, 1_772_600_767_000],
    [
      'ts_event is of another time zone',
      { ts_event: 1_772_629_567, ts_epoch: 1_772_600_767_000 },
      1_772_600_767_000,
    ],
    ['there is no ts_event', { ts_epoch: 1_772_600_767_123 }, 1_772_600_767_123],
    ['there is no ts_epoch', { ts_event: 1_772_600_767 }, 1_772_600_767_000],
    ['there is only a local date', { date: '2026-03-04 06:06:07' }, null],
  ])('have their time where %s', async (_, fields, at) => {
    expect((await eventOf(told('delivered', fields))).at).toBe(at);
  });

  test.each<[object, string[]]>([
    [{ tags: ['a', 'b'], tag: 'c' }, ['a', 'b']],
    [{ tag: 'c' }, ['c']],
    [{ tag: '["a","b"]' }, ['a', 'b']],
    [{ tag: '[not a list' }, ['[not a list']],
    [{ tag: '' }, []],
    [{ tag: ['a'] }, ['a']],
    [{}, []],
  ])('with %j have the tags %j', async (fields, tags) => {
    expect((await eventOf(told('spam', fields))).tags).toEqual(tags);
  });

  it('in a batch are read one by one, and a broken one loses only itself', async () => {
    const items = await itemsOf([told('spam'), 'x', null, told('delivered'), { email: 'a@ex.test' }]);
    expect(items.map(({ type }) => type)).toEqual([
      'event',
      'unreadable',
      'unreadable',
      'event',
      'unreadable',
    ]);
  });

  it('of received mail say which webhook to change', async () => {
    expect(await itemsOf({ items: [{ Uuid: ['1'] }] })).toMatchObject([
      { type: 'unreadable', why: expect.stringContaining('inbound webhook') },
    ]);
  });

  test.each([[undefined], [17], [['a@ex.test', 'b@ex.test']]])(
    'T057 hand on the recipient %j as it came',
    async (email) => {
      expect((await eventOf(told('spam', { email }))).recipient ?? null).toEqual(email ?? null);
    },
  );

  test.each(['', '{"event":', '\xff'])('that are no JSON are quarantined whole: %j', async (body) => {
    expect((await brevo.parse(request(body))).ok).toBe(false);
  });
});

describe('Brevo, the rest', () => {
  it('is told to come again in the only code that it heeds', () => {
    expect(brevo.busyStatus).toBe(429);
  });

  it('T027 its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await brevoSampler.source();
    const keys = ['another key, before rotation', ...(source.secrets.keys ?? [])];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of brevoSampler.samples(NOW)) {
      const { headers, body } = await brevoSampler.request(sample.payload, signing, NOW);
      expect((await brevo.verify({ ...request(body), headers: new Headers(headers) }, trust, io)).ok).toBe(
        true,
      );
      expect(await brevo.verify(request(body), trust, io)).toMatchObject({ error: { reason: 'forged' } });
      const event = await eventOf(body);
      expect([event.meaning.kind, event.recipient, event.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
