import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { hyvorRelay } from '../../src/providers/hyvor-relay.ts';
import { toHex, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { hyvorRelaySampler } from '../../src/samples/hyvor-relay.ts';

const NOW = 1_790_000_000_000;
const SECRET = 'secret key of the webhook';
const OTHER = 'secret key of another one';

const request = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/hyvor-relay_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemOf(body: unknown): Promise<Item> {
  const result = await hyvorRelay.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  const [item, ...rest] = result.value.items;
  if (item === undefined || rest.length > 0) throw new Error('one event makes one item');
  return item;
}

async function eventOf(body: unknown) {
  const item = await itemOf(body);
  if (item.type !== 'event') throw new Error(JSON.stringify(item));
  return item.event;
}

const notice = (event: unknown, parts: Record<string, unknown> = {}) => ({
  event,
  payload: {
    send: { id: 1, uuid: 'send-7', created_at: 1_780_000_000 },
    recipient: { id: 10, type: 'to', address: 'ada@ex.test', status: 'bounced' },
    ...parts,
  },
});
const attempt = (fields: Record<string, unknown> = {}) => ({
  id: 100,
  created_at: 1_780_000_007,
  status: 'bounced',
  responded_mx_host: 'mx.ex.test',
  smtp_conversations: {},
  recipient_ids: [10, 11],
  error: null,
  ...fields,
});
const told = (recipient_id: number, smtp_code: number, smtp_message: string) => ({
  recipient_id,
  smtp_code,
  smtp_enhanced_code: null,
  smtp_message,
});
const suppression = {
  id: 3,
  created_at: 1_780_000_005,
  email: 'ada@ex.test',
  reason: 'bounce',
  description: null,
};

describe('Hyvor Relay events', () => {
  it('are read field by field', async () => {
    const recipients = [told(11, 250, 'OK'), told(10, 550, '5.1.1 No such user')];
    expect(await eventOf(notice('send.recipient.bounced', { attempt: attempt({ recipients }) }))).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: 1_780_000_007_000,
      sentAt: 1_780_000_000_000,
      reply: { code: '550', enhanced: null, text: '5.1.1 No such user' },
      providerType: 'send.recipient.bounced',
      eventId: null,
      messageId: 'send-7',
    });
  });

  it('that came by mail have the reply in the bounce, and no time', async () => {
    const bounce = { text: '550 5.2.1 disabled', status: '5.2.1' };
    const { reply, at } = await eventOf(notice('send.recipient.bounced', { attempt: null, bounce }));
    expect([reply, at]).toEqual([{ enhanced: '5.2.1', text: '550 5.2.1 disabled' }, null]);
  });

  it('read a conversation where it was about one recipient alone', async () => {
    const steps = [
      { name: 'mail', command: 'MAIL FROM', reply_code: 250, reply_text: 'OK' },
      { name: 'rcpt', command: 'RCPT TO', reply_code: 452, reply_text: '4.2.2 full' },
      { name: 'quit', command: 'QUIT', reply_code: 221, reply_text: 'Bye' },
    ];
    const replyAmong = async (recipient_ids: unknown) => {
      const smtp_conversations = { 'mx.ex.test': { steps } };
      const parts = { attempt: attempt({ recipient_ids, smtp_conversations }) };
      return (await eventOf(notice('send.recipient.deferred', parts))).reply;
    };
    expect(await replyAmong([10])).toEqual({ code: '452', text: '4.2.2 full' });
    expect(await replyAmong([10, 11])).toEqual({ text: null });
  });

  it('that failed say what was wrong with the network', async () => {
    const error = 'dial tcp: i/o timeout';
    const { meaning, reply } = await eventOf(
      notice('send.recipient.failed', { attempt: attempt({ error }) }),
    );
    expect([meaning, reply]).toEqual([
      { kind: 'bounce', code: '554', enhanced: '5.4.7', category: 'expired' },
      { text: error },
    ]);
  });

  test.each([
    ['send.recipient.accepted', {}, 'delivery', '250', undefined],
    ['send.recipient.deferred', {}, 'deferral', '450', undefined],
    ['send.recipient.complained', { complaint: { feedback_type: 'fraud' } }, 'complaint', undefined, 'fraud'],
    ['send.recipient.complained', { complaint: { feedback_type: 'new' } }, 'complaint', undefined, undefined],
    ['send.recipient.suppressed', { suppression }, 'reject', '554', undefined],
  ])('%s with %j is a %s', async (event, parts, kind, code, feedback) => {
    const { meaning } = await eventOf(notice(event, parts));
    expect([meaning.kind, meaning.code, meaning.feedback]).toEqual([kind, code, feedback]);
  });

  it('of older versions call an address on the list failed', async () => {
    const recipient = { id: 10, address: 'ada@ex.test', status: 'suppressed' };
    expect(await eventOf(notice('send.recipient.failed', { recipient, attempt: null }))).toMatchObject({
      meaning: { kind: 'reject', category: 'suppressed' },
      providerType: 'send.recipient.failed',
    });
  });

  test.each(['domain.created', 'domain.status.changed'])('%s is ignored', async (event) => {
    expect(await itemOf(notice(event))).toEqual({ type: 'ignored', label: event, known: true });
  });

  test.each(['send.recipient.imagined', 'constructor', '__proto__'])(
    '%s is listed as unmapped',
    async (event) => {
      expect(await itemOf(notice(event))).toEqual({ type: 'ignored', label: event, known: false });
    },
  );

  it('T057 hand on a missing recipient, and quarantine a missing event', async () => {
    expect((await eventOf({ event: 'send.recipient.bounced', payload: null })).recipient).toBeUndefined();
    expect(await itemOf({ payload: {} })).toMatchObject({ type: 'unreadable', why: 'no event' });
  });

  test.each(['', '[]', 'null', '{"event":'])('the body %j is quarantined whole', async (body) => {
    expect((await hyvorRelay.parse(request(body))).ok).toBe(false);
  });
});

describe('Hyvor Relay’s list', () => {
  test.each(['bounce', 'complaint'])('takes an address in for a %s', async (reason) => {
    const body = { event: 'suppression.created', payload: { suppression: { ...suppression, reason } } };
    expect(await eventOf(body)).toMatchObject({
      meaning: { kind: 'reject', category: 'suppressed', listedFor: reason },
      recipient: 'ada@ex.test',
      at: 1_780_000_005_000,
      providerType: `suppression.created/${reason}`,
      listed: true,
    });
  });

  it('lets an address go, at a time that it does not tell', async () => {
    const body = { event: 'suppression.deleted', payload: { suppression } };
    expect(await eventOf(body)).toMatchObject({ meaning: { kind: 'resubscribe' }, at: null, listed: false });
  });
});

describe('Hyvor Relay signatures', () => {
  const BODY = JSON.stringify(notice('send.recipient.bounced'));
  const sign = async (body = BODY, key = SECRET) => toHex(await hmacSha256(utf8(key), utf8(body)));
  async function verdict(signature: string | null, body = BODY, keys: readonly string[] = [SECRET]) {
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const headers: Record<string, string> = signature === null ? {} : { 'x-signature': signature };
    const result = await hyvorRelay.verify(request(body, headers), trust);
    return result.ok ? 'proven' : result.error.reason;
  }

  it('prove a request', async () => {
    expect(await verdict(await sign())).toBe('proven');
  });

  it('T021 of another secret, another body or none are refused', async () => {
    expect(await verdict(await sign(BODY, OTHER))).toBe('forged');
    expect(await verdict(await sign(), BODY.replace('ada', 'bob'))).toBe('forged');
    expect(await verdict(await sign(), `${BODY} `)).toBe('forged');
    expect(await verdict(null)).toBe('forged');
  });

  it('T021 cut short, lengthened or in capitals are refused', async () => {
    const good = await sign();
    for (const bent of [good.slice(0, 62), `${good}00`, good.toUpperCase(), `sha256=${good}`, ''])
      expect(await verdict(bent), bent).toBe('forged');
  });

  it('T026, T027 need a key that can work, and take any of several', async () => {
    expect(await verdict(await sign(), BODY, [])).toBe('undecided');
    expect(await verdict(await sign(BODY, 'aaaaaaaaaa'), BODY, ['aaaaaaaaaa'])).toBe('undecided');
    expect(await verdict(await sign(), BODY, [OTHER, SECRET])).toBe('proven');
    expect(await verdict(await sign(), BODY, [OTHER])).toBe('forged');
    expect(hyvorRelay.checkKey('')).toContain('shorter');
  });

  it('are on its samples, which are the kinds that they say', async () => {
    const { source, signing } = await hyvorRelaySampler.source();
    for (const sample of hyvorRelaySampler.samples(NOW)) {
      const { headers, body } = await hyvorRelaySampler.request(sample.payload, signing, NOW);
      expect(await verdict(headers['x-signature'] ?? null, body, source.secrets.keys)).toBe('proven');
      const read = await eventOf(body);
      expect([read.meaning.kind, read.recipient]).toEqual([sample.kind, sample.recipient]);
    }
  });
});
