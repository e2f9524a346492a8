/**
 * Loops webhooks: one event a request, signed by Standard Webhooks, about one contact, without any server's reply.
 * One fact may come as two events: a hard bounce or a deletion also as `contact.unsubscribed` (beside its bounce that
 * is Loops' own list and no wish), an unsubscribe also as that of the contact or of a list. `email.unsubscribed` may not be taken for one list's, which it does not name.
 * https://loops.so/docs/webhooks
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
  COMPLAINED,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  type Json,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { checkStandardWebhooksKey, verifyStandardWebhooks, webhookIdOf } from './verify/standard-webhooks.ts';

/** `eventName` */
const LABELS: Labels = {
  'contact.created': 'ignored',
  'contact.deleted': 'ignored',
  'contact.unsubscribed': { kind: 'unsubscribe', listedFor: 'bounce' }, // from the whole audience
  'contact.mailingList.subscribed': { kind: 'resubscribe' },
  'contact.mailingList.unsubscribed': { kind: 'unsubscribe' },
  'campaign.email.sent': 'ignored',
  'loop.email.sent': 'ignored',
  'transactional.email.sent': 'ignored',
  'email.delivered': DELIVERED,
  'email.softBounced': deferred(), // "retried multiple times and the email may still be delivered"
  'email.hardBounced': bounced('550', '5.0.0', { proof: 'hard' }), // "for example, a mailbox that does not exist"
  'email.opened': 'ignored',
  'email.clicked': 'ignored',
  'email.unsubscribed': { kind: 'unsubscribe' },
  'email.resubscribed': { kind: 'resubscribe' },
  'email.spamReported': COMPLAINED,
  'testing.testEvent': 'ignored',
};

export const loops = defineAdapter({
  id: 'loops',
  name: 'Loops',
  docs: 'https://loops.so/docs/webhooks',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret that Loops shows under Settings, Webhooks; it starts with whsec_',
  },
  setup: [
    'In Loops, open Settings, Webhooks, and paste the URL: an account has one.',
    'Choose Email delivered, soft bounced, hard bounced, unsubscribed, resubscribed and spam reported.',
    'Choose Contact unsubscribed, and Contact subscribed to and unsubscribed from a mailing list.',
    'Copy the signing secret, which starts with whsec_.',
  ],
  labels: LABELS,
  unverified: ['Whether Loops signs a retry anew: one with a timestamp older than five minutes is refused.'],
  checkKey: checkStandardWebhooksKey,
  verify: (request, trust, io) => verifyStandardWebhooks(request, trust.secrets.keys, io.now),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readEvent(json.value, webhookIdOf(request.headers))] });
}

function readEvent(event: Json, id: string | null): Item {
  const name = textOf(event.eventName);
  if (name === null) return unreadable('no eventName', event);
  const meaning = rowOf(LABELS, name);
  if (meaning === undefined || meaning === 'ignored') return ignored(name, meaning !== undefined);
  const { contactIdentity: contact, email, mailingList } = event;
  const ofList = name.startsWith('contact.mailingList.');
  const list = ofList && isRecord(mailingList) ? textOf(mailingList.id) : null;
  // Without its list it would be taken for all mail.
  if (ofList && list === null) return unreadable('no mailingList.id', event);
  return eventItem({
    meaning,
    recipient: isRecord(contact) ? contact.email : null,
    at: readTime(event.eventTime),
    reply: {},
    providerType: name,
    eventId: id,
    messageId: isRecord(email) ? textOf(email.id) : null,
    ...(ofList ? { group: list } : {}),
  });
}
