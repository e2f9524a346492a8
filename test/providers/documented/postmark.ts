import { type Documented, each, type Say } from './documented.ts';

const record =
  (fields: object): Say =>
  (to) => ({ Email: to, Recipient: to, MessageID: to, ...fields });
const change = (fields: object) =>
  record({ RecordType: 'SubscriptionChange', SuppressSending: true, ...fields });

export const postmark: Documented = {
  page: 'https://postmarkapp.com/developer/api/bounce-api#bounce-types',
  labels: {
    ...each(['Delivery', 'Open', 'Click', 'SpamComplaint'], (RecordType, to) => record({ RecordType })(to)),
    ...each(
      [
        'HardBounce',
        'Transient',
        'Unsubscribe',
        'Subscribe',
        'AutoResponder',
        'AddressChange',
        'DnsError',
        'SpamNotification',
        'OpenRelayTest',
        'Unknown',
        'SoftBounce',
        'VirusNotification',
        'ChallengeVerification',
        'BadEmailAddress',
        'SpamComplaint',
        'ManuallyDeactivated',
        'Unconfirmed',
        'Blocked',
        'SMTPApiError',
        'InboundError',
        'DMARCPolicy',
        'TemplateRenderingFailed',
      ],
      (Type, to) => record({ RecordType: 'Bounce', Type, ID: 1 })(to),
      (Type) => `Bounce/${Type}`,
    ),
    'Bounce/SMTPApiError/inactive': record({
      RecordType: 'Bounce',
      Type: 'SMTPApiError',
      ID: 1,
      Details: 'marked as inactive',
    }),
    Bounce: record({ RecordType: 'Bounce' }),
    ...each(
      ['HardBounce', 'SpamComplaint'],
      (SuppressionReason, to) => change({ SuppressionReason })(to),
      (reason) => `SubscriptionChange/${reason}`,
    ),
    ...each(
      ['Recipient', 'Customer', 'Admin'],
      (Origin, to) => change({ SuppressionReason: 'ManualSuppression', Origin })(to),
      (origin) => `SubscriptionChange/ManualSuppression by ${origin}`,
    ),
    'SubscriptionChange/SuppressSending false': change({ SuppressSending: false }),
  },
  novelty: ['Bounce/Novelty', record({ RecordType: 'Bounce', Type: 'Novelty' })],
};
