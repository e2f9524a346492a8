import { describe, expect, it, test } from 'vitest';
import { err, ok } from '../../src/core/result.ts';
import type { RawRequest, VerifyIo } from '../../src/providers/adapter.ts';
import { amazonSes } from '../../src/providers/amazon-ses.ts';
import { utf8 } from '../../src/providers/verify/bytes.ts';
import { testCertificateUrl } from '../../src/samples/amazon-ses.ts';
import { signedSnsRequest, testCertificatePem } from '../../src/samples/sns.ts';

const NOW = Date.UTC(2026, 4, 28, 20);
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:bounces';
const request = (body: unknown): RawRequest => ({
  method: 'POST',
  url: new URL('https://mail.test/webhooks/amazon-ses_1'),
  headers: new Headers({ 'content-type': 'application/json' }),
  body: utf8(JSON.stringify(body)),
});
const trust = {
  secrets: { keys: [], basicAuth: [], topicArns: [TOPIC] },
  publicUrl: null,
  requireSha256: false,
};
const io: VerifyIo = {
  now: NOW,
  fetchCertificate: async (url) =>
    url.href === testCertificateUrl ? ok(testCertificatePem) : err('unavailable'),
};

const bounce = (to: string) => ({
  notificationType: 'Bounce',
  mail: { messageId: 'm-1', destination: [to] },
  bounce: {
    bounceType: 'Permanent',
    bounceSubType: 'General',
    feedbackId: `f-${to}`,
    timestamp: '2026-05-28T19:59:00.000Z',
    bouncedRecipients: [{ emailAddress: to, status: '5.1.1', diagnosticCode: 'smtp; 550 5.1.1 no' }],
  },
});
const envelope = async (to: string, topic = TOPIC): Promise<string> =>
  (
    await signedSnsRequest(
      {
        Type: 'Notification',
        MessageId: '165545c9-2a5c-472c-8df2-7ff2be2b3b1b',
        TopicArn: topic,
        Message: JSON.stringify(bounce(to)),
        Timestamp: new Date(NOW).toISOString(),
      },
      testCertificateUrl,
    )
  ).body;

/** As ReceiveMessage gives it. */
const received = (body: string) => ({ MessageId: 'q-1', ReceiptHandle: 'AQEB', MD5OfBody: '0', Body: body });
/** As a Lambda function gets it. */
const handed = (body: string) => ({ messageId: 'q-1', receiptHandle: 'AQEB', eventSource: 'aws:sqs', body });

async function recipientsOf(body: unknown): Promise<unknown[]> {
  const read = await amazonSes.parse(request(body));
  if (!read.ok || read.value.type !== 'items') throw new Error(JSON.stringify(read));
  return read.value.items.map((item) => (item.type === 'event' ? item.event.recipient : item.type));
}

describe('Amazon SES through SQS', () => {
  test.each([
    ['one message', (body: string) => received(body)],
    ['a list of messages', (body: string) => [received(body)]],
    ['the answer to ReceiveMessage', (body: string) => ({ Messages: [received(body)] })],
    ['the event of a Lambda function', (body: string) => ({ Records: [handed(body)] })],
  ])('is read, and proven by the envelope of SNS: %s', async (_, wrap) => {
    const sent = wrap(await envelope('ada@ex.test'));
    expect((await amazonSes.verify(request(sent), trust, io)).ok).toBe(true);
    expect(await recipientsOf(sent)).toEqual(['ada@ex.test']);
  });

  it('is read as the body of a message alone', async () => {
    const sent = JSON.parse(await envelope('ada@ex.test'));
    expect((await amazonSes.verify(request(sent), trust, io)).ok).toBe(true);
    expect(await recipientsOf(sent)).toEqual(['ada@ex.test']);
  });

  it('is read raw and from EventBridge, which nothing proves', async () => {
    const bridged = {
      source: 'aws.ses',
      id: 'b',
      'detail-type': 'Email Bounced',
      detail: bounce('bob@ex.test'),
    };
    const sent = {
      Messages: [received(JSON.stringify(bounce('ada@ex.test'))), received(JSON.stringify(bridged))],
    };
    expect(await recipientsOf(sent)).toEqual(['ada@ex.test', 'bob@ex.test']);
    expect(await amazonSes.verify(request(sent), trust, io)).toMatchObject({
      ok: false,
      error: { reason: 'forged' },
    });
  });

  it('names a raw message without an id of its own by that of the queue', async () => {
    const delivery = {
      eventType: 'Delivery',
      mail: { destination: ['ada@ex.test'] },
      delivery: { recipients: ['ada@ex.test'] },
    };
    const read = await amazonSes.parse(request(handed(JSON.stringify(delivery))));
    expect(read).toMatchObject({ value: { items: [{ event: { eventId: 'q-1' } }] } });
  });

  it('T001 is refused whole where one message is not proven', async () => {
    const [good, changed, strange] = [
      await envelope('ada@ex.test'),
      (await envelope('bob@ex.test')).replace('bob@ex.test', 'eve@ex.test'),
      await envelope('bob@ex.test', `${TOPIC}-2`),
    ];
    for (const bad of [changed, strange, '', 'x', '{}']) {
      const sent = request({ Records: [handed(good), handed(bad)] });
      expect(await amazonSes.verify(sent, trust, io), bad).toMatchObject({
        ok: false,
        error: { reason: 'forged' },
      });
    }
  });

  it('cannot be decided while the certificate cannot be fetched', async () => {
    const sent = request([received(await envelope('ada@ex.test'))]);
    const offline = { ...io, fetchCertificate: async () => err('unavailable' as const) };
    expect(await amazonSes.verify(sent, trust, offline)).toMatchObject({ error: { reason: 'undecided' } });
  });

  it('loses no neighbour of a message that cannot be read', async () => {
    const good = JSON.stringify(bounce('ada@ex.test'));
    const sent = [received('{'), received('[]'), { ReceiptHandle: 'x' }, received(good)];
    expect(await recipientsOf(sent)).toEqual(['unreadable', 'unreadable', 'unreadable', 'ada@ex.test']);
  });

  it('confirms no subscription', async () => {
    const confirmation = { Type: 'SubscriptionConfirmation', Message: 'x', TopicArn: TOPIC, Token: 'abc' };
    expect(await recipientsOf([received(JSON.stringify(confirmation))])).toEqual(['ignored']);
  });

  test.each([[[]], [{ Messages: [] }], [{ Records: [] }], [{ Records: [{ eventSource: 'aws:s3' }] }]])(
    '%j is nothing of SQS, and never proven',
    async (sent) => {
      expect((await amazonSes.verify(request(sent), trust, io)).ok).toBe(false);
    },
  );
});
