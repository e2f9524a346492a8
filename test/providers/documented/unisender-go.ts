import { type Documented, each, type Say } from './documented.ts';

const event =
  (status: string, delivery_status?: string): Say =>
  (email) => ({
    events_by_user: [
      {
        user_id: 1,
        events: [
          {
            event_name: 'transactional_email_status',
            event_data: { email, status, ...(delivery_status && { delivery_info: { delivery_status } }) },
          },
        ],
      },
    ],
  });

const failures = [
  ...['err_user_unknown', 'err_user_inactive', 'err_mailbox_discarded', 'err_mailbox_full'],
  ...['err_spam_rejected', 'err_blacklisted', 'err_too_large', 'err_unreachable', 'err_domain_inactive'],
  ...['err_destination_misconfigured', 'err_delivery_failed', 'err_unsubscribed', 'err_skip_letter'],
  ...['skip_dup_unreachable', 'skip_dup_temp_unreachable', 'skip_dup_mailbox_full'],
  ...['err_spam_skipped', 'err_spam_removed', 'err_lost', 'err_internal', 'not_sent'],
];

export const unisenderGo: Documented = {
  page: 'https://godocs.unisender.ru/email-statuses',
  labels: {
    ...each(
      [
        ...['accepted', 'sent', 'delivered', 'opened', 'clicked', 'unsubscribed', 'subscribed'],
        ...['soft_bounced', 'hard_bounced', 'spam'],
      ],
      (status, to) => event(status)(to),
    ),
    ...each(
      failures,
      (failure, to) => event('hard_bounced', failure)(to),
      (failure) => `hard_bounced/${failure}`,
    ),
    ...each(
      ['err_will_retry', 'err_mailbox_full'],
      (failure, to) => event('soft_bounced', failure)(to),
      (failure) => `soft_bounced/${failure}`,
    ),
    'spam/ok_spam_folder': event('spam', 'ok_spam_folder'),
  },
  novelty: ['teleported', event('teleported')],
};
