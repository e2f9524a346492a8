/**
 * Resend webhooks, signed by Svix. Resend sends through Amazon SES and passes on SES's labels; `message` is prose of
 * its own about them, and may not be taken for a server's reply. An event about a message to several people does
 * not say whom it is about; it may not be pinned on any of them.
 * https://resend.com/docs/webhooks/event-types
 */
import type { LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { parseReplyText } from '../core/smtp.ts';
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
  COMPLAINED,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { checkStandardWebhooksKey, verifyStandardWebhooks, webhookIdOf } from './verify/standard-webhooks.ts';

/** What all items of one request share. */
interface Notice {
  readonly type: string;
  readonly at: number | null;
  readonly id: string | null;
  readonly data: Json;
}

const HARD = bounced('550', '5.0.0', { proof: 'hard' });
const SOFT = bounced('450', '4.0.0');
/** A bounce in Resend's own word for it, from before there was email.suppressed. */
const SUPPRESSED: LabelMeaning = { ...onList('bounce'), kind: 'bounce' };
const NOTICED: LabelMeaning = { kind: 'reject', category: 'suppressed' };

/** `type`; of bounces, the words of Amazon SES, which sends for Resend: `bounce.type`/`bounce.subType`. */
const LABELS: Labels = {
  'email.sent': 'ignored',
  'email.scheduled': 'ignored',
  'email.opened': 'ignored',
  'email.clicked': 'ignored',
  'email.received': 'ignored',
  'email.failed': 'ignored', // "failed to send due to an error": quota, domain, API key; nothing was tried
  'contact.deleted': 'ignored',
  // Housekeeping of the account.
  'domain.created': 'ignored',
  'domain.updated': 'ignored',
  'domain.deleted': 'ignored',

  'email.delivered': DELIVERED,
  'email.delivery_delayed': deferred(),
  'email.complained': { ...COMPLAINED, feedback: 'abuse' },

  // https://resend.com/docs/dashboard/emails/email-bounces
  'email.bounced': HARD, // "permanently rejected the email"
  'email.bounced/Permanent': HARD,
  'email.bounced/Permanent/General': HARD,
  'email.bounced/Permanent/NoEmail': bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  'email.bounced/Permanent/Suppressed': SUPPRESSED, // "it has a history of producing hard bounces"
  'email.bounced/Permanent/OnAccountSuppressionList': SUPPRESSED,
  'email.bounced/Permanent/UnsubscribedRecipient': { ...SUPPRESSED, listedFor: 'unsubscribe' }, // UNVERIFIED
  'email.bounced/Transient': SOFT,
  'email.bounced/Transient/General': SOFT,
  'email.bounced/Transient/MailboxFull': bounced('452', '4.2.2', {
    category: 'mailbox-full',
    proof: 'cause',
  }),
  'email.bounced/Transient/MessageTooLarge': bounced('552', '5.3.4', { category: 'message-too-large' }),
  'email.bounced/Transient/ContentRejected': bounced('554', '5.7.1', { category: 'content-rejected' }),
  'email.bounced/Transient/AttachmentRejected': bounced('554', '5.7.0', { category: 'content-rejected' }),
  'email.bounced/Transient/CustomTimeoutExceeded': bounced('554', '5.4.7', { category: 'expired' }), // UNVERIFIED
  'email.bounced/Undetermined': SOFT,

  'email.suppressed': onList('bounce'),
  'suppression.added': NOTICED,
  'suppression.added/bounce': { ...NOTICED, listedFor: 'bounce' },
  'suppression.added/complaint': { ...NOTICED, listedFor: 'complaint' },
  'suppression.added/manual': NOTICED, // which tells no reason
  'suppression.removed': { kind: 'resubscribe' },
  'contact.created/unsubscribed': { kind: 'unsubscribe' },
  'contact.updated/unsubscribed': { kind: 'unsubscribe' },
  'contact.topics.updated/opt_out': { kind: 'unsubscribe' },
  'contact.topics.updated/opt_in': { kind: 'resubscribe' },
};
const IGNORED_FAMILIES = /^(domain|topic|inbox)\./;

export const resend = defineAdapter({
  id: 'resend',
  name: 'Resend',
  docs: 'https://resend.com/docs/webhooks/verify-webhooks-requests',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret that Resend shows on the page of the webhook; it starts with whsec_',
  },
  setup: [
    'In Resend, open Webhooks, and Add Webhook with the URL as its endpoint.',
    'Choose email.bounced, email.complained, email.delivered, email.delivery_delayed, email.suppressed, the suppression events and contact.updated.',
    'Copy the signing secret from the page of the webhook.',
  ],
  attach: 'tags: [{"name": "mailstop_tag", "value": "…"}], one recipient a message',
  labels: LABELS,
  unverified: [
    'That the SES subtypes UnsubscribedRecipient and CustomTimeoutExceeded are passed on.',
    'The field diagnosticCode, seen in practice and absent from the types that Resend publishes.',
  ],
  checkKey: checkStandardWebhooksKey,
  verify: (request, trust, io) => verifyStandardWebhooks(request, trust.secrets.keys, io.now),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  const type = textOf(json.value.type);
  if (type === null) return ok({ type: 'items', items: [unreadable('no type', json.value)] });
  const { data } = json.value;
  if (rowOf(LABELS, type) === 'ignored' || IGNORED_FAMILIES.test(type))
    return ok({ type: 'items', items: [ignored(type, true)] });
  const read = Object.hasOwn(readers, type) ? readers[type] : undefined;
  if (read === undefined) return ok({ type: 'items', items: [ignored(type, false)] });
  if (!isRecord(data)) return ok({ type: 'items', items: [unreadable('no data', json.value)] });
  // `data.created_at` is when the message was made; the outer one, when this happened.
  const notice = { type, at: readTime(json.value.created_at), id: webhookIdOf(request.headers), data };
  return ok({ type: 'items', items: read(notice) });
}

const readers: Readonly<Record<string, (notice: Notice) => Item[]>> = {
  'email.bounced'(notice) {
    const bounce = part(notice, 'bounce');
    const type = textOf(bounce.type) ?? '';
    const label = [type, textOf(bounce.subType) ?? ''].filter((word) => word !== '').join('/');
    const prose = textOf(bounce.message);
    const meaning = bounceMeaning(type, label, prose);
    // The server's own words: seen in practice, absent from Resend's types (UNVERIFIED).
    const words = textsOf(bounce.diagnosticCode).join('\n');
    // "…but didn't specify the reason": where the label says only "hard", prose beside it would read as words that
    // nobody knows, and take away what little the label proves. A code in it is a reply all the same.
    const isReply = prose !== null && parseReplyText(prose).code !== null;
    const text = words !== '' ? words : meaning.proof === 'hard' && !isReply ? null : prose;
    const listed = type === 'Permanent' || meaning.category === 'suppressed' ? { listed: true } : {};
    return forEachRecipient(notice, meaning, text, label, listed);
  },

  'email.complained': (notice) => forEachRecipient(notice, meant(notice.type), null, '', { listed: true }),
  'email.delivered': (notice) => forEachRecipient(notice, meant(notice.type), null, ''),
  'email.delivery_delayed': (notice) => forEachRecipient(notice, meant(notice.type), null, ''),

  'email.suppressed'(notice) {
    const { type, message } = part(notice, 'suppressed');
    const why = `${textOf(type) ?? ''} ${textOf(message) ?? ''}`;
    const listedFor = /complain|spam/i.test(why)
      ? 'complaint'
      : /unsubscri/i.test(why)
        ? 'unsubscribe'
        : 'bounce';
    return forEachRecipient(notice, onList(listedFor), textOf(message), textOf(type) ?? '', { listed: true });
  },

  'suppression.added'(notice) {
    const origin = textOf(notice.data.origin) ?? '';
    const row = rowOf(LABELS, `${notice.type}/${origin}`);
    return [listEvent(notice, typeof row === 'object' ? row : NOTICED, origin, { listed: true })];
  },

  'suppression.removed': (notice) => [
    listEvent(notice, meant(notice.type), textOf(notice.data.origin) ?? '', { listed: false }),
  ],

  'contact.created': readContact,
  'contact.updated': readContact,

  'contact.topics.updated'(notice) {
    const { topics } = notice.data;
    if (!Array.isArray(topics)) return [unreadable('no topics', notice.data)];
    return topics.map((topic: unknown): Item => readTopic(notice, topic));
  },
};

/**
 * `unsubscribed` is the state of a contact ("from all Broadcasts"), sent along whatever changed of it. So true is
 * an unsubscribe, but false no resubscription: a corrected first name must not undo what somebody asked for.
 */
function readContact(notice: Notice): Item[] {
  if (notice.data.unsubscribed !== true) return [ignored(notice.type, true)];
  return [listEvent(notice, meant(`${notice.type}/unsubscribed`), 'unsubscribed')];
}

/** "Topics changed in this update, each with its new subscription". */
function readTopic(notice: Notice, topic: unknown): Item {
  const { id, subscription } = isRecord(topic) ? topic : {};
  const group = textOf(id);
  if (group === null) return unreadable('a topic without an id', topic);
  const word = textOf(subscription) ?? '';
  const label = `${notice.type}/${word}`;
  const meaning = rowOf(LABELS, label);
  return typeof meaning === 'object' ? listEvent(notice, meaning, word, { group }) : ignored(label, false);
}

/** A type of tomorrow is a bounce still, of which nothing is proven; a subtype means what its type means. */
function bounceMeaning(type: string, label: string, prose: string | null): LabelMeaning {
  const row = [`email.bounced/${label}`, `email.bounced/${type}`]
    .map((known) => rowOf(LABELS, known))
    .find((found) => typeof found === 'object');
  const meaning = row ?? (type === '' ? untyped(prose) : SOFT);
  // "Resend has suppressed sending to this address because …".
  return /has suppressed sending/i.test(prose ?? '') && meaning.category !== 'suppressed'
    ? SUPPRESSED
    : meaning;
}

/** Older requests have prose alone. */
const untyped = (prose: string | null): LabelMeaning =>
  prose === null || /hard bounce/i.test(prose) ? HARD : SOFT;

/** Of a type that has one row. */
const meant = (type: string): LabelMeaning => LABELS[type] as LabelMeaning;

/** One item for each of `to`; which of them it is about, only a list of one tells. */
function forEachRecipient(
  notice: Notice,
  meaning: LabelMeaning,
  text: string | null,
  label: string,
  more: Pick<ProviderEvent, 'listed'> = {},
): Item[] {
  const { data } = notice;
  const recipients: readonly unknown[] = Array.isArray(data.to) ? data.to : [data.to];
  if (recipients.length === 0 || data.to === undefined) return [unreadable('names no recipient', data)];
  const certain = recipients.length === 1 ? more : { ambiguous: true };
  return recipients.map((recipient) =>
    eventItem({
      ...base(notice, label),
      meaning,
      recipient,
      sentAt: readTime(data.created_at),
      reply: { text },
      messageId: textOf(data.email_id),
      rfcMessageId: textOf(data.message_id),
      tags: tagsOf(data.tags),
      ...echoedTag(data.tags),
      ...certain,
    }),
  );
}

/** About an entry of a list or a contact: no message, one address. */
const listEvent = (
  notice: Notice,
  meaning: LabelMeaning,
  label: string,
  more: Pick<ProviderEvent, 'listed' | 'group'> = {},
): Item =>
  eventItem({
    ...base(notice, label),
    meaning,
    recipient: notice.data.email,
    reply: {},
    messageId: null,
    ...more,
  });

const base = ({ type, at, id }: Notice, label: string) => ({
  at,
  eventId: id,
  providerType: label === '' ? type : `${type}/${label}`,
});

/** An object by Resend's types; a list of {name, value} is how tags are given when sending. */
const tagsOf = (tags: unknown): string[] =>
  (Array.isArray(tags)
    ? tags.map((tag: unknown) => (isRecord(tag) ? [tag.name, tag.value] : []))
    : Object.entries(isRecord(tags) ? tags : {})
  ).flatMap(([name, value]) => textsOf(value).map((text) => `${String(name)}:${text}`));

const part = ({ data }: Notice, name: string): Json => {
  const value = data[name];
  return isRecord(value) ? value : {};
};
