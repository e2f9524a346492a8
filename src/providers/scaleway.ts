/**
 * Scaleway Transactional Email, whose events come through Topics and Events: the envelope, the signed text and the
 * handshake are those of Amazon SNS. Its certificates come from one bucket of Scaleway's; their chain is not checked
 * (an intermediate of it ends in 2027), so trust rests on that bucket's name over TLS. Signs with SHA-1 only.
 * https://www.scaleway.com/en/docs/topics-and-events/reference-content/verifying-webhooks/
 * https://www.scaleway.com/en/docs/transactional-email/reference-content/webhook-events-payloads/
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
import { echoedTag } from './echo.ts';
import {
  bounced,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  isListed,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { confirmationUrl, type SnsService, verifySns } from './verify/sns.ts';

/** `type` of an event. */
const LABELS: Labels = {
  unknown_type: 'ignored',
  email_queued: 'ignored',
  email_delivered: DELIVERED,
  email_deferred: deferred(),
  email_dropped: bounced('550', '5.0.0', { proof: 'hard' }),
  email_mailbox_not_found: bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  email_spam: bounced('554', '5.7.1', { category: 'spam-content' }),
  email_blocklisted: onList(),
  blocklist_created: onList(),
};

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const topicArn = new RegExp(`^arn:scw:sns:(fr-par|nl-ams):project-${uuid}:[\\w-]{1,256}$`);

const topicsAndEvents: SnsService = {
  readTopic(arn) {
    const region = typeof arn === 'string' ? topicArn.exec(arn)?.[1] : undefined;
    if (typeof arn !== 'string' || region === undefined) return null;
    return { arn, region, host: `sns.mnq.${region}.scaleway.com` };
  },
  certificateStart: ({ region }) => `https://messaging.s3.fr-par.scw.cloud/${region}/sns/sns_certificate_`,
  certificateName: /^[\w-]{1,128}\.crt$/,
  signerNames: () => null,
  sha1Advice: null,
};

export const scaleway = defineAdapter({
  id: 'scaleway',
  name: 'Scaleway Transactional Email',
  docs: 'https://www.scaleway.com/en/docs/transactional-email/how-to/create-webhooks/',
  needs: {
    proof: 'topics',
    hint: 'topic_arns: the ARN of the topic, as Scaleway shows it under Topics and Events (arn:scw:sns:<region>:project-<id>:<name>)',
  },
  setup: [
    'In the Scaleway console, open Topics and Events, and create a topic; its ARN is what the source needs.',
    'Open Transactional Email, the domain, Webhooks, and create a webhook for that topic with all events but email_queued.',
    'On the topic, add a subscription: protocol HTTPS, and the URL; Mailstop confirms it by itself.',
  ],
  attach: 'the header X-Mailstop-Tag (additional_headers), one recipient a message',
  labels: LABELS,
  unverified: [
    'No request of Topics and Events was at hand: the names of its fields and headers are taken to be those of SNS, which it copies.',
    'Whether Scaleway publishes names for its certificates: none is demanded, only the bucket they come from.',
  ],
  checkKey: (arn) =>
    topicsAndEvents.readTopic(arn) === null
      ? 'must be the whole ARN, like arn:scw:sns:fr-par:project-6867048b-fe12-4e96-835e-41c79a39604b:bounces'
      : null,
  verify: (request, trust, io) => verifySns(topicsAndEvents, request, trust, io),
  parse,
});

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  const { Type: type, Message: message } = json.value;
  // Where something that is trusted otherwise hands on the event without its envelope.
  if (typeof type !== 'string' || typeof message !== 'string') return ok(items(readEvent(json.value)));
  return ok(readEnvelope(json.value, type, message));
}

const items = (...all: Item[]): Extract<Delivery, { type: 'items' }> => ({ type: 'items', items: all });

function readEnvelope(envelope: Json, type: string, message: string): Delivery {
  if (type === 'SubscriptionConfirmation') {
    const url = confirmationUrl(topicsAndEvents, envelope.TopicArn, envelope.Token);
    if (url === null) return items(unreadable('no usable TopicArn and Token', envelope));
    return { type: 'confirm', url, what: `subscription to ${String(envelope.TopicArn)}` };
  }
  if (type === 'UnsubscribeConfirmation') return { ...items(ignored(type, true)), left: true };
  if (type !== 'Notification') return items(ignored(type, false));
  const event = parseJson(message);
  if (!event.ok) return items(unreadable(`Message is ${event.error}`, envelope));
  return items(
    isRecord(event.value) ? readEvent(event.value) : unreadable('Message is not an object', envelope),
  );
}

function readEvent(event: Json): Item {
  const label = textOf(event.type);
  if (label === null) return unreadable('no type', event);
  const meaning = rowOf(LABELS, label);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  return eventItem({
    meaning,
    recipient: event.email_to ?? event.email,
    at: readTime(event.created_at),
    reply: {
      code: textOf(event.email_response_code),
      text:
        textOf(event.email_response_message) ??
        textOf(event.email_error) ?? // older events have no other
        textOf(event.blocklist_reason),
    },
    providerType: label,
    eventId: textOf(event.id),
    messageId: textOf(event.email_id),
    ...echoedTag(event.email_headers),
    ...(isListed(meaning) ? { listed: true } : {}),
  });
}
