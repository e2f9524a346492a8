import { describe, expect, it, test } from 'vitest';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { sparkpost } from '../../src/providers/sparkpost.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { sparkpostSampler } from '../../src/samples/sparkpost.ts';

const NOW = 1_790_000_000_000;
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/sparkpost_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

async function itemsOf(body: unknown): Promise<readonly Item[]> {
  const result = await sparkpost.parse(request(body));
  if (!result.ok || result.value.type !== 'items') throw new Error(JSON.stringify(result));
  return result.value.items;
}

const wrap = (fields: Record<string, unknown>, eventClass = 'message_event') => [
  {
    msys: {
      [eventClass]: {
        rcpt_to: 'ada@ex.test',
        raw_rcpt_to: 'Ada@ex.test',
        timestamp: '1789999000',
        event_id: '92356927693813856',
        transmission_id: '65832150921904138',
        message_id: '000443ee14578172be22',
        ...fields,
      },
    },
  },
];

async function eventOf(fields: Record<string, unknown>, eventClass?: string) {
  const [item] = await itemsOf(wrap(fields, eventClass));
  if (item?.type !== 'event') throw new Error(JSON.stringify(item));
  return item.event;
}

describe('SparkPost bounces', () => {
  it('are read field by field', async () => {
    const event = await eventOf({
      type: 'bounce',
      bounce_class: '10',
      error_code: '550',
      raw_reason: '550 5.1.1 user unknown',
      reason: '550 5.1.1 user ...',
      campaign_id: 'spring',
      subaccount_id: '146',
      rcpt_tags: ['male', 'US'],
      injection_time: '2026-09-21T13:00:00.000Z',
    });
    expect(event).toEqual({
      meaning: {
        kind: 'bounce',
        code: '550',
        enhanced: '5.1.1',
        category: 'mailbox-unknown',
        proof: 'cause',
      },
      recipient: 'Ada@ex.test',
      at: 1_789_999_000_000,
      sentAt: Date.parse('2026-09-21T13:00:00Z'),
      reply: { code: '550', text: '550 5.1.1 user unknown' },
      providerType: 'bounce/10',
      eventId: '92356927693813856',
      messageId: '65832150921904138',
      tags: ['male', 'US', 'campaign_id:spring', 'subaccount_id:146'],
      listed: true,
    });
  });

  test.each([
    ['1', undefined, undefined, undefined, undefined],
    ['20', '450', '4.0.0', undefined, undefined],
    ['21', '451', '4.4.3', 'network-error', undefined],
    ['22', '452', '4.2.2', 'mailbox-full', 'cause'],
    ['23', '552', '5.3.4', 'message-too-large', undefined],
    ['24', '554', '5.4.7', 'expired', undefined],
    ['30', '550', '5.0.0', undefined, 'hard'],
    ['40', '450', '4.0.0', undefined, undefined],
    ['50', '554', '5.7.1', 'policy-rejected', undefined],
    ['51', '554', '5.7.1', 'ip-blocked', undefined],
    ['52', '554', '5.7.1', 'spam-content', undefined],
    ['53', '554', '5.7.0', 'content-rejected', undefined],
    ['54', '550', '5.7.1', 'relay-denied', undefined],
    ['70', '450', '4.0.0', undefined, undefined],
    ['777', undefined, undefined, undefined, undefined],
  ])('of class %s mean %s %s', async (bounce_class, code, enhanced, category, proof) => {
    for (const type of ['bounce', 'out_of_band']) {
      const { meaning, providerType } = await eventOf({ type, bounce_class });
      expect([meaning.kind, meaning.code, meaning.enhanced, meaning.category, meaning.proof]).toEqual([
        'bounce',
        code,
        enhanced,
        category,
        proof,
      ]);
      expect(providerType).toBe(`${type}/${bounce_class}`);
    }
  });

  test.each([
    ['10', true],
    ['30', true],
    ['90', true],
    ['22', undefined],
    ['51', undefined],
  ])('of class %s tell of SparkPost’s list: %s', async (bounce_class, listed) => {
    expect((await eventOf({ type: 'bounce', bounce_class })).listed).toBe(listed);
  });

  test.each(['60', '80', '100'])('of class %s are no failures', async (bounce_class) => {
    const items = await itemsOf(wrap({ type: 'out_of_band', bounce_class }));
    expect(items).toEqual([{ type: 'ignored', label: `out_of_band/${bounce_class}`, known: true }]);
  });

  it('of class 90 are an unsubscribe', async () => {
    expect((await eventOf({ type: 'out_of_band', bounce_class: '90' })).meaning).toEqual({
      kind: 'unsubscribe',
    });
  });

  it('may give class and code as numbers', async () => {
    const event = await eventOf({ type: 'bounce', bounce_class: 22, error_code: 552 });
    expect([event.meaning.category, event.reply.code]).toEqual(['mailbox-full', '552']);
  });

  test.each(['', '0', 'ESMTP', '5500', null])(
    'leave out an error_code that is none: %j',
    async (error_code) => {
      expect((await eventOf({ type: 'bounce', bounce_class: '10', error_code })).reply.code).toBeNull();
    },
  );

  test.each([
    [
      '554 5.4.7 [internal] message timeout (last transfail: 454 4.4.4 [internal] no MX or A for domain)',
      '454',
      '4.4.4',
    ],
    ['554 5.4.7 [internal] message timeout (last transfail: 421 try later)', '421', null],
  ])('that gave up take the codes of the last failure: %s', async (raw_reason, code, enhanced) => {
    const event = await eventOf({ type: 'bounce', bounce_class: '24', error_code: '554', raw_reason });
    expect(event.reply).toEqual({ code, enhanced, text: raw_reason });
  });

  it('that gave up without saying why keep their own code', async () => {
    const raw_reason = '554 5.4.7 [internal] exceeded max time without delivery';
    expect((await eventOf({ type: 'bounce', error_code: '554', raw_reason })).reply.code).toBe('554');
  });
});

describe('SparkPost rejections', () => {
  const suppressed = { kind: 'reject', category: 'suppressed', listedFor: 'bounce' };

  test.each([
    [
      'bounce',
      {
        bounce_class: '25',
        raw_reason: '554 5.7.1 [internal] recipient address was suppressed due to customer policy',
      },
    ],
    ['bounce', { bounce_class: '25' }],
    ['bounce', { bounce_class: '26' }],
    ['bounce', { bounce_class: '25', raw_reason: '551 5.7.0 [internal] recipient blackholed' }],
    ['generation_rejection', { raw_reason: '554 5.7.1 recipient address suppressed due to system policy' }],
    ['policy_rejection', { reason: '554 5.7.1 Recipient address suppressed due to customer policy' }],
  ])('a %s for the list is a reject, and never a bounce: %j', async (type, fields) => {
    const event = await eventOf({ type, ...fields });
    expect(event.meaning).toMatchObject(suppressed);
    expect(event.listed).toBe(true);
  });

  test.each([
    ['bounce', { bounce_class: '25', raw_reason: '550 5.7.1 [internal] sending domain not verified' }],
    ['policy_rejection', { raw_reason: '550 5.7.1 Unconfigured Sending Domain' }],
    ['generation_rejection', {}],
  ])('a %s for what we sent is one without the list: %j', async (type, fields) => {
    const event = await eventOf({ type, ...fields });
    expect(event.meaning).toEqual({ kind: 'reject' });
    expect(event.listed).toBeUndefined();
  });
});

describe('SparkPost, the rest', () => {
  it('a delay is a deferral whatever its class', async () => {
    const event = await eventOf({ type: 'delay', bounce_class: '22', error_code: '452' });
    expect(event.meaning).toEqual({
      kind: 'deferral',
      code: '450',
      enhanced: '4.0.0',
      category: 'mailbox-full',
    });
    expect((await eventOf({ type: 'delay', bounce_class: '10' })).listed).toBeUndefined();
    expect((await eventOf({ type: 'delay', bounce_class: '25' })).meaning.kind).toBe('deferral');
  });

  test.each([
    ['abuse', 'abuse', true],
    ['Abuse', 'abuse', true],
    ['fraud', 'fraud', true],
    ['not-spam', 'not-spam', undefined],
    ['opt-out-list', 'opt-out', true],
    ['newtype', 'other', true],
    [undefined, undefined, true],
  ])('a complaint of fbtype %s has feedback %s', async (fbtype, feedback, listed) => {
    const event = await eventOf({ type: 'spam_complaint', fbtype });
    expect([event.meaning.kind, event.meaning.feedback, event.listed]).toEqual([
      'complaint',
      feedback,
      listed,
    ]);
  });

  test.each(['list_unsubscribe', 'link_unsubscribe'])('%s is an unsubscribe of all mail', async (type) => {
    const event = await eventOf({ type }, 'unsubscribe_event');
    expect([event.meaning, event.group]).toEqual([{ kind: 'unsubscribe' }, undefined]);
  });

  it('a delivery is a delivery', async () => {
    expect((await eventOf({ type: 'delivery' })).meaning.kind).toBe('delivery');
  });

  test.each(['1789999000', 1_789_999_000, '2026-09-21T13:56:40.000+00:00'])(
    'the time %j is read',
    async (timestamp) => {
      expect((await eventOf({ type: 'delivery', timestamp })).at).toBe(1_789_999_000_000);
    },
  );

  it('ids that come as numbers keep every digit', async () => {
    const body = JSON.stringify(wrap({ type: 'delivery' })).replace(
      '"92356927693813856"',
      '92356927693813857',
    );
    const [item] = await itemsOf(body);
    expect(item).toMatchObject({ event: { eventId: '92356927693813857' } });
  });

  test.each(['injection', 'open', 'initial_open', 'click', 'amp_click', 'generation_failure'])(
    '%s is known and ignored',
    async (type) => {
      expect(await itemsOf(wrap({ type }))).toEqual([{ type: 'ignored', label: type, known: true }]);
    },
  );

  test.each(['brand_new', 'constructor', 'toString'])('%s is listed as unmapped', async (type) => {
    expect(await itemsOf(wrap({ type }))).toEqual([{ type: 'ignored', label: type, known: false }]);
  });

  it('mail received through a relay webhook is ignored', async () => {
    expect(await itemsOf(wrap({}, 'relay_message'))).toEqual([
      { type: 'ignored', label: 'relay_message', known: true },
    ]);
  });

  it('subaccount 0 is the account itself and no tag', async () => {
    expect((await eventOf({ type: 'delivery', subaccount_id: 0, campaign_id: '' })).tags).toEqual([]);
  });

  it('a ping has no events', async () => {
    expect(await itemsOf([{ msys: {} }])).toEqual([]);
    expect(await itemsOf([])).toEqual([]);
  });

  it('one unreadable entry does not lose its neighbours', async () => {
    const good = wrap({ type: 'delivery' })[0];
    const items = await itemsOf([
      good,
      null,
      { msys: 1 },
      { msys: { message_event: [] } },
      wrap({ type: '' })[0],
      good,
    ]);
    expect(items.map((item) => item.type)).toEqual([
      'event',
      'unreadable',
      'unreadable',
      'unreadable',
      'unreadable',
      'event',
    ]);
  });

  test.each(['', '{}', '{"msys":{}}', '[{]'])('the body %j is quarantined whole', async (body) => {
    expect((await sparkpost.parse(request(body))).ok).toBe(false);
  });

  it('its samples are proven by their key, and are the kinds that they say', async () => {
    const { source, signing } = await sparkpostSampler.source();
    const keys = source.secrets.keys ?? [];
    const trust = { secrets: { keys, basicAuth: [], topicArns: [] }, publicUrl: null, requireSha256: false };
    const io = { now: NOW, fetchCertificate: () => Promise.reject(new Error('not here')) };
    const ids = new Set<string | null>();
    for (const sample of sparkpostSampler.samples(NOW)) {
      const { headers, body } = await sparkpostSampler.request(sample.payload, signing, NOW);
      const sent = { ...request(body), headers: new Headers(headers) };
      expect((await sparkpost.verify(sent, trust, io)).ok).toBe(true);
      expect((await sparkpost.verify(request(body), trust, io)).ok).toBe(false);
      const [item] = await itemsOf(body);
      if (item?.type !== 'event') throw new Error(sample.title);
      expect([item.event.meaning.kind, item.event.recipient]).toEqual([sample.kind, sample.recipient]);
      expect(item.event.eventId).toMatch(/^\d{18}$/);
      ids.add(item.event.eventId);
    }
    expect(ids.size).toBe(sparkpostSampler.samples(NOW).length);
  });
});
