import { type Documented, each } from './documented.ts';

export const generic: Documented = {
  page: 'https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md',
  labels: each(
    [
      'bounce',
      'deferral',
      'reject',
      'complaint',
      'unsubscribe',
      'resubscribe',
      'delivery',
      'open',
      'opened',
      'click',
      'clicked',
      'sent',
      'queued',
      'scheduled',
      'processed',
      'accepted',
      'received',
    ],
    (event, recipient) => ({ recipient, id: recipient, event }),
  ),
  novelty: ['novelty', (recipient) => ({ recipient, event: 'novelty' })],
};
