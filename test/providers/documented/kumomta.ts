import { type Documented, each } from './documented.ts';

/** Of the table on the page of the classifier, and the two of newer versions. */
const classes = [
  'InvalidRecipient',
  'DNSFailure',
  'SpamBlock',
  'SpamContent',
  'ProhibitedAttachment',
  'RelayDenied',
  'AutoReply',
  'TransientFailure',
  'Subscribe',
  'Unsubscribe',
  'ChallengeResponse',
  'BadConfiguration',
  'BadConnection',
  'BadDomain',
  'ContentRelated',
  'InactiveMailbox',
  'InvalidSender',
  'MessageExpired',
  'NoAnswerFromHost',
  'PolicyRelated',
  'ProtocolErrors',
  'QuotaIssues',
  'RelayingIssues',
  'RoutingErrors',
  'SpamRelated',
  'VirusRelated',
  'AuthenticationFailed',
  'TooManyRecipients',
  'Uncategorized',
];
const classified = (type: string) =>
  each(
    classes,
    (bounce_classification, recipient) => ({ type, recipient, bounce_classification }),
    (label) => `${type}/${label}`,
  );

export const kumomta: Documented = {
  page: 'https://docs.kumomta.com/reference/log_record/',
  labels: {
    ...each(
      [
        'Reception',
        'Delivery',
        'Bounce',
        'TransientFailure',
        'Expiration',
        'AdminBounce',
        'OOB',
        'Rejection',
        'Delay',
        'Delayed',
        'AdminRebind',
        'DeferredInjectionRebind',
        'XferIn',
        'XferOut',
      ],
      (type, recipient) => ({ type, recipient }),
    ),
    ...classified('Bounce'),
    ...classified('TransientFailure'),
    ...classified('OOB'),
    // RFC 5965 7.3, RFC 6430, and the types of older drafts.
    ...each(
      ['abuse', 'fraud', 'virus', 'other', 'not-spam', 'auth-failure', 'dmarc', 'opt-out', 'opt-out-list'],
      (feedback_type, to) => ({
        type: 'Feedback',
        recipient: 'fbl@example.org',
        feedback_report: {
          feedback_type,
          original_rcpto_to: [`<${to}>`],
          supplemental_trace: { recipient: to },
        },
      }),
      (label) => `Feedback/${label}`,
    ),
    LogRecord: (recipient) => ({ type: 'Delivery', recipient, reception_protocol: 'LogRecord' }),
  },
  novelty: ['Novelty', (recipient) => ({ type: 'Novelty', recipient })],
};
