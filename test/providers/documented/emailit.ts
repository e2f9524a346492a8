import { type Documented, each, type Say } from './documented.ts';

const email = (type: string, to: string) => [{ event_id: 'evt_1', type, object: { id: 'em_1', to } }];
const entry =
  (type: string, why?: string): Say =>
  (address) => [{ event_id: 'evt_1', type, object: { email: address, ...(why && { type: why }) } }];

export const emailit: Documented = {
  page: 'https://emailit.com/docs/webhooks/event-types/',
  labels: {
    ...each(
      [
        ...['email.accepted', 'email.scheduled', 'email.held', 'email.canceled', 'email.delivered'],
        ...['email.attempted', 'email.bounced', 'email.failed', 'email.rejected', 'email.suppressed'],
        ...[
          'email.complained',
          'email.unsubscribed',
          'email.resubscribed',
          'email.received',
          'email.clicked',
        ],
        'email.loaded',
      ],
      email,
    ),
    ...each(['suppression.created', 'suppression.updated', 'suppression.deleted'], (type, to) =>
      entry(type)(to),
    ),
    ...each(
      ['bounce', 'bounced', 'complaint', 'complained', 'unsubscribe', 'recipient', 'manual'],
      (why, to) => entry('suppression.created', why)(to),
      (why) => `suppression.created/${why}`,
    ),
  },
  novelty: ['email.teleported', (to) => email('email.teleported', to)],
};
