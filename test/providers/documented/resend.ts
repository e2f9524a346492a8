import { type Documented, each, type Say } from './documented.ts';

const notice =
  (type: string, fields: object = {}): Say =>
  (to) => ({
    type,
    created_at: '2026-01-10T11:00:00Z',
    data: { to: [to], email: to, email_id: to, ...fields },
  });
const bounce = (label: string): Say => {
  const [type, subType] = label.split('/');
  return notice('email.bounced', { bounce: { type, subType } });
};
const topic = (subscription: string): Say =>
  notice('contact.topics.updated', { topics: [{ id: 'news', subscription }] });

export const resend: Documented = {
  page: 'https://resend.com/docs/webhooks/event-types',
  labels: {
    ...each(
      [
        'email.sent',
        'email.scheduled',
        'email.opened',
        'email.clicked',
        'email.received',
        'email.failed',
        'email.delivered',
        'email.delivery_delayed',
        'email.complained',
        'email.bounced',
        'email.suppressed',
        'suppression.added',
        'suppression.removed',
        'contact.deleted',
        'domain.created',
        'domain.updated',
        'domain.deleted',
      ],
      (type, to) => notice(type)(to),
    ),
    ...each(
      [
        'Permanent',
        'Permanent/General',
        'Permanent/NoEmail',
        'Permanent/Suppressed',
        'Permanent/OnAccountSuppressionList',
        'Permanent/UnsubscribedRecipient',
        'Transient',
        'Transient/General',
        'Transient/MailboxFull',
        'Transient/MessageTooLarge',
        'Transient/ContentRejected',
        'Transient/AttachmentRejected',
        'Transient/CustomTimeoutExceeded',
        'Undetermined',
      ],
      (label, to) => bounce(label)(to),
      (label) => `email.bounced/${label}`,
    ),
    ...each(
      ['bounce', 'complaint', 'manual'],
      (origin, to) => notice('suppression.added', { origin })(to),
      (origin) => `suppression.added/${origin}`,
    ),
    'contact.created/unsubscribed': notice('contact.created', { unsubscribed: true }),
    'contact.updated/unsubscribed': notice('contact.updated', { unsubscribed: true }),
    'contact.topics.updated/opt_out': topic('opt_out'),
    'contact.topics.updated/opt_in': topic('opt_in'),
  },
  novelty: ['email.novelty', notice('email.novelty')],
};
