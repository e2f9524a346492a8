import { type Documented, each } from './documented.ts';

const event = (type: string, to: string, fields: object = {}) => ({
  type,
  data: { recipient: to, ...fields },
});

export const ahasend: Documented = {
  page: 'https://ahasend.com/docs/webhooks.yaml',
  labels: {
    ...each(
      [
        'message.reception',
        'message.delivered',
        'message.transient_error',
        'message.failed',
        'message.bounced',
        'message.suppressed',
        'message.opened',
        'message.clicked',
        'message.routing',
        'route.message',
        'suppression.created',
        'domain.dns_error',
      ],
      event,
    ),
    ...each(
      [
        'InvalidRecipient',
        'BadDomain',
        'InactiveMailbox',
        'InvalidSender',
        'QuotaIssues',
        'NoAnswerFromHost',
        'BadConnection',
        'DNSFailure',
        'RoutingErrors',
        'TransientFailure',
        'MessageExpired',
        'ProtocolErrors',
        'AuthenticationFailed',
        'PolicyRelated',
        'Uncategorized',
      ],
      (classification, to) =>
        event('message.bounced', to, { delivery_attempt: { classification, smtp_code: 0 } }),
      (classification) => `message.bounced/${classification}`,
    ),
  },
  novelty: ['message.novelty', (to) => event('message.novelty', to)],
};
