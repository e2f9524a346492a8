/**
 * Mailtrap webhooks: up to 500 events a request, as `{"events": […]}` or as JSON lines. A soft bounce "will be
 * attempted 10 more times", so it is a deferral here; a bounce is final. Any answer but 200 is tried again, 40 times
 * every five minutes.
 * https://docs.mailtrap.io/email-api-smtp/advanced/webhooks
 */
import { readTime } from '../core/time.ts';
import { defineAdapter, type Item, type Labels } from './adapter.ts';
import { echoedTag } from './echo.ts';
import {
  bounced,
  COMPLAINED,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  isListed,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, textOf, textsOf } from './json.ts';
import { readRecords } from './records.ts';
import { checkSigningKey, verifyBodyHash } from './verify/keyed-hash.ts';

/**
 * `event`, and of bounces the `bounce_category`; of a reject, what its reason says.
 * https://docs.mailtrap.io/email-api-smtp/deliverability/bounce-categorization
 */
const LABELS: Labels = {
  delivery: DELIVERED,
  open: 'ignored',
  click: 'ignored',
  spam: { ...COMPLAINED, feedback: 'abuse' },
  unsubscribe: { kind: 'unsubscribe' },
  suspension: 'ignored', // a limit or an unverified domain of the account
  activity_log: 'ignored', // who did what in the account

  bounce: bounced('550', '5.0.0', { proof: 'hard' }),
  'bounce/transientfail': bounced('450', '4.0.0'),
  'bounce/greylisting': bounced('451', '4.7.1', { category: 'greylisted' }),
  'bounce/badsender': bounced('550', '5.1.8', { category: 'sender-rejected' }),
  'bounce/block': bounced('554', '5.7.1', { category: 'policy-rejected' }),
  'bounce/content': bounced('554', '5.7.1', { category: 'content-rejected' }),
  'bounce/dnsFail': bounced('451', '4.4.3', { category: 'network-error' }),
  'bounce/generalfail': bounced('550', '5.3.0', { category: 'system-error' }),
  'bounce/other': { kind: 'bounce' },
  'bounce/relayfail': bounced('550', '5.7.1', { category: 'relay-denied' }),
  'bounce/serverfail': bounced('550', '5.3.0', { category: 'system-error' }),
  'bounce/spam': bounced('554', '5.7.1', { category: 'spam-content' }),
  // "the sender's or recipient's addresses could not be verified"
  'bounce/verifyfail': bounced('550', '5.7.1', { category: 'policy-rejected' }),
  'bounce/timeout': bounced('554', '5.4.7', { category: 'expired' }),
  'bounce/badrecipient': bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  'bounce/overquota': bounced('552', '5.2.2', { category: 'mailbox-full', proof: 'cause' }),
  'bounce/serverpolicy': bounced('554', '5.7.1', { category: 'policy-rejected' }),
  // "incorrect authentication, sudden increase of email traffic, or reputation issue"
  'bounce/spam_gmail': bounced('550', '5.7.1', { category: 'policy-rejected' }),

  'soft bounce': deferred(),
  'soft bounce/transientfail': deferred(),
  'soft bounce/greylisting': deferred('451', '4.7.1', 'greylisted'),
  'soft bounce/badsender': deferred('450', '4.1.8', 'sender-rejected'),
  'soft bounce/block': deferred('450', '4.7.1', 'policy-rejected'),
  'soft bounce/content': deferred('450', '4.7.1', 'content-rejected'),
  'soft bounce/dnsFail': deferred('451', '4.4.3', 'network-error'),
  'soft bounce/generalfail': deferred('451', '4.3.0', 'system-error'),
  'soft bounce/other': deferred(),
  'soft bounce/relayfail': deferred('450', '4.7.1', 'relay-denied'),
  'soft bounce/serverfail': deferred('451', '4.3.0', 'system-error'),
  'soft bounce/spam': deferred('450', '4.7.1', 'spam-content'),
  'soft bounce/verifyfail': deferred('450', '4.7.1', 'policy-rejected'),
  'soft bounce/timeout': deferred('421', '4.4.2', 'network-error'),
  'soft bounce/badrecipient': deferred('450', '4.1.1', 'mailbox-unknown'),
  'soft bounce/overquota': deferred('452', '4.2.2', 'mailbox-full'),
  'soft bounce/serverpolicy': deferred('450', '4.7.1', 'policy-rejected'),
  'soft bounce/spam_gmail': deferred('421', '4.7.0', 'rate-limited'),

  reject: { kind: 'reject', category: 'sender-rejected' }, // "domain was not verified in time", billing
  'reject/suppression list': onList(),
  'reject/hard bounce': onList('bounce'),
  'reject/unsubscription': onList('unsubscribe'),
  'reject/spam complaint': onList('complaint'),
  'reject/manual import': onList(),
};

/** "Adding to Suppressions: Yes." */
const SUPPRESSING = ['bounce/timeout', 'bounce/badrecipient', 'bounce/overquota'];

export const mailtrap = defineAdapter({
  id: 'mailtrap',
  name: 'Mailtrap',
  docs: 'https://docs.mailtrap.io/email-api-smtp/advanced/webhooks',
  needs: {
    proof: 'signature',
    hint: 'keys: the signing secret of the webhook, which Mailtrap shows once, when the webhook is made',
  },
  setup: [
    'In Mailtrap, open Settings, Webhooks, Create New Webhook, and paste the URL.',
    'Choose Email Sending, the sending stream and the domain, and either payload format.',
    'Tick Delivery, Soft bounce, Bounce, Spam complaint, Unsubscribe and Reject, and save; make one for the other stream too.',
    'Copy the signing secret of the webhook into keys of the source.',
  ],
  attach: 'custom_variables: {"mailstop_tag": "…"}, one recipient a message',
  labels: LABELS,
  unverified: [
    'The reasons of reject events are free text; those that speak of the suppression list are taken for it, and any other for a fault of the account or its domain.',
  ],
  checkKey: checkSigningKey,
  verify: (request, trust) => verifyBodyHash(request, 'mailtrap-signature', trust.secrets.keys),
  parse: ({ body }) =>
    readRecords(body, (record) =>
      Array.isArray(record.events) ? record.events.map(readEvent) : [readEvent(record)],
    ),
});

function readEvent(fields: unknown): Item {
  if (!isRecord(fields)) return unreadable('not an object', fields);
  const event = textOf(fields.event);
  if (event === null) return unreadable('no event', fields);
  if (event.startsWith('activity_log.')) return ignored('activity_log', true);
  if (event.startsWith('inbound.'))
    return unreadable(
      'a message that Mailtrap received for you: in Mailtrap, give the inbound webhook another URL; this one takes the events of Email Sending',
      fields,
    );
  const reason = textOf(fields.reason);
  const category = textOf(fields.bounce_category);
  const label = category === null ? event : `${event}/${category}`;
  const detail = event === 'reject' ? `reject/${listReason(reason ?? '')}` : label;
  const meaning = rowOf(LABELS, detail) ?? rowOf(LABELS, event);
  if (meaning === undefined || meaning === 'ignored') return ignored(event, meaning !== undefined);
  return eventItem({
    meaning,
    recipient: fields.email,
    at: readTime(fields.timestamp),
    reply: { code: textOf(fields.response_code), text: textOf(fields.response) ?? reason },
    providerType: label,
    eventId: textOf(fields.event_id),
    messageId: textOf(fields.message_id),
    group: textOf(fields.sending_stream), // its lists are of a stream
    tags: textsOf(fields.category),
    ...echoedTag(fields.custom_variables),
    ...(SUPPRESSING.includes(label) || isListed(meaning) ? { listed: true } : {}),
  });
}

/** "Recipient in suppression list. Reason: unsubscription" */
function listReason(reason: string): string {
  const found = /suppression list(?:.{0,3}reason: *([a-z ]+))?/i.exec(reason);
  const why = found?.[1]?.trim().toLowerCase() ?? '';
  return found === null || rowOf(LABELS, `reject/${why}`) !== undefined ? why : 'suppression list';
}
