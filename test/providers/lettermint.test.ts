import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { lettermint } from '../../src/providers/lettermint.ts';
import { toHex, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { lettermintSampler } from '../../src/samples/lettermint.ts';

const NOW = 1_790_000_000_000;
const SECRET = 'whsec_of-the-webhook';
const OTHER = 'whsec_of-another-one';

const request = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/lettermint_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemOf(body: unknown): Promise<Item> {
  const result = await lettermint.parse(request(body));
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

const message = (event: unknown, fields: Record<string, unknown> = {}) => ({
  id: 'delivery-7',
  event,
  timestamp: '2026-05-06T07:08:09.000Z',
  context: { scope: 'route', team_id: 't', project_id: 'p', route_id: 'broadcast' },
  data: { message_id: 'message-7', recipient: 'ada@ex.test', metadata: {}, tag: 'invoice', ...fields },
});
const response = { status_code: 550, enhanced_status_code: '5.1.1', content: 'User unknown' };
const entry = (event: string, fields: Record<string, unknown> = {}) => ({
  id: 'delivery-8',
  event,
  timestamp: '2026-05-06T07:08:09.000Z',
  data: {
    suppression_id: 's',
    type: 'email',
    value: 'ada@ex.test',
    reason: 'manual',
    applies_to: 'all',
    ...fields,
  },
});

describe('Lettermint messages', () => {
  it('are read field by field', async () => {
    expect(await eventOf(message('message.hard_bounced', { response }))).toEqual({
      meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
      recipient: 'ada@ex.test',
      at: Date.parse('2026-05-06T07:08:09Z'),
      reply: { code: '550', enhanced: '5.1.1', text: 'User unknown' },
      providerType: 'message.hard_bounced',
      eventId: 'delivery-7',
      messageId: 'message-7',
      group: 'broadcast',
      tags: ['invoice'],
    });
  });

  test.each([
    ['message.soft_bounced', {}, 'bounce', '450', undefined],
    ['message.failed', { response }, 'bounce', undefined, undefined],
    ['message.suppressed', { reason: 'hard_bounce' }, 'reject', '554', 'bounce'],
    ['message.suppressed', { reason: 'spam_complaint' }, 'reject', '554', 'complaint'],
    ['message.suppressed', { reason: 'unsubscribe' }, 'reject', '554', 'unsubscribe'],
    ['message.suppressed', { reason: 'Recipient unsubscribed' }, 'reject', '554', 'unsubscribe'],
    ['message.suppressed', { reason: 'of tomorrow' }, 'reject', '554', undefined],
    ['message.spam_complaint', {}, 'complaint', undefined, undefined],
    [
      'message.unsubscribed',
      { unsubscribed_at: '2026-05-06T07:00:00Z' },
      'unsubscribe',
      undefined,
      undefined,
    ],
    ['message.delivered', { response: { status_code: 250 } }, 'delivery', '250', undefined],
  ])('%s with %j is a %s', async (event, fields, kind, code, listedFor) => {
    const { meaning } = await eventOf(message(event, fields));
    expect([meaning.kind, meaning.code, meaning.listedFor]).toEqual([kind, code, listedFor]);
  });

  it('that failed tell why in the reason where no server spoke, and are ignored where nobody is named', async () => {
    const failed = (fields: object) =>
      message('message.failed', { reason: 'too many attachments', ...fields });
    expect((await eventOf(failed({}))).reply.text).toBe('too many attachments');
    expect(await itemOf(failed({ recipient: null }))).toMatchObject({ type: 'ignored', known: true });
  });

  it('of older days have their time in created_at', async () => {
    const { timestamp, ...older } = message('message.hard_bounced');
    expect((await eventOf({ ...older, created_at: timestamp })).at).toBe(Date.parse(timestamp));
  });

  test.each(['message.sent', 'message.policy_rejected', 'message.auto_replied', 'webhook.test'])(
    '%s is ignored',
    async (event) => {
      expect(await itemOf(message(event))).toEqual({ type: 'ignored', label: event, known: true });
    },
  );

  test.each(['message.imagined', 'constructor', '__proto__'])('%s is listed as unmapped', async (event) => {
    expect(await itemOf(message(event))).toEqual({ type: 'ignored', label: event, known: false });
  });

  it('T057 hand on a missing recipient, and quarantine a missing event', async () => {
    expect((await eventOf({ event: 'message.hard_bounced', data: 7 })).recipient).toBeUndefined();
    expect(await itemOf({ data: {} })).toMatchObject({ type: 'unreadable', why: 'no event' });
  });

  test.each(['', '[]', 'null', '{"event":'])('the body %j is quarantined whole', async (body) => {
    expect((await lettermint.parse(request(body))).ok).toBe(false);
  });
});

describe('Lettermint’s list', () => {
  it('takes an address in for a reason and a kind of mail', async () => {
    expect(
      await eventOf(entry('suppression.added', { reason: 'hard_bounce', applies_to: 'broadcast' })),
    ).toMatchObject({
      meaning: { kind: 'reject', category: 'suppressed', listedFor: 'bounce' },
      recipient: 'ada@ex.test',
      group: 'broadcast',
      listed: true,
      messageId: null,
    });
  });

  it('lets an address go', async () => {
    const { meaning, listed, group } = await eventOf(entry('suppression.removed', { reason: 'hard_bounce' }));
    expect([meaning, listed, group]).toEqual([{ kind: 'resubscribe' }, false, null]);
  });

  test.each(['domain', 'extension'])('holds whole %ss as well, which are nobody’s address', async (type) => {
    expect(await itemOf(entry('suppression.added', { type, value: 'ex.test' }))).toEqual({
      type: 'ignored',
      label: 'suppression.added',
      known: true,
    });
  });
});

describe('Lettermint signatures', () => {
  const BODY = JSON.stringify(message('message.hard_bounced', { response }));
  const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
  const sign = async (t = '1790000000', body = BODY, secret = SECRET) =>
    toHex(await hmacSha256(utf8(secret), utf8(`${t}.${body}`)));
  async function verdict(signature: string | null, body = BODY, keys: readonly string[] = [SECRET]) {
    const headers: Record<string, string> = signature === null ? {} : { 'x-lettermint-signature': signature };
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const result = await lettermint.verify(request(body, headers), trust, io);
    return result.ok ? 'proven' : result.error.reason;
  }

  it('prove a request, also as one of two', async () => {
    expect(await verdict(`t=1790000000,v1=${await sign()}`)).toBe('proven');
    const other = await sign('1790000000', BODY, OTHER);
    expect(await verdict(`t=1790000000,v1=${other},v1=${await sign()}`)).toBe('proven');
  });

  it('T021 of another secret, another body or none are refused', async () => {
    expect(await verdict(`t=1790000000,v1=${await sign('1790000000', BODY, OTHER)}`)).toBe('forged');
    expect(await verdict(`t=1790000000,v1=${await sign()}`, BODY.replace('ada', 'bob'))).toBe('forged');
    expect(await verdict(null)).toBe('forged');
    expect(await verdict('t=1790000000')).toBe('forged');
  });

  it('T021 cut short, in capitals or otherwise written are refused', async () => {
    const good = await sign();
    for (const bent of [
      `t=1790000000,v1=${good.slice(0, 62)}`,
      `t=1790000000,v1=${good}00`,
      `t=1790000000,v1=${good.toUpperCase()}`,
      `t=1790000000,v2=${good}`,
      `v1=${good},t=1790000000`,
      `t=1790000000,t=1790000000,v1=${good}`,
      `t=1790000000,v1=${good},`,
      good,
    ])
      expect(await verdict(bent), bent).toBe('forged');
  });

  test.each([
    [-301, 'forged'],
    [-300, 'proven'],
    [300, 'proven'],
    [301, 'forged'],
  ])('T023 with a time %i s from now are %s', async (offset, expected) => {
    const t = String(1_790_000_000 + offset);
    expect(await verdict(`t=${t},v1=${await sign(t)}`)).toBe(expected);
  });

  it('T023 with a moved time are refused', async () => {
    expect(await verdict(`t=1790000001,v1=${await sign()}`)).toBe('forged');
  });

  test.each(['1790000000abc', '1.79e9', '', '01790000000', '1790000000000'])(
    'T023 with the time %j are refused although it is signed',
    async (t) => {
      expect(await verdict(`t=${t},v1=${await sign(t)}`)).toBe('forged');
    },
  );

  it('T026, T027 need a key that can work, and take any of several', async () => {
    expect(await verdict(`t=1790000000,v1=${await sign()}`, BODY, [''])).toBe('undecided');
    expect(await verdict(`t=1790000000,v1=${await sign()}`, BODY, [OTHER, SECRET])).toBe('proven');
    expect(lettermint.checkKey('')).toContain('shorter');
  });

  it('are on its samples, which are the kinds that they say', async () => {
    const { source, signing } = await lettermintSampler.source();
    for (const sample of lettermintSampler.samples(NOW)) {
      const { headers, body } = await lettermintSampler.request(sample.payload, signing, NOW);
      expect(await verdict(headers['x-lettermint-signature'] ?? null, body, source.secrets.keys)).toBe(
        'proven',
      );
      const read = await eventOf(body);
      expect([read.meaning.kind, read.recipient, read.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
