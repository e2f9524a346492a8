/**
 * Hyvor Relay webhooks: one event a request, about one recipient. An event has neither id nor, where a bounce or a
 * complaint came by mail, a time. The server's reply is in `bounce` where it came by mail, else in what the attempt
 * tells of the recipient; a conversation with several recipients may not be taken for one's.
 * https://relay.hyvor.com/docs/webhooks
 */
import type { ProviderEvent } from '../core/event.ts';
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
import { bounced, DELIVERED, deferred, eventItem, ignored, type Json, rowOf, unreadable } from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { complaints, listedBy } from './rows.ts';
import { checkSigningKey, verifyBodyHash } from './verify/keyed-hash.ts';

/** `reason` of a suppression. */
const REASONS = { bounce: 'bounce', complaint: 'complaint' } as const;

const LABELS: Labels = {
  'send.recipient.accepted': DELIVERED,
  'send.recipient.deferred': deferred(),
  'send.recipient.bounced': bounced('550', '5.0.0', { proof: 'hard' }), // "permanently rejected"
  ...complaints('send.recipient.complained'),
  ...listedBy('send.recipient.suppressed', REASONS),
  // "after multiple attempts due to network or server issues … not added to the suppression list"
  'send.recipient.failed': bounced('554', '5.4.7', { category: 'expired' }),
  'domain.created': 'ignored',
  'domain.status.changed': 'ignored',
  'domain.deleted': 'ignored',
  ...listedBy('suppression.created', REASONS),
  'suppression.deleted': { kind: 'resubscribe' },
};

export const hyvorRelay = defineAdapter({
  id: 'hyvor-relay',
  name: 'Hyvor Relay',
  docs: 'https://relay.hyvor.com/docs/webhooks',
  needs: {
    proof: 'signature',
    hint: 'keys: the secret key of the webhook, which Hyvor Relay makes with it and shows in the Console',
  },
  setup: [
    'In the Console of Hyvor Relay, open your project, Webhooks, and add a webhook with the URL.',
    'Choose send.recipient.accepted, deferred, bounced, complained, suppressed and failed, and suppression.created and deleted.',
    'Save, and copy the secret key that was made for the webhook.',
  ],
  attach: 'the header X-Mailstop-Tag: …, in headers of the API, one recipient a message',
  labels: LABELS,
  unverified: [
    'Where an attempt tells the server’s reply: it is read from recipients, where a client library finds it, or else from the conversation with a lone recipient.',
  ],
  checkKey: checkSigningKey,
  verify: (request, trust) => verifyBodyHash(request, 'x-signature', trust.secrets.keys),
  parse,
});

function parse(request: RawRequest): Result<Delivery, ParseError> {
  const json = parseJson(request.body);
  if (!json.ok) return err({ why: json.error });
  if (!isRecord(json.value)) return err({ why: 'not a JSON object' });
  return ok({ type: 'items', items: [readEvent(json.value)] });
}

function readEvent(notice: Json): Item {
  const event = textOf(notice.event);
  if (event === null) return unreadable('no event', notice);
  const { payload } = notice;
  const part = (name: string): Json => {
    const value = isRecord(payload) ? payload[name] : null;
    return isRecord(value) ? value : {};
  };
  const [suppression, recipient] = [part('suppression'), part('recipient')];
  // Older versions tell of an address on their list as failed.
  const name =
    event === 'send.recipient.failed' && recipient.status === 'suppressed'
      ? 'send.recipient.suppressed'
      : event;
  const word = textOf(part('complaint').feedback_type) ?? textOf(suppression.reason);
  const meaning = rowOf(LABELS, `${name}/${word}`) ?? rowOf(LABELS, name);
  const label = word === null ? event : `${event}/${word}`;
  if (meaning === undefined || meaning === 'ignored') return ignored(event, meaning !== undefined);
  if (name.startsWith('suppression.')) {
    const isListed = name === 'suppression.created';
    return eventItem({
      meaning,
      recipient: suppression.email,
      at: isListed ? readTime(suppression.created_at) : null,
      reply: { text: textOf(suppression.description) },
      providerType: label,
      eventId: idOf(suppression.id, name),
      messageId: null,
      listed: isListed,
    });
  }
  const [send, attempt] = [part('send'), part('attempt')];
  const at = readTime(attempt.created_at);
  return eventItem({
    meaning,
    recipient: recipient.address,
    at,
    sentAt: readTime(send.created_at),
    reply: replyOf(part('bounce'), attempt, recipient),
    providerType: label,
    // Without an attempt it has no time either, and happens once for each recipient of a message.
    eventId: at === null ? idOf(send.uuid, recipient.id, name) : null,
    messageId: textOf(send.uuid),
    ...echoedTag(send.headers),
  });
}

/** What tells a redelivery from a new event, where the notice has neither an id nor a time of its own. */
function idOf(...parts: readonly unknown[]): string | null {
  const texts = parts.flatMap((part) => textOf(part) ?? []);
  return texts.length === parts.length ? texts.join('/') : null;
}

function replyOf(bounce: Json, attempt: Json, recipient: Json): ProviderEvent['reply'] {
  if (textOf(bounce.text) !== null || textOf(bounce.status) !== null)
    return { enhanced: textOf(bounce.status), text: textOf(bounce.text) };
  const told = (Array.isArray(attempt.recipients) ? attempt.recipients : [])
    .filter(isRecord)
    .find(({ recipient_id }) => recipient_id === recipient.id);
  if (told !== undefined)
    return {
      code: textOf(told.smtp_code),
      enhanced: textOf(told.smtp_enhanced_code),
      text: textOf(told.smtp_message),
    };
  const step = refusedStep(attempt);
  return step === undefined
    ? { text: textOf(attempt.error) }
    : { code: textOf(step.reply_code), text: textOf(step.reply_text) };
}

/** `smtp_conversations: {host: {steps: [{command, reply_code, reply_text}]}}`; whose they are, only a lone recipient tells. */
function refusedStep({ recipient_ids, smtp_conversations, responded_mx_host }: Json): Json | undefined {
  if (!Array.isArray(recipient_ids) || recipient_ids.length !== 1 || !isRecord(smtp_conversations)) return;
  const conversation = smtp_conversations[textOf(responded_mx_host) ?? ''];
  const steps = isRecord(conversation) && Array.isArray(conversation.steps) ? conversation.steps : [];
  return steps.filter(isRecord).findLast(({ reply_code }) => Number(reply_code) >= 400);
}
