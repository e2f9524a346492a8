import { type Documented, each, type Say } from './documented.ts';

const notice =
  (notificationType: string, part: string, recipients: string, fields: object = {}): Say =>
  (to) => ({
    notificationType,
    mail: { messageId: to, destination: [to] },
    [part]: { feedbackId: to, [recipients]: [{ emailAddress: to }], ...fields },
  });
const bounce = (label: string): Say => {
  const [bounceType, bounceSubType] = label.split('/');
  return (to) => ({
    notificationType: 'Bounce',
    mail: { messageId: to, destination: [to] },
    bounce: {
      feedbackId: to,
      bounceType,
      bounceSubType,
      bouncedRecipients: [
        { emailAddress: to, diagnosticCode: 'smtp;' /* without any, it would be an automatic reply */ },
      ],
    },
  });
};
const complaint = (fields: object): Say => notice('Complaint', 'complaint', 'complainedRecipients', fields);

export const amazonSes: Documented = {
  page: 'https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html',
  labels: {
    ...each(
      ['Send', 'Open', 'Click', 'Rendering Failure', 'Received', 'AmazonSnsSubscriptionSucceeded'],
      (eventType, to) => ({ eventType, mail: { messageId: to, destination: [to] } }),
    ),
    ...each(
      [
        'Advisor Recommendation Status Open',
        'Advisor Recommendation Status Resolved',
        'Sending Status Enabled',
        'Sending Status Disabled',
      ],
      (about) => ({ source: 'aws.ses', 'detail-type': about, detail: { version: '1.0.0', data: {} } }),
    ),
    Delivery: (to) => ({
      eventType: 'Delivery',
      mail: { messageId: to, destination: [to] },
      delivery: { recipients: [to] },
    }),
    Reject: (to) => ({
      eventType: 'Reject',
      mail: { messageId: to, destination: [to] },
      reject: { reason: 'Bad content' },
    }),
    Subscription: (to) => ({
      eventType: 'Subscription',
      mail: { messageId: to, destination: [to] },
      subscription: { newTopicPreferences: { unsubscribeAll: true } },
    }),
    ...each(
      [
        'Permanent/General',
        'Permanent/NoEmail',
        'Permanent/Suppressed',
        'Permanent/OnAccountSuppressionList',
        'Permanent/OnTenantSuppressionList',
        'Permanent/EmailValidationSuppressed',
        'Permanent/UnsubscribedRecipient',
        'Transient/General',
        'Transient/MailboxFull',
        'Transient/MessageTooLarge',
        'Transient/ContentRejected',
        'Transient/AttachmentRejected',
        'Transient/CustomTimeoutExceeded',
        'Undetermined/Undetermined',
      ],
      (label, to) => bounce(label)(to),
    ),
    Complaint: complaint({}),
    ...each(
      ['abuse', 'auth-failure', 'fraud', 'not-spam', 'other', 'opt-out', 'opt-out-list', 'virus'],
      (complaintFeedbackType, to) => complaint({ complaintFeedbackType })(to),
    ),
    ...each(['OnAccountSuppressionList', 'OnTenantSuppressionList'], (complaintSubType, to) =>
      complaint({ complaintSubType })(to),
    ),
    DeliveryDelay: notice('DeliveryDelay', 'deliveryDelay', 'delayedRecipients'),
    ...each(
      [
        'InternalFailure',
        'General',
        'MailboxFull',
        'SpamDetected',
        'RecipientServerError',
        'IPFailure',
        'TransientCommunicationFailure',
        'BYOIPHostNameLookupUnavailable',
        'Undetermined',
        'SendingDeferral',
      ],
      (delayType, to) => notice('DeliveryDelay', 'deliveryDelay', 'delayedRecipients', { delayType })(to),
    ),
  },
  novelty: [
    'Bounce/Novel/Thing',
    (to) => ({
      notificationType: 'Bounce',
      mail: { messageId: to, destination: [to] },
      bounce: {
        bounceType: 'Novel',
        bounceSubType: 'Thing',
        bouncedRecipients: [{ emailAddress: to }],
      },
    }),
  ],
};
