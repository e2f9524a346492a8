import { createHmac } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest, Trust } from '../../src/providers/adapter.ts';
import { mailtrap } from '../../src/providers/mailtrap.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { mailtrapSampler } from '../../src/samples/mailtrap.ts';

const NOW = 1_790_000_000_000;
const KEY = 'a-signing-secret-of-the-suite';
const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
const trusting = (...keys: string[]): Trust => ({
  secrets: { keys, basicAuth: [], topicArns: [] },
  publicUrl: null,
  requireSha256: false,
});

const requestOf = (body: unknown, contentType = 'application/json'): RawRequest => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return {
    method: 'POST',
    url: new URL('https://mail.test/webhooks/mailtrap_1'),
    headers: new Headers({
      'content-type': contentType,
      'mailtrap-signature': createHmac('sha256', KEY).update(text).digest('hex'),
    }),
    body: utf8(text),
  };
};
const outcome = async (request: RawRequest, trust = trusting(KEY)) => {
  const proof = await mailtrap.verify(request, trust, io);
  return proof.ok ? 'proven' : proof.error.reason;
};

async function itemsOf(body: unknown, contentType?: string): Promise<readonly Item[]> {
  const result = await mailtrap.parse(requestOf(body, contentType));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventOf(one: object) {
  const [item, ...rest] = await itemsOf({ events: [one] });
  if (item?.type !== 'event' || rest.length > 0) throw new Error(JSON.stringify(item));
  return item.event;
}

const told = (event: string, fields: object = {}) => ({
  event,
  email: 'ada@ex.test',
  timestamp: 1_772_600_767,
  event_id: 'e1',
  message_id: 'm1',
  sending_stream: 'bulk',
  category: 'Invoice',
  ...fields,
});

describe('the signature of Mailtrap', () => {
  it('T021 proves the body, and no other', async () => {
    const request = requestOf({ events: [told('delivery')] });
    expect(await outcome(request)).toBe('proven');
    expect(await outcome({ ...request, body: requestOf({ events: [] }).body })).toBe('forged');
    expect(await outcome({ ...request, headers: new Headers() })).toBe('forged');
  });

  it('T027 holds by the old secret and the new until the old one is taken out', async () => {
    const request = requestOf({ events: [] });
    expect(await outcome(request, trusting('the-secret-after-rotation', KEY))).toBe('proven');
    expect(await outcome(request, trusting('the-secret-after-rotation'))).toBe('forged');
  });

  it('T026 decides nothing without a secret, and refuses an empty one at configuration', async () => {
    expect(await outcome(requestOf({ events: [] }), trusting())).toBe('undecided');
    expect(await mailtrap.checkKey('')).not.toBeNull();
    expect(await mailtrap.checkKey(KEY)).toBeNull();
  });
});

describe('Mailtrap events', () => {
  it('are read field by field', async () => {
    const body = told('bounce', {
      response: 'bounced (550 5.1.1 no such user)',
      response_code: 550,
      bounce_category: 'badrecipient',
    });
    expect(await eventOf(body)).toEqual({
      meaning: {
        kind: 'bounce',
        code: '550',
        enhanced: '5.1.1',
        category: 'mailbox-unknown',
        proof: 'cause',
      },
      recipient: 'ada@ex.test',
      at: 1_772_600_767_000,
      reply: { code: '550', text: 'bounced (550 5.1.1 no such user)' },
      providerType: 'bounce/badrecipient',
      eventId: 'e1',
      messageId: 'm1',
      group: 'bulk',
      tags: ['Invoice'],
      listed: true,
    });
  });

  test.each<[string, object, string, object, true | undefined]>([
    ['bounce', {}, 'bounce', { code: '550', proof: 'hard' }, undefined],
    ['bounce', { bounce_category: 'new' }, 'bounce/new', { code: '550', proof: 'hard' }, undefined],
    [
      'bounce',
      { bounce_category: 'spam' },
      'bounce/spam',
      { code: '554', category: 'spam-content' },
      undefined,
    ],
    [
      'bounce',
      { bounce_category: 'overquota' },
      'bounce/overquota',
      { code: '552', category: 'mailbox-full' },
      true,
    ],
    [
      'bounce',
      { bounce_category: 'dnsFail' },
      'bounce/dnsFail',
      { code: '451', category: 'network-error' },
      undefined,
    ],
    [
      'soft bounce',
      { bounce_category: 'greylisting' },
      'soft bounce/greylisting',
      { kind: 'deferral', category: 'greylisted' },
      undefined,
    ],
    [
      'soft bounce',
      { bounce_category: 'badrecipient' },
      'soft bounce/badrecipient',
      { kind: 'deferral', code: '450' },
      undefined,
    ],
    [
      'reject',
      { reason: 'Recipient in suppression list. Reason: unsubscription' },
      'reject',
      { listedFor: 'unsubscribe' },
      true,
    ],
    [
      'reject',
      { reason: 'Recipient in suppression list. Reason: hard bounce' },
      'reject',
      { listedFor: 'bounce' },
      true,
    ],
    [
      'reject',
      { reason: 'Recipient in suppression list. Reason: moonlight' },
      'reject',
      { category: 'suppressed' },
      true,
    ],
    [
      'reject',
      { reason: 'Your domain is not verified' },
      'reject',
      { kind: 'reject', category: 'sender-rejected' },
      undefined,
    ],
    ['reject', {}, 'reject', { kind: 'reject', category: 'sender-rejected' }, undefined],
    ['spam', {}, 'spam', { kind: 'complaint', feedback: 'abuse' }, true],
    ['unsubscribe', {}, 'unsubscribe', { kind: 'unsubscribe' }, true],
    ['delivery', {}, 'delivery', { kind: 'delivery' }, undefined],
  ])('called %s with %j are %s', async (event, fields, label, meaning, listed) => {
    const found = await eventOf(told(event, fields));
    expect(found.meaning).toMatchObject(meaning);
    expect([found.providerType, found.listed]).toEqual([label, listed]);
  });

  it('that Mailtrap will try again prove nothing of the address', async () => {
    const { meaning } = await eventOf(told('soft bounce', { bounce_category: 'badrecipient' }));
    expect([meaning.kind, meaning.proof]).toEqual(['deferral', undefined]);
  });

  test.each([
    ['open', 'open', true],
    ['suspension', 'suspension', true],
    ['activity_log.user.login', 'activity_log', true],
    ['teleport', 'teleport', false],
    ['constructor', 'constructor', false],
  ])('called %s are ignored', async (event, label, known) => {
    expect(await itemsOf({ events: [told(event)] })).toEqual([{ type: 'ignored', label, known }]);
  });

  it('are read in either format, and alone, and in a bare list', async () => {
    const [one, two] = [told('spam'), told('delivery')];
    const lines = `${JSON.stringify(one)}\n\n${JSON.stringify(two)}\n`;
    const expected = await itemsOf({ events: [one, two] });
    expect(await itemsOf(lines, 'application/jsonl')).toEqual(expected);
    expect(await itemsOf([one, two])).toEqual(expected);
    expect(await itemsOf(`${JSON.stringify(one)}\n`, 'application/jsonl')).toEqual(expected.slice(0, 1));
  });

  it('that are broken lose only themselves, in a list and in lines', async () => {
    const listed = await itemsOf({ events: [told('spam'), 'x', {}, told('delivery')] });
    expect(listed.map(({ type }) => type)).toEqual(['event', 'unreadable', 'unreadable', 'event']);
    const lines = `${JSON.stringify(told('spam'))}\n{"event":\n${JSON.stringify(told('delivery'))}`;
    expect((await itemsOf(lines)).map(({ type }) => type)).toEqual(['event', 'unreadable', 'event']);
  });

  it('of received mail say which webhook to change', async () => {
    expect(await itemsOf({ events: [told('inbound.message_received')] })).toMatchObject([
      { type: 'unreadable', why: expect.stringContaining('inbound webhook') },
    ]);
  });

  test.each(['', '{"events":', 'spam\ndelivery', '{"a":\n{"b":'])(
    'that are no JSON are quarantined whole: %j',
    async (body) => {
      expect((await mailtrap.parse(requestOf(body))).ok).toBe(false);
    },
  );

  it('its samples are proven by their secret, and are the kinds that they say', async () => {
    const { source, signing } = await mailtrapSampler.source();
    for (const sample of mailtrapSampler.samples(NOW)) {
      const { headers, body } = await mailtrapSampler.request(sample.payload, signing, NOW);
      const sent = { ...requestOf(body), headers: new Headers(headers) };
      expect(await outcome(sent, trusting(...(source.secrets.keys ?? [])))).toBe('proven');
      expect(await outcome(sent)).toBe('forged');
      const [item] = await itemsOf(body);
      if (item?.type !== 'event') throw new Error(JSON.stringify(item));
      const { meaning, recipient, at } = item.event;
      expect([meaning.kind, recipient, at]).toEqual([sample.kind, sample.recipient, NOW - 60_000]);
    }
  });
});
