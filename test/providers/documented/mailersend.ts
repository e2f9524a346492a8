import { type Documented, each } from './documented.ts';

const event = (type: string, recipient: string) => ({ type, data: { recipient, meta: [] } });

export const mailersend: Documented = {
  page: 'https://developers.mailersend.com/api/v1/webhooks.html',
  labels: each(
    [
      'activity.sent',
      'activity.delivered',
      'activity.soft_bounced',
      'activity.hard_bounced',
      'activity.deferred',
      'activity.suppressed',
      'activity.spam_complaint',
      'activity.spam_complaints',
      'activity.unsubscribed',
      'activity.opened',
      'activity.opened_unique',
      'activity.clicked',
      'activity.clicked_unique',
      'activity.survey_opened',
      'activity.survey_submitted',
      'recipient.on_hold_added',
      'recipient.on_hold_removed',
      'sender_identity.verified',
      'maintenance.start',
      'maintenance.end',
      'inbound_forward.failed',
      'inbound_message.rejected',
      'email_single.verified',
      'email_list.verified',
      'bulk_email.completed',
      'sms.sent',
      'sms.delivered',
      'sms.failed',
      'webhook.test',
    ],
    event,
  ),
  novelty: ['activity.novelty', (to) => event('activity.novelty', to)],
};
