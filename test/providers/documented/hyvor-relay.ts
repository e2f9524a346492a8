import { type Documented, each } from './documented.ts';

const event = (name: string, to: string, parts: object = {}) => ({
  event: name,
  payload: { recipient: { address: to }, suppression: { email: to }, ...parts },
});
const listed = (name: string) => ({
  [name]: (to: string) => event(name, to),
  ...each(
    ['bounce', 'complaint'],
    (reason, to) => event(name, to, { suppression: { email: to, reason } }),
    (reason) => `${name}/${reason}`,
  ),
});

export const hyvorRelay: Documented = {
  page: 'https://relay.hyvor.com/docs/webhooks#events',
  labels: {
    ...each(
      [
        'send.recipient.accepted',
        'send.recipient.deferred',
        'send.recipient.bounced',
        'send.recipient.complained',
        'send.recipient.failed',
        'domain.created',
        'domain.status.changed',
        'domain.deleted',
        'suppression.deleted',
      ],
      event,
    ),
    ...each(
      ['abuse', 'auth-failure', 'fraud', 'not-spam', 'opt-out', 'opt-out-list', 'other', 'virus'],
      (feedback_type, to) => event('send.recipient.complained', to, { complaint: { feedback_type } }),
      (feedback) => `send.recipient.complained/${feedback}`,
    ),
    ...listed('send.recipient.suppressed'),
    ...listed('suppression.created'),
  },
  novelty: ['send.recipient.novelty', (to) => event('send.recipient.novelty', to)],
};
