/**
 * Mailjet Event API: one event a request, or an array where events are grouped (version 2). Unsigned. Any answer
 * but 200 is tried again. Two words tell why a message failed, `error_related_to` and `error`, and `hard_bounce`
 * whether for good; `blocked` events are messages that Mailjet did not try.
 * https://dev.mailjet.com/email/guides/webhooks/
 */
import type { LabelMeaning } from '../core/event.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Category } from '../core/taxonomy.ts';
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
  isListed,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf, textsOf } from './json.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const refused = (category: Category): LabelMeaning => bounced('554', '5.7.1', { category });
const notTried = (category: Category): LabelMeaning => ({ kind: 'reject', category });
const DEAD = { proof: 'cause' } as const;

/**
 * `event/error_related_to/error`; of a bounce with an error that is not listed, `hard_bounce`. The guide calls the
 * family of content errors `content`, and called it `spam`.
 */
const LABELS: Labels = {
  sent: DELIVERED, // "the destination SMTP server has accepted the message"
  open: 'ignored',
  click: 'ignored',
  spam: { ...COMPLAINED, feedback: 'abuse' },
  unsub: { kind: 'unsubscribe' },

  bounce: { kind: 'bounce' },
  'bounce/hard_bounce true': bounced('550', '5.0.0', { proof: 'hard' }),
  'bounce/hard_bounce false': bounced('450', '4.0.0'),
  'bounce/recipient/user unknown': bounced('550', '5.1.1', { category: 'mailbox-unknown', ...DEAD }),
  'bounce/recipient/mailbox inactive': bounced('550', '5.2.1', { category: 'mailbox-disabled', ...DEAD }),
  'bounce/recipient/quota exceeded': bounced('552', '5.2.2', { category: 'mailbox-full', proof: 'cause' }),
  'bounce/recipient/blacklisted': onList(),
  'bounce/recipient/spam reporter': onList('complaint'),
  'bounce/domain/invalid domain': bounced('550', '5.1.2', { category: 'domain-invalid', ...DEAD }),
  'bounce/domain/no mail host': bounced('550', '5.4.4', { category: 'domain-invalid', ...DEAD }),
  'bounce/domain/relay/access denied': bounced('550', '5.7.1', { category: 'relay-denied' }),
  'bounce/domain/greylisted': deferred('451', '4.7.1', 'greylisted'), // "delivery will be re-attempted"
  'bounce/domain/typofix': bounced('553', '5.1.3', { category: 'address-syntax', ...DEAD }),
  'bounce/content/sender blocked': refused('sender-rejected'),
  'bounce/content/content blocked': refused('content-rejected'),
  'bounce/content/policy issue': refused('policy-rejected'),
  'bounce/spam/sender blocked': refused('sender-rejected'),
  'bounce/spam/content blocked': refused('content-rejected'),
  'bounce/spam/policy issue': refused('policy-rejected'),
  'bounce/system/system issue': bounced('421', '4.4.2', { category: 'system-error' }),
  'bounce/system/protocol issue': bounced('421', '4.4.2', { category: 'system-error' }), // "with our servers"
  'bounce/system/connection issue': bounced('421', '4.4.2', { category: 'network-error' }),
  'bounce/mailjet/preblocked': onList('bounce'),
  'bounce/mailjet/duplicate in campaign': 'ignored', // "only the first email was sent"

  // Not tried; of the recipient and the domain because of what they answered before.
  blocked: onList(),
  'blocked/recipient/user unknown': onList('bounce'),
  'blocked/recipient/mailbox inactive': onList('bounce'),
  'blocked/recipient/quota exceeded': onList('bounce'),
  'blocked/recipient/blacklisted': onList(), // "might also be previous unsubscribe" (django-anymail)
  'blocked/recipient/spam reporter': onList('complaint'),
  'blocked/domain/invalid domain': onList('bounce'),
  'blocked/domain/no mail host': onList('bounce'),
  'blocked/domain/relay/access denied': notTried('relay-denied'),
  'blocked/domain/greylisted': notTried('greylisted'),
  'blocked/domain/typofix': {
    kind: 'reject',
    code: '553',
    enhanced: '5.1.3',
    category: 'address-syntax',
    ...DEAD,
  },
  'blocked/content/sender blocked': notTried('sender-rejected'),
  'blocked/content/content blocked': notTried('content-rejected'),
  'blocked/content/policy issue': notTried('policy-rejected'),
  'blocked/spam/sender blocked': notTried('sender-rejected'),
  'blocked/spam/content blocked': notTried('content-rejected'),
  'blocked/spam/policy issue': notTried('policy-rejected'),
  'blocked/system/system issue': notTried('system-error'),
  'blocked/system/protocol issue': notTried('system-error'),
  'blocked/system/connection issue': notTried('network-error'),
  'blocked/mailjet/preblocked': onList('bounce'), // "recently (or repeatedly) bounced"
  'blocked/mailjet/duplicate in campaign': 'ignored',
};

export const mailjet = defineAdapter({
  id: 'mailjet',
  name: 'Mailjet',
  docs: 'https://dev.mailjet.com/email/guides/webhooks/',
  needs: { proof: 'shared', hint: `${sharedHint}; Mailjet carries both in the URL only` },
  setup: [
    'In Mailjet, open Account settings, Event notifications (webhooks).',
    'Paste the URL with ?key= and the secret at its end, or with user name and password in it, for Sent, Bounce, Blocked, Spam and Unsub.',
    'Tick Group events for each, so that busy seconds come as one request.',
  ],
  attach:
    'EventPayload: {"mailstop_tag": "…"} as a text, or the header X-MJ-EventPayload, one recipient a message',
  labels: LABELS,
  unverified: [
    'Mailjet’s pages disagree on how long it tries again: every 30 seconds for 24 hours, or ten times at ten minutes each.',
    'The errors blacklisted, spam reporter and typofix are known from django-anymail, not from the guide.',
  ],
  checkKey: checkSharedKey,
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
  if (event === null) return unreadable('no event', fields);
  const label = [event, textOf(fields.error_related_to), textOf(fields.error)].filter(Boolean).join('/');
  const meaning = meaningOf(event, label, fields.hard_bounce);
  if (meaning === undefined) return ignored(event, false);
  if (meaning === 'ignored') return ignored(label, true);
  return eventItem({
    meaning,
    recipient: fields.email,
    at: readTime(fields.time),
    // `comment` is the receiver's reply, or what its DNS said.
    reply: { text: textOf(fields.smtp_reply) ?? textOf(fields.comment) },
    providerType: label,
    eventId: null,
    messageId: textOf(fields.MessageID) ?? textOf(fields.mj_message_id),
    group: meaning.kind === 'unsubscribe' ? listOf(fields) : null,
    tags: textsOf([fields.customcampaign, fields.CustomID]),
    ...echoedTag(fields.Payload),
    // `blocked`: "true if this bounce leads to the recipient being blocked".
    ...(isListed(meaning) || fields.blocked === true ? { listed: true } : {}),
  });
}

function meaningOf(event: string, label: string, hard: unknown): Labels[string] | undefined {
  const row = rowOf(LABELS, label);
  if (event !== 'bounce') return row ?? rowOf(LABELS, event);
  if (row === undefined || label === event)
    return rowOf(LABELS, `${event}/hard_bounce ${hard}`) ?? rowOf(LABELS, event);
  if (row === 'ignored' || typeof hard !== 'boolean') return row;
  return hard ? forGood(row) : forNow(row);
}

const forGood = (row: LabelMeaning): LabelMeaning =>
  row.kind === 'deferral' ? { ...row, kind: 'bounce' } : row;

/** The same cause, where Mailjet says that it may pass: no proof that the address is dead. */
const forNow = ({ proof: _, ...row }: LabelMeaning): LabelMeaning => row;

/** Of a message that went to no list it is 0. */
const listOf = ({ mj_list_id: list }: Json): string | null => (textOf(list) === '0' ? null : textOf(list));
