import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { bird } from '../../src/providers/bird.ts';
import { fromBase64, sha256, toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { birdSampler } from '../../src/samples/bird.ts';

const NOW = 1_790_000_000_000;
const URL_OF_WEBHOOK = 'https://mail.test/webhooks/bird_1?from=Bird';
const KEY = 'a signing key of our own';
const OTHER = 'another signing key of ours';
const SECRET = `whsec_${toBase64(Uint8Array.from({ length: 24 }, (_, i) => i * 7 + 1))}`;

const request = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('http://10.0.0.7:8787/webhooks/bird_1'), // as it looks behind a proxy
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(notice: unknown, headers = {}): Promise<readonly Item[]> {
  const result = await bird.parse(request(notice, headers));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventsOf(notice: unknown, headers = {}) {
  return (await itemsOf(notice, headers)).map((item) => {
    if (item.type !== 'event') throw new Error(JSON.stringify(item));
    return item.event;
  });
}

const event = (type: string, fields: Record<string, unknown> = {}) => ({
  type,
  timestamp: '2026-06-01T17:00:12.345Z',
  data: { email_id: 'em_7', recipient_id: 'er_7', recipient: 'ada@ex.test', tags: null, ...fields },
});
const bounce = (fields: Record<string, unknown> = {}) =>
  event('email.bounced', {
    bounce_type: 'hard',
    bounce_class: 10,
    bounce_code: '550',
    bounce_description: '5.1.1 No such user',
    tags: [{ name: 'category', value: 'invoice' }],
    ...fields,
  });
const outbound = (fields: Record<string, unknown> = {}) => ({
  service: 'channels',
  event: 'email.outbound',
  payload: {
    id: 'message-7',
    receiver: { contacts: [{ identifierKey: 'emailaddress', identifierValue: 'ada@ex.test' }] },
    status: 'delivery_failed',
    reason: 'bounceHard',
    details: '550 5.1.1 No such user',
    lastStatusAt: '2026-06-01T17:00:12.345Z',
    ...fields,
  },
});

describe('Bird events', () => {
  it('are read field by field', async () => {
    expect(await eventsOf(bounce(), { 'webhook-id': 'evt_7' })).toEqual([
      {
        meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-06-01T17:00:12.345Z'),
        reply: { code: '550', text: '5.1.1 No such user' },
        providerType: 'email.bounced/hard',
        eventId: 'evt_7',
        messageId: 'em_7',
        group: null,
        tags: ['category:invoice'],
      },
    ]);
  });

  test.each([
    [bounce({ bounce_type: 'soft' }), 'bounce', '450', undefined],
    [bounce({ bounce_type: 'block' }), 'bounce', '554', 'ip-blocked'],
    [bounce({ bounce_type: 'admin' }), 'bounce', '554', 'policy-rejected'],
    [bounce({ bounce_type: 'of tomorrow' }), 'bounce', undefined, undefined],
    [event('email.out_of_band_bounce', { bounce_type: 'soft' }), 'bounce', '450', undefined],
    [event('email.deferred', { bounce_type: 'soft' }), 'deferral', '450', undefined],
    [event('email.rejected', { rejection_reason: 'recipient_suppressed' }), 'reject', '554', 'suppressed'],
    [
      event('email.rejected', { rejection_reason: 'policy_rejection' }),
      'reject',
      undefined,
      'policy-rejected',
    ],
    [event('email.complained', { feedback_type: 'of tomorrow' }), 'complaint', undefined, 'complaint'],
    [event('email.unsubscribed'), 'unsubscribe', undefined, undefined],
  ])('%j is known for what it is', async (notice, kind, code, category) => {
    const [found] = await eventsOf(notice);
    expect([found?.meaning.kind, found?.meaning.code, found?.meaning.category]).toEqual([
      kind,
      code,
      category,
    ]);
  });

  test.each([
    ['hard_bounce', 'bounce'],
    ['complaint', 'complaint'],
    ['unsubscribed', 'unsubscribe'],
    ['manual', undefined],
  ])('an address put on the list for %s', async (reason, listedFor) => {
    const notice = { type: 'email_suppression.created', data: { email: 'ada@ex.test', reason } };
    expect(await eventsOf(notice)).toMatchObject([
      { meaning: { kind: 'reject', category: 'suppressed' }, recipient: 'ada@ex.test', listed: true },
    ]);
    expect((await eventsOf(notice))[0]?.meaning.listedFor).toBe(listedFor);
  });

  it('of preferences count for email only, within the sender they are about', async () => {
    const revoked = (channel: string) => ({
      type: 'preference.revoked',
      data: { channel, handle: 'ada@ex.test', sender_scope: 'news@ex.test' },
    });
    expect(await eventsOf(revoked('email'))).toMatchObject([
      { meaning: { kind: 'unsubscribe' }, recipient: 'ada@ex.test', group: 'news@ex.test' },
    ]);
    expect(await itemsOf(revoked('sms'))).toEqual([
      { type: 'ignored', label: 'preference.revoked', known: true },
    ]);
  });

  test.each(['sms.delivered', 'whatsapp_suppression.created', 'verify.attempt.sent', 'domain.verified'])(
    '%s is ignored',
    async (type) => {
      expect(await itemsOf(event(type))).toEqual([{ type: 'ignored', label: type, known: true }]);
    },
  );

  test.each(['email.imagined', 'constructor', '__proto__'])('%s is listed as unmapped', async (type) => {
    expect(await itemsOf(event(type))).toEqual([{ type: 'ignored', label: type, known: false }]);
  });

  test.each([{}, { data: {} }, { type: 7.5, event: {} }])(
    '%j is for the quarantine or the unmapped',
    async (body) => {
      const [item] = await itemsOf(body);
      expect(item).not.toMatchObject({ known: true });
      expect(item?.type).not.toBe('event');
    },
  );

  test.each(['', '[]', 'null', '{"type":'])('the body %j is quarantined whole', async (body) => {
    expect((await bird.parse(request(body))).ok).toBe(false);
  });
});

describe('Bird events of the Channels API', () => {
  it('are read field by field', async () => {
    expect(await eventsOf(outbound())).toEqual([
      {
        meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-06-01T17:00:12.345Z'),
        reply: { text: '550 5.1.1 No such user' },
        providerType: 'email.outbound/delivery_failed/bounceHard',
        eventId: null,
        messageId: 'message-7',
      },
    ]);
  });

  test.each([
    [{ reason: 'delay' }, 'deferral', '450'],
    [{ reason: 'out_of_band' }, 'bounce', undefined],
    [{ reason: 'of tomorrow' }, 'bounce', undefined],
    [{ reason: '', details: 'bounceSoft' }, 'bounce', '450'],
    [{ status: 'sending_failed', reason: 'policyRejection' }, 'reject', undefined],
    [
      { status: 'sending_failed', reason: 'policyRejection', details: 'recipient address was suppressed' },
      'reject',
      '554',
    ],
    [{ status: 'delivered', reason: null }, 'delivery', '250'],
  ])('%j is known for what it is', async (fields, kind, code) => {
    const [found] = await eventsOf(outbound(fields));
    expect([found?.meaning.kind, found?.meaning.code]).toEqual([kind, code]);
  });

  it('take the word for the failure out of either field, and no word for a reply', async () => {
    const [found] = await eventsOf(
      outbound({
        reason: undefined,
        details: 'bounceSoft',
        failure: { code: 7, description: '452 4.2.2 full' },
      }),
    );
    expect([found?.providerType, found?.reply]).toEqual([
      'email.outbound/delivery_failed/bounceSoft',
      { text: '452 4.2.2 full' },
    ]);
  });

  it('about several contacts are pinned on nobody', async () => {
    const contacts = [{ identifierValue: 'ada@ex.test' }, { identifierValue: 'bob@ex.test' }];
    const events = await eventsOf(outbound({ receiver: { contacts } }));
    expect(events.map(({ recipient, ambiguous }) => [recipient, ambiguous])).toEqual([
      ['ada@ex.test', true],
      ['bob@ex.test', true],
    ]);
  });

  test.each([
    [{ status: undefined }, 'no status'],
    [{ receiver: undefined }, 'names no recipient'],
  ])('with %j go to quarantine', async (fields, why) => {
    expect(await itemsOf(outbound(fields))).toMatchObject([{ type: 'unreadable', why }]);
  });

  it('of other channels are ignored', async () => {
    expect(await itemsOf({ event: 'whatsapp.outbound', payload: {} })).toEqual([
      { type: 'ignored', label: 'whatsapp.outbound', known: true },
    ]);
  });
});

describe('Bird signatures', () => {
  const BODY = JSON.stringify(outbound());
  const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
  const TS = '1790000000';

  async function channels({ ts = TS, url = URL_OF_WEBHOOK, body = BODY, key = KEY } = {}) {
    const start = utf8(`${ts}\n${url}\n`);
    const mac = await hmacSha256(utf8(key), Uint8Array.of(...start, ...(await sha256(utf8(body)))));
    return { 'messagebird-signature': toBase64(mac), 'messagebird-request-timestamp': ts };
  }
  async function standard(body = BODY, ts = TS) {
    const key = fromBase64(SECRET.slice(6)) as Uint8Array;
    const mac = toBase64(await hmacSha256(key, utf8(`evt_7.${ts}.${body}`)));
    return { 'webhook-id': 'evt_7', 'webhook-timestamp': ts, 'webhook-signature': `v1,${mac}` };
  }
  async function verdict(
    headers: Record<string, string>,
    { body = BODY, keys = [KEY, SECRET], publicUrl = URL_OF_WEBHOOK as string | null } = {},
  ) {
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl, requireSha256: false };
    const result = await bird.verify(request(body, headers), trust, io);
    return result.ok ? 'proven' : result.error.reason;
  }

  it('of both platforms prove a request', async () => {
    expect(await verdict(await channels())).toBe('proven');
    expect(await verdict(await standard())).toBe('proven');
    expect(await verdict(await standard(), { publicUrl: null })).toBe('proven');
  });

  it('T021 of another key, another body or none are refused', async () => {
    expect(await verdict(await channels({ key: OTHER }))).toBe('forged');
    expect(await verdict(await channels(), { body: BODY.replace('ada', 'bob') })).toBe('forged');
    expect(await verdict(await standard(), { body: BODY.replace('ada', 'bob') })).toBe('forged');
    expect(await verdict({})).toBe('forged');
  });

  it('T021 cut short or otherwise written are refused', async () => {
    const good = await channels();
    const mac = good['messagebird-signature'];
    for (const bent of [mac.slice(0, 40), mac.slice(0, -1), `${mac} `.repeat(2), mac.toUpperCase(), ''])
      expect(await verdict({ ...good, 'messagebird-signature': bent }), bent).toBe('forged');
  });

  it('T021 by a key of the other platform prove nothing', async () => {
    expect(await verdict(await channels({ key: SECRET }), { keys: [SECRET] })).toBe('undecided');
    expect(await verdict(await standard(), { keys: [KEY] })).toBe('undecided');
  });

  it('T028 are of the configured URL, whatever a proxy’s headers say', async () => {
    const elsewhere = await channels({ url: 'https://evil.test/webhooks/bird_1' });
    const claims = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', host: 'evil.test' };
    expect(await verdict({ ...elsewhere, ...claims })).toBe('forged');
    expect(await verdict({ ...(await channels()), ...claims })).toBe('proven');
    for (const url of [
      URL_OF_WEBHOOK.slice(0, -1),
      `${URL_OF_WEBHOOK}/`,
      'https://mail.test/webhooks/bird_1',
    ])
      expect(await verdict(await channels({ url })), url).toBe('forged');
  });

  it('T028 cannot be judged before the URL is configured', async () => {
    expect(await verdict(await channels(), { publicUrl: null })).toBe('undecided');
  });

  test.each([
    [-90_001, 'forged'],
    [-90_000, 'proven'],
    [300, 'proven'],
    [301, 'forged'],
  ])('T023 with a timestamp %i s from now are %s', async (offset, expected) => {
    expect(await verdict(await channels({ ts: String(1_790_000_000 + offset) }))).toBe(expected);
  });

  it('T023 with a moved timestamp are refused', async () => {
    expect(await verdict({ ...(await channels()), 'messagebird-request-timestamp': '1790000001' })).toBe(
      'forged',
    );
  });

  test.each(['1790000000abc', '1.79e9', '', '01790000000', '1790000000000', '-179000000'])(
    'T023 with the timestamp %j are refused although it is signed',
    async (ts) => {
      expect(await verdict(await channels({ ts }))).toBe('forged');
    },
  );

  it('T027 of the old and the new key hold while both are configured', async () => {
    expect(await verdict(await channels({ key: OTHER }), { keys: [KEY, OTHER] })).toBe('proven');
    expect(await verdict(await channels(), { keys: [OTHER] })).toBe('forged');
  });

  test.each([
    ['', 'shorter'],
    ['whsec_', 'shorter'],
    ['whsec_not base64', 'base64'],
    ['aaaaaaaaaaaaaaaaaaaa', 'over and over'],
  ])('T026 the key %j is refused at configuration', (key, why) => {
    expect(bird.checkKey(key)).toContain(why);
    expect([KEY, SECRET].map((good) => bird.checkKey(good))).toEqual([null, null]);
  });

  it('are on its samples, which are the kinds that they say', async () => {
    const { source, signing } = await birdSampler.source();
    const keys = [...(source.secrets.keys ?? [])];
    for (const sample of birdSampler.samples(NOW)) {
      const { headers, body } = await birdSampler.request(sample.payload, signing, NOW);
      expect(await verdict(headers, { body, keys, publicUrl: source.public_url ?? null })).toBe('proven');
      const [found] = await eventsOf(JSON.parse(body));
      expect([found?.meaning.kind, found?.recipient, found?.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
