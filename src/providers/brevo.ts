/**
 * Brevo webhooks, transactional and marketing: one event a request, or an array of up to 500 where the webhook is
 * `batched`. Unsigned. Any 4xx but 429, and any 5xx, makes Brevo drop the event, so 429 is the only "come again".
 * `id` is the webhook's, not the event's: events have none.
 * https://developers.brevo.com/docs/transactional-webhooks
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import { MINUTE, readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type Meaning,
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
  isListed,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { listedRow } from './rows.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const COMPLAINT: LabelMeaning = { ...COMPLAINED, feedback: 'abuse' };

/** In the reason of a bounce of either kind: "undefined Unable to find MX of domain ex.test". */
const NO_MX = 'Unable to find MX of domain';
const unroutable = bounced('550', '5.4.4', { category: 'domain-invalid', proof: 'cause' });

/**
 * `event`; of a blocked message and of some bounces, the `reason` as well. Payloads have other names than the API that
 * makes webhooks.
 * https://developers.brevo.com/docs/marketing-webhooks
 */
const LABELS: Labels = {
  request: 'ignored', // "Sent": Brevo has the message
  delivered: DELIVERED,
  hard_bounce: bounced('550', '5.0.0', { proof: 'hard' }),
  [`hard_bounce/${NO_MX}`]: unroutable,
  soft_bounce: bounced('450', '4.0.0'),
  [`soft_bounce/${NO_MX}`]: unroutable,
  deferred: deferred(),
  blocked: onList(),
  'blocked/due to blacklist user': onList(),
  'blocked/due to unsubscribed user': onList('unsubscribe'),
  invalid_email: {
    kind: 'reject',
    code: '553',
    enhanced: '5.1.3',
    category: 'address-syntax',
    proof: 'cause',
  },
  // Has no sending_ip in the page's sample: it never left Brevo.
  error: { kind: 'reject', code: '554', enhanced: '5.0.0', category: 'system-error' },
  spam: COMPLAINT,
  complaint: COMPLAINT,
  unsubscribed: { kind: 'unsubscribe' },
  unsubscribe: { kind: 'unsubscribe' }, // of marketing mail
  opened: 'ignored',
  unique_opened: 'ignored',
  proxy_open: 'ignored',
  unique_proxy_open: 'ignored',
  click: 'ignored',
  // Contacts are put on lists by imports and forms of the sender's: no word of the recipient's.
  list_addition: 'ignored',
  contact_updated: 'ignored',
  contact_deleted: 'ignored',
};

export const brevo = defineAdapter({
  id: 'brevo',
  name: 'Brevo',
  docs: 'https://developers.brevo.com/docs/transactional-webhooks',
  needs: { proof: 'shared', hint: `${sharedHint}, which Brevo also takes in the URL` },
  setup: [
    'In Brevo, open Settings, Webhooks, and create a webhook for transactional mail.',
    'Paste the URL, and give the secret as a token (Brevo sends it as Authorization: Bearer), or user name and password inside the URL.',
    'Choose Delivered, Soft bounced, Hard bounced, Deferred, Blocked, Invalid email, Error, Complaint and Unsubscribed.',
    'Campaigns have webhooks of their own: make another for marketing with Delivered, Hard bounced, Soft bounced, Marked as spam and Unsubscribed.',
  ],
  attach: 'the header X-Mailin-custom: {"mailstop_tag": "…"}, one recipient a message',
  labels: LABELS,
  unverified: [
    'Brevo does not show the body of a batched webhook; an array of events is read.',
    'The page of event names says that invalid_email is about the sender, the webhook page that it is about the recipient; it is taken for the recipient.',
    'Brevo does not say at which point an error event stops; it is taken for a message that was not tried.',
    'The reasons of blocked events are not listed; those that were seen have rows, and any other is taken for Brevo’s list.',
  ],
  checkKey: checkSharedKey,
  busyStatus: 429,
  verify: (request, trust) => verifyShared(request, trust),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  const events = Array.isArray(json.value) ? json.value : [json.value];
  return ok({ type: 'items', items: events.map(readEvent) });
}

function readEvent(fields: unknown): Item {
  if (!isRecord(fields)) return unreadable('not a JSON object', fields);
  const event = textOf(fields.event);
  if (event === null)
    return Array.isArray(fields.items)
      ? unreadable(
          'a message that Brevo received for you: in Brevo, give the inbound webhook another URL; this one takes transactional and marketing events',
          fields,
        )
      : unreadable('no event', fields);
  const reason = textOf(fields.reason);
  const meaning = meaningOf(event, reason);
  if (meaning === undefined || meaning === 'ignored') return ignored(event, meaning !== undefined);
  return eventItem({
    meaning,
    recipient: fields.email,
    at: timeOf(fields),
    reply: { text: reason }, // the server's words, or Brevo's
    providerType: event,
    eventId: null,
    messageId: textOf(fields['message-id']),
    tags: tagsOf(fields),
    ...echoedTag(fields['X-Mailin-custom']),
    ...(isListed(meaning) || event === 'hard_bounce' ? { listed: true } : {}),
  });
}

function meaningOf(event: string, reason: string | null): Meaning | undefined {
  if (reason?.toLowerCase().includes(NO_MX.toLowerCase()))
    return rowOf(LABELS, `${event}/${NO_MX}`) ?? rowOf(LABELS, event);
  if (event !== 'blocked') return rowOf(LABELS, event);
  // "blocked : due to unsubscribed user"
  return listedRow(LABELS, event, reason?.replace(/^blocked\s*:\s*/i, '') ?? null);
}

/**
 * `ts_event` is UTC by the page, and was the account's own time zone once (django-anymail found it so). `ts_epoch`
 * is UTC throughout, but of seconds in some samples, and not always of the event: it only tells a shifted
 * `ts_event` from a good one. Time zones differ by a quarter of an hour at the least.
 */
function timeOf(fields: Json): number | null {
  const event = readTime(fields.ts_event);
  const epoch = readTime(fields.ts_epoch);
  if (event === null || epoch === null) return event ?? epoch;
  return Math.abs(event - epoch) < 15 * MINUTE ? event : epoch;
}

/** `tags` is a list; `tag` one text, or a list as the text of its JSON. */
function tagsOf({ tags, tag }: Json): string[] {
  const listed = textsOf(tags);
  if (listed.length > 0) return listed;
  const json = typeof tag === 'string' && tag.startsWith('[') ? parseJson(tag) : null;
  return textsOf(json?.ok ? json.value : tag);
}
