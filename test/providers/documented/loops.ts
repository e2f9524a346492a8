import { type Documented, each } from './documented.ts';

const event = (eventName: string, to: string) => ({
  eventName,
  contactIdentity: { email: to },
  mailingList: { id: 'list-1' },
});

export const loops: Documented = {
  page: 'https://loops.so/docs/webhooks',
  labels: each(
    [
      'contact.created',
      'contact.deleted',
      'contact.unsubscribed',
      'contact.mailingList.subscribed',
      'contact.mailingList.unsubscribed',
      'campaign.email.sent',
      'loop.email.sent',
      'transactional.email.sent',
      'email.delivered',
      'email.softBounced',
      'email.hardBounced',
      'email.opened',
      'email.clicked',
      'email.unsubscribed',
      'email.resubscribed',
      'email.spamReported',
      'testing.testEvent',
    ],
    event,
  ),
  novelty: ['email.novelty', (to) => event('email.novelty', to)],
};
