import { describe, expect, it, test } from 'vitest';
import type { RawRequest, VerifyIo } from '../../src/providers/adapter.ts';
import { azure } from '../../src/providers/azure.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const KEY = 'a-shared-secret-of-mine';
const io: VerifyIo = { now: 0, fetchCertificate: () => Promise.reject(new Error('never asked')) };

const request = (
  body: unknown,
  { method = 'POST', search = '', headers = {} as Record<string, string> } = {},
): RawRequest => ({
  method,
  url: new URL(`https://mail.test/webhooks/azure_1${search}`),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown) {
  const result = await azure.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const data = {
  sender: 'news@sender.test',
  recipient: 'ada@ex.test',
  messageId: 'm-1',
  internetMessageId: '<i-1@sender.test>',
  status: 'Bounced',
  deliveryStatusDetails: { statusMessage: '550 5.1.1 User unknown' },
  deliveryAttemptTimeStamp: '2026-03-04T05:06:07.2855749Z',
};
const TYPE = 'Microsoft.Communication.EmailDeliveryReportReceived';
const grid = (change: object = {}) => ({
  id: 'e-1',
  eventType: TYPE,
  eventTime: '2026-03-04T05:06:08Z',
  data: { ...data, ...change },
});
const cloud = (change: object = {}) => ({
  specversion: '1.0',
  id: 'e-1',
  type: TYPE,
  source: '/subscriptions/s',
  time: '2026-03-04T05:06:08Z',
  data: { ...data, ...change },
});

describe('Azure events', () => {
  it.each([
    ['Event Grid’s schema', [grid()]],
    ['a CloudEvent', cloud()],
    ['a batch of CloudEvents', [cloud()]],
  ])('are read field by field out of %s', async (_title, body) => {
    expect(await itemsOf(body)).toEqual([
      {
        type: 'event',
        event: {
          meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
          recipient: 'ada@ex.test',
          at: Date.UTC(2026, 2, 4, 5, 6, 7, 285),
          reply: { text: '550 5.1.1 User unknown' },
          providerType: 'Bounced',
          eventId: 'e-1',
          messageId: 'm-1',
          rfcMessageId: '<i-1@sender.test>',
        },
      },
    ]);
  });

  test.each<[object, object]>([
    [{ status: 'Suppressed' }, { meaning: { kind: 'reject', category: 'suppressed' }, listed: true }],
    [{ status: 'Failed', deliveryStatusDetails: null }, { meaning: { kind: 'bounce', code: '450' } }],
    [{ status: 'FilteredSpam' }, { meaning: { kind: 'bounce', category: 'spam-content' } }],
    [{ status: 'Delivered' }, { meaning: { kind: 'delivery' } }],
    [{ deliveryAttemptTimeStamp: null }, { at: Date.UTC(2026, 2, 4, 5, 6, 8) }],
    [{ deliveryAttemptTimestamp: '' }, { at: Date.UTC(2026, 2, 4, 5, 6, 7, 285) }],
    [{ deliveryAttemptTimeStamp: '0001-01-01T00:00:00Z' }, { at: Date.UTC(2026, 2, 4, 5, 6, 8) }],
  ])('%j are told as %j', async (change, event) => {
    expect(await itemsOf([grid(change), cloud(change)])).toMatchObject([{ event }, { event }]);
  });

  test.each([
    [grid({ status: 'Expanded' }), true],
    [{ ...grid(), eventType: 'Microsoft.EventGrid.SubscriptionDeletedEvent' }, true],
    [{ ...grid(), eventType: 'Microsoft.Communication.SMSReceived' }, false],
    [grid({ status: 'constructor' }), false],
  ])('%j are ignored, and known: %s', async (event, known) => {
    expect(await itemsOf([event])).toMatchObject([{ type: 'ignored', known }]);
  });

  it('T057 that cannot be read lose only themselves', async () => {
    const items = await itemsOf([grid(), 7, {}, grid({ status: null }), cloud()]);
    expect(items.map(({ type }) => type)).toEqual([
      'event',
      'unreadable',
      'unreadable',
      'unreadable',
      'event',
    ]);
  });

  test.each(['', '{"id":'])('the body %j is quarantined whole', async (body) => {
    expect((await azure.parse(request(body))).ok).toBe(false);
  });
});

describe('the handshakes', () => {
  it('T033 answer the code of Event Grid’s schema, and follow no URL', async () => {
    const validation = {
      id: 'v-1',
      eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
      data: { validationCode: '512d38b6', validationUrl: 'https://169.254.169.254/' },
    };
    expect(await azure.parse(request([validation]))).toEqual({
      ok: true,
      value: { type: 'reply', body: '{"validationResponse":"512d38b6"}', contentType: 'application/json' },
    });
  });

  it('without a code are no handshake', async () => {
    const event = { id: 'v-1', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: {} };
    expect(await itemsOf([event])).toMatchObject([{ type: 'ignored', known: false }]);
  });

  test.each([
    ['eventgrid.azure.net', { 'WebHook-Allowed-Origin': 'eventgrid.azure.net', 'WebHook-Allowed-Rate': '*' }],
    ['', {}],
    ['two, origins', {}],
    ['<script>', {}],
  ])('of CloudEvents from the origin %j allow %j', async (origin, headers) => {
    const asked = request('', { method: 'OPTIONS', headers: { 'webhook-request-origin': origin } });
    expect(await azure.parse(asked)).toMatchObject({ value: { type: 'reply', headers } });
  });
});

describe('the proof', () => {
  const proofOf = async (given: object, keys = [KEY]) => {
    const secrets = { keys, basicAuth: [], topicArns: [] };
    const trust = { secrets, publicUrl: null, requireSha256: false };
    const proof = await azure.verify(request('[]', given), trust, io);
    return proof.ok ? 'proven' : proof.error.reason;
  };

  test.each([
    ['the key in the query', { search: `?code=${KEY}` }, 'proven'],
    ['the key in a delivery property', { headers: { 'x-mailstop-key': KEY } }, 'proven'],
    ['a wrong key', { search: '?code=another-secret' }, 'forged'],
    ['the key under a name that is not asked for', { search: `?key=${KEY}` }, 'forged'],
    ['nothing', {}, 'forged'],
  ])('T034 %s is %s', async (_title, given, verdict) => {
    expect(await proofOf(given)).toBe(verdict);
  });

  it('may be any of several keys, and decides nothing without one', async () => {
    expect(await proofOf({ search: `?code=${KEY}` }, ['an-older-secret', KEY])).toBe('proven');
    expect(await proofOf({ search: '?code=' }, [''])).toBe('undecided');
  });
});
