import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { hmacSha256 } from '../../src/providers/verify/hmac.ts';
import { zeptomail } from '../../src/providers/zeptomail.ts';
import { zeptomailSampler } from '../../src/samples/zeptomail.ts';

const NOW = 1_790_000_000_000;
const KEY = 'authentication-key-of-the-agent';
const OTHER = 'authentication-key-of-another';

const request = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/zeptomail_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(notice: unknown): Promise<readonly Item[]> {
  const result = await zeptomail.parse(request(notice));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventsOf(notice: unknown) {
  return (await itemsOf(notice)).map((item) => {
    if (item.type !== 'event') throw new Error(JSON.stringify(item));
    return item.event;
  });
}

const to = (...addresses: string[]) => addresses.map((address) => ({ email_address: { address } }));
const detail = (fields: Record<string, unknown> = {}) => ({
  time: '2026-03-04T05:06:07+05:30',
  reason: 'Invalid recipient',
  diagnostic_message: '550 5.1.1 No such user',
  bounced_recipient: 'ada@ex.test',
  ...fields,
});
const message = (fields: Record<string, unknown> = {}) => ({
  request_id: 'req-7',
  email_info: { email_reference: 'ref-7', to: to('ada@ex.test') },
  event_data: [{ object: 'email', details: [detail()] }],
  ...fields,
});
const notice = (name: unknown = ['hardbounce'], messages: unknown = [message()]) => ({
  event_name: name,
  event_message: messages,
  mailagent_key: 'agent',
  webhook_request_id: 'hook-7',
});

describe('ZeptoMail bounces', () => {
  it('are read field by field', async () => {
    expect(await eventsOf(notice())).toEqual([
      {
        meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-03-03T23:36:07Z'),
        reply: { text: '550 5.1.1 No such user' },
        providerType: 'hardbounce',
        eventId: 'hook-7',
        messageId: 'req-7',
      },
    ]);
  });

  it('come with bare objects in place of lists', async () => {
    const bare = { ...message(), event_data: { details: detail() } };
    expect(await eventsOf(notice('hardbounce', bare))).toEqual(await eventsOf(notice()));
  });

  test.each([
    ['hardbounce', 'bounce', '550', 'hard'],
    ['softbounce', 'bounce', '450', undefined],
    ['feedback loop', 'complaint', undefined, undefined],
    ['fbl_compliant', 'complaint', undefined, undefined],
    ['fbl_complaint', 'complaint', undefined, undefined],
    ['delivered', 'delivery', '250', undefined],
  ])('%s is a %s', async (name, kind, code, proof) => {
    const [event] = await eventsOf(notice([name]));
    expect([event?.meaning.kind, event?.meaning.code, event?.meaning.proof]).toEqual([kind, code, proof]);
  });

  it('show the reason where there is no diagnostic', async () => {
    const event_data = [{ details: [detail({ diagnostic_message: undefined, reason: '452 4.2.2 full' })] }];
    expect((await eventsOf(notice(undefined, [message({ event_data })])))[0]?.reply.text).toBe(
      '452 4.2.2 full',
    );
  });

  it('name one of several recipients, each with what its server said', async () => {
    const event_data = [
      {
        details: [
          detail({ bounced_recipient: 'bob@ex.test', diagnostic_message: '550 5.7.1 no' }),
          detail({ bounced_recipient: 'cy@ex.test' }),
        ],
      },
    ];
    const email_info = { to: to('ada@ex.test', 'bob@ex.test'), cc: to('cy@ex.test') };
    const events = await eventsOf(notice(undefined, [message({ email_info, event_data })]));
    expect(events.map(({ recipient, reply, ambiguous }) => [recipient, reply.text, ambiguous])).toEqual([
      ['bob@ex.test', '550 5.7.1 no', undefined],
      ['cy@ex.test', '550 5.1.1 No such user', undefined],
    ]);
  });

  it('of a complaint are about whom its report was addressed to', async () => {
    const fbl = (...to: string[]) => ({ fblFrom: 'fbl@isp.test', from: 'us@ex.test', ip: '192.0.2.1', to });
    const named = async (...addresses: string[]) => {
      const event_data = [{ object: 'fbl_compliant', details: [fbl(...addresses)] }];
      const email_info = { to: to('ada@ex.test', 'bob@ex.test') };
      const events = await eventsOf(notice(['fbl_compliant'], [message({ email_info, event_data })]));
      return events.map(({ recipient, ambiguous }) => [recipient, ambiguous]);
    };
    expect(await named('bob@ex.test')).toEqual([['bob@ex.test', undefined]]);
    const nobody = [
      ['ada@ex.test', true],
      ['bob@ex.test', true],
    ];
    expect(await named('ada@ex.test', 'bob@ex.test')).toEqual(nobody);
    expect(await named()).toEqual(nobody);
  });

  it('name recipients in lists of one address as well', async () => {
    const email_info = { to: [{ email_address: [{ address: 'ada@ex.test' }] }, { address: 'bob@ex.test' }] };
    const events = await eventsOf(notice(['delivered'], [message({ email_info, event_data: [] })]));
    expect(events.map(({ recipient }) => recipient)).toEqual(['ada@ex.test', 'bob@ex.test']);
  });

  it('that name none of several recipients are pinned on nobody', async () => {
    const event_data = [{ details: [detail({ bounced_recipient: undefined })] }];
    const email_info = { to: to('ada@ex.test'), bcc: to('bob@ex.test') };
    const events = await eventsOf(notice(undefined, [message({ email_info, event_data })]));
    expect(events.map(({ recipient, ambiguous }) => [recipient, ambiguous])).toEqual([
      ['ada@ex.test', true],
      ['bob@ex.test', true],
    ]);
  });
});

describe('ZeptoMail notices', () => {
  test.each(['email_open', 'email_link_click'])('%s is ignored', async (name) => {
    expect(await itemsOf(notice([name]))).toEqual([{ type: 'ignored', label: name, known: true }]);
  });

  test.each(['BrandNew', 'constructor', '__proto__'])('%s is listed as unmapped', async (name) => {
    expect(await itemsOf(notice([name]))).toEqual([{ type: 'ignored', label: name, known: false }]);
  });

  it('T057 a broken message goes to quarantine and its neighbours do not', async () => {
    const items = await itemsOf(
      notice(undefined, [
        7,
        message(),
        message({ email_info: {}, event_data: [] }),
        message({ event_data: 'x' }),
      ]),
    );
    expect(items.map(({ type }) => type)).toEqual(['unreadable', 'event', 'unreadable', 'unreadable']);
    expect(items[2]).toMatchObject({ why: 'names no recipient' });
  });

  test.each(['', '[]', 'null', '{', '{}', '{"event_name":["hardbounce"]}', '{"event_name":["a","b"]}'])(
    'the body %j is quarantined whole',
    async (body) => {
      expect((await zeptomail.parse(request(body))).ok).toBe(false);
    },
  );
});

describe('ZeptoMail signatures', () => {
  const BODY = JSON.stringify(notice());
  const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
  const sign = async (body = BODY, key = KEY) => toBase64(await hmacSha256(utf8(key), utf8(body)));
  const header = (s: string, ts: string | number = NOW, algorithm = 'HmacSHA256') => ({
    'producer-signature': `ts=${ts};s=${s};s-algorithm=${algorithm}`,
  });
  async function verdict(headers: Record<string, string>, body = BODY, keys = [KEY]) {
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const result = await zeptomail.verify(request(body, headers), trust, io);
    return result.ok ? 'proven' : result.error.reason;
  }

  it('prove a request, percent-encoded or not', async () => {
    expect(await verdict(header(encodeURIComponent(await sign())))).toBe('proven');
    expect(await verdict(header(await sign()))).toBe('proven');
  });

  test.each<[string, (json: string) => string]>([
    ['the field of a form', (json) => new URLSearchParams({ data: json }).toString()],
    ['a field of another name', (json) => `eventData=${encodeURIComponent(json)}`],
    ['a percent-encoded body', encodeURIComponent],
  ])('prove what %s holds, as it is decoded', async (_title, encode) => {
    const json = JSON.stringify(notice(['hardbounce'], [message({ note: 'a=b & c+d, 50 % of é' })]));
    const body = encode(json);
    expect(await verdict(header(await sign(json)), body)).toBe('proven');
    expect(await verdict(header(await sign(json)), body.replace('ada', 'bob'))).toBe('forged');
    expect(await verdict(header(await sign(json)), `${body}&more=1`)).toBe('forged');
    expect(await zeptomail.parse(request(body))).toEqual(await zeptomail.parse(request(json)));
  });

  it('T021 of another key, another body or none are refused', async () => {
    expect(await verdict(header(await sign(BODY, OTHER)))).toBe('forged');
    expect(await verdict(header(await sign()), BODY.replace('ada', 'bob'))).toBe('forged');
    expect(await verdict({})).toBe('forged');
  });

  it.each(['[{"a":"1+1=2%41"}]', 'no notice + 100%', ''])(
    'over %j are over these bytes, which are no form',
    async (body) => {
      expect(await verdict(header(await sign(body)), body)).toBe('proven');
    },
  );

  it('T021 cut short, lengthened or otherwise written are refused', async () => {
    const good = await sign();
    for (const s of [
      good.slice(0, 40),
      `${good}AAAA`,
      '',
      good.replace('=', ''),
      'not base64!',
      good.toLowerCase(),
    ])
      expect(await verdict(header(s)), s).toBe('forged');
    for (const algorithm of ['HmacSHA1', 'none', ''])
      expect(await verdict(header(good, NOW, algorithm))).toBe('forged');
    expect(await verdict({ 'producer-signature': good })).toBe('forged');
  });

  test.each([
    [-86_400_001, 'forged'],
    [-86_400_000, 'proven'],
    [300_000, 'proven'],
    [300_001, 'forged'],
  ])('T023 with a time %i ms from now are %s', async (offset, expected) => {
    expect(await verdict(header(await sign(), NOW + offset))).toBe(expected);
  });

  test.each(['1790000000', '17900000000000', '1.79e12', '', '-179000000000'])(
    'T023 with the time %j are refused',
    async (ts) => {
      expect(await verdict(header(await sign(), ts))).toBe('forged');
    },
  );

  it('T027 of the old and the new key hold while both are configured', async () => {
    expect(await verdict(header(await sign(BODY, OTHER)), BODY, [KEY, OTHER])).toBe('proven');
    expect(await verdict(header(await sign()), BODY, [OTHER])).toBe('forged');
  });

  it('T026 cannot be judged without a key that can work', async () => {
    expect(await verdict(header(await sign()), BODY, [])).toBe('undecided');
    expect(await verdict(header(await sign()), BODY, ['', 'aaaaaaaaaaaa'])).toBe('undecided');
  });

  it('are on its samples, which are the kinds that they say', async () => {
    const { source, signing } = await zeptomailSampler.source();
    for (const sample of zeptomailSampler.samples(NOW)) {
      const { headers, body } = await zeptomailSampler.request(sample.payload, signing, NOW);
      expect(await verdict(headers, body, [...(source.secrets.keys ?? [])])).toBe('proven');
      const [event] = await eventsOf(JSON.parse(body));
      expect([event?.meaning.kind, event?.recipient, event?.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
