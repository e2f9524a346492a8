import { describe, expect, it, test } from 'vitest';
import { normalize } from '../../src/core/normalize.ts';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { kumomta } from '../../src/providers/kumomta.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { kumomtaSampler } from '../../src/samples/kumomta.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/kumomta_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await kumomta.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

async function eventsOf(body: unknown) {
  return (await itemsOf(body)).map((item) => {
    if (item.type !== 'event') throw new Error(JSON.stringify(item));
    return item.event;
  });
}

const record = (fields: Record<string, unknown> = {}) => ({
  type: 'Bounce',
  id: '0a1b2c3d',
  sender: 'news@shop.test',
  recipient: 'ada@ex.test',
  queue: 'spring:shop@ex.test',
  timestamp: 1_780_000_100,
  event_time: '2026-05-28T20:28:20.123456789Z',
  created: 1_780_000_000,
  num_attempts: 2,
  bounce_classification: 'InvalidRecipient',
  response: {
    code: 550,
    enhanced_code: { class: 5, subject: 1, detail: 1 },
    content: 'no such user',
    command: 'RCPT TO',
  },
  headers: { 'Message-Id': '<m1@shop.test>' },
  ...fields,
});
const feedback = (report: unknown) =>
  record({ type: 'Feedback', recipient: 'fbl@shop.test', response: { code: 0 }, feedback_report: report });

const reading = {
  tenant: 'default',
  sourceId: 's',
  provider: 'kumomta',
  stream: null,
  streams: {},
  trust: null,
  receiptId: 'r',
  receivedAt: NOW,
};

describe('KumoMTA records', () => {
  it('are read field by field', async () => {
    expect(await eventsOf(record())).toEqual([
      {
        meaning: {
          kind: 'bounce',
          code: '550',
          enhanced: '5.1.1',
          category: 'mailbox-unknown',
          proof: 'cause',
        },
        recipient: 'ada@ex.test',
        at: Date.parse('2026-05-28T20:28:20.123Z'),
        sentAt: 1_780_000_000_000,
        reply: { code: '550', enhanced: '5.1.1', text: 'no such user' },
        providerType: 'Bounce/InvalidRecipient',
        eventId: '0a1b2c3d/Bounce/InvalidRecipient/2',
        messageId: '0a1b2c3d',
        rfcMessageId: 'm1@shop.test',
        group: 'shop',
        tags: ['spring'],
      },
    ]);
  });

  it('of several recipients are judged one by one', async () => {
    const events = await eventsOf(record({ recipient: ['ada@ex.test', 'bob@ex.test'] }));
    expect(events.map(({ recipient }) => recipient)).toEqual(['ada@ex.test', 'bob@ex.test']);
  });

  test.each([
    ['one', JSON.stringify(record())],
    ['an array', JSON.stringify([record()])],
    ['a line each', `${JSON.stringify(record())}\n\n`],
  ])('come as %s', async (_, body) => {
    expect(await eventsOf(body)).toHaveLength(1);
  });

  it('that cannot be read lose no neighbour', async () => {
    const lines = [JSON.stringify(record()), '{"type":', '7', JSON.stringify({ id: 'x' })].join('\n');
    expect((await itemsOf(lines)).map((item) => (item.type === 'unreadable' ? item.why : item.type))).toEqual(
      ['event', 'a line is not JSON', 'not an object', 'no type: not a log record'],
    );
  });

  test.each([
    ['no event_time', { event_time: undefined }, 1_780_000_100_000],
    ['no time at all', { event_time: null, timestamp: 'soon' }, null],
  ])('with %s', async (_, fields, at) => {
    expect((await eventsOf(record(fields)))[0]?.at).toBe(at);
  });

  test.each([
    ['shop@ex.test', 'shop', []],
    ['ex.test', null, []],
    ['spring:@ex.test', null, ['spring']],
  ])('of the queue %s belong to the tenant %s', async (queue, group, tags) => {
    expect((await eventsOf(record({ queue })))[0]).toMatchObject({ group, tags });
  });

  test.each([
    ['Bounce', 'InactiveMailbox', 'bounce', '5.2.1', 'mailbox-disabled', 'cause'],
    ['Bounce', 'SpamBlock', 'bounce', '5.7.1', 'ip-blocked', undefined],
    ['Bounce', 'TooManyRecipients', 'bounce', '4.5.3', 'rate-limited', undefined],
    ['Bounce', 'OurOwnRule', 'bounce', undefined, undefined, undefined],
    ['OOB', 'QuotaIssues', 'bounce', '5.2.2', 'mailbox-full', 'cause'],
    ['TransientFailure', 'QuotaIssues', 'deferral', '4.0.0', 'mailbox-full', undefined],
    ['TransientFailure', 'OurOwnRule', 'deferral', '4.0.0', undefined, undefined],
    ['Expiration', 'Uncategorized', 'bounce', '5.4.7', 'expired', undefined],
    ['Delivery', 'Uncategorized', 'delivery', undefined, 'delivered', undefined],
  ])('%s of class %s is a %s', async (type, bounce_classification, kind, enhanced, category, proof) => {
    const [event] = await eventsOf(record({ type, bounce_classification }));
    const { meaning } = event ?? {};
    expect([meaning?.kind, meaning?.enhanced, meaning?.category, meaning?.proof]).toEqual([
      kind,
      enhanced,
      category,
      proof,
    ]);
  });

  test.each(['AdminBounce', 'Reception', 'Rejection', 'Delayed', 'AdminRebind', 'XferOut'])(
    'of type %s say nothing about the address',
    async (type) => {
      expect(await itemsOf(record({ type }))).toEqual([{ type: 'ignored', label: type, known: true }]);
    },
  );

  test.each(['Novelty', 'constructor', '__proto__'])('of type %s are listed as unmapped', async (type) => {
    expect(await itemsOf(record({ type }))).toEqual([{ type: 'ignored', label: type, known: false }]);
  });

  it('about a log hook’s own request are no delivery of the mail that it tells of', async () => {
    const own = record({ type: 'Delivery', reception_protocol: 'LogRecord', response: { code: 200 } });
    expect(await itemsOf(own)).toEqual([{ type: 'ignored', label: 'LogRecord', known: true }]);
  });

  it('of an expiry mean expired, although KumoMTA says 551, which is a mailbox that moved', async () => {
    const [event] = await eventsOf(
      record({
        type: 'Expiration',
        bounce_classification: 'Uncategorized',
        response: {
          code: 551,
          enhanced_code: { class: 5, subject: 4, detail: 7 },
          content: 'Next delivery time would be at 2026-06-05T10:00:00Z which exceeds the expiry time',
          command: null,
        },
      }),
    );
    const found = event && normalize(event, reading);
    expect(found?.ok && found.value).toMatchObject({
      category: 'expired',
      strength: 'none',
      bounceType: 'soft',
    });
  });

  it('of reports by mail prove little, and show no code that KumoMTA made up', async () => {
    const [event] = await eventsOf(
      record({
        type: 'OOB',
        response: { code: 550, enhanced_code: { class: 4, subject: 4, detail: 7 }, content: '' },
      }),
    );
    expect(event).toMatchObject({
      proven: false,
      sentAt: null,
      reply: { code: null, enhanced: '4.4.7', text: null },
    });
  });
});

describe('KumoMTA feedback', () => {
  it('is the complaint of the recipient in KumoMTA’s own trace', async () => {
    const report = {
      feedback_type: 'abuse',
      original_rcpto_to: ['<other@ex.test>'],
      supplemental_trace: { recipient: 'ada@ex.test' },
    };
    expect(await eventsOf(feedback(report))).toMatchObject([
      {
        meaning: { kind: 'complaint', feedback: 'abuse' },
        recipient: 'ada@ex.test',
        providerType: 'Feedback/abuse',
        proven: false,
      },
    ]);
  });

  it('without a trace is that of the one recipient of the report', async () => {
    const [event] = await eventsOf(
      feedback({ feedback_type: 'Not-Spam', original_rcpto_to: ['<ada@ex.test>'] }),
    );
    expect(event).toMatchObject({ meaning: { feedback: 'not-spam' }, recipient: '<ada@ex.test>' });
    expect(event?.ambiguous).toBeUndefined();
  });

  it('that names several recipients accuses none of them', async () => {
    const events = await eventsOf(
      feedback({ feedback_type: 'abuse', original_rcpto_to: ['<ada@ex.test>', '<bob@ex.test>'] }),
    );
    expect(events.map(({ ambiguous }) => ambiguous)).toEqual([true, true]);
  });

  test.each([[null], [{}], [{ feedback_type: 'abuse', original_rcpto_to: [] }]])(
    'that names nobody is put aside, never held against the mailbox of the reports: %j',
    async (report) => {
      expect(await itemsOf(feedback(report))).toMatchObject([
        { type: 'unreadable', why: expect.stringContaining('trace headers') },
      ]);
    },
  );

  it('of a type of tomorrow is a complaint of another kind', async () => {
    const [event] = await eventsOf(feedback({ feedback_type: 'x', original_rcpto_to: ['a@ex.test'] }));
    expect(event).toMatchObject({
      meaning: { kind: 'complaint', feedback: 'other' },
      providerType: 'Feedback/x',
    });
  });
});

describe('KumoMTA, the rest', () => {
  test.each(['', 'null-', '{"type":', 'type=Bounce'])('the body %j is quarantined whole', async (body) => {
    expect((await kumomta.parse(request(body))).ok).toBe(false);
  });

  it('T026 an empty key is refused', () => {
    expect(kumomta.checkKey?.('')).not.toBeNull();
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await kumomtaSampler.source();
    const keys = source.secrets.keys ?? [];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    for (const sample of kumomtaSampler.samples(NOW)) {
      const { headers, body } = await kumomtaSampler.request(sample.payload, signing, NOW);
      const sent = { ...request(body), headers: new Headers(headers) };
      expect((await kumomta.verify(sent, trust, io)).ok).toBe(true);
      expect((await kumomta.verify(request(body), trust, io)).ok).toBe(false);
      const [event] = await eventsOf(body);
      expect([event?.meaning.kind, event?.recipient, event?.at]).toEqual([
        sample.kind,
        sample.recipient,
        NOW - 60_000,
      ]);
    }
  });
});
