import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { ahasend } from '../../src/providers/ahasend.ts';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { ahasendSampler } from '../../src/samples/ahasend.ts';

const NOW = 1_790_000_000_000;
const SECRET = 'aha-whsec-c2VjcmV0IGFzIGl0IGlz';

const request = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/ahasend_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemOf(body: unknown, headers = {}): Promise<Item> {
  const result = await ahasend.parse(request(body, headers));
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

const message = (type: unknown, attempt?: unknown) => ({
  type,
  webhook_id: 'abe11757-2886-4b55-96f1-000000000007',
  timestamp: '2026-05-06T07:08:09.123456789Z',
  data: {
    event: 'on_something',
    from: 'news@ex.test',
    recipient: 'ada@ex.test',
    message_id_header: '<7@ex.test>',
    id: 'message-7',
    ...(attempt === undefined ? {} : { delivery_attempt: attempt }),
  },
});

describe('AhaSend events', () => {
  it('are read field by field', async () => {
    const attempt = {
      classification: 'InvalidRecipient',
      smtp_code: 550,
      enhanced_status_code: '5.1.1',
      response: 'No such user',
      command: 'RCPT TO',
    };
    expect(await eventOf(message('message.bounced', attempt), { 'webhook-id': 'msg_7' })).toEqual({
      meaning: {
        kind: 'bounce',
        code: '550',
        enhanced: '5.1.1',
        category: 'mailbox-unknown',
        proof: 'cause',
      },
      recipient: 'ada@ex.test',
      at: Date.parse('2026-05-06T07:08:09.123Z'),
      reply: { code: '550', enhanced: '5.1.1', text: 'No such user' },
      providerType: 'message.bounced',
      eventId: 'msg_7',
      messageId: 'message-7',
      rfcMessageId: '<7@ex.test>',
    });
  });

  test.each([
    ['message.transient_error', undefined, 'deferral', '450', undefined, undefined],
    ['message.failed', undefined, 'bounce', '554', 'expired', undefined],
    ['message.bounced', undefined, 'bounce', '550', undefined, 'hard'],
    ['message.bounced', null, 'bounce', '550', undefined, 'hard'],
    ['message.bounced', { classification: 'OfTomorrow', smtp_code: 550 }, 'bounce', '550', undefined, 'hard'],
    ['message.bounced', { classification: 'constructor' }, 'bounce', '550', undefined, 'hard'],
    ['message.bounced', { classification: 'BadDomain' }, 'bounce', '550', 'domain-invalid', 'cause'],
    ['message.bounced', { classification: 'QuotaIssues' }, 'bounce', '552', 'mailbox-full', undefined],
    ['message.bounced', { classification: 'PolicyRelated' }, 'bounce', '554', 'policy-rejected', undefined],
    ['message.bounced', { classification: 'ProtocolErrors' }, 'bounce', '500', 'protocol', undefined],
    ['message.suppressed', undefined, 'reject', '554', 'suppressed', undefined],
    ['message.delivered', { smtp_code: 250 }, 'delivery', '250', 'delivered', undefined],
  ])('%s with %j is a %s', async (type, attempt, kind, code, category, proof) => {
    const { meaning } = await eventOf(message(type, attempt));
    expect([meaning.kind, meaning.code, meaning.category, meaning.proof]).toEqual([
      kind,
      code,
      category,
      proof,
    ]);
  });

  test.each([
    ['Too many hard bounces', 'bounce'],
    ['Spam complaint', 'complaint'],
    ['Recipient unsubscribed', 'unsubscribe'],
    [undefined, 'bounce'],
  ])('an address put on the list for %j is no new failure', async (reason, listedFor) => {
    const data = {
      recipient: 'ada@ex.test',
      reason,
      expires_at: '2026-06-05T00:00:00Z',
      sending_domain: 'ex.test',
    };
    expect(
      await eventOf({ type: 'suppression.created', timestamp: '2026-05-06T07:08:09Z', data }),
    ).toMatchObject({
      meaning: { kind: 'reject', category: 'suppressed', listedFor },
      reply: { text: reason ?? null },
      recipient: 'ada@ex.test',
      listed: true,
    });
  });

  test.each(['message.opened', 'message.routing', 'domain.dns_error'])('%s is ignored', async (type) => {
    expect(await itemOf(message(type))).toEqual({ type: 'ignored', label: type, known: true });
  });

  test.each(['message.imagined', 'constructor', '__proto__'])('%s is listed as unmapped', async (type) => {
    expect(await itemOf(message(type))).toEqual({ type: 'ignored', label: type, known: false });
  });

  it('T057 hand on a missing recipient, and quarantine a missing type', async () => {
    expect((await eventOf({ type: 'message.bounced', data: [] })).recipient).toBeUndefined();
    expect(await itemOf({ data: {} })).toMatchObject({ type: 'unreadable', why: 'no type' });
  });

  test.each(['', '[]', 'null', '{"type":'])('the body %j is quarantined whole', async (body) => {
    expect((await ahasend.parse(request(body))).ok).toBe(false);
  });
});

describe('AhaSend signatures', () => {
  const BODY = JSON.stringify(message('message.bounced'));
  const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
  async function headersBy(key: Uint8Array, body = BODY, timestamp = '1790000000') {
    const mac = toBase64(await hmacSha256(key, utf8(`msg_7.${timestamp}.${body}`)));
    return { 'webhook-id': 'msg_7', 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
  }
  async function verdict(headers: Record<string, string>, body = BODY, keys: readonly string[] = [SECRET]) {
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const result = await ahasend.verify(request(body, headers), trust, io);
    return result.ok ? 'proven' : result.error.reason;
  }

  it('are by the characters of the whole secret', async () => {
    expect(await verdict(await headersBy(utf8(SECRET)))).toBe('proven');
    expect(await verdict(await headersBy(utf8(SECRET.replace('aha-whsec-', ''))))).toBe('forged');
    expect(await verdict(await headersBy(utf8('secret as it is')))).toBe('forged');
  });

  it('by a secret that looks like that of Standard Webhooks are so too', async () => {
    const lookalike = `whsec_${toBase64(utf8('twenty-four bytes of key'))}`;
    expect(await verdict(await headersBy(utf8(lookalike)), BODY, [lookalike])).toBe('proven');
    expect(await verdict(await headersBy(utf8('twenty-four bytes of key')), BODY, [lookalike])).toBe(
      'forged',
    );
  });

  it('T021, T023 of another body or time are refused', async () => {
    expect(await verdict(await headersBy(utf8(SECRET)), BODY.replace('ada', 'bob'))).toBe('forged');
    expect(await verdict(await headersBy(utf8(SECRET), BODY, '1789999699'))).toBe('forged');
    expect(await verdict({ ...(await headersBy(utf8(SECRET))), 'webhook-timestamp': '1790000001' })).toBe(
      'forged',
    );
  });

  it('T026, T027 need a key that can work, and take any of several', async () => {
    expect(await verdict(await headersBy(utf8('aaaaaaaaaa')), BODY, ['aaaaaaaaaa', ''])).toBe('undecided');
    expect(await verdict(await headersBy(utf8(SECRET)), BODY, ['another secret', SECRET])).toBe('proven');
    expect(['', 'short', 'aaaaaaaaaa', `${SECRET} `].map((key) => typeof ahasend.checkKey(key))).toEqual(
      Array(4).fill('string'),
    );
  });

  it('are on its samples, which are the kinds that they say', async () => {
    const { source, signing } = await ahasendSampler.source();
    for (const sample of ahasendSampler.samples(NOW)) {
      const { headers, body } = await ahasendSampler.request(sample.payload, signing, NOW);
      expect(await verdict(headers, body, source.secrets.keys)).toBe('proven');
      const read = await eventOf(body, headers);
      expect([read.meaning.kind, read.recipient, read.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
