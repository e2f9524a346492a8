import { type Documented, each } from './documented.ts';

const event = (type: string, email_to: string) => ({ id: 'i', type, email_to });

export const scaleway: Documented = {
  page: 'https://www.scaleway.com/en/docs/transactional-email/reference-content/webhook-events-payloads/',
  labels: each(
    [
      ...['unknown_type', 'email_queued', 'email_delivered', 'email_deferred', 'email_dropped'],
      ...['email_mailbox_not_found', 'email_spam', 'email_blocklisted', 'blocklist_created'],
    ],
    event,
  ),
  novelty: ['email_teleported', (to) => event('email_teleported', to)],
};
