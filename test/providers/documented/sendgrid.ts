import { type Documented, each, type Say } from './documented.ts';

const event =
  (fields: object): Say =>
  (email) => [{ email, sg_event_id: email, asm_group_id: 1, ...fields }];

const CLASSIFICATIONS = [
  'Invalid Address',
  'Technical Failure',
  'Content',
  'Reputation',
  'Frequency or Volume Too High',
  'Mailbox Unavailable',
];

export const sendgrid: Documented = {
  page: 'https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event',
  labels: {
    ...each(
      [
        'processed',
        'delivered',
        'deferred',
        'open',
        'click',
        'spamreport',
        'unsubscribe',
        'group_unsubscribe',
        'group_resubscribe',
        'account_status_change',
        'dropped',
      ],
      (name, to) => event({ event: name })(to),
    ),
    ...each(
      ['bounce', 'blocked', 'expired'],
      (type, to) => event({ event: 'bounce', type })(to),
      (type) => `bounce/${type}`,
    ),
    ...each(
      CLASSIFICATIONS,
      (bounce_classification, to) => event({ event: 'bounce', type: 'bounce', bounce_classification })(to),
      (words) => `bounce/bounce/${words.toLowerCase()}`,
    ),
    ...each(
      CLASSIFICATIONS,
      (bounce_classification, to) => event({ event: 'bounce', type: 'blocked', bounce_classification })(to),
      (words) => `bounce/blocked/${words.toLowerCase()}`,
    ),
    ...each(
      ['bounce', 'blocked'],
      (type, to) => event({ event: 'bounce', type, reason: 'Unable to resolve MX host example.com' })(to),
      (type) => `bounce/${type}/no mail host`,
    ),
    ...each(
      [
        'Bounced Address',
        'Unsubscribed Address',
        'Spam Reporting Address',
        'Invalid',
        'Spam Content',
        'Invalid SMTPAPI header',
        'Recipient List over Package Quota',
      ],
      (reason, to) => event({ event: 'dropped', reason })(to),
      (reason) => `dropped/${reason.toLowerCase()}`,
    ),
  },
  novelty: ['novelty', event({ event: 'novelty' })],
};
