import { type Documented, each } from './documented.ts';

const event = (event: string, email: string, fields: object = {}) => ({
  events: [{ event, email, ...fields }],
});

const categories = [
  'transientfail',
  'greylisting',
  'badsender',
  'block',
  'content',
  'dnsFail',
  'generalfail',
  'other',
  'relayfail',
  'serverfail',
  'spam',
  'verifyfail',
  'timeout',
  'badrecipient',
  'overquota',
  'serverpolicy',
  'spam_gmail',
];

export const mailtrap: Documented = {
  page: 'https://docs.mailtrap.io/email-api-smtp/advanced/webhooks',
  labels: {
    ...each(
      ['delivery', 'soft bounce', 'bounce', 'suspension', 'reject', 'unsubscribe', 'spam', 'open', 'click'],
      event,
    ),
    activity_log: (to) => event('activity_log.user.updated', to),
    ...each(
      categories,
      (bounce_category, to) => event('bounce', to, { bounce_category }),
      (category) => `bounce/${category}`,
    ),
    ...each(
      categories,
      (bounce_category, to) => event('soft bounce', to, { bounce_category }),
      (category) => `soft bounce/${category}`,
    ),
    ...each(
      ['hard bounce', 'unsubscription', 'spam complaint', 'manual import'],
      (reason, to) => event('reject', to, { reason: `Recipient in suppression list. Reason: ${reason}` }),
      (reason) => `reject/${reason}`,
    ),
    'reject/suppression list': (to) => event('reject', to, { reason: 'Recipient in suppression list' }),
  },
  novelty: ['novelty', (to) => event('novelty', to)],
};
