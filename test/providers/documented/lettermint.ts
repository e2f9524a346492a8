import { type Documented, each } from './documented.ts';

const event = (name: string, to: string, fields: object = {}) => ({
  id: 'webhook-1',
  event: name,
  data: { recipient: to, type: 'email', value: to, ...fields },
});
const listed = (name: string) => ({
  [name]: (to: string) => event(name, to),
  ...each(
    ['hard_bounce', 'spam_complaint', 'unsubscribe', 'manual'],
    (reason, to) => event(name, to, { reason }),
    (reason) => `${name}/${reason}`,
  ),
});

export const lettermint: Documented = {
  page: 'https://github.com/lettermint/lettermint-laravel#available-events',
  labels: {
    ...each(
      [
        'message.created',
        'message.sent',
        'message.scheduled',
        'message.rescheduled',
        'message.canceled',
        'message.released',
        'message.delivered',
        'message.hard_bounced',
        'message.soft_bounced',
        'message.failed',
        'message.policy_rejected',
        'message.spam_complaint',
        'message.unsubscribed',
        'message.opened',
        'message.clicked',
        'message.auto_replied',
        'message.inbound',
        'suppression.removed',
        'webhook.test',
      ],
      event,
    ),
    ...listed('message.suppressed'),
    ...listed('suppression.added'),
  },
  novelty: ['message.novelty', (to) => event('message.novelty', to)],
};
