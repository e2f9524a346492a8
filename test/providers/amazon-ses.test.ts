import { describe, expect, it, test } from 'vitest';
import { kinds, type ProviderEvent } from '../../src/core/event.ts';
import { ok } from '../../src/core/result.ts';
import type { Item, RawRequest } from '../../src/providers/adapter.ts';
import { amazonSes } from '../../src/providers/amazon-ses.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { amazonSesSampler, testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { signedSnsRequest, testCertificatePem } from '../../src/samples/sns.ts';

const requestOf = (body: unknown, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://bounces.example.com/webhooks/amazon-ses_x'),
  headers: new Headers(headers),
  body: utf8(typeof body === 'string' ? body : JSON.stringify(body)),
});

const deliveryOf = async (body: unknown, headers?: Record<string, string>) => {
  const parsed = await amazonSes.parse(requestOf(body, headers));
  return parsed.ok ? parsed.value : parsed.error;
};

/** The items of a notification as raw delivery brings it. */
async function itemsOf(body: unknown, headers?: Record<string, string>): Promise<readonly Item[]> {
  const delivery = await deliveryOf(body, headers);
  return 'type' in delivery && delivery.type === 'items' ? delivery.items : [];
}

async function eventsOf(body: unknown): Promise<ProviderEvent[]> {
  return (await itemsOf(body)).flatMap((item) => (item.type === 'event' ? [item.event] : []));
}

const sentAt = '2026-03-01T12:00:00.000Z';
const at = '2026-03-01T12:00:07.250Z';
const mail = (...destination: string[]) => ({
  timestamp: sentAt,
  messageId: '0102018e-mail-000000',
  source: 'news@example.org',
  destination,
  tags: { 'ses:configuration-set': ['newsletter'], campaign: ['autumn', 'test'] },
});

const bounce = (label: string, ...recipients: object[]) => {
  const [bounceType, bounceSubType] = label.split('/');
  const bouncedRecipients = recipients.length > 0 ? recipients : [{ emailAddress: 'anna@example.com' }];
  return {
    eventType: 'Bounce',
    mail: mail('anna@example.com', 'ben@example.com', 'cleo@example.com'),
    bounce: { bounceType, bounceSubType, bouncedRecipients, timestamp: at, feedbackId: 'feedback-1' },
  };
};

const complaint = (fields: object = {}, ...addresses: string[]) => ({
  eventType: 'Complaint',
  mail: mail('anna@example.com', 'ben@example.com'),
  complaint: {
    complainedRecipients: (addresses.length > 0 ? addresses : ['anna@example.com']).map((emailAddress) => ({
      emailAddress,
    })),
    timestamp: at,
    feedbackId: 'feedback-2',
    ...fields,
  },
});

describe('a bounce', () => {
  it('is read with its codes, times and names', async () => {
    const body = bounce('Permanent/General', {
      emailAddress: 'anna@example.com',
      action: 'failed',
      status: '5.1.1',
      diagnosticCode: 'smtp; 550 5.1.1 no such user',
    });
    expect(await itemsOf(body)).toEqual([
      {
        type: 'event',
        event: {
          meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
          recipient: 'anna@example.com',
          at: Date.parse(at),
          sentAt: Date.parse(sentAt),
          reply: { enhanced: '5.1.1', text: 'smtp; 550 5.1.1 no such user' },
          providerType: 'Permanent/General',
          eventId: 'feedback-1',
          messageId: '0102018e-mail-000000',
          rfcMessageId: null,
          group: 'newsletter',
          tags: ['ses:configuration-set:newsletter', 'campaign:autumn', 'campaign:test'],
          listed: true,
        },
      },
    ]);
  });

  it('of an identity notification is read like one of event publishing', async () => {
    const { eventType, ...rest } = bounce('Permanent/NoEmail');
    expect(await itemsOf({ notificationType: eventType, ...rest })).toEqual(
      await itemsOf(bounce('Permanent/NoEmail')),
    );
  });

  const list = { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'suppressed' };
  const soft = { kind: 'bounce', code: '450', enhanced: '4.0.0' };
  const hard = { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' };
  it.each<[string, object, boolean]>([
    ['Permanent/General', hard, true],
    [
      'Permanent/NoEmail',
      { kind: 'bounce', code: '550', enhanced: '5.1.1', category: 'mailbox-unknown', proof: 'cause' },
      true,
    ],
    ['Permanent/Suppressed', { ...list, listedFor: 'bounce' }, true],
    ['Permanent/OnAccountSuppressionList', { ...list, listedFor: 'bounce' }, true],
    ['Permanent/OnTenantSuppressionList', { ...list, listedFor: 'bounce' }, true],
    ['Permanent/EmailValidationSuppressed', list, true],
    ['Permanent/UnsubscribedRecipient', { ...list, listedFor: 'unsubscribe' }, true],
    ['Permanent/SomethingNew', hard, true],
    ['Transient/General', { ...soft, category: 'auto-reply' }, false],
    [
      'Transient/MailboxFull',
      { kind: 'bounce', code: '452', enhanced: '4.2.2', category: 'mailbox-full', proof: 'cause' },
      false,
    ],
    [
      'Transient/MessageTooLarge',
      { kind: 'bounce', code: '552', enhanced: '5.3.4', category: 'message-too-large' },
      false,
    ],
    [
      'Transient/ContentRejected',
      { kind: 'bounce', code: '554', enhanced: '5.7.1', category: 'content-rejected' },
      false,
    ],
    [
      'Transient/AttachmentRejected',
      { kind: 'bounce', code: '554', enhanced: '5.7.0', category: 'content-rejected' },
      false,
    ],
    [
      'Transient/CustomTimeoutExceeded',
      { kind: 'bounce', code: '554', enhanced: '5.4.7', category: 'expired' },
      false,
    ],
    ['Transient/SomethingNew', soft, false],
    ['Undetermined/Undetermined', soft, false],
    ['Undetermined/SomethingNew', soft, false],
  ])('labelled %s means this', async (label, meaning, listed) => {
    const [event] = await eventsOf(bounce(label));
    expect(event?.meaning).toEqual(meaning);
    expect(event?.providerType).toBe(label);
    expect(event?.listed).toBe(listed ? true : undefined);
  });

  it.each([{ status: '4.0.0' }, { diagnosticCode: 'smtp; 450 4.7.1 try later' }])(
    'labelled Transient/General is no auto-reply when a mail server spoke: %j',
    async (words) => {
      const [event] = await eventsOf(
        bounce('Transient/General', { emailAddress: 'anna@example.com', ...words }),
      );
      expect(event?.meaning).toEqual(soft);
    },
  );

  it.each(['Sideways/General', 'toString/General', '__proto__/valueOf'])(
    'of the unknown type %s is an unmapped label',
    async (label) => {
      expect(await itemsOf(bounce(label))).toEqual([
        { type: 'ignored', label: `Bounce/${label}`, known: false },
      ]);
    },
  );

  it('T054 judges each of fifty recipients on its own', async () => {
    const recipients = Array.from({ length: 50 }, (_, n) => ({
      emailAddress: `user${n}@example.com`,
      status: `5.1.${n % 9}`,
    }));
    const destination = [...recipients.map(({ emailAddress }) => emailAddress), 'well@example.com'];
    const events = await eventsOf({
      ...bounce('Permanent/General', ...recipients),
      mail: mail(...destination.reverse()),
    });
    expect(events.map(({ recipient, reply }) => [recipient, reply.enhanced])).toEqual(
      recipients.map(({ emailAddress, status }) => [emailAddress, status]),
    );
  });

  it.each([[[]], [undefined], [null], ['anna@example.com'], [{}]])(
    'T055 whose bouncedRecipients are %j is unreadable, not guessed from mail.destination',
    async (bouncedRecipients) => {
      const body = bounce('Permanent/General');
      expect(await itemsOf({ ...body, bounce: { ...body.bounce, bouncedRecipients } })).toEqual([
        {
          type: 'unreadable',
          why: expect.any(String),
          raw: expect.objectContaining({ eventType: 'Bounce' }),
        },
      ]);
    },
  );

  it('T055 of an address that the message was not sent to is unreadable; its neighbours are kept', async () => {
    const body = bounce(
      'Permanent/General',
      { emailAddress: 'forwarded@elsewhere.example' },
      { emailAddress: 'ben@example.com' },
    );
    const [stranger, neighbour] = await itemsOf(body);
    expect(stranger).toMatchObject({
      type: 'unreadable',
      raw: { recipient: { emailAddress: 'forwarded@elsewhere.example' } },
    });
    expect(neighbour).toMatchObject({ type: 'event', event: { recipient: 'ben@example.com' } });
  });

  it.each([
    ['another case', ['ANNA@Example.COM', 'ben@example.com'], {}],
    ['a display name', ['"Anna A." <anna@example.com>'], {}],
    ['no list', undefined, {}],
    ['an empty list', [], {}],
    ['a list that was cut', ['zoe@example.com'], { destinationTruncated: true }],
    ['one that cannot be read', ['Anna (at work) <anna@example.com>'], {}],
    ['one that cannot be read, of several', ['zoe@example.com', 'Anna (at work) <anna@example.com>'], {}],
  ])('T055 is believed where mail.destination has %s', async (_title, destination, more) => {
    const body = bounce('Permanent/General');
    const [event] = await eventsOf({ ...body, mail: { ...body.mail, destination, ...more } });
    expect(event?.recipient).toBe('anna@example.com');
  });

  it('of a domain in another alphabet is the same, however the domain is written', async () => {
    const body = bounce('Permanent/General', { emailAddress: 'kai@xn--bcher-kva.example' });
    const [event] = await eventsOf({ ...body, mail: mail('kai@b\u00fccher.example', 'ben@example.com') });
    expect(event?.recipient).toBe('kai@xn--bcher-kva.example');
  });

  it('of mail that was forwarded is of the only address that it was sent to', async () => {
    const body = bounce('Permanent/General', { emailAddress: 'anna@mail.internal.example' });
    const [event] = await eventsOf({ ...body, mail: mail('anna@example.com') });
    expect(event?.recipient).toBe('anna@example.com');
  });

  it('T048 does not take a Kelvin sign for the k of mail.destination', async () => {
    const body = bounce('Permanent/General', { emailAddress: '\u212aai@example.com' });
    expect(await eventsOf({ ...body, mail: mail('kai@example.com', 'ben@example.com') })).toEqual([]);
  });

  it.each([
    [{ emailAddress: 7 }, 7],
    [{ emailAddress: ['a@example.com'] }, ['a@example.com']],
    [{}, undefined],
    [null, null],
  ])('T057 hands on what stands in for an address unread: %j', async (entry, recipient) => {
    const body = bounce('Permanent/General');
    const events = await eventsOf({ ...body, bounce: { ...body.bounce, bouncedRecipients: [entry] } });
    expect(events.map((event) => event.recipient)).toEqual([recipient]);
  });

  it('without times and names says so rather than make them up', async () => {
    const [event] = await eventsOf({
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [{ emailAddress: 'a@example.com' }],
      },
    });
    expect(event).toMatchObject({
      at: null,
      sentAt: null,
      eventId: null,
      messageId: null,
      group: null,
      tags: [],
    });
  });
});

describe('a complaint', () => {
  it.each([
    ['abuse', 'abuse', true],
    ['auth-failure', 'auth-failure', true],
    ['fraud', 'fraud', true],
    ['not-spam', 'not-spam', undefined],
    ['Not-Spam', 'not-spam', undefined],
    ['opt-out', 'opt-out', true],
    ['opt-out-list', 'opt-out', true],
    ['other', 'other', true],
    ['virus', 'virus', true],
    ['something-new', 'other', true],
  ])('of the type %s is one of %s', async (complaintFeedbackType, feedback, listed) => {
    const [event] = await eventsOf(complaint({ complaintFeedbackType }));
    expect(event?.meaning).toEqual({ kind: 'complaint', category: 'complaint', feedback });
    expect(event).toMatchObject({
      providerType: complaintFeedbackType,
      eventId: 'feedback-2',
      at: Date.parse(at),
    });
    expect(event?.listed).toBe(listed);
    expect(event?.ambiguous).toBeUndefined();
  });

  it.each([{}, { complaintFeedbackType: null, complaintSubType: null }])(
    'may have no type: %j',
    async (fields) => {
      const [event] = await eventsOf(complaint(fields));
      expect(event?.meaning).toEqual({ kind: 'complaint', category: 'complaint' });
      expect(event?.providerType).toBe('Complaint');
    },
  );

  it.each(['OnAccountSuppressionList', 'OnTenantSuppressionList'])(
    'of the subtype %s is no new complaint: SES did not try',
    async (complaintSubType) => {
      const [event] = await eventsOf(complaint({ complaintSubType }));
      expect(event?.meaning).toEqual({
        kind: 'reject',
        code: '554',
        enhanced: '5.7.1',
        category: 'suppressed',
        listedFor: 'complaint',
      });
      expect(event).toMatchObject({ listed: true, providerType: complaintSubType });
    },
  );

  it('T090 of one among several is ambiguous for each of them', async () => {
    const events = await eventsOf(complaint({}, 'anna@example.com', 'ben@example.com'));
    expect(events.map(({ recipient, ambiguous, listed }) => [recipient, ambiguous, listed])).toEqual([
      ['anna@example.com', true, undefined],
      ['ben@example.com', true, undefined],
    ]);
  });
});

describe('the other events', () => {
  it('of a delivery name the recipients it is about, with the words of the server', async () => {
    const events = await eventsOf({
      eventType: 'Delivery',
      mail: mail('anna@example.com', 'ben@example.com'),
      delivery: { timestamp: at, recipients: ['ben@example.com'], smtpResponse: '250 2.0.0 queued' },
    });
    expect(events).toMatchObject([
      {
        meaning: { kind: 'delivery', category: 'delivered' },
        recipient: 'ben@example.com',
        at: Date.parse(at),
        reply: { text: '250 2.0.0 queued' },
        providerType: 'Delivery',
      },
    ]);
  });

  it.each([
    ['InternalFailure', '451', '4.3.0', 'system-error'],
    ['General', '450', '4.0.0', undefined],
    ['MailboxFull', '452', '4.2.2', 'mailbox-full'],
    ['SpamDetected', '421', '4.7.0', 'sender-rejected'],
    ['RecipientServerError', '451', '4.3.0', 'system-error'],
    ['IPFailure', '421', '4.7.0', 'ip-blocked'],
    ['TransientCommunicationFailure', '421', '4.4.2', 'network-error'],
    ['BYOIPHostNameLookupUnavailable', '451', '4.4.3', 'dns-ptr'],
    ['Undetermined', '450', '4.0.0', undefined],
    ['SendingDeferral', '451', '4.7.0', 'rate-limited'],
    ['SomethingNew', '450', '4.0.0', undefined],
  ])('of a delay for %s are deferrals', async (delayType, code, enhanced, category) => {
    const [event] = await eventsOf({
      eventType: 'DeliveryDelay',
      mail: mail('anna@example.com'),
      deliveryDelay: {
        timestamp: at,
        delayType,
        delayedRecipients: [
          { emailAddress: 'anna@example.com', status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 no answer' },
        ],
      },
    });
    expect(event?.meaning).toEqual({ kind: 'deferral', code, enhanced, ...(category && { category }) });
    expect(event).toMatchObject({
      at: Date.parse(at),
      providerType: delayType,
      reply: { enhanced: '4.4.1', text: 'smtp; 421 4.4.1 no answer' },
    });
  });

  it('of a reject are about the virus, for each recipient of the message', async () => {
    const events = await eventsOf({
      eventType: 'Reject',
      mail: mail('anna@example.com', 'ben@example.com'),
      reject: { reason: 'Bad content' },
    });
    expect(events.map(({ recipient }) => recipient)).toEqual(['anna@example.com', 'ben@example.com']);
    expect(events[0]).toMatchObject({
      meaning: { kind: 'reject', code: '554', enhanced: '5.7.0', category: 'virus' },
      at: Date.parse(sentAt),
      providerType: 'Reject',
      reply: { text: 'Bad content' },
    });
  });

  it.each([
    ['Send', true],
    ['Open', true],
    ['Click', true],
    ['Rendering Failure', true],
    ['Received', true],
    ['AmazonSnsSubscriptionSucceeded', true],
    ['Teleported', false],
    ['constructor', false],
  ])('of the type %s are ignored (a known label: %s)', async (eventType, known) => {
    expect(await itemsOf({ eventType, mail: mail('anna@example.com') })).toEqual([
      { type: 'ignored', label: eventType, known },
    ]);
  });
});

describe('a change of subscription', () => {
  const preferences = (unsubscribeAll: boolean, topics: Record<string, string>) => ({
    unsubscribeAll,
    topicSubscriptionStatus: Object.entries(topics).map(([topicName, subscriptionStatus]) => ({
      topicName,
      subscriptionStatus,
    })),
  });
  const subscription = (oldTopicPreferences: unknown, newTopicPreferences: unknown) => ({
    eventType: 'Subscription',
    mail: mail('anna@example.com'),
    subscription: {
      contactList: 'readers',
      timestamp: at,
      source: 'UnsubscribeHeader',
      oldTopicPreferences,
      newTopicPreferences,
    },
  });
  const none = preferences(true, { weekly: 'OptOut' });
  const both = preferences(false, { weekly: 'OptIn', offers: 'OptIn' });
  const weekly = preferences(false, { weekly: 'OptIn', offers: 'OptOut' });

  it.each<[string, unknown, unknown, [string, string | null][]]>([
    ['leaving everything is global', both, none, [['unsubscribe', null]]],
    ['leaving everything again is still heard', none, none, [['unsubscribe', null]]],
    ['leaving a topic is about that topic', both, weekly, [['unsubscribe', 'offers']]],
    ['taking a topic is about that topic', weekly, both, [['resubscribe', 'offers']]],
    ['leaving a topic again is still heard', weekly, weekly, [['unsubscribe', 'offers']]],
    [
      'coming back takes the global one back, then the topics',
      none,
      weekly,
      [
        ['resubscribe', null],
        ['resubscribe', 'weekly'],
        ['unsubscribe', 'offers'],
      ],
    ],
    [
      'without the old state every topic counts',
      undefined,
      weekly,
      [
        ['resubscribe', 'weekly'],
        ['unsubscribe', 'offers'],
      ],
    ],
  ])('%s', async (_title, before, after, expected) => {
    const events = await eventsOf(subscription(before, after));
    expect(events.map(({ meaning, group }) => [meaning.kind, group])).toEqual(expected);
    expect(
      events.every(({ recipient, at: time }) => recipient === 'anna@example.com' && time === Date.parse(at)),
    ).toBe(true);
  });

  it('that changes nothing and leaves nothing is ignored', async () => {
    expect(await itemsOf(subscription(both, both))).toEqual([
      { type: 'ignored', label: 'Subscription', known: true },
    ]);
    expect(
      await itemsOf(subscription('?', { topicSubscriptionStatus: [null, { topicName: 4 }] })),
    ).toHaveLength(1);
  });

  it('gives each topic an id of its own', async () => {
    const items = await itemsOf(subscription(undefined, weekly), { 'x-amz-sns-message-id': 'sns-1' });
    expect(items.map((item) => item.type === 'event' && item.event.eventId)).toEqual([
      'sns-1/weekly',
      'sns-1/offers',
    ]);
  });
});

describe('the wrapping', () => {
  const topic = 'arn:aws:sns:eu-west-1:123456789012:ses-mail';
  const envelope = (fields: object) => ({
    Type: 'Notification',
    MessageId: '7a3c1f00-0000-4000-8000-000000000001',
    TopicArn: topic,
    Timestamp: at,
    ...fields,
  });
  const delivery = {
    eventType: 'Delivery',
    mail: mail('anna@example.com'),
    delivery: { timestamp: at, recipients: ['anna@example.com'], smtpResponse: '250 ok' },
  };

  it('by SNS gives events without an id of their own the one of the message', async () => {
    const [event] = await eventsOf(envelope({ Message: `${JSON.stringify(delivery)}\n` }));
    expect(event).toMatchObject({
      recipient: 'anna@example.com',
      eventId: '7a3c1f00-0000-4000-8000-000000000001',
    });
  });

  it('by SNS leaves a bounce the id that SES gave it', async () => {
    const [event] = await eventsOf(envelope({ Message: JSON.stringify(bounce('Permanent/General')) }));
    expect(event?.eventId).toBe('feedback-1');
  });

  it('may be missing in raw delivery, where a header has the id', async () => {
    const items = await itemsOf(delivery, {
      'x-amz-sns-rawdelivery': 'true',
      'x-amz-sns-message-id': 'sns-2',
    });
    expect(items).toMatchObject([{ type: 'event', event: { eventId: 'sns-2' } }]);
  });

  const bridged = {
    version: '0',
    id: 'bridge-1',
    'detail-type': 'Email Delivered',
    source: 'aws.ses',
    detail: delivery,
  };
  it.each([
    ['EventBridge', bridged],
    ['EventBridge and SNS', envelope({ Message: JSON.stringify(bridged) })],
  ])('by %s gives its own id', async (_title, body) => {
    const [event] = await eventsOf(body);
    expect(event).toMatchObject({ recipient: 'anna@example.com', eventId: 'bridge-1' });
  });

  test.each([
    ['Sending Status Disabled', { version: '1.0.0', data: {} }],
    ['Advisor Recommendation Status Open', { version: '1.0.0', data: '{"type":"dkim"}' }],
  ])('by EventBridge may be of no message: %s', async (about, detail) => {
    expect(await itemsOf({ ...bridged, 'detail-type': about, detail })).toEqual([
      { type: 'ignored', label: about, known: true },
    ]);
  });

  it('T009 by a SubscriptionConfirmation leads to a URL that was built, not received', async () => {
    const body = envelope({
      Type: 'SubscriptionConfirmation',
      Token: '2336412f37fb',
      Message: 'You have chosen to subscribe.',
      SubscribeURL: 'http://169.254.169.254/latest/meta-data',
    });
    expect(await deliveryOf(body)).toEqual({
      type: 'confirm',
      url: new URL(
        `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${topic}&Token=2336412f37fb`,
      ),
      what: `SNS subscription to ${topic}`,
    });
  });

  it('by a SubscriptionConfirmation without a usable topic confirms nothing', async () => {
    const body = envelope({
      Type: 'SubscriptionConfirmation',
      TopicArn: 'arn:evil',
      Token: 'a',
      Message: '',
    });
    expect(await itemsOf(body)).toMatchObject([{ type: 'unreadable' }]);
  });

  it('T012 by an UnsubscribeConfirmation is ignored, and does not subscribe again', async () => {
    const body = envelope({
      Type: 'UnsubscribeConfirmation',
      Token: 'a',
      SubscribeURL: 'https://a',
      Message: 'x',
    });
    expect(await itemsOf(body)).toEqual([{ type: 'ignored', label: 'UnsubscribeConfirmation', known: true }]);
  });

  it.each([
    [
      'the notice that SES may publish',
      'Notification',
      'Successfully validated SNS topic for Amazon SES event publishing.',
      true,
    ],
    ['an unknown type', 'Announcement', '{}', false],
  ])('by SNS of %s is ignored', async (_title, Type, Message, known) => {
    expect(await itemsOf(envelope({ Type, Message }))).toMatchObject([{ type: 'ignored', known }]);
  });

  it.each(['hello', '[]', '{}', '{"eventType":7.5e3}', `${'['.repeat(40)}${']'.repeat(40)}`])(
    'by SNS of a message that is not from SES is unreadable or unmapped: %s',
    async (Message) => {
      const [item, ...rest] = await itemsOf(envelope({ Message }));
      expect(item?.type === 'unreadable' || (item?.type === 'ignored' && !item.known)).toBe(true);
      expect(rest).toEqual([]);
    },
  );

  it.each(['', 'not json', '[]', 'null'])('of a body that is no object is an error: %j', async (body) => {
    expect(await deliveryOf(body)).toEqual({ why: expect.any(String) });
  });
});

describe('the samples', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');

  it('cover every kind', () => {
    expect(new Set(amazonSesSampler.samples(now).map(({ kind }) => kind))).toEqual(new Set(kinds));
  });

  it.each(amazonSesSampler.samples(now))('are signed, and read as they say: $title', async (sample) => {
    const { source, signing } = await amazonSesSampler.source();
    const { headers, body } = await amazonSesSampler.request(sample.payload, signing, now);
    const trust = {
      secrets: { keys: [], basicAuth: [], topicArns: source.secrets.topic_arns ?? [] },
      publicUrl: null,
      requireSha256: true,
    };
    const fetchCertificate = async (url: URL) =>
      ok(url.href === testCertificateUrl ? testCertificatePem : '');
    expect(await amazonSes.verify(requestOf(body, headers), trust, { now, fetchCertificate })).toEqual(
      ok({}),
    );
    const events = await eventsOf(body);
    expect(events.map(({ meaning, recipient }) => [meaning.kind, recipient])).toEqual([
      [sample.kind, sample.recipient],
    ]);
    expect(events[0]?.at).toBeLessThan(now);
  });

  it('refuse to sign what SNS would not send', async () => {
    await expect(signedSnsRequest({ Type: 'Notification' }, testCertificateUrl)).rejects.toThrow('Message');
  });
});
