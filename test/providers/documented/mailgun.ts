import { type Documented, each, type Say } from './documented.ts';

const event =
  (fields: object): Say =>
  (recipient) => ({ signature: {}, 'event-data': { id: recipient, recipient, ...fields } });
const failed = (severity: string, word: string): Say =>
  event({
    event: 'failed',
    severity,
    ...(/^\d/.test(word) ? { 'delivery-status': { code: Number(word) } } : { reason: word }),
  });

const ALWAYS = ['498', '499', '602', 'old', 'espblock', 'greylisted'];
const NOT_TRIED = [
  '605',
  '606',
  '607',
  '625',
  'suppress-bounce',
  'suppress-unsubscribe',
  'suppress-complaint',
];

export const mailgun: Documented = {
  page: 'https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure',
  labels: {
    ...each(
      [
        'accepted',
        'rejected',
        'delivered',
        'opened',
        'clicked',
        'unsubscribed',
        'complained',
        'stored',
        'list_member_uploaded',
        'list_member_upload_error',
        'list_uploaded',
        'failed',
      ],
      (name, to) => event({ event: name })(to),
    ),
    'failed/permanent': event({ event: 'failed', severity: 'permanent' }),
    'failed/temporary': event({ event: 'failed', severity: 'temporary' }),
    ...each(
      [...ALWAYS, ...NOT_TRIED],
      (word, to) => failed('permanent', word)(to),
      (word) => `failed/permanent/${word}`,
    ),
    ...each(
      ALWAYS,
      (word, to) => failed('temporary', word)(to),
      (word) => `failed/temporary/${word}`,
    ),
  },
  novelty: ['novelty', event({ event: 'novelty' })],
};
