import { type Documented, each } from './documented.ts';

const event = (event_type: string, recipient: string) => ({ event_type, channel: 'email', recipient });

export const sweego: Documented = {
  page: 'https://learn.sweego.io/docs/webhooks/webhook_intro',
  labels: each(
    [
      ...['email_sent', 'delivered', 'soft_bounce', 'soft-bounce', 'hard_bounce', 'hard-bounce', 'complaint'],
      ...['list_unsub', 'email_opened', 'email_clicked', 'email_inbound', 'sms_sent', 'sms_undelivered'],
    ],
    event,
  ),
  novelty: ['teleported', (to) => event('teleported', to)],
};
