/** Sample requests of Amazon SES through SNS. */
import { err, ok } from '../core/result.ts';
import { toRfc3339 } from '../core/time.ts';
import type { Sample, Sampler } from './sampler.ts';
import { signedSnsRequest, testCertificatePem } from './sns.ts';

export const testCertificateUrl =
  'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-00000000000000000000000000000000.pem';

export interface SesSigning {
  readonly topicArn: string;
}

export const amazonSesSampler: Sampler = {
  provider: 'amazon-ses',
  fetchCertificate: async (url) =>
    url.href === testCertificateUrl ? ok(testCertificatePem) : err('unavailable'),
  async source() {
    const name = crypto.randomUUID();
    const signing: SesSigning = { topicArn: `arn:aws:sns:eu-west-1:123456789012:ses-${name}` };
    return { source: { secrets: { topic_arns: [signing.topicArn] } }, signing };
  },
  request: (payload, signing, now) =>
    signedSnsRequest(
      {
        Type: 'Notification',
        MessageId: crypto.randomUUID(),
        TopicArn: (signing as SesSigning).topicArn, // `unknown` in the interface; it comes from source() above
        Subject: 'Amazon SES Email Event Notification',
        Message: `${JSON.stringify(payload)}\n`,
        Timestamp: toRfc3339(now),
      },
      testCertificateUrl,
    ),
  samples: (now) => [
    bounce(now, 'SES reports a 550 5.1.1', 'Permanent/NoEmail', '5.1.1', 'smtp; 550 5.1.1 user unknown'),
    bounce(
      now,
      'SES gives up on a full mailbox',
      'Transient/MailboxFull',
      '4.2.2',
      'smtp; 452 4.2.2 mailbox full',
    ),
    sample(
      now,
      'SES still tries a server that does not answer',
      'deferral',
      'DeliveryDelay',
      (recipient, at) => ({
        deliveryDelay: {
          timestamp: at,
          delayType: 'TransientCommunicationFailure',
          expirationTime: at,
          delayedRecipients: [
            { emailAddress: recipient, status: '4.4.1', diagnosticCode: 'smtp; 421 4.4.1 unable to connect' },
          ],
        },
      }),
    ),
    sample(now, 'SES finds a virus and does not send', 'reject', 'Reject', () => ({
      reject: { reason: 'Bad content' },
    })),
    sample(now, 'A recipient calls it spam', 'complaint', 'Complaint', (recipient, at) => ({
      complaint: {
        complainedRecipients: [{ emailAddress: recipient }],
        timestamp: at,
        feedbackId: crypto.randomUUID(),
        complaintSubType: null,
        userAgent: 'Example-Feedback-Loop/1.0',
        complaintFeedbackType: 'abuse',
        arrivalDate: at,
      },
    })),
    sample(now, 'A recipient leaves every topic', 'unsubscribe', 'Subscription', (_recipient, at) =>
      topics(at, true, 'OptOut', false, 'OptIn'),
    ),
    sample(now, 'A recipient takes one topic again', 'resubscribe', 'Subscription', (_recipient, at) =>
      topics(at, false, 'OptIn', false, 'OptOut'),
    ),
    sample(now, 'A mail server takes the message', 'delivery', 'Delivery', (recipient, at) => ({
      delivery: {
        timestamp: at,
        processingTimeMillis: 1250,
        recipients: [recipient],
        smtpResponse: '250 2.0.0 OK queued',
        reportingMTA: 'mta.example.com',
      },
    })),
  ],
};

function sample(
  now: number,
  title: string,
  kind: Sample['kind'],
  eventType: string,
  detail: (recipient: string, at: string) => object,
): Sample {
  const recipient = `${eventType.toLowerCase()}@example.com`;
  const mail = {
    timestamp: toRfc3339(now - 90_000),
    source: 'news@example.org',
    sendingAccountId: '123456789012',
    messageId: `0102${crypto.randomUUID()}-000000`,
    destination: [recipient],
    headersTruncated: false,
    tags: { 'ses:configuration-set': ['newsletter'], campaign: ['autumn'] },
  };
  return {
    title,
    kind,
    recipient,
    payload: { eventType, mail, ...detail(recipient, toRfc3339(now - 60_000)) },
  };
}

const bounce = (now: number, title: string, label: string, status: string, diagnosticCode: string): Sample =>
  sample(now, title, 'bounce', 'Bounce', (recipient, at) => {
    const [bounceType, bounceSubType] = label.split('/');
    return {
      bounce: {
        bounceType,
        bounceSubType,
        bouncedRecipients: [{ emailAddress: recipient, action: 'failed', status, diagnosticCode }],
        timestamp: at,
        feedbackId: crypto.randomUUID(),
        reportingMTA: 'dns; mta.example.com',
      },
    };
  });

const topics = (timestamp: string, allNow: boolean, now: string, allBefore: boolean, before: string) => ({
  subscription: {
    contactList: 'readers',
    timestamp,
    source: 'UnsubscribeHeader',
    newTopicPreferences: preferences(allNow, now),
    oldTopicPreferences: preferences(allBefore, before),
  },
});

const preferences = (unsubscribeAll: boolean, subscriptionStatus: string) => ({
  unsubscribeAll,
  topicSubscriptionStatus: [{ topicName: 'weekly', subscriptionStatus }],
});
