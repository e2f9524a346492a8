import { describe, expect, it, test } from 'vitest';
import { kinds } from '../../src/core/event.ts';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { generic } from '../../src/providers/generic.ts';
import { toBase64, utf8 } from '../../src/providers/verify/bytes.ts';
import { genericSampler } from '../../src/samples/generic.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/generic_1'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown, headers?: Record<string, string>): Promise<readonly Item[]> {
  const result = await generic.parse(request(body, headers));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const base = { recipient: 'ada@ex.test', event: 'bounce' };
const typesOf = (items: readonly Item[]) => items.map((item) => item.type);

describe('the generic form', () => {
  it('is read field by field', async () => {
    const [item] = await itemsOf({
      ...base,
      code: '550',
      enhanced: '5.1.1',
      text: 'user unknown',
      at: '2026-05-06T07:08:09+02:00',
      id: 'e-1',
      message_id: 'm-1',
      stream: 'news',
      tags: ['a', 'b'],
    });
    expect(item).toEqual({
      type: 'event',
      event: {
        meaning: { kind: 'bounce' },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-05-06T05:08:09Z'),
        reply: { code: '550', enhanced: '5.1.1', text: 'user unknown' },
        providerType: 'bounce',
        eventId: 'e-1',
        messageId: 'm-1',
        stream: 'news',
        group: 'news',
        tags: ['a', 'b'],
      },
    });
  });

  it('needs a recipient and an event, and infers nothing from them', async () => {
    const [item] = await itemsOf(base);
    expect(item).toMatchObject({
      event: {
        meaning: { kind: 'bounce' },
        at: null,
        reply: { code: null, enhanced: null, text: null },
        tags: [],
      },
    });
    expect(item).not.toHaveProperty('event.meaning.code');
    expect(item).not.toHaveProperty('event.meaning.proof');
  });

  test.each(kinds)('takes the kind %s', async (event) => {
    expect(await itemsOf({ ...base, event })).toMatchObject([{ event: { meaning: { kind: event } } }]);
  });

  it('takes a code as a number, ids as numbers and one tag alone', async () => {
    expect(
      await itemsOf({ ...base, code: 504, id: 12, message_id: 34, tags: 'a', at: 1_790_000_000 }),
    ).toMatchObject([
      { event: { reply: { code: '504' }, eventId: '12', messageId: '34', tags: ['a'], at: NOW } },
    ]);
  });

  it('keeps an id beyond 2^53 digit by digit', async () => {
    const body = '{"recipient":"ada@ex.test","event":"bounce","id":9007199254740993}';
    expect(await itemsOf(body)).toMatchObject([{ event: { eventId: '9007199254740993' } }]);
  });

  it('takes null and "" for absent', async () => {
    const fields = ['code', 'enhanced', 'text', 'at', 'id', 'message_id', 'stream', 'tags', 'feedback'];
    for (const absent of [null, '']) {
      const record = {
        ...base,
        event: 'complaint',
        ...Object.fromEntries(fields.map((field) => [field, absent])),
      };
      expect(typesOf(await itemsOf(record))).toEqual(['event']);
    }
  });

  it('takes the feedback type of a complaint, and of nothing else', async () => {
    expect(await itemsOf({ ...base, event: 'complaint', feedback: 'not-spam' })).toMatchObject([
      { event: { meaning: { kind: 'complaint', feedback: 'not-spam' } } },
    ]);
    expect(await itemsOf({ ...base, event: 'complaint', feedback: 'opt-out-list' })).toMatchObject([
      { event: { meaning: { kind: 'complaint', feedback: 'opt-out' } } },
    ]);
    expect((await itemsOf({ ...base, feedback: 'fraud' }))[0]).not.toHaveProperty('event.meaning.feedback');
  });

  test.each([
    ['recipient', { recipient: undefined }],
    ['recipient', { recipient: 7 }],
    ['recipient', { recipient: ['ada@ex.test'] }],
    ['recipient', { recipient: { address: 'ada@ex.test' } }],
    ['event', { event: undefined }],
    ['event', { event: 5 }],
    ['code', { code: '55' }],
    ['code', { code: 5501 }],
    ['code', { code: '5.1.1' }],
    ['code', { code: '150' }],
    ['code', { code: [550] }],
    ['enhanced', { enhanced: '550' }],
    ['enhanced', { enhanced: '5.1' }],
    ['enhanced', { enhanced: 5.1 }],
    ['text', { text: { a: 1 } }],
    ['at', { at: 'yesterday' }],
    ['at', { at: true }],
    ['id', { id: {} }],
    ['message_id', { message_id: [] }],
    ['stream', { stream: 5 }],
    ['tags', { tags: [1] }],
    ['tags', { tags: { a: 'b' } }],
    ['feedback', { event: 'complaint', feedback: 'hate' }],
  ])('T057 a bad %s goes to quarantine, and the reason names it: %j', async (field, bent) => {
    const record = { ...base, ...bent };
    expect(await itemsOf(record)).toMatchObject([
      {
        type: 'unreadable',
        why: expect.stringMatching(new RegExp(`^${field}:`)),
        raw: JSON.parse(JSON.stringify(record)),
      },
    ]);
  });

  it('takes an event in any case, and knows what happens to a message and says nothing of its address', async () => {
    expect(await itemsOf({ ...base, event: ' Bounce ' })).toMatchObject([
      { event: { meaning: { kind: 'bounce' } } },
    ]);
    expect(await itemsOf({ ...base, event: 'Opened' })).toEqual([
      { type: 'ignored', label: 'opened', known: true },
    ]);
  });

  test.each(['teleported', 'constructor', '__proto__'])(
    'the event %s is listed as unmapped',
    async (event) => {
      expect(await itemsOf({ ...base, event })).toEqual([{ type: 'ignored', label: event, known: false }]);
    },
  );
});

describe('the generic form in batches', () => {
  const line = JSON.stringify(base);

  it('is an array', async () => {
    expect(typesOf(await itemsOf([base, 7, { ...base, code: 'x' }, base]))).toEqual([
      'event',
      'unreadable',
      'unreadable',
      'event',
    ]);
    expect(await itemsOf([])).toEqual([]);
  });

  test.each([
    ['two lines', `${line}\n${line}`, ['event', 'event']],
    ['CRLF, blank lines and a last line feed', `${line}\r\n\r\n${line}\r\n`, ['event', 'event']],
    ['a bad line between good ones', `${line}\n{"recipient":\n${line}`, ['event', 'unreadable', 'event']],
    ['a bad first line', `{"recipient\n${line}`, ['unreadable', 'event']],
    ['a byte order mark', `\ufeff${line}\n${line}`, ['event', 'event']],
    ['a line that is no object', `${line}\n7`, ['event', 'unreadable']],
  ])('is NDJSON by its looks: %s', async (_, body, types) => {
    expect(typesOf(await itemsOf(body))).toEqual(types);
  });

  it('is NDJSON by its content type, even of one line', async () => {
    const headers = { 'content-type': 'application/x-ndjson; charset=utf-8' };
    expect(typesOf(await itemsOf(line, headers))).toEqual(['event']);
    expect(typesOf(await itemsOf('{"recipient":', headers))).toEqual(['unreadable']);
  });

  it('is one object over several lines', async () => {
    expect(typesOf(await itemsOf(JSON.stringify(base, null, 2)))).toEqual(['event']);
  });

  test.each([
    ['nothing', ''],
    ['words', 'hello\nworld'],
    ['a broken object', '{\n  "recipient": "ada@ex.test",\n'],
    ['an array cut off', `[\n${line},\n${line}\n`],
    ['a form', 'recipient=ada%40ex.test&event=bounce'],
  ])('T043 %s is quarantined whole', async (_, body) => {
    expect((await generic.parse(request(body))).ok).toBe(false);
  });

  it('T044 10,000 lines are read and 10,001 are quarantined whole', async () => {
    expect(await itemsOf(`${line}\n`.repeat(10_000))).toHaveLength(10_000);
    expect((await generic.parse(request(`${line}\n`.repeat(10_001)))).ok).toBe(false);
  });

  it('T049 bytes that are not UTF-8 are quarantined whole', async () => {
    const bad = { ...request(''), body: Uint8Array.of(0x7b, 0xff, 0x0a, 0x7b, 0x7d) };
    expect((await generic.parse(bad)).ok).toBe(false);
  });
});

describe('the proof of a generic request', () => {
  const SHARED = 'a shared key of some length';
  const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
  const verdict = async (given: RawRequest, keys: readonly string[]) => {
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const result = await generic.verify(given, trust, io);
    return result.ok ? 'proven' : result.error.reason;
  };
  const signed = async () => {
    const { source, signing } = await genericSampler.source();
    const { headers, body } = await genericSampler.request(base, signing, NOW);
    return { keys: source.secrets.keys ?? [], headers, body };
  };

  it('is a shared key', async () => {
    expect(await verdict(request(base, { 'x-mailstop-key': SHARED }), [SHARED])).toBe('proven');
    expect(await verdict(request(base), [SHARED])).toBe('forged');
  });

  it('is a Standard Webhooks signature', async () => {
    const { keys, headers, body } = await signed();
    expect(await verdict(request(body, headers), keys)).toBe('proven');
    expect(await verdict(request(`${body} `, headers), keys)).toBe('forged');
  });

  it('T021 a wrong signature is not helped by a right shared key', async () => {
    const { keys, headers, body } = await signed();
    const both = [...keys, SHARED];
    expect(await verdict(request(`${body} `, { ...headers, 'x-mailstop-key': SHARED }), both)).toBe('forged');
    const { 'webhook-signature': _, ...unsigned } = headers;
    expect(await verdict(request(body, { ...unsigned, 'x-mailstop-key': SHARED }), both)).toBe('forged');
  });

  it('T021 without a signature a signing source is not proven', async () => {
    const { keys, body } = await signed();
    expect(await verdict(request(body), keys)).toBe('forged');
  });

  it('is the shared key still where someone in between has signed for themselves', async () => {
    const { headers, body } = await signed();
    expect(await verdict(request(body, { ...headers, 'x-mailstop-key': SHARED }), [SHARED])).toBe('proven');
    expect(await verdict(request(body, headers), [SHARED])).toBe('forged');
  });

  it('T030 a public key, which anyone may know, is no shared key', async () => {
    const publicKey = `whpk_${toBase64(Uint8Array.from({ length: 32 }, (_, i) => i + 1))}`;
    expect(await verdict(request(base, { 'x-mailstop-key': publicKey }), [publicKey])).toBe('forged');
    expect(await verdict(request(base, { 'x-mailstop-key': publicKey }), [publicKey, SHARED])).toBe('forged');
  });

  test.each(['', 'whsec_', 'whsec_AAAA', `whsec_${toBase64(new Uint8Array(24))}`, 'whpk_AAAA', 'whsk_AAAA'])(
    'T026 the key %j is refused at configuration',
    (key) => {
      expect(generic.checkKey(key)).toEqual(expect.any(String));
    },
  );

  it('a shared key may be any text', () => {
    expect(generic.checkKey(SHARED)).toBeNull();
  });

  it('its samples are signed, and are the kinds that they say', async () => {
    const { source, signing } = await genericSampler.source();
    const samples = genericSampler.samples(NOW);
    expect(samples.map(({ kind }) => kind)).toEqual([...kinds]);
    for (const sample of samples) {
      const { headers, body } = await genericSampler.request(sample.payload, signing, NOW);
      expect(await verdict(request(body, headers), source.secrets.keys ?? [])).toBe('proven');
      expect(await itemsOf(body)).toMatchObject([
        { event: { meaning: { kind: sample.kind }, recipient: sample.recipient, at: NOW - 60_000 } },
      ]);
    }
  });
});
