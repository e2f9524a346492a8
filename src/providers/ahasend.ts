/**
 * AhaSend webhooks: one event a request, in the layout of Standard Webhooks, but signed with the secret's characters
 * as they are. `response` may be AhaSend's own words where no server spoke, and then with the code 0.
 * https://ahasend.com/docs/api-reference/webhooks
 */
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type ParseError,
  type RawRequest,
} from './adapter.ts';
import {
  bounced,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { listedForIn } from './rows.ts';
import { utf8 } from './verify/bytes.ts';
import { checkSigningKey } from './verify/keyed-hash.ts';
import { verifyStandardWebhooks, webhookIdOf } from './verify/standard-webhooks.ts';

const BOUNCED = bounced('550', '5.0.0', { proof: 'hard' });

/** `type`; of a bounce with `delivery_attempt.classification`, which "is not a closed set". */
const LABELS: Labels = {
  'message.reception': 'ignored',
  'message.delivered': DELIVERED,
  'message.transient_error': deferred(),
  'message.failed': bounced('554', '5.4.7', { category: 'expired' }), // "exhausts its retry window"
  'message.bounced': BOUNCED,
  'message.bounced/InvalidRecipient': bounced('550', '5.1.1', {
    category: 'mailbox-unknown',
    proof: 'cause',
  }),
  'message.bounced/BadDomain': bounced('550', '5.1.2', { category: 'domain-invalid', proof: 'cause' }),
  'message.bounced/InactiveMailbox': bounced('550', '5.2.1', {
    category: 'mailbox-disabled',
    proof: 'cause',
  }),
  'message.bounced/InvalidSender': bounced('554', '5.7.1', { category: 'sender-rejected' }),
  'message.bounced/QuotaIssues': bounced('552', '5.2.2', { category: 'mailbox-full' }),
  'message.bounced/NoAnswerFromHost': bounced('421', '4.4.1', { category: 'network-error' }),
  'message.bounced/BadConnection': bounced('421', '4.4.2', { category: 'network-error' }),
  'message.bounced/DNSFailure': bounced('451', '4.4.3', { category: 'network-error' }),
  'message.bounced/RoutingErrors': bounced('554', '5.4.6', { category: 'routing-error' }),
  'message.bounced/TransientFailure': bounced('450', '4.0.0'),
  'message.bounced/MessageExpired': bounced('554', '5.4.7', { category: 'expired' }),
  'message.bounced/ProtocolErrors': bounced('500', '5.5.0', { category: 'protocol' }),
  'message.bounced/AuthenticationFailed': bounced('550', '5.7.26', { category: 'auth-failure' }),
  'message.bounced/PolicyRelated': bounced('554', '5.7.1', { category: 'policy-rejected' }),
  'message.bounced/Uncategorized': BOUNCED,
  'message.suppressed': onList(),
  'message.opened': 'ignored',
  'message.clicked': 'ignored',
  'message.routing': 'ignored', // incoming mail, here and below
  'route.message': 'ignored',
  'suppression.created': onList('bounce'), // "automatically added … due to delivery issues"
  'domain.dns_error': 'ignored',
};

export const ahasend = defineAdapter({
  id: 'ahasend',
  name: 'AhaSend',
  docs: 'https://ahasend.com/docs/api-reference/webhooks',
  needs: {
    proof: 'signature',
    hint: 'keys: the secret of the webhook, whole, as AhaSend shows it when the webhook is made',
  },
  setup: [
    'In AhaSend, open Webhooks, add a webhook, and paste the URL.',
    'Choose Delivered, Transient error, Failed, Bounced, Suppressed and Suppression created, and create it.',
    'Copy the secret as it is, with its prefix.',
    'Keep it answering: AhaSend disables a webhook after 100 failures in a row.',
  ],
  labels: LABELS,
  unverified: [
    'Whether AhaSend signs a retry anew: one with a timestamp older than five minutes is refused.',
  ],
  checkKey: checkSigningKey,
  verify: (request, trust, io) => verifyStandardWebhooks(request, trust.secrets.keys, io.now, readSecret),
  parse,
});

const readSecret = (key: string) => (checkSigningKey(key) === null ? utf8(key) : null);

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readEvent(json.value, webhookIdOf(request.headers))] });
}

function readEvent(event: Json, id: string | null): Item {
  const type = textOf(event.type);
  if (type === null) return unreadable('no type', event);
  const data = isRecord(event.data) ? event.data : {};
  const attempt = isRecord(data.delivery_attempt) ? data.delivery_attempt : {};
  const meaning = rowOf(LABELS, `${type}/${textOf(attempt.classification)}`) ?? rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored') return ignored(type, meaning !== undefined);
  const isListed = type === 'suppression.created';
  return eventItem({
    meaning: isListed ? onList(listedForIn(textOf(data.reason)) ?? 'bounce') : meaning,
    recipient: data.recipient,
    at: readTime(event.timestamp),
    reply: isListed
      ? { text: textOf(data.reason) }
      : {
          code: textOf(attempt.smtp_code),
          enhanced: textOf(attempt.enhanced_status_code),
          text: textOf(attempt.response),
        },
    providerType: type,
    eventId: id,
    messageId: textOf(data.id),
    rfcMessageId: textOf(data.message_id_header),
    ...(isListed ? { listed: true } : {}),
  });
}
