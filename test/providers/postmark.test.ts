import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { postmark } from '../../src/providers/postmark.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { postmarkSampler } from '../../src/samples/postmark.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/postmark_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemOf(record: unknown): Promise<Item> {
  const result = await postmark.parse(request(record));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  const [item, ...rest] = result.value.items;
  if (item === undefined || rest.length > 0) throw new Error('one record makes one item');
  return item;
}

async function eventOf(record: unknown) {
  const item = await itemOf(record);
  if (item.type !== 'event') throw new Error(JSON.stringify(item));
  return item.event;
}

const bounce = (fields: Record<string, unknown> = {}) => ({
  RecordType: 'Bounce',
  ID: 77,
  Type: 'HardBounce',
  TypeCode: 1,
  MessageID: 'b7bc2f4a-e38e-4336-af7d-000000000001',
  MessageStream: 'outbound',
  Tag: 'invoice',
  Email: 'ada@ex.test',
  Description: 'The server was unable to deliver your message (ex: unknown user, mailbox not found).',
  Details: 'smtp;550 5.1.1 <ada@ex.test>: Recipient address rejected',
  BouncedAt: '2026-03-04T05:06:07.1234567-04:00',
  Inactive: true,
  ...fields,
});
const change = (fields: Record<string, unknown> = {}) => ({
  RecordType: 'SubscriptionChange',
  MessageID: null,
  MessageStream: 'broadcast',
  Recipient: 'ada@ex.test',
  ChangedAt: '2026-03-04T05:06:07Z',
  Origin: 'Recipient',
  SuppressSending: true,
  SuppressionReason: 'ManualSuppression',
  ...fields,
});

describe('Postmark bounces', () => {
  it('are read field by field', async () => {
    expect(await eventOf(bounce())).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.1.1', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: Date.parse('2026-03-04T09:06:07.123Z'),
      reply: { text: 'smtp;550 5.1.1 <ada@ex.test>: Recipient address rejected' },
      providerType: 'Bounce/HardBounce',
      eventId: '77',
      messageId: 'b7bc2f4a-e38e-4336-af7d-000000000001',
      group: 'outbound',
      tags: ['invoice'],
      listed: true,
    });
  });

  it('T058 keep an ID beyond 2^53 digit by digit', async () => {
    const body = JSON.stringify(bounce()).replace('"ID":77', '"ID":9007199254740993');
    expect((await eventOf(body)).eventId).toBe('9007199254740993');
  });

  it('never show Postmark’s own description to the classifier', async () => {
    expect((await eventOf(bounce({ Details: '' }))).reply.text).toBeNull();
  });

  test.each([
    ['BadEmailAddress', 'bounce', '553', '5.1.3', 'address-syntax'],
    ['SoftBounce', 'bounce', '450', '4.0.0', undefined],
    ['Transient', 'deferral', '451', '4.4.3', 'network-error'],
    ['DnsError', 'deferral', '451', '4.4.3', 'network-error'],
    ['Blocked', 'bounce', '554', '5.7.1', 'policy-rejected'],
    ['SpamNotification', 'bounce', '554', '5.7.1', 'spam-content'],
    ['VirusNotification', 'bounce', '554', '5.7.0', 'virus'],
    ['DMARCPolicy', 'bounce', '550', '5.7.26', 'auth-failure'],
    ['Unknown', 'bounce', undefined, undefined, undefined],
    ['ManuallyDeactivated', 'reject', undefined, undefined, 'suppressed'],
    ['SpamComplaint', 'complaint', undefined, undefined, 'complaint'],
    ['Unsubscribe', 'unsubscribe', undefined, undefined, undefined],
    ['Subscribe', 'resubscribe', undefined, undefined, undefined],
  ])('of type %s are a %s', async (Type, kind, code, enhanced, category) => {
    const { meaning } = await eventOf(bounce({ Type, TypeCode: 0 }));
    const { kind: found, code: c, enhanced: e, category: g } = meaning;
    expect([found, c, e, g]).toEqual([kind, code, enhanced, category]);
  });

  it('only of types that name the cause prove it', async () => {
    const proofOf = async (Type: string) => (await eventOf(bounce({ Type }))).meaning.proof;
    expect(await proofOf('BadEmailAddress')).toBe('cause');
    expect(await proofOf('HardBounce')).toBe('hard');
    expect(await proofOf('Blocked')).toBeUndefined();
    expect(await proofOf('SoftBounce')).toBeUndefined();
  });

  test.each([
    'AutoResponder',
    'AddressChange',
    'ChallengeVerification',
    'OpenRelayTest',
    'SMTPApiError',
    'InboundError',
    'TemplateRenderingFailed',
  ])('of type %s say nothing about the address', async (Type) => {
    expect(await itemOf(bounce({ Type }))).toEqual({ type: 'ignored', label: `Bounce/${Type}`, known: true });
  });

  it('of SMTP that were refused for an inactive recipient are of an address that is listed', async () => {
    const Details =
      'You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: ada@ex.test.';
    const event = await eventOf(
      bounce({ Type: 'SMTPApiError', TypeCode: 100_007, Inactive: false, Details }),
    );
    expect(event.meaning).toEqual({ kind: 'reject', category: 'suppressed' });
    expect([event.providerType, event.listed]).toEqual(['Bounce/SMTPApiError', true]);
    const ours = bounce({ Type: 'SMTPApiError', Details: 'The Sender Signature has not been confirmed.' });
    expect((await itemOf(ours)).type).toBe('ignored');
  });

  it('without a type are bounces, which their words tell of', async () => {
    const given = bounce({ Type: undefined, TypeCode: undefined });
    expect(await eventOf(given)).toMatchObject({
      meaning: { kind: 'bounce' },
      reply: { text: 'smtp;550 5.1.1 <ada@ex.test>: Recipient address rejected' },
      providerType: 'Bounce',
    });
  });

  it('are known by their TypeCode where the type is new or missing', async () => {
    expect((await eventOf(bounce({ Type: undefined, TypeCode: 4096 }))).meaning.code).toBe('450');
    expect((await eventOf(bounce({ Type: 'Renamed', TypeCode: 100000 }))).meaning.enhanced).toBe('5.1.3');
  });

  test.each(['BrandNew', 'constructor', '__proto__'])(
    'of the unknown type %s are listed as unmapped',
    async (Type) => {
      const item = await itemOf(bounce({ Type, TypeCode: 999 }));
      expect(item).toEqual({ type: 'ignored', label: `Bounce/${Type}`, known: false });
    },
  );

  it('without deactivation leave the provider’s list alone', async () => {
    expect((await eventOf(bounce({ Inactive: false }))).listed).toBeUndefined();
  });

  test.each([[undefined], [null], [17], [['a@ex.test', 'b@ex.test']], [{ a: 1 }]])(
    'T057 hand on the recipient %j as it came',
    async (Email) => {
      const { recipient } = await eventOf(bounce({ Email }));
      expect(recipient ?? null).toEqual(Email ?? null);
    },
  );
});

describe('Postmark complaints and changes of its list', () => {
  it('a SpamComplaint is a complaint, and listed', async () => {
    const event = await eventOf(
      bounce({ RecordType: 'SpamComplaint', Type: 'SpamComplaint', TypeCode: 100001 }),
    );
    expect(event).toMatchObject({
      meaning: { kind: 'complaint', feedback: 'abuse' },
      providerType: 'SpamComplaint',
      listed: true,
    });
  });

  test.each([
    ['a recipient who leaves', {}, { kind: 'unsubscribe' }, true],
    [
      'a hard bounce',
      { SuppressionReason: 'HardBounce' },
      { kind: 'reject', category: 'suppressed', listedFor: 'bounce' },
      true,
    ],
    [
      'a complaint',
      { SuppressionReason: 'SpamComplaint' },
      { kind: 'reject', category: 'suppressed', listedFor: 'complaint' },
      true,
    ],
    ['the customer’s own act', { Origin: 'Customer' }, { kind: 'reject', category: 'suppressed' }, true],
    ['an act of Postmark’s', { Origin: 'Admin' }, { kind: 'reject', category: 'suppressed' }, true],
    [
      'a reason of tomorrow',
      { SuppressionReason: 'Moonphase' },
      { kind: 'reject', category: 'suppressed' },
      true,
    ],
    ['a reactivation', { SuppressSending: false, SuppressionReason: null }, { kind: 'resubscribe' }, false],
  ])('a SubscriptionChange for %s is read as such', async (_, fields, meaning, listed) => {
    const event = await eventOf(change(fields));
    expect(event.meaning).toEqual(meaning);
    expect(event).toMatchObject({ listed, group: 'broadcast', recipient: 'ada@ex.test', messageId: null });
    expect(event.at).toBe(Date.parse('2026-03-04T05:06:07Z'));
  });

  it('a SubscriptionChange that does not say which way goes to quarantine', async () => {
    expect(await itemOf(change({ SuppressSending: 'true' }))).toMatchObject({
      type: 'unreadable',
      why: expect.stringContaining('SuppressSending'),
    });
  });
});

describe('Postmark, the rest', () => {
  it('a Delivery is a delivery with the server’s words', async () => {
    const event = await eventOf({
      RecordType: 'Delivery',
      Recipient: 'ada@ex.test',
      DeliveredAt: '2026-03-04T05:06:07.7654321Z',
      Details: 'smtp;250 2.0.0 OK',
    });
    expect(event.meaning.kind).toBe('delivery');
    expect(event).toMatchObject({
      at: Date.parse('2026-03-04T05:06:07.765Z'),
      reply: { text: 'smtp;250 2.0.0 OK' },
    });
  });

  test.each([
    ['Open', true],
    ['Click', true],
    ['Holiday', false],
  ])('%s is ignored, known: %s', async (RecordType, known) => {
    expect(await itemOf({ RecordType })).toEqual({ type: 'ignored', label: RecordType, known });
  });

  test.each([
    [{ RecordType: 'Inbound', From: 'x@ex.test' }],
    [{ FromFull: { Email: 'x@ex.test' }, ToFull: [], TextBody: 'hi' }],
  ])('received mail at the wrong URL says which one to change: %j', async (body) => {
    expect(await itemOf(body)).toMatchObject({
      type: 'unreadable',
      why: expect.stringContaining('give the inbound stream another webhook URL'),
    });
  });

  it('a record without a type goes to quarantine', async () => {
    expect(await itemOf({ Email: 'a@ex.test' })).toMatchObject({ type: 'unreadable', why: 'no RecordType' });
  });

  test.each(['', 'null', '[]', '{"RecordType":', '"x"'])('the body %j is quarantined whole', async (body) => {
    expect((await postmark.parse(request(body))).ok).toBe(false);
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await postmarkSampler.source();
    const keys = source.secrets.keys ?? [];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of postmarkSampler.samples(NOW)) {
      const { headers, body } = await postmarkSampler.request(sample.payload, signing, NOW);
      const sent = { ...request(body), headers: new Headers(headers) };
      expect((await postmark.verify(sent, trust, io)).ok).toBe(true);
      expect((await postmark.verify(request(body), trust, io)).ok).toBe(false);
      const event = await eventOf(body);
      expect([event.meaning.kind, event.recipient, event.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
