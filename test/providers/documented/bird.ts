import { type Documented, each, type Say } from './documented.ts';

const event =
  (type: string, fields: object = {}): Say =>
  (to) => ({ type, timestamp: '2026-06-01T17:00:12Z', data: { recipient: to, ...fields } });
const preference = (type: string, to: string) => ({ type, data: { channel: 'email', handle: to } });
const bounces = (type: string) => ({
  [type]: event(type),
  ...each(
    ['hard', 'soft', 'block', 'admin', 'undetermined'],
    (bounce_type, to) => event(type, { bounce_type })(to),
    (word) => `${type}/${word}`,
  ),
});
const channels =
  (name: string, payload: object): Say =>
  (to) => ({
    service: 'channels',
    event: name,
    payload: { id: 'm1', receiver: { contacts: [{ identifierValue: to }] }, ...payload },
  });
const failed = (status: string, reasons: readonly string[]) =>
  each(
    reasons,
    (reason, to) => channels('email.outbound', { status, reason })(to),
    (reason) => `email.outbound/${status}/${reason}`,
  );

export const bird: Documented = {
  page: 'https://bird.com/docs/webhooks',
  labels: {
    ...each(
      [
        'email.scheduled',
        'email.accepted',
        'email.processed',
        'email.canceled',
        'email.delivered',
        'email.deferred',
        'email.opened',
        'email.clicked',
        'email.complained',
        'email.unsubscribed',
        'email.list_unsubscribed',
        'email.received',
        'email_suppression.created',
      ],
      (type, to) => event(type)(to),
    ),
    ...bounces('email.bounced'),
    ...bounces('email.out_of_band_bounce'),
    ...each(
      [
        'recipient_suppressed',
        'policy_rejection',
        'transmission_failed',
        'generation_failure',
        'domain_unverified',
        'quota_exceeded',
        'recipient_not_allowed',
      ],
      (rejection_reason, to) => event('email.rejected', { rejection_reason })(to),
      (reason) => `email.rejected/${reason}`,
    ),
    ...each(
      ['abuse', 'auth-failure', 'fraud', 'not-spam', 'opt-out', 'opt-out-list', 'other', 'virus'],
      (feedback_type, to) => event('email.complained', { feedback_type })(to),
      (feedback) => `email.complained/${feedback}`,
    ),
    ...each(['preference.revoked', 'preference.granted', 'preference.deleted'], preference),
    'email.inbound': channels('email.inbound', {}),
    ...each(
      ['accepted', 'sent', 'delivered', 'delivery_failed'],
      (status, to) => channels('email.outbound', { status })(to),
      (status) => `email.outbound/${status}`,
    ),
    ...failed('sending_failed', ['generationRejection', 'generationFailure', 'policyRejection']),
    ...failed('delivery_failed', [
      'bounceHard',
      'bounceSoft',
      'bounceBlock',
      'bounceAdmin',
      'bounceUndetermined',
      'delay',
      'out_of_band',
    ]),
    ...each(
      ['opened', 'clicked', 'reported-as-spam', 'unsubscribe-request'],
      (type, to) => channels('email.interaction', { type })(to),
      (type) => `email.interaction/${type}`,
    ),
  },
  novelty: ['email.novelty', event('email.novelty')],
};
