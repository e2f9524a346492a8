/**
 * Elastic Email webhooks: one event a request, by GET with all of it in the query, or by POST as flat JSON where the
 * webhook's delivery method is PostJson. No reply of a server's is told, only a category. After 1,000 failures
 * Elastic Email turns the webhook off.
 * https://help.elasticemail.com/en/articles/4804685-notification-settings
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
import { isForm, parseForm } from './form.ts';
import {
  bounced,
  COMPLAINED,
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

/**
 * `status`, and of an error its `category`.
 * https://help.elasticemail.com/en/articles/2300650-what-are-the-bounce-error-categories-and-filters
 */
const LABELS: Labels = {
  Sent: 'ignored', // whether to the receiver or only on its way, no page says
  Opened: 'ignored',
  Clicked: 'ignored',
  Unsubscribed: { kind: 'unsubscribe' },
  AbuseReport: { ...COMPLAINED, feedback: 'abuse' },

  Error: { kind: 'bounce' },
  'Error/Unknown': { kind: 'bounce' },
  // "The address does not appear to exist … will permanently turn the contact's status to Invalid."
  'Error/NoMailbox': bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  'Error/DNSProblem': bounced('550', '5.1.2', { proof: 'hard' }), // "does not exist or could not be resolved"
  'Error/AccountProblem': bounced('552', '5.2.2', { category: 'mailbox-full' }), // "such as being full or inactive"
  'Error/Spam': bounced('554', '5.7.1', { category: 'spam-content' }),
  'Error/ContentFilter': bounced('554', '5.7.1', { category: 'content-rejected' }),
  'Error/BlackListed': bounced('554', '5.7.1', { category: 'ip-blocked' }), // the sender's IP
  'Error/WhitelistingProblem': bounced('554', '5.7.1', { category: 'policy-rejected' }),
  'Error/SPFProblem': bounced('550', '5.7.23', { category: 'auth-failure' }),
  'Error/ConnectionProblem': bounced('421', '4.4.2', { category: 'network-error' }),
  'Error/ConnectionTerminated': bounced('421', '4.4.2', { category: 'network-error' }),
  // Elastic Email tries these again, for 48 hours.
  'Error/GreyListed': deferred('451', '4.7.1', 'greylisted'),
  'Error/Throttled': deferred('421', '4.7.0', 'rate-limited'),
  'Error/Timeout': deferred('421', '4.4.1', 'network-error'),
  'Error/CodeError': deferred('451', '4.3.0', 'system-error'), // of Elastic Email's own
  'Error/NotDelivered': onList(), // "blocked status for either hard bouncing, being unsubscribed or complained"
  'Error/NotDeliveredCancelled': onList(),
  'Error/ManualCancel': 'ignored',
  'Error/Ignore': 'ignored',
};

export const elasticEmail = defineAdapter({
  id: 'elastic-email',
  name: 'Elastic Email',
  docs: 'https://help.elasticemail.com/en/articles/4804685-notification-settings',
  needs: { proof: 'shared', hint: `${sharedHint}; Elastic Email carries it in the URL only` },
  setup: [
    'In Elastic Email, open Settings, Notifications, and add a webhook; this needs a Pro plan.',
    'Paste the URL with ?key= and the secret at its end as the notification URL.',
    'Choose Unsubscribed, Complaints and Bounce/Error, and save.',
  ],
  attach: 'the header X-ElasticEmail-Postback: {"mailstop_tag": "…"}, one recipient a message',
  labels: LABELS,
  unverified: [
    'That the postback comes back as it was sent.',
    'Elastic Email can sign its POSTs (X-ElasticEmail-Signature), but not over which bytes is documented; the secret in the URL is what counts.',
    'The field names of the POST variant are taken to be those of the query, in any case of letters.',
    'Whether Sent means that the receiver took the message is not documented, so it is no delivery.',
    'What is meant by the category Ignore is not documented any more, so it is counted and nothing else.',
  ],
  checkKey: checkSharedKey,
  acceptsGet: true,
  verify: (request, trust) => verifyShared(request, trust),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const fields = readFields(request);
  return fields.ok ? ok({ type: 'items', items: fields.value.map(readEvent) }) : err({ why: fields.error });
}

function readFields({ method, url, headers, body }: RawRequest): Result<readonly unknown[], string> {
  if (method === 'GET') return ok([named([...url.searchParams])]);
  const contentType = headers.get('content-type');
  if (isForm(contentType)) {
    const form = parseForm(contentType, body);
    return form.ok ? ok([named(form.value)]) : form;
  }
  const json = parseJson(body);
  if (!json.ok) return json;
  return ok([json.value].flat().map((one) => (isRecord(one) ? named(Object.entries(one)) : one)));
}

/** By name in lower case; of a name that comes twice, the first. */
const named = (pairs: readonly (readonly [string, unknown])[]): Json =>
  Object.fromEntries(pairs.toReversed().map(([name, value]) => [name.toLowerCase(), value]));

function readEvent(fields: unknown): Item {
  if (!isRecord(fields)) return unreadable('not a JSON object', fields);
  const status = textOf(fields.status);
  if (status === null) return unreadable('no status', fields);
  const category = status === 'Error' ? textOf(fields.category) : null;
  const label = category === null ? status : `${status}/${category}`;
  const meaning = rowOf(LABELS, label) ?? rowOf(LABELS, status);
  if (meaning === undefined || meaning === 'ignored') return ignored(label, meaning !== undefined);
  return eventItem({
    meaning,
    recipient: fields.to,
    at: readDate(fields.date),
    reply: {},
    providerType: label,
    eventId: null, // a transaction may have many messages, and a message many events
    messageId: textOf(fields.messageid) ?? textOf(fields.transaction),
    tags: textsOf(fields.channel),
    ...echoedTag(fields.postback),
    ...(label === 'Error/NoMailbox' || isListed(meaning) ? { listed: true } : {}),
  });
}

/** "1/15/2026 10:00:00 AM", UTC. */
function readDate(value: unknown): number | null {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d):(\d\d) ([AP])M$/.exec(textOf(value) ?? '');
  if (parts === null) return readTime(value);
  const [month = 0, day = 0, year = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour < 1 || hour > 12) return null;
  return Date.UTC(year, month - 1, day, (hour % 12) + (parts[7] === 'P' ? 12 : 0), minute, second);
}
