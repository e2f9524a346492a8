/**
 * Unisender Go, elsewhere UniOne: events of several projects in one body, or one event alone. `auth` is the MD5 of the
 * body with the API key in its own place, so the text is searched and never made anew: each JSON library would write
 * another. What MD5 is weak in does not help here: no one chooses what stands before the key, and a longer text with
 * the same hash would hold bytes that are no UTF-8. Answers count within three seconds; tried again for a day.
 * https://godocs.unisender.ru/web-api-ref#callback-format
 */
import { md5 } from '@noble/hashes/legacy.js';
import { err, ok, type Result } from '../core/result.ts';
import { readTime } from '../core/time.ts';
import {
  type Delivery,
  defineAdapter,
  type Item,
  type Labels,
  type ParseError,
  type Proof,
  type RawRequest,
  type Trust,
  type VerifyError,
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
import { isRecord, parseJson, textOf } from './json.ts';
import { decodeUtf8, equalBytes, fromHex, utf8 } from './verify/bytes.ts';
import { checkSigningKey } from './verify/keyed-hash.ts';

/** `delivery_status` of what was given up. https://godocs.unisender.ru/email-statuses */
const FAILURES: Labels = {
  err_user_unknown: bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  err_user_inactive: bounced('550', '5.2.1', { category: 'mailbox-disabled', proof: 'cause' }),
  err_mailbox_discarded: bounced('550', '5.2.1', { category: 'mailbox-disabled', proof: 'cause' }),
  err_mailbox_full: bounced('552', '5.2.2', { category: 'mailbox-full' }),
  err_spam_rejected: bounced('554', '5.7.1', { category: 'spam-content' }),
  err_blacklisted: bounced('554', '5.7.1', { category: 'ip-blocked' }),
  err_too_large: bounced('552', '5.3.4', { category: 'message-too-large' }),
  err_unreachable: bounced('550', '5.4.4'),
  err_domain_inactive: bounced('550', '5.1.2', { category: 'domain-invalid', proof: 'cause' }),
  err_destination_misconfigured: bounced('550', '5.4.4'),
  err_delivery_failed: bounced('550', '5.0.0'),
  // Not tried: what happened to this address before.
  err_unsubscribed: onList('unsubscribe'),
  err_skip_letter: onList('bounce'),
  skip_dup_unreachable: onList('bounce'),
  skip_dup_temp_unreachable: onList('bounce'),
  skip_dup_mailbox_full: onList('bounce'),
  // Not tried: what the message is.
  err_spam_skipped: { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'spam-content' },
  err_spam_removed: { kind: 'reject', code: '554', enhanced: '5.7.1', category: 'spam-content' },
  // Lost at the vendor's.
  err_lost: 'ignored',
  err_internal: 'ignored',
  not_sent: 'ignored',
};

/** `status`, and where it says more `status/delivery_status`. */
const LABELS: Labels = {
  accepted: 'ignored',
  sent: 'ignored', // put into the queue
  delivered: DELIVERED,
  opened: 'ignored',
  clicked: 'ignored',
  unsubscribed: { kind: 'unsubscribe' },
  subscribed: { kind: 'resubscribe' },
  soft_bounced: deferred(), // attempts go on for two days
  'soft_bounced/err_will_retry': deferred(),
  'soft_bounced/err_mailbox_full': deferred('452', '4.2.2', 'mailbox-full'),
  // Faults of the sender are called so too: where delivery_info is off, nothing tells them apart.
  hard_bounced: bounced('550', '5.0.0'),
  ...Object.fromEntries(Object.entries(FAILURES).map(([name, meaning]) => [`hard_bounced/${name}`, meaning])),
  spam: COMPLAINED,
  'spam/ok_spam_folder': 'ignored', // it lies in the folder, and nobody complained
};

export const unisenderGo = defineAdapter({
  id: 'unisender-go',
  name: 'Unisender Go (UniOne)',
  docs: 'https://godocs.unisender.ru/web-api-ref#webhook',
  needs: {
    proof: 'signature',
    hint: 'keys: the API key that the webhook was made with: of the account, or of the project for a webhook of that project',
  },
  setup: [
    'Copy the API key from the account, or from the project whose webhook it is, into keys of the source first: the URL is tried at once.',
    'Call webhook/set.json of the web API with the URL, event_format json_post and delivery_info 1, which is what tells causes apart.',
    'In events.email_status name delivered, soft_bounced, hard_bounced, spam, unsubscribed and subscribed.',
  ],
  attach: 'metadata: {"mailstop_tag": "…"} of each recipient',
  labels: LABELS,
  unverified: [
    'Which further delivery_status come with a soft bounce is not listed: all count as deferrals.',
  ],
  checkKey: checkSigningKey,
  verify,
  parse,
});

async function verify({ body }: RawRequest, trust: Trust): Promise<Result<Proof, VerifyError>> {
  const keys = trust.secrets.keys.filter((key) => checkSigningKey(key) === null);
  if (keys.length === 0) return err({ reason: 'undecided', detail: 'no usable API key is configured' });
  const text = decodeUtf8(body);
  const json = text === null ? null : parseJson(text);
  const auth = json?.ok && isRecord(json.value) ? textOf(json.value.auth) : null;
  const given = fromHex(auth ?? '', 16);
  const around = text?.split(`"${auth}"`) ?? [];
  if (given === null || around.length !== 2)
    return err({ reason: 'forged', detail: 'no auth of 32 hexadecimal digits, or more than one' });
  const made = keys.map((key) => md5(utf8(around.join(`"${key}"`))));
  return made.filter((hash) => equalBytes(hash, given)).length > 0
    ? ok({})
    : err({ reason: 'forged', detail: 'no API key made this auth' });
}

function parse({ body }: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  const { events_by_user: users } = json.value;
  const events = users === undefined ? [json.value] : [users].flat().flatMap(eventsOf);
  return ok({ type: 'items', items: events.map(readEvent) });
}

/** A user without events is one event that cannot be read. */
const eventsOf = (user: unknown): readonly unknown[] =>
  isRecord(user) && Array.isArray(user.events) ? user.events : [user];

function readEvent(event: unknown): Item {
  if (!isRecord(event)) return unreadable('not a JSON object', event);
  const name = textOf(event.event_name);
  if (name === null) return unreadable('no event_name', event);
  // The other one counts what was blocked as spam, and names no address.
  if (name !== 'transactional_email_status') return ignored(name, name === 'transactional_spam_block');
  const data = isRecord(event.event_data) ? event.event_data : event;
  const status = textOf(data.status);
  if (status === null) return unreadable('no status', event);
  return statusItem(data, status);
}

function statusItem(data: Json, status: string): Item {
  const info = isRecord(data.delivery_info) ? data.delivery_info : {};
  const label = [status, textOf(info.delivery_status)].filter(Boolean).join('/');
  const meaning = rowOf(LABELS, label) ?? rowOf(LABELS, status);
  if (meaning === undefined || meaning === 'ignored') return ignored(status, meaning !== undefined);
  return eventItem({
    meaning,
    recipient: data.email,
    at: readTime(data.event_time), // UTC, and does not say so
    reply: { text: textOf(info.destination_response) ?? textOf(data.comment) },
    providerType: label,
    eventId: null,
    messageId: textOf(data.job_id),
    ...echoedTag(data.metadata),
    ...(isListed(meaning) || label === 'hard_bounced/err_unreachable' ? { listed: true } : {}),
  });
}
