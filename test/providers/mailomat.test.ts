import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { RawRequest } from '../../src/providers/adapter.ts';
import { mailomat } from '../../src/providers/mailomat.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const SECRET = 'a-secret-of-the-webhook';
const NOW = Date.UTC(2026, 9, 1, 12);
const io = { now: NOW, fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const };
const seconds = (at: number): string => String(Math.floor(at / 1000));
const ID = '7f1c0de8-3a52-4a43-9a6e-0d1f6f5b2c11';
const BODY = '{"id":"e-1","eventType":"delivered","recipient":"ada@ex.test"}\r\n';

const requestOf = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/mailomat_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

const signed = ({ id = ID, event = 'delivered', timestamp = seconds(NOW), key = SECRET } = {}) => ({
  'x-mom-webhook-id': id,
  'x-mom-webhook-event': event,
  'x-mom-webhook-timestamp': timestamp,
  'x-mom-webhook-signature': `sha256=${createHmac('sha256', key).update(`${id}.${event}.${timestamp}`).digest('hex')}`,
});

const verified = (headers: Record<string, string>, keys = [SECRET], body = BODY) =>
  mailomat.verify(
    requestOf(body, headers),
    { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false },
    io,
  );
const reasonOf = async (...args: Parameters<typeof verified>) => {
  const proof = await verified(...args);
  return proof.ok ? 'proven' : proof.error.reason;
};

describe('the signature', () => {
  it('proves who sent, and is bound to the body that came with it', async () => {
    for (const body of [BODY, '{}'])
      expect(await verified(signed(), [SECRET], body)).toEqual({
        ok: true,
        value: { bind: { nonce: ID, digest: createHash('sha256').update(body).digest('hex') } },
      });
  });

  const good = signed();
  const signature = good['x-mom-webhook-signature'];
  test.each<[string, Record<string, string>]>([
    ['is absent', { ...good, 'x-mom-webhook-signature': '' }],
    ['has no sha256= before it', { ...good, 'x-mom-webhook-signature': signature.slice(7) }],
    [
      'is in upper case',
      { ...good, 'x-mom-webhook-signature': `sha256=${signature.slice(7).toUpperCase()}` },
    ],
    ['is cut short', { ...good, 'x-mom-webhook-signature': signature.slice(0, -2) }],
    ['comes twice', { ...good, 'x-mom-webhook-signature': `${signature}, ${signature}` }],
    ['is of another secret', signed({ key: 'the-secret-of-somebody-else' })],
    ['is of another id', { ...good, 'x-mom-webhook-id': `${ID.slice(0, -1)}2` }],
    ['is of another event', { ...good, 'x-mom-webhook-event': 'failure_perm' }],
    ['is of another time', { ...good, 'x-mom-webhook-timestamp': seconds(NOW - 1000) }],
  ])('that %s is forged', async (_title, headers) => {
    expect(await reasonOf(headers)).toBe('forged');
  });

  it('does not hold where a dot has moved from one part into the next', async () => {
    const given = signed({ id: 'a', event: 'b.c' });
    expect(await reasonOf(given)).toBe('forged');
    expect(await reasonOf({ ...given, 'x-mom-webhook-id': 'a.b', 'x-mom-webhook-event': 'c' })).toBe(
      'forged',
    );
  });

  const HOURS = 3_600_000;
  test.each([
    ['of this second', seconds(NOW), 'proven'],
    ['of a retry after eleven hours', seconds(NOW - 11 * HOURS), 'proven'],
    ['of thirteen hours ago', seconds(NOW - 13 * HOURS), 'forged'],
    ['of ten minutes ahead', seconds(NOW + 600_000), 'forged'],
    ['with letters after it', `${seconds(NOW)}e0`, 'forged'],
    ['in milliseconds', String(NOW), 'forged'],
  ])('a timestamp %s', async (_title, timestamp, verdict) => {
    expect(await reasonOf(signed({ timestamp }))).toBe(verdict);
  });

  it('may be by any of several secrets, and decides nothing without one', async () => {
    expect(await reasonOf(signed(), ['the-secret-of-last-year', SECRET])).toBe('proven');
    expect(await reasonOf(signed({ key: '' }), [''])).toBe('undecided');
  });
});

async function itemOf(body: unknown) {
  const result = await mailomat.parse(requestOf(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items[0];
}

const event = (eventType: unknown, payload: unknown = {}) => ({
  id: 'e-1',
  eventType,
  occurredAt: '2026-03-04T06:06:07+01:00',
  messageUuid: 'u-1',
  messageId: 'm-1@ex.test',
  recipient: 'ada@ex.test',
  payload,
});

describe('Mailomat events', () => {
  it('are read field by field', async () => {
    const status = { 'attempt-nr': 1, code: 550, 'enhanced-code': '5.1.1', message: '5.1.1 unknown' };
    expect(await itemOf(event('failure_perm', { 'delivery-status': status }))).toEqual({
      type: 'event',
      event: {
        meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
        recipient: 'ada@ex.test',
        at: Date.UTC(2026, 2, 4, 5, 6, 7),
        reply: { code: '550', enhanced: '5.1.1', text: '5.1.1 unknown' },
        providerType: 'failure_perm',
        eventId: 'e-1',
        messageId: 'u-1',
        rfcMessageId: 'm-1@ex.test',
      },
    });
  });

  test.each([
    ['not_accepted', { reason: 'quota' }, { meaning: { kind: 'reject' }, reply: { text: 'quota' } }],
    ['failure_tmp', {}, { meaning: { kind: 'deferral', code: '450' } }],
    ['delivered', 'no object', { meaning: { kind: 'delivery' } }],
  ])('%s is told with what it says', async (eventType, payload, expected) => {
    expect(await itemOf(event(eventType, payload))).toMatchObject({ type: 'event', event: expected });
  });

  test.each(['teleported', 'constructor', '__proto__'])('%s is listed as unmapped', async (eventType) => {
    expect(await itemOf(event(eventType))).toEqual({ type: 'ignored', label: eventType, known: false });
  });

  test('T057 an event without a type is quarantined', async () => {
    expect(await itemOf(event(null))).toMatchObject({ type: 'unreadable', why: 'no eventType' });
  });

  test.each(['', '[]', 'null', '{"id":'])('the body %j is quarantined whole', async (body) => {
    expect((await mailomat.parse(requestOf(body))).ok).toBe(false);
  });
});
