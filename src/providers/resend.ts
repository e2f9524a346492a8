/**
 * Resend webhooks, signed by Svix. Resend sends through Amazon SES and passes on SES's labels; `message` is prose of
 * its own about them, and may not be taken for a server's reply. An event about a message to several people does
 * not say whom it is about; it may not be pinned on any of them.
 * https://resend.com/docs/webhooks/event-types
 */
import type { Kind, LabelMeaning, ProviderEvent } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { parseReplyText } from '../core/smtp.ts';
import { readTime } from '../core/time.ts';
import { type Delivery, defineAdapter, type Item, type ParseError, type RawRequest } from './adapter.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { bounceMeaning, onList } from './labels/resend.ts';
import { checkStandardWebhooksKey, verifyStandardWebhooks, webhookIdOf } from './verify/standard-webhooks.ts';

type Json = Readonly<Record<string, unknown>>;

/** What all items of one request share. */
interface Notice {
  readonly type: string;
  readonly at: number | null;
  readonly id: string | null;
  readonly data: Json;
}

const IGNORED = new Set([
  'email.sent',
  'email.scheduled',
  'email.opened',
  'email.clicked',
  'email.received',
  'email.failed', // "failed to send due to an error": quota, domain, API key; nothing was tried and the address is not meant
  'contact.deleted',
]);
/** Housekeeping of the account, whatever is said of it. */
const IGNORED_FAMILIES = /^(domain|topic|inbox)\./;

export const resend = defineAdapter({
  id: 'resend',
  name: 'Resend',
  docs: 'https://resend.com/docs/webhooks/verify-webhooks-requests',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret that Resend shows on the page of the webhook; it starts with whsec_',
  },
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
  if (IGNORED.has(type) || IGNORED_FAMILIES.test(type))
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
    const [type, subType] = [textOf(bounce.type) ?? '', textOf(bounce.subType) ?? ''];
    const prose = textOf(bounce.message);
    const meaning = bounceMeaning(type, subType, prose);
    // The server's own words: seen in practice, absent from Resend's types (UNVERIFIED).
    const words = textsOf(bounce.diagnosticCode).join('\n');
    // "…but didn't specify the reason": where the label says only "hard", prose beside it would read as words that
    // nobody knows, and take away what little the label proves. A code in it is a reply all the same.
    const isReply = prose !== null && parseReplyText(prose).code !== null;
    const text = words !== '' ? words : meaning.proof === 'hard' && !isReply ? null : prose;
    const listed = type === 'Permanent' || meaning.category === 'suppressed' ? { listed: true } : {};
    const label = [type, subType].filter((word) => word !== '').join('/');
    return forEachRecipient(notice, meaning, text, label, listed);
  },

  'email.complained': (notice) =>
    forEachRecipient(notice, { kind: 'complaint', category: 'complaint', feedback: 'abuse' }, null, '', {
      listed: true,
    }),

  'email.delivered': (notice) =>
    forEachRecipient(notice, { kind: 'delivery', code: '250', category: 'delivered' }, null, ''),

  'email.delivery_delayed': (notice) =>
    forEachRecipient(notice, { kind: 'deferral', code: '450', enhanced: '4.0.0' }, null, ''),

  'email.suppressed'(notice) {
    const { type, message } = part(notice, 'suppressed');
    const why = `${textOf(type) ?? ''} ${textOf(message) ?? ''}`;
    const listedFor = /complain|spam/i.test(why)
      ? 'complaint'
      : /unsubscri/i.test(why)
        ? 'unsubscribe'
        : 'bounce';
    const meaning: LabelMeaning = { ...onList, kind: 'reject', listedFor };
    return forEachRecipient(notice, meaning, textOf(message), textOf(type) ?? '', { listed: true });
  },

  'suppression.added'(notice) {
    const origin = textOf(notice.data.origin) ?? '';
    const listedFor = (['bounce', 'complaint'] as const).find((reason) => reason === origin); // `manual` tells none
    const meaning: LabelMeaning = { kind: 'reject', category: 'suppressed', ...(listedFor && { listedFor }) };
    return [listEvent(notice, meaning, origin, { listed: true })];
  },

  'suppression.removed': (notice) => [
    listEvent(notice, { kind: 'resubscribe' }, textOf(notice.data.origin) ?? '', { listed: false }),
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
  return [listEvent(notice, { kind: 'unsubscribe' }, 'unsubscribed')];
}

/** "Topics changed in this update, each with its new subscription". */
function readTopic(notice: Notice, topic: unknown): Item {
  const { id, subscription } = isRecord(topic) ? topic : {};
  const group = textOf(id);
  if (group === null) return unreadable('a topic without an id', topic);
  const kind: Kind | null =
    subscription === 'opt_out' ? 'unsubscribe' : subscription === 'opt_in' ? 'resubscribe' : null;
  if (kind === null) return ignored(`${notice.type}/${textOf(subscription) ?? ''}`, false);
  return listEvent(notice, { kind }, String(subscription), { group });
}

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
  return recipients.map(
    (recipient): Item => ({
      type: 'event',
      event: {
        ...base(notice, label),
        meaning,
        recipient,
        sentAt: readTime(data.created_at),
        reply: { text },
        messageId: textOf(data.email_id),
        tags: tagsOf(data.tags),
        ...certain,
      },
    }),
  );
}

/** About an entry of a list or a contact: no message, one address. */
const listEvent = (
  notice: Notice,
  meaning: LabelMeaning,
  label: string,
  more: Pick<ProviderEvent, 'listed' | 'group'> = {},
): Item => ({
  type: 'event',
  event: {
    ...base(notice, label),
    meaning,
    recipient: notice.data.email,
    reply: {},
    messageId: null,
    ...more,
  },
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

const ignored = (label: string, known: boolean): Item => ({ type: 'ignored', label, known });
const unreadable = (why: string, raw: unknown): Item => ({ type: 'unreadable', why, raw });
