/**
 * SMTP2GO webhooks: one event a request, as a form, or as JSON where the webhook's output format is that. Unsigned,
 * and without an id for the event. Codes are in `message` only.
 * https://developers.smtp2go.com/docs/webhooks-1
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
import { bounced, COMPLAINED, DELIVERED, eventItem, ignored, isListed, rowOf, unreadable } from './item.ts';
import { isRecord, textOf } from './json.ts';
import { formOrJson } from './records.ts';
import { listedBy, listedForIn } from './rows.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

const SMS = ['sms_sending', 'sms_submitted', 'sms_delivered', 'sms_failed', 'sms_rejected', 'opt-out'];

/** `event`, and of a bounce `bounce`, of a reject why it was not tried. */
const LABELS: Labels = {
  processed: 'ignored',
  delivered: DELIVERED,
  open: 'ignored',
  click: 'ignored',
  bounce: { kind: 'bounce' },
  'bounce/hard': bounced('550', '5.0.0', { proof: 'hard' }),
  'bounce/soft': bounced('450', '4.0.0'),
  ...listedBy('reject', { bounce: 'bounce', complaint: 'complaint', unsubscribe: 'unsubscribe' }),
  // "An unverified sender", or one in the sandbox: the fault of the account.
  'reject/sender': { kind: 'reject', category: 'sender-rejected' },
  spam: { ...COMPLAINED, feedback: 'abuse' },
  unsubscribe: { kind: 'unsubscribe' },
  resubscribe: { kind: 'resubscribe' }, // "or was removed from Suppressions"
  ...Object.fromEntries(SMS.map((label) => [label, 'ignored'])),
};

export const smtp2go = defineAdapter({
  id: 'smtp2go',
  name: 'SMTP2GO',
  docs: 'https://developers.smtp2go.com/docs/webhooks-1',
  needs: { proof: 'shared', hint: `${sharedHint}; SMTP2GO carries either in the URL only` },
  setup: [
    'In SMTP2GO, open Settings, Webhooks, and add a webhook.',
    'Paste the URL with ?key= and the secret at its end, or with user name and password in it.',
    'Choose Delivered, Bounce, Spam, Unsubscribe, Resubscribe and Reject, for all users.',
  ],
  attach:
    'the header X-Mailstop-Tag (custom_headers), chosen among the headers of the webhook, one recipient a message',
  labels: LABELS,
  unverified: [
    'The wording of rejects: one that speaks of the sender, of verification or of the sandbox is taken for a fault of the account, any other for SMTP2GO’s list.',
    'That a chosen header is a field of the same name, X-Mailstop-Tag, in any case of letters.',
    'The names of the JSON variant are taken to be those of the form.',
    'What SMTP2GO does on an answer other than 200, and how long, is not documented.',
  ],
  checkKey: checkSharedKey,
  verify: (request, trust) => verifyShared(request, trust),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const events = formOrJson(request);
  return events.ok ? ok({ type: 'items', items: events.value.map(readEvent) }) : err({ why: events.error });
}

/** A list of one, as JSON has it. Of several it is not said whom the event is about. */
const onlyOne = (recipients: unknown): unknown =>
  Array.isArray(recipients) && recipients.length === 1 ? recipients[0] : recipients;

function readEvent(fields: unknown): Item {
  if (!isRecord(fields)) return unreadable('not a JSON object', fields);
  const event = textOf(fields.event);
  if (event === null) return unreadable('no event', fields);
  const label = event === 'bounce' ? [event, textOf(fields.bounce)].filter(Boolean).join('/') : event;
  const detail = event === 'reject' ? `reject/${rejectedFor(textOf(fields.message) ?? '')}` : label;
  const meaning = rowOf(LABELS, detail) ?? rowOf(LABELS, event);
  if (meaning === undefined || meaning === 'ignored') return ignored(event, meaning !== undefined);
  // `recipients` may be several; `rcpt` is whom the event is about.
  return eventItem({
    meaning,
    recipient: fields.rcpt ?? onlyOne(fields.recipients),
    at: readTime(fields.time),
    sentAt: readTime(fields.sendtime),
    reply: { text: textOf(fields.message) },
    providerType: label,
    eventId: null,
    messageId: textOf(fields.email_id),
    rfcMessageId: textOf(fields['message-id']),
    ...echoedTag(fields), // headers that were chosen stand among the fields
    ...(isListed(meaning) || label === 'bounce/hard' ? { listed: true } : {}),
    ...(event === 'resubscribe' ? { listed: false } : {}),
  });
}

/** By its words: why the address is on the list, or that the sender may not send. */
const rejectedFor = (words: string): string | undefined =>
  listedForIn(words) ??
  (/\b(?:sender|unverified|not verified|sandbox)/i.test(words) && !/suppress/i.test(words)
    ? 'sender'
    : undefined);
