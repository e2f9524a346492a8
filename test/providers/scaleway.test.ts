import { describe, expect, it, test } from 'vitest';
import { err, ok } from '../../src/core/result.ts';
import type { RawRequest, VerifyIo } from '../../src/providers/adapter.ts';
import { scaleway } from '../../src/providers/scaleway.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { scalewayCertificateUrl } from '../../src/samples/scaleway.ts';
import { signedSnsRequest, testCertificatePem } from '../../src/samples/sns.ts';

const NOW = Date.UTC(2026, 9, 1, 12);
const PROJECT = '6867048b-fe12-4e96-835e-41c79a39604b';
const TOPIC = `arn:scw:sns:fr-par:project-${PROJECT}:mail`;
const OTHER = `arn:scw:sns:fr-par:project-${PROJECT.replace('6', '7')}:mail`;

const event = {
  id: 'e-1',
  type: 'email_dropped',
  created_at: '2026-03-04T05:06:07.123456Z',
  email_to: 'ada@ex.test',
  email_id: 'm-1',
  email_response_code: 550,
  email_response_message: '5.1.1 User unknown',
};
const notification = {
  Type: 'Notification',
  MessageId: '7a3c1f00-0000-4000-8000-000000000002',
  TopicArn: TOPIC,
  Message: JSON.stringify(event),
  Timestamp: '2026-10-01T12:00:00.000Z',
};

const requestOf = (body: string, headers: Record<string, string> = {}): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/scaleway_1'),
  headers: new Headers(headers),
  body: utf8(body),
});
const signed = async (envelope: Record<string, string>, url = scalewayCertificateUrl) =>
  (await signedSnsRequest(envelope, url, '1')).body;

async function reasonOf(
  body: string,
  { headers = {} as Record<string, string>, topicArns = [TOPIC], now = NOW, requireSha256 = false } = {},
) {
  const io: VerifyIo = {
    now,
    fetchCertificate: async (url) =>
      [scalewayCertificateUrl, testCertificateUrl].includes(url.href)
        ? ok(testCertificatePem)
        : err('unavailable'),
  };
  const secrets = { keys: [], basicAuth: [], topicArns };
  const proof = await scaleway.verify(
    requestOf(body, headers),
    { secrets, publicUrl: null, requireSha256 },
    io,
  );
  return proof.ok ? 'proven' : proof.error.reason;
}

describe('the envelope', () => {
  it('of a topic of the source is proven, by SHA-1 and without advice that nobody could follow', async () => {
    expect(await reasonOf(await signed(notification))).toBe('proven');
    expect(await reasonOf(await signed({ ...notification, Timestamp: '2026-10-01T12:00:00.123456Z' }))).toBe(
      'proven',
    );
  });

  test.each<[string, () => Promise<string>, Parameters<typeof reasonOf>[1]?]>([
    ['of another project’s topic', () => signed({ ...notification, TopicArn: OTHER })],
    [
      'of an Amazon topic',
      () => signed({ ...notification, TopicArn: 'arn:aws:sns:eu-west-1:123456789012:mail' }),
    ],
    ['whose message was changed', async () => (await signed(notification)).replace('ada@', 'bob@')],
    ['whose certificate is Amazon’s', () => signed(notification, testCertificateUrl)],
    [
      'whose certificate is in another bucket',
      () => signed(notification, 'https://evil.s3.fr-par.scw.cloud/fr-par/sns/sns_certificate_1.crt'),
    ],
    [
      'whose certificate’s path climbs',
      () =>
        signed(notification, 'https://messaging.s3.fr-par.scw.cloud/fr-par/sns/sns_certificate_../../x.crt'),
    ],
    ['delivered raw', () => signed(notification), { headers: { 'x-amz-sns-rawdelivery': 'true' } }],
    ['whose certificate has run out', () => signed(notification), { now: Date.UTC(2121, 1) }],
    ['where the source requires SHA-256', () => signed(notification), { requireSha256: true }],
  ])('%s is forged', async (_title, body, given) => {
    expect(await reasonOf(await body(), given)).toBe('forged');
  });

  it('waits where the certificate cannot be fetched now', async () => {
    const url = scalewayCertificateUrl.replace('test-only', 'another');
    expect(await reasonOf(await signed(notification, url))).toBe('undecided');
  });

  test.each([TOPIC, TOPIC.replace('fr-par', 'nl-ams')])('the topic %s may be configured', (arn) => {
    expect(scaleway.checkKey(arn)).toBeNull();
  });
  test.each(['', 'mail', 'arn:aws:sns:eu-west-1:123456789012:mail', `${TOPIC}\n`])(
    'the topic %j is refused at configuration',
    (arn) => expect(scaleway.checkKey(arn)).toMatch(/whole ARN/),
  );
});

async function deliveryOf(body: unknown) {
  const result = await scaleway.parse(requestOf(JSON.stringify(body)));
  if (!result.ok) throw new Error(result.error.why);
  return result.value;
}

describe('Scaleway events', () => {
  it.each([
    ['an envelope', notification],
    ['a bare event', event],
  ])('are read field by field out of %s', async (_title, body) => {
    expect(await deliveryOf(body)).toEqual({
      type: 'items',
      items: [
        {
          type: 'event',
          event: {
            meaning: { kind: 'bounce', code: '550', enhanced: '5.0.0', proof: 'hard' },
            recipient: 'ada@ex.test',
            at: Date.UTC(2026, 2, 4, 5, 6, 7, 123),
            reply: { code: '550', text: '5.1.1 User unknown' },
            providerType: 'email_dropped',
            eventId: 'e-1',
            messageId: 'm-1',
          },
        },
      ],
    });
  });

  test.each<[object, object]>([
    [{ type: 'email_mailbox_not_found' }, { meaning: { kind: 'bounce', proof: 'cause' } }],
    [{ type: 'email_deferred' }, { meaning: { kind: 'deferral' } }],
    [
      { email_response_code: undefined, email_response_message: undefined, email_error: '550 5.1.1 unknown' },
      { reply: { text: '550 5.1.1 unknown' } },
    ],
    [{ type: 'email_spam' }, { meaning: { category: 'spam-content' } }],
    [{ type: 'email_blocklisted' }, { meaning: { kind: 'reject', category: 'suppressed' }, listed: true }],
    [
      { type: 'blocklist_created', email_to: undefined, email: 'ada@ex.test' },
      { recipient: 'ada@ex.test', listed: true },
    ],
  ])('%j are told as %j', async (change, expected) => {
    expect(await deliveryOf({ ...event, ...change })).toMatchObject({ items: [{ event: expected }] });
  });

  it('confirm a subscription at an address that is built, not taken', async () => {
    const confirmation = {
      Type: 'SubscriptionConfirmation',
      TopicArn: TOPIC,
      Token: 'a-token',
      Message: 'Confirm',
      SubscribeURL: 'http://169.254.169.254/',
    };
    expect(await deliveryOf(confirmation)).toMatchObject({
      type: 'confirm',
      url: new URL(
        `https://sns.mnq.fr-par.scaleway.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=a-token`,
      ),
    });
    expect(await deliveryOf({ ...confirmation, TopicArn: 'arn:evil' })).toMatchObject({
      items: [{ type: 'unreadable' }],
    });
  });

  test.each([
    [
      { ...notification, Type: 'UnsubscribeConfirmation' },
      { type: 'ignored', known: true },
    ],
    [
      { ...notification, Type: 'Novelty' },
      { type: 'ignored', known: false },
    ],
    [{ ...notification, Message: '{' }, { type: 'unreadable' }],
    [{ ...notification, Message: '7' }, { type: 'unreadable' }],
    [
      { ...event, type: 'constructor' },
      { type: 'ignored', known: false },
    ],
    [
      { ...event, type: null },
      { type: 'unreadable', why: 'no type' },
    ],
  ])('T057 %j', async (body, item) => {
    expect(await deliveryOf(body)).toMatchObject({ items: [item] });
  });

  test.each(['', '[]', 'null', '{"id":'])('the body %j is quarantined whole', async (body) => {
    expect((await scaleway.parse(requestOf(body))).ok).toBe(false);
  });
});
