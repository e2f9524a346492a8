import { type Documented, each, type Say } from './documented.ts';

const event =
  (name: string, fields: object = {}): Say =>
  (recipient) => ({ type: `cf.email.sending.message.${name}`, payload: { recipient, ...fields } });

export const cloudflare: Documented = {
  page: 'https://developers.cloudflare.com/email-service/platform/event-subscriptions/',
  labels: {
    ...each(['delivered', 'deferred', 'bounced', 'failed', 'rejected', 'complained'], (name, to) =>
      event(name)(to),
    ),
    'deferred/soft': event('deferred', { bounce: { type: 'soft' } }),
    'bounced/hard': event('bounced', { bounce: { type: 'hard' } }),
    'bounced/soft': event('bounced', { bounce: { type: 'soft' } }),
    'rejected/suppressed': event('rejected', { rejection: { reason: 'suppressed' } }),
    'complained/abuse': event('complained', { complaint: { type: 'abuse' } }),
  },
  novelty: ['novelty', event('novelty')],
};
