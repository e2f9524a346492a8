import { type Documented, each } from './documented.ts';

const event = (event: string, email: string, fields: object = {}) => ({ event, email, ...fields });

export const brevo: Documented = {
  page: 'https://developers.brevo.com/docs/transactional-webhooks',
  labels: {
    ...each(
      [
        'request',
        'delivered',
        'hard_bounce',
        'soft_bounce',
        'deferred',
        'blocked',
        'invalid_email',
        'error',
        'spam',
        'complaint',
        'unsubscribed',
        'unsubscribe',
        'opened',
        'unique_opened',
        'proxy_open',
        'unique_proxy_open',
        'click',
        'list_addition',
        'contact_updated',
        'contact_deleted',
      ],
      event,
    ),
    ...each(
      ['due to blacklist user', 'due to unsubscribed user'],
      (reason, to) => event('blocked', to, { reason: `blocked : ${reason}` }),
      (reason) => `blocked/${reason}`,
    ),
    ...each(
      ['hard_bounce', 'soft_bounce'],
      (kind, to) => event(kind, to, { reason: 'undefined Unable to find MX of domain ex.test' }),
      (kind) => `${kind}/Unable to find MX of domain`,
    ),
  },
  novelty: ['novelty', (to) => event('novelty', to)],
};
