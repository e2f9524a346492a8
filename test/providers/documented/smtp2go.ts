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
      ['hard', 'soft'],
      (bounce, to) => event('bounce', to, { bounce }),
      (bounce) => `bounce/${bounce}`,
    ),
  },
  novelty: ['novelty', (to) => event('novelty', to)],
};
