/**
 * Amazon SES: identity notifications and event publishing, which differ in little, in an SNS envelope, raw,
 * as EventBridge posts them, or any of these in messages of SQS. Confirms a subscription by building the URL
 * itself; follows no URL of an envelope. Never takes `mail.destination` for who bounced: one message may have
 * many recipients.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
import { canonicalAddress } from '../core/address.ts';
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type ParseError,
  type Proof,
  type RawRequest,
  type Trust,
  type VerifyError,
  type VerifyIo,
} from './adapter.ts';
import { echoedTag } from './echo.ts';
import { DELIVERED, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { AUTO_REPLY, bounceMeaning, complaintMeaning, delayMeaning, LABELS } from './labels/amazon-ses.ts';
import { sqsMessages } from './sqs.ts';
import { amazonSns } from './verify/amazon-sns.ts';
import { utf8 } from './verify/bytes.ts';
import { confirmationUrl, verifySns } from './verify/sns.ts';

export const amazonSes = defineAdapter({
  id: 'amazon-ses',
  name: 'Amazon SES',
  docs: 'https://docs.aws.amazon.com/ses/latest/dg/monitor-sending-activity-using-notifications.html',
  needs: {
    proof: 'topics',
    hint: 'topic_arns: the ARN of each SNS topic that SES publishes to, as the SNS console shows it (arn:aws:sns:<region>:<account>:<name>), with raw message delivery off; or basic_auth alone, for raw delivery and EventBridge.',
  },
  setup: [
    'In the Amazon SNS console, create a standard topic; its ARN is what the source needs.',
    'On the topic, Create subscription: protocol HTTPS, the URL as endpoint, raw message delivery off; Mailstop confirms it by itself.',
    'In the Amazon SES console, choose the identity, Notifications, and give the topic for Bounce and Complaint feedback (or add it as an event destination of your configuration set).',
  ],
  attach:
    'Message tag mailstop_tag (EmailTags of the API, or the header X-SES-MESSAGE-TAGS: mailstop_tag=…), one recipient a message; only events of a configuration set carry it, feedback notifications of an identity do not',
  labels: LABELS,
  unverified: ['That a bounce of the subtype UnsubscribedRecipient is for an unsubscribe.'],
  checkKey: (arn) =>
    amazonSns.readTopic(arn) === null
      ? 'must be the whole ARN, like arn:aws:sns:eu-west-1:123456789012:bounces'
      : null,
  verify,
  parse,
});

type Common = Omit<ProviderEvent, 'meaning' | 'recipient'>;

interface Notice {
  readonly notification: Json;
  readonly mail: Json;
  readonly common: Common;
}

const readers: Readonly<Record<string, (notice: Notice) => Item[]>> = {
  Bounce(notice) {
    const bounce = part(notice, 'bounce');
    const type = textOf(bounce.bounceType) ?? '';
    const label = `${type}/${textOf(bounce.bounceSubType) ?? ''}`;
    const meaning = bounceMeaning(type, label);
    if (meaning === null) return [ignored(`Bounce/${label}`, false)];
    // SES sends no more to such an address until it is taken off the list.
    const listed = type === 'Permanent' ? { listed: true } : {};
    const common = { ...timed(notice, bounce), ...listed, providerType: label };
    return forEachRecipient(notice, bounce.bouncedRecipients, (entry) => {
      const reply = replyOf(entry);
      const mute = reply.enhanced === null && reply.text === null;
      return { ...common, meaning: mute && label === 'Transient/General' ? AUTO_REPLY : meaning, reply };
    });
  },

  Complaint(notice) {
    const complaint = part(notice, 'complaint');
    const feedbackType = textOf(complaint.complaintFeedbackType);
    const subType = textOf(complaint.complaintSubType);
    const candidates = complaint.complainedRecipients;
    const meaning = complaintMeaning(feedbackType, subType);
    const common = { ...timed(notice, complaint), providerType: subType ?? feedbackType ?? 'Complaint' };
    // Most mailbox providers hide who complained; SES then names everyone it wrote to there.
    const ambiguous = Array.isArray(candidates) && candidates.length > 1;
    const listed = ambiguous ? { ambiguous } : meaning.feedback === 'not-spam' ? {} : { listed: true };
    return forEachRecipient(notice, candidates, () => ({ ...common, ...listed, meaning }));
  },

  Delivery(notice) {
    const delivery = part(notice, 'delivery');
    const reply = { text: textOf(delivery.smtpResponse) };
    const event = { ...timed(notice, delivery), meaning: DELIVERED, reply };
    return forEachRecipient(notice, delivery.recipients, () => event);
  },

  DeliveryDelay(notice) {
    const delay = part(notice, 'deliveryDelay');
    const type = textOf(delay.delayType);
    const common = { ...timed(notice, delay), providerType: type ?? 'DeliveryDelay' };
    return forEachRecipient(notice, delay.delayedRecipients, (entry) => ({
      ...common,
      meaning: delayMeaning(type),
      reply: replyOf(entry),
    }));
  },

  Reject(notice) {
    const reply = { text: textOf(part(notice, 'reject').reason) };
    const event = { ...notice.common, meaning: LABELS.Reject as LabelMeaning, reply };
    return forEachRecipient(notice, notice.mail.destination, () => event);
  },

  Subscription(notice) {
    const subscription = part(notice, 'subscription');
    const common = timed(notice, subscription);
    const changes = readChanges(subscription.oldTopicPreferences, subscription.newTopicPreferences);
    if (changes.length === 0) return [ignored('Subscription', true)];
    return changes.flatMap(({ kind, topic }) => {
      const eventId = topic && common.eventId ? `${common.eventId}/${topic}` : common.eventId;
      const event = { ...common, meaning: { kind }, group: topic, eventId };
      return forEachRecipient(notice, notice.mail.destination, () => event);
    });
  },
};

/** Each message of a queue must be proven by itself: the queue signs nothing. */
async function verify(request: RawRequest, trust: Trust, io: VerifyIo): Promise<Result<Proof, VerifyError>> {
  const json = parseJson(request.body);
  const messages = json.ok ? sqsMessages(json.value) : null;
  if (messages === null) return verifySns(amazonSns, request, trust, io);
  const warnings = new Set<string>();
  for (const { body } of messages) {
    const proof = await verifySns(amazonSns, { ...request, body: utf8(body) }, trust, io);
    if (!proof.ok) return proof;
    if (proof.value.warning !== undefined) warnings.add(proof.value.warning);
  }
  return ok(warnings.size > 0 ? { warning: [...warnings].join(' ') } : {});
}

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  const messages = sqsMessages(json.value);
  if (messages !== null) return ok(items(...messages.flatMap(({ id, body }) => readQueued(body, id))));
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok(readBody(json.value, request.headers.get('x-amz-sns-message-id')));
}

/** SNS needs no confirmation to write to a queue. */
function readQueued(body: string, id: string | null): readonly Item[] {
  const json = parseJson(body);
  if (!json.ok || !isRecord(json.value))
    return [unreadable(`the body of a message is ${json.ok ? 'not an object' : json.error}`, body)];
  const delivery = readBody(json.value, id);
  return delivery.type === 'items' ? delivery.items : [ignored('SubscriptionConfirmation', true)];
}

function readBody(body: Json, id: string | null): Delivery {
  if (typeof body.Type === 'string' && typeof body.Message === 'string')
    return readEnvelope(body, body.Type, body.Message);
  return items(...readPublished(body, id));
}

function readEnvelope(envelope: Json, type: string, message: string): Delivery {
  if (type === 'SubscriptionConfirmation') {
    const url = confirmationUrl(amazonSns, envelope.TopicArn, envelope.Token);
    if (url === null) return items(unreadable('no usable TopicArn and Token', envelope));
    return { type: 'confirm', url, what: `SNS subscription to ${String(envelope.TopicArn)}` };
  }
  // The feed ends here. Its SubscribeURL would start it again: the operator's decision.
  if (type === 'UnsubscribeConfirmation') return { ...items(ignored(type, true)), left: true };
  if (type !== 'Notification') return items(ignored(type, false));
  if (message.startsWith('Successfully validated SNS topic')) return items(ignored('SNS validation', true));
  const notification = parseJson(message);
  if (!notification.ok) return items(unreadable(`Message is ${notification.error}`, envelope));
  if (!isRecord(notification.value)) return items(unreadable('Message is not an object', envelope));
  return items(...readPublished(notification.value, textOf(envelope.MessageId)));
}

/** As SES writes it, or as EventBridge passes it on, to us or to a topic, with what SES tells of the account. */
function readPublished(body: Json, id: string | null): Item[] {
  const { source, detail, 'detail-type': about } = body;
  if (source !== 'aws.ses' || !isRecord(detail)) return readNotification(body, id);
  const isNotice = rowOf(LABELS, textOf(about)) === 'ignored';
  return isNotice ? [ignored(String(about), true)] : readNotification(detail, textOf(body.id));
}

/** `id` names the request in all its redeliveries; bounces and complaints have a better one of their own. */
function readNotification(notification: Json, id: string | null): Item[] {
  const type = textOf(notification.eventType) ?? textOf(notification.notificationType);
  if (type === null) return [unreadable('neither eventType nor notificationType', notification)];
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (read === undefined) return [ignored(type, rowOf(LABELS, type) === 'ignored')];
  const mail = isRecord(notification.mail) ? notification.mail : {};
  return read({ notification, mail, common: commonOf(mail, type, id) });
}

function commonOf(mail: Json, type: string, id: string | null): Common {
  const sentAt = readTime(mail.timestamp);
  const tags = isRecord(mail.tags) ? mail.tags : {};
  return {
    at: sentAt,
    sentAt,
    reply: {},
    providerType: type,
    eventId: id,
    messageId: textOf(mail.messageId),
    rfcMessageId: isRecord(mail.commonHeaders) ? textOf(mail.commonHeaders.messageId) : null,
    group: textsOf(tags['ses:configuration-set'])[0] ?? null,
    ...echoedTag(tags),
    tags: Object.entries(tags).flatMap(([key, values]) => textsOf(values).map((value) => `${key}:${value}`)),
  };
}

/**
 * One item a recipient. Where mail was forwarded the far server names an address that we never wrote to: it stands
 * for the only one that we did write to; which of several is not said, and not for us to guess.
 */
function forEachRecipient(
  { notification, mail }: Notice,
  entries: unknown,
  eventOf: (entry: Json) => Omit<ProviderEvent, 'recipient'>,
): Item[] {
  if (!Array.isArray(entries) || entries.length === 0) return [unreadable('no recipients', notification)];
  const { destination, destinationTruncated } = mail;
  const isWhole = Array.isArray(destination) && destinationTruncated !== true;
  const sentTo = new Set(isWhole ? destination.map(mailboxOf) : []);
  // Whom we cannot read may be whoever it was.
  const known = sentTo.size > 0 && !sentTo.has(null);
  return entries.map((entry): Item => {
    const recipient: unknown = isRecord(entry) ? entry.emailAddress : entry;
    const event = eventOf(isRecord(entry) ? entry : {});
    if (!known || typeof recipient !== 'string' || sentTo.has(mailboxOf(recipient)))
      return eventItem({ ...event, recipient });
    if (sentTo.size === 1 && entries.length === 1) return eventItem({ ...event, recipient: [...sentTo][0] });
    return unreadable('the recipient is not one of mail.destination', { recipient: entry, mail });
  });
}

function mailboxOf(address: unknown): string | null {
  const read = canonicalAddress(address);
  return read.ok ? read.value : null;
}

interface Change {
  readonly kind: 'unsubscribe' | 'resubscribe';
  /** null: all mail. */
  readonly topic: string | null;
}

/** Topics that stay as they were are no news, unless nothing changed: then someone opted out once more. */
function readChanges(old: unknown, now: unknown): Change[] {
  const before = preferencesOf(old);
  const after = preferencesOf(now);
  if (after.none) return [{ kind: 'unsubscribe', topic: null }];
  const back: Change[] = before.none ? [{ kind: 'resubscribe', topic: null }] : [];
  const changed = [...after.topics].filter(([topic, status]) => before.topics.get(topic) !== status);
  const kinds = new Map<string, Change['kind']>([['OptOut', 'unsubscribe']]);
  if (changed.length > 0) kinds.set('OptIn', 'resubscribe');
  const told = changed.length > 0 || before.none ? changed : [...after.topics];
  const news = told.flatMap(([topic, status]): Change[] => {
    const kind = kinds.get(status);
    return kind === undefined ? [] : [{ kind, topic }];
  });
  return [...back, ...news];
}

function preferencesOf(preferences: unknown) {
  const { unsubscribeAll, topicSubscriptionStatus } = isRecord(preferences) ? preferences : {};
  const entries = Array.isArray(topicSubscriptionStatus) ? topicSubscriptionStatus.filter(isRecord) : [];
  const topics = entries.flatMap(({ topicName, subscriptionStatus }): [string, string][] => {
    const topic = textOf(topicName);
    return topic === null ? [] : [[topic, textOf(subscriptionStatus) ?? '']];
  });
  return { none: unsubscribeAll === true, topics: new Map(topics) };
}

const timed = ({ common }: Notice, { timestamp, feedbackId }: Json): Common => ({
  ...common,
  at: readTime(timestamp),
  eventId: textOf(feedbackId) ?? common.eventId,
});

const part = ({ notification }: Notice, name: string): Json => {
  const value = notification[name];
  return isRecord(value) ? value : {};
};

const replyOf = ({ status, diagnosticCode }: Json) => ({
  enhanced: textOf(status),
  text: textOf(diagnosticCode),
});

const items = (...list: Item[]): Extract<Delivery, { type: 'items' }> => ({ type: 'items', items: list });
