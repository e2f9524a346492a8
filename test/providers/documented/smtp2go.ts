import { type Documented, each } from './documented.ts';

const event = (event: string, rcpt: string, fields: object = {}) => ({ event, rcpt, ...fields });

export const smtp2go: Documented = {
  page: 'https://developers.smtp2go.com/docs/webhooks-1',
  labels: {
    ...each(
      ['processed', 'delivered', 'open', 'click', 'bounce', 'reject', 'spam', 'unsubscribe', 'resubscribe'],
      event,
    ),
    ...each(
      ['sms_sending', 'sms_submitted', 'sms_delivered', 'sms_failed', 'sms_rejected', 'opt-out'],
      event,
    ),
    ...each(
      ['bounce', 'complaint', 'unsubscribe', 'sender'],
      (message, to) => event('reject', to, { message }),
      (message) => `reject/${message}`,
    ),
    ...each(
      ['hard', 'soft'],
      (bounce, to) => event('bounce', to, { bounce }),
      (bounce) => `bounce/${bounce}`,
    ),
  },
  novelty: ['novelty', (to) => event('novelty', to)],
};
