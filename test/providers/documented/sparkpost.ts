import { type Documented, each, type Say } from './documented.ts';

const message =
  (fields: object): Say =>
  (to) => [{ msys: { message_event: { rcpt_to: to, event_id: to, ...fields } } }];

const CLASSES = [
  '1',
  '10',
  '20',
  '21',
  '22',
  '23',
  '24',
  '25',
  '26',
  '30',
  '40',
  '50',
  '51',
  '52',
  '53',
  '54',
  '60',
  '70',
  '80',
  '90',
  '100',
];

export const sparkpost: Documented = {
  page: 'https://support.sparkpost.com/docs/deliverability/bounce-classification-codes',
  labels: {
    ...each(['relay_message', 'relay_event', 'ab_test_event', 'ingest_event'], (eventClass) => [
      { msys: { [eventClass]: {} } },
    ]),
    ...each(
      [
        'injection',
        'delivery',
        'delay',
        'bounce',
        'out_of_band',
        'policy_rejection',
        'generation_failure',
        'generation_rejection',
        'spam_complaint',
        'list_unsubscribe',
        'link_unsubscribe',
        'open',
        'initial_open',
        'click',
        'amp_open',
        'amp_initial_open',
        'amp_click',
        'ab_test_completed',
        'ab_test_cancelled',
        'sms_status',
      ],
      (type, to) => message({ type })(to),
    ),
    ...each(
      CLASSES,
      (bounce_class, to) => message({ type: 'bounce', bounce_class })(to),
      (bounceClass) => `bounce/${bounceClass}`,
    ),
    ...each(
      CLASSES,
      (bounce_class, to) => message({ type: 'out_of_band', bounce_class })(to),
      (bounceClass) => `out_of_band/${bounceClass}`,
    ),
    ...each(
      ['abuse', 'auth-failure', 'fraud', 'not-spam', 'opt-out', 'opt-out-list', 'other', 'virus'],
      (fbtype, to) => message({ type: 'spam_complaint', fbtype })(to),
      (fbtype) => `spam_complaint/${fbtype}`,
    ),
  },
  novelty: ['novelty', message({ type: 'novelty' })],
};
