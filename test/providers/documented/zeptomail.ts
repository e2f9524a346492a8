import { type Documented, each } from './documented.ts';

const notice = (name: string, to: string) => ({
  event_name: [name],
  event_message: [{ email_info: { to: [{ email_address: { address: to } }] } }],
});

export const zeptomail: Documented = {
  page: 'https://www.zoho.com/zeptomail/webhooks-instant-notification.html',
  labels: each(
    [
      'softbounce',
      'hardbounce',
      'email_open',
      'email_link_click',
      'open',
      'click',
      'delivered',
      'feedback loop',
      'feedback_loop',
      'fbl_compliant',
      'fbl_complaint',
    ],
    notice,
  ),
  novelty: ['novelty', (to) => notice('novelty', to)],
};
