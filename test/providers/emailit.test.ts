import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { RawRequest } from '../../src/providers/adapter.ts';
import { emailit } from '../../src/providers/emailit.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';

const SECRET = 'whsec_0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const OTHER = 'whsec_of-another-webhook';
const NOW = Date.UTC(2026, 9, 1, 12);
const io = { now: NOW, fetchCertificate: async () => ({ ok: false, error: 'unavailable' }) as const };
const BODY = '[{"event_id":"evt_1","type":"email.delivered","object":{"to":"ada@ex.test"}}]\n';

const requestOf = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/emailit_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

const signed = ({ timestamp = String(NOW / 1000), body = BODY, key = SECRET } = {}) => ({
  'x-emailit-timestamp': timestamp,
  'x-emailit-signature': createHmac('sha256', key).update(`${timestamp}.${body}`).digest('hex'),
});

const reasonOf = async (headers: Record<string, string>, keys = [SECRET]) => {
  const proof = await emailit.verify(
    requestOf(BODY, headers),
    { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false },
    io,
  );
  return proof.ok ? 'proven' : proof.error.reason;
};

describe('the signature', () => {
  const good = signed();
  const signature = good['x-emailit-signature'];
  test.each<[string, Record<string, string>, string]>([
    ['over time and body', good, 'proven'],
    ['that is absent', { ...good, 'x-emailit-signature': '' }, 'forged'],
    ['in upper case', { ...good, 'x-emailit-signature': signature.toUpperCase() }, 'forged'],
    ['cut short', { ...good, 'x-emailit-signature': signature.slice(0, 62) }, 'forged'],
    ['that comes twice', { ...good, 'x-emailit-signature': `${signature}, ${signature}` }, 'forged'],
    ['of another body', signed({ body: BODY.trimEnd() }), 'forged'],
    ['of another time', { ...good, 'x-emailit-timestamp': String(NOW / 1000 - 1) }, 'forged'],
    ['by another secret', signed({ key: OTHER }), 'forged'],
    ['by the secret without its beginning', signed({ key: SECRET.slice(6) }), 'forged'],
    ['of six minutes ago', signed({ timestamp: String(NOW / 1000 - 360) }), 'forged'],
    ['of six minutes ahead', signed({ timestamp: String(NOW / 1000 + 360) }), 'forged'],
    ['of a time with letters', signed({ timestamp: `${NOW / 1000}e0` }), 'forged'],
  ])('%s', async (_title, headers, verdict) => {
    expect(await reasonOf(headers)).toBe(verdict);
  });

  it('may be by any of several secrets, and decides nothing without one', async () => {
    expect(await reasonOf(good, [OTHER, SECRET])).toBe('proven');
    expect(await reasonOf(signed({ key: '' }), [''])).toBe('undecided');
  });
});

async function itemsOf(body: unknown) {
  const result = await emailit.parse(requestOf(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const email = {
  id: 'em_1',
  object: 'email',
  message_id: '<m-1@ex.test>',
  to: 'ada@ex.test',
  created_at: '2026-03-04T05:06:00.123456+00:00',
  updated_at: '2026-03-04T05:06:07.000000+00:00',
};
const event = (type: unknown, object: unknown = email) => ({ event_id: 'evt_1', type, object });

describe('Emailit events', () => {
  it.each([
    ['object', event('email.bounced')],
    ['data.object', { event_id: 'evt_1', type: 'email.bounced', data: { object: email } }],
  ])('are read field by field out of %s', async (_title, body) => {
    expect(await itemsOf([body])).toEqual([
      {
        type: 'event',
        event: {
          meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
          recipient: 'ada@ex.test',
          at: Date.UTC(2026, 2, 4, 5, 6, 7),
          sentAt: Date.UTC(2026, 2, 4, 5, 6, 0, 123),
          reply: { code: null, enhanced: null, text: null },
          providerType: 'email.bounced',
          eventId: 'evt_1',
          messageId: 'em_1',
          rfcMessageId: '<m-1@ex.test>',
        },
      },
    ]);
  });

  test.each([
    ['its three fields', { smtp_code: 504, smtp_enhanced_code: '5.5.4', smtp_response: 'Not implemented' }],
    ['codes as text', { smtp_code: '504', smtp_enhanced_code: '5.5.4', smtp_response: 'Not implemented' }],
  ])('tell the reply to an attempt out of %s', async (_title, fields) => {
    expect(await itemsOf(event('email.attempted', { ...email, ...fields }))).toMatchObject([
      {
        event: {
          meaning: { kind: 'deferral' },
          reply: { code: '504', enhanced: '5.5.4', text: 'Not implemented' },
        },
      },
    ]);
  });

  const { id, to } = email;
  const then = '2026-03-04T05:06:07.000000+00:00';
  test.each([
    ['email.unsubscribed', { unsubscribed_at: then }, 'unsubscribe'],
    ['email.resubscribed', { resubscribed_at: then }, 'resubscribe'],
  ])('%s tells the wish of a recipient, and when it was', async (type, time, kind) => {
    expect(await itemsOf(event(type, { id, to, ...time }))).toMatchObject([
      { event: { meaning: { kind }, recipient: 'ada@ex.test', at: Date.UTC(2026, 2, 4, 5, 6, 7) } },
    ]);
  });

  const entry = { id: 'sup_1', email: 'ada@ex.test', reason: 'manual', created_at: '2026-03-04T05:06:07Z' };
  const came = Date.UTC(2026, 2, 4, 5, 6, 7);
  test.each([
    ['suppression.created', 'unsubscribe', { kind: 'reject', listedFor: 'unsubscribe' }, true, came],
    ['suppression.created', 'bounced', { kind: 'reject', listedFor: 'bounce' }, true, came],
    ['suppression.created', 'of tomorrow', { kind: 'reject', category: 'suppressed' }, true, came],
    // It has the time of the entry that is gone, which everything that followed would outlive.
    ['suppression.deleted', 'bounce', { kind: 'resubscribe' }, false, null],
  ])('%s for %s tells what became of the list, and when', async (name, type, meaning, listed, at) => {
    expect(await itemsOf(event(name, { ...entry, type }))).toMatchObject([
      { event: { meaning, listed, at, recipient: 'ada@ex.test', reply: { text: 'manual' } } },
    ]);
  });

  test.each([
    ['domain.updated', true],
    ['email_verification_list.created', true],
    ['campaign.sent', true],
    ['cart.abandoned', true],
    ['product.viewed', true],
    ['email.loaded', true],
    ['email.teleported', false],
    ['constructor', false],
  ])('%s is ignored, and known: %s', async (type, known) => {
    expect(await itemsOf(event(type))).toEqual([{ type: 'ignored', label: type, known }]);
  });

  it('T057 that cannot be read lose only themselves', async () => {
    const items = await itemsOf([event('email.bounced'), 7, {}, event('email.bounced')]);
    expect(items.map(({ type }) => type)).toEqual(['event', 'unreadable', 'unreadable', 'event']);
  });

  test.each(['', '{"type":'])('the body %j is quarantined whole', async (body) => {
    expect((await emailit.parse(requestOf(body))).ok).toBe(false);
  });
});
