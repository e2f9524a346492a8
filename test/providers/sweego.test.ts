import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { RawRequest } from '../../src/providers/adapter.ts';
import { sweego } from '../../src/providers/sweego.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const SECRET = Buffer.alloc(32, 'a secret of the webhook').toString('base64');
const OTHER = Buffer.alloc(32, 'of another webhook').toString('base64');
const NOW = Date.UTC(2026, 9, 1, 12);
const io = { now: NOW, fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const };
const BODY = '{"event_type":"delivered","recipient":"ada@ex.test"}\r\n';

const requestOf = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/sweego_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

const signed = ({ id = 'wh-7', timestamp = String(NOW / 1000), body = BODY, key = SECRET } = {}) => ({
  'webhook-id': id,
  'webhook-timestamp': timestamp,
  'webhook-signature': createHmac('sha256', Buffer.from(key, 'base64'))
    .update(`${id}.${timestamp}.${body}`)
    .digest('base64'),
});

const reasonOf = async (headers: Record<string, string>, keys = [SECRET]) => {
  const proof = await sweego.verify(
    requestOf(BODY, headers),
    { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false },
    io,
  );
  return proof.ok ? 'proven' : proof.error.reason;
};

describe('the signature', () => {
  const good = signed();
  const signature = good['webhook-signature'];
  test.each<[string, Record<string, string>, string]>([
    ['over id, time and body', good, 'proven'],
    ['that is absent', { ...good, 'webhook-signature': '' }, 'forged'],
    ['with a version before it', { ...good, 'webhook-signature': `v1,${signature}` }, 'proven'],
    ['that comes twice', { ...good, 'webhook-signature': `${signature}, ${signature}` }, 'forged'],
    [
      'in hexadecimal',
      { ...good, 'webhook-signature': Buffer.from(signature, 'base64').toString('hex') },
      'forged',
    ],
    ['cut short', { ...good, 'webhook-signature': signature.slice(0, 40) }, 'forged'],
    ['of another body', signed({ body: BODY.trimEnd() }), 'forged'],
    ['of another id', { ...good, 'webhook-id': 'wh-8' }, 'forged'],
    ['by another secret', signed({ key: OTHER }), 'forged'],
    ['of six minutes ago', signed({ timestamp: String(NOW / 1000 - 360) }), 'forged'],
    ['of six minutes ahead', signed({ timestamp: String(NOW / 1000 + 360) }), 'forged'],
  ])('%s', async (_title, headers, verdict) => {
    expect(await reasonOf(headers)).toBe(verdict);
  });

  it('may be by any of several secrets, and decides nothing without one', async () => {
    expect(await reasonOf(good, [OTHER, SECRET])).toBe('proven');
    expect(await reasonOf(good, ['not base64!'])).toBe('undecided');
  });
});

async function itemsOf(body: unknown) {
  const result = await sweego.parse(requestOf(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const bounce = {
  event_type: 'hard_bounce',
  timestamp: '2026-03-04T06:06:07+01:00',
  event_id: 'e-1',
  channel: 'email',
  transaction_id: 't-2',
  headers: { 'x-transaction-id': 't-1' },
  campaign_tags: ['welcome'],
  recipient: 'ada@ex.test',
  response_code: 550,
  details: '550 5.1.1 unknown',
};

describe('Sweego events', () => {
  it('are read field by field', async () => {
    expect(await itemsOf(bounce)).toEqual([
      {
        type: 'event',
        event: {
          meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
          recipient: 'ada@ex.test',
          at: Date.UTC(2026, 2, 4, 5, 6, 7),
          reply: { code: '550', text: '550 5.1.1 unknown' },
          providerType: 'hard_bounce',
          eventId: 'e-1',
          messageId: 't-1',
          tags: ['welcome'],
        },
      },
    ]);
  });

  test.each([
    ['soft-bounce', 'bounce'],
    ['hard-bounce', 'bounce'],
    ['complaint', 'complaint'],
    ['list_unsub', 'unsubscribe'],
    ['delivered', 'delivery'],
  ])('%s is a %s', async (event_type, kind) => {
    expect(await itemsOf({ ...bounce, event_type })).toMatchObject([{ event: { meaning: { kind } } }]);
  });

  it('name their message outside of the headers where they have none', async () => {
    expect(await itemsOf({ ...bounce, headers: null })).toMatchObject([{ event: { messageId: 't-2' } }]);
  });

  test.each([
    [{ ...bounce, event_type: 'sms_undelivered', channel: 'sms' }, true],
    [{ ...bounce, event_type: 'delivered', channel: 'sms', recipient: '+41790000000' }, true],
    [{ ...bounce, event_type: 'constructor' }, false],
  ])('%j is ignored, and known: %s', async (event, known) => {
    expect(await itemsOf(event)).toMatchObject([{ type: 'ignored', known }]);
  });

  it('T057 that cannot be read lose only themselves', async () => {
    const items = await itemsOf([bounce, 7, {}, bounce]);
    expect(items.map(({ type }) => type)).toEqual(['event', 'unreadable', 'unreadable', 'event']);
  });
});
