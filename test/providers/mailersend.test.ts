import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest, Trust } from '../../src/providers/adapter.ts';
import { mailersend } from '../../src/providers/mailersend.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { mailersendSampler } from '../../src/samples/mailersend.ts';

const NOW = 1_790_000_000_000;
const KEY = 'a-signing-secret-of-the-suite';
const PUBLIC_TEST_SECRET = 'test_Am3L1GuOIc4blLUuHqAPxxwkZaJyEk8G';
const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
const trusting = (...keys: string[]): Trust => ({
  secrets: { keys, basicAuth: [], topicArns: [] },
  publicUrl: null,
  requireSha256: false,
});

const requestOf = (body: unknown, key = KEY): RawRequest => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    method: 'POST',
    url: new URL('https://mail.test/webhooks/mailersend_1'),
    headers: new Headers({
      'content-type': 'application/json',
      signature: createHmac('sha256', key).update(text).digest('hex'),
    }),
    body: utf8(text),
  };
};
const outcome = async (request: RawRequest, trust = trusting(KEY)) => {
  const proof = await mailersend.verify(request, trust, io);
  return proof.ok ? 'proven' : proof.error.reason;
};

async function itemOf(body: unknown): Promise<Item> {
  const result = await mailersend.parse(requestOf(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  const [item, ...rest] = result.value.items;
  if (item === undefined || rest.length > 0) throw new Error('one request makes one item');
  return item;
}

async function eventOf(body: unknown) {
  const item = await itemOf(body);
  if (item.type !== 'event') throw new Error(JSON.stringify(item));
  return item.event;
}

const v1 = (type: string, morph: object | null = null) => ({
  type: `activity.${type}`,
  domain_id: 'd1',
  created_at: '2026-03-04T05:06:09.000000Z',
  data: {
    object: 'activity',
    id: 'e1',
    type,
    created_at: '2026-03-04T05:06:07.123456Z',
    email: {
      from: 'news@ex.test',
      tags: ['invoice'],
      message: { id: 'm1' },
      recipient: { email: 'ada@ex.test' },
    },
    morph,
  },
});
const v2 = (type: string, meta: unknown = [], more: object = { recipient: 'ada@ex.test' }) => ({
  type: `activity.${type}`,
  created_at: '2026-03-04T05:06:07.000000Z',
  data: { id: 'e1', message_id: 'm1', email_id: 'x1', type, tags: ['invoice'], meta, ...more },
});

describe('the signature of MailerSend', () => {
  it('T021 proves the body, and no other', async () => {
    const request = requestOf(v2('delivered'));
    expect(await outcome(request)).toBe('proven');
    expect(await outcome({ ...request, body: requestOf(v2('unsubscribed')).body })).toBe('forged');
    expect(await outcome({ ...request, headers: new Headers() })).toBe('forged');
    expect(await outcome(request, trusting())).toBe('undecided');
  });

  it('T027 holds by the old secret and the new until the old one is taken out', async () => {
    const request = requestOf(v2('delivered'));
    expect(await outcome(request, trusting('the-secret-after-rotation', KEY))).toBe('proven');
    expect(await outcome(request, trusting('the-secret-after-rotation'))).toBe('forged');
  });

  it('T030 by the public test secret proves the test that saves a webhook', async () => {
    const ping = { type: 'webhook.test', message: 'This is a ping test message' };
    expect(await outcome(requestOf(ping, PUBLIC_TEST_SECRET))).toBe('proven');
    expect(await itemOf(ping)).toEqual({ type: 'ignored', label: 'webhook.test', known: true });
  });

  test.each([
    ['a bounce', v2('hard_bounced')],
    ['a list', [{ type: 'webhook.test' }, v2('hard_bounced')]],
    [
      'a type that comes twice',
      '{"type":"webhook.test","type":"activity.hard_bounced","data":{"recipient":"ada@ex.test"}}',
    ],
    ['no JSON', 'webhook.test'],
  ])('T030 by the public test secret proves nothing else: %s', async (_, body) => {
    expect(await outcome(requestOf(body, PUBLIC_TEST_SECRET))).toBe('forged');
  });

  test.each(['', 'short', PUBLIC_TEST_SECRET, ` ${PUBLIC_TEST_SECRET}`])(
    'T026 the key %j is refused at configuration',
    async (key) => {
      expect(await mailersend.checkKey(key)).not.toBeNull();
    },
  );

  it('T026 a real secret may be configured', async () => {
    expect(await mailersend.checkKey(KEY)).toBeNull();
  });
});

describe('MailerSend events', () => {
  it('of version 1 are read field by field', async () => {
    expect(
      await eventOf(
        v1('hard_bounced', { object: 'recipient_bounce', reason: 'Host or domain name not found' }),
      ),
    ).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: Date.parse('2026-03-04T05:06:07.123Z'),
      reply: { code: null, text: 'Host or domain name not found' },
      providerType: 'activity.hard_bounced/Host or domain name not found',
      eventId: 'e1',
      messageId: 'm1',
      tags: ['invoice'],
      listed: true,
    });
  });

  it('of version 2 are read field by field', async () => {
    const meta = { bounce_reason: 'Mailbox full', bounce_code: '452', bounce_type: 'soft' };
    expect(await eventOf(v2('soft_bounced', meta))).toEqual({
      meaning: { kind: 'bounce', code: '450', enhanced: '4.0.0' },
      recipient: 'ada@ex.test',
      at: Date.parse('2026-03-04T05:06:07Z'),
      reply: { code: '452', text: 'Mailbox full' },
      providerType: 'activity.soft_bounced/Mailbox full',
      eventId: 'e1',
      messageId: 'm1',
      tags: ['invoice'],
    });
  });

  it('of version 2 may name the recipient as the samples do', async () => {
    expect((await eventOf(v2('delivered', [], { email: 'ada@ex.test' }))).recipient).toBe('ada@ex.test');
  });

  test.each<[object, string, object, true | undefined]>([
    [v1('delivered'), 'activity.delivered', { kind: 'delivery' }, undefined],
    [v2('deferred'), 'activity.deferred', { kind: 'deferral' }, undefined],
    [
      v2('suppressed', { suppression_reason: 'bounced' }),
      'activity.suppressed/bounced',
      { kind: 'reject', category: 'suppressed' },
      true,
    ],
    [
      v1('spam_complaint', { object: 'spam_complaint', reason: null }),
      'activity.spam_complaint',
      { kind: 'complaint' },
      true,
    ],
    [v2('spam_complaints'), 'activity.spam_complaints', { kind: 'complaint' }, true],
    [
      v1('unsubscribed', { reason: 'option_3', readable_reason: 'Too many' }),
      'activity.unsubscribed/option_3',
      { kind: 'unsubscribe' },
      true,
    ],
    [
      v2('unsubscribed', { unsubscribe_reason: 'NO' }),
      'activity.unsubscribed/NO',
      { kind: 'unsubscribe' },
      true,
    ],
  ])('mean what they say: %#, %s', async (body, label, meaning, listed) => {
    const event = await eventOf(body);
    expect(event.meaning).toMatchObject(meaning);
    expect([event.providerType, event.listed]).toEqual([label, listed]);
  });

  it('have the long form of a reason for their text', async () => {
    const body = v1('unsubscribed', { reason: 'option_3', readable_reason: 'I get too many emails' });
    expect((await eventOf(body)).reply.text).toBe('I get too many emails');
  });

  it('take slashes as MailerSend escapes them', async () => {
    const body = JSON.stringify(v2('delivered', [], { recipient: 'a/b@ex.test' })).replaceAll('/', '\\/');
    expect((await eventOf(body)).recipient).toBe('a/b@ex.test');
  });

  test.each([
    ['activity.sent', true],
    ['activity.opened_unique', true],
    ['recipient.on_hold_added', true],
    ['sms.failed', true],
    ['activity.teleported', false],
    ['constructor', false],
  ])('called %s are ignored, known: %s', async (type, known) => {
    expect(await itemOf({ ...v2('x'), type })).toEqual({ type: 'ignored', label: type, known });
  });

  test.each([
    [{ data: { type: 'sent' } }, 'no type'],
    [{ type: 'activity.hard_bounced' }, 'no data'],
    [{ type: 'activity.hard_bounced', data: [] }, 'no data'],
  ])('that cannot be read go to quarantine: %j, %s', async (body, why) => {
    expect(await itemOf(body)).toMatchObject({ type: 'unreadable', why });
  });

  test.each(['', '[]', '"x"', '{'])('that are no object are quarantined whole: %j', async (body) => {
    expect((await mailersend.parse(requestOf(body))).ok).toBe(false);
  });

  it('its samples are proven by their secret, and are the kinds that they say', async () => {
    const { source, signing } = await mailersendSampler.source();
    for (const sample of mailersendSampler.samples(NOW)) {
      const { headers, body } = await mailersendSampler.request(sample.payload, signing, NOW);
      const sent = { ...requestOf(body), headers: new Headers(headers) };
      expect(await outcome(sent, trusting(...(source.secrets.keys ?? [])))).toBe('proven');
      expect(await outcome(sent)).toBe('forged');
      const event = await eventOf(body);
      expect([event.meaning.kind, event.recipient, event.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
