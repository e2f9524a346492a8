/**
 * Azure Communication Services Email, whose reports Event Grid delivers: in its own schema or as CloudEvents, one or a
 * batch, each with a handshake of its own. Nothing is signed: a key of yours rides in the query, or in a header of
 * the delivery. Event Grid waits 30 seconds and tries again for a day; 400, 401, 403 and 413 are final.
 * https://learn.microsoft.com/azure/event-grid/communication-services-email-events
 * https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema
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
  type Reply,
} from './adapter.ts';
import {
  bounced,
  DELIVERED,
  eventItem,
  ignored,
  isListed,
  type Json,
  onList,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, parseJson, textOf } from './json.ts';
import { checkSharedKey, verifyShared } from './verify/shared.ts';

const REPORT = 'Microsoft.Communication.EmailDeliveryReportReceived';
const VALIDATION = 'Microsoft.EventGrid.SubscriptionValidationEvent';
const SPAM = bounced('554', '5.7.1', { category: 'spam-content' });

/** `status` of a delivery report, and the other events of such a subscription. */
const LABELS: Labels = {
  Delivered: DELIVERED,
  OutForDelivery: 'ignored',
  Expanded: 'ignored', // to the members of a group
  Bounced: bounced('550', '5.0.0', { proof: 'hard' }),
  Suppressed: onList(),
  Failed: bounced('450', '4.0.0'),
  FilteredSpam: SPAM,
  Quarantined: SPAM, // "as spam, bulk mail or phishing"
  'Microsoft.Communication.EmailEngagementTrackingReportReceived': 'ignored',
  'Microsoft.EventGrid.SubscriptionDeletedEvent': 'ignored',
};

export const azure = defineAdapter({
  id: 'azure',
  name: 'Azure Communication Services Email',
  docs: 'https://learn.microsoft.com/azure/event-grid/communication-services-email-events',
  needs: {
    proof: 'shared',
    hint: 'keys: a long random secret of your own; Event Grid sends it in the URL as ?code=<key>, or in a delivery property X-Mailstop-Key',
  },
  setup: [
    'In the Azure portal, open the Communication Services resource, Events, Event Subscription.',
    'Choose Event Grid Schema or Cloud Event Schema v1.0, and the event type Email Delivery Report Received.',
    'As endpoint choose Web Hook, and paste the URL with ?code= and the secret at its end; Mailstop answers the handshake.',
    'Keep it secret: under Additional Features, Delivery Properties it may stand as X-Mailstop-Key instead, marked as secret.',
  ],
  labels: LABELS,
  unverified: [
    'What a Failed message failed of is in the words of statusMessage only; without words it is taken for a soft bounce.',
    'Whether Event Grid sends delivery properties with its handshakes: where it does not, use the URL.',
  ],
  checkKey: checkSharedKey,
  acceptsOptions: true,
  verify: (request, trust) => verifyShared(request, trust, 'code'),
  parse,
});

function parse({ method, headers, body }: RawRequest): Result<Delivery, ParseError> {
  if (method === 'OPTIONS') return ok(agreement(headers));
  const json = parseJson(body);
  if (!json.ok) return err({ why: json.error });
  const events = [json.value].flat();
  const code = events.map(validationCodeOf).find((one) => one !== null);
  // `validationUrl` is for people, and is never followed: it comes from whoever posts.
  if (code !== undefined)
    return ok({
      type: 'reply',
      body: JSON.stringify({ validationResponse: code }),
      contentType: 'application/json',
    });
  return ok({ type: 'items', items: events.map(readEvent) });
}

/** https://github.com/cloudevents/spec/blob/v1.0/http-webhook.md#4-abuse-protection */
function agreement(headers: Headers): Reply {
  const origin = headers.get('webhook-request-origin') ?? '';
  return {
    type: 'reply',
    body: '{}',
    contentType: 'application/json',
    headers: /^[\w.-]{1,253}$/.test(origin)
      ? { 'WebHook-Allowed-Origin': origin, 'WebHook-Allowed-Rate': '*' }
      : {},
  };
}

function validationCodeOf(event: unknown): string | null {
  if (!isRecord(event) || event.eventType !== VALIDATION || !isRecord(event.data)) return null;
  return textOf(event.data.validationCode)?.slice(0, 256) ?? null;
}

/** `eventType` of Event Grid's schema, `type` of CloudEvents. */
function readEvent(event: unknown): Item {
  if (!isRecord(event)) return unreadable('not a JSON object', event);
  const type = textOf(event.eventType) ?? textOf(event.type);
  if (type === null) return unreadable('neither eventType nor type', event);
  if (type !== REPORT) return ignored(type, rowOf(LABELS, type) !== undefined);
  const data = isRecord(event.data) ? event.data : {};
  const status = textOf(data.status);
  return status === null ? unreadable('no status', event) : reportItem(event, data, status);
}

function reportItem(event: Json, data: Json, status: string): Item {
  const meaning = rowOf(LABELS, status);
  if (meaning === undefined || meaning === 'ignored') return ignored(status, meaning !== undefined);
  const details = isRecord(data.deliveryStatusDetails) ? data.deliveryStatusDetails : {};
  return eventItem({
    meaning,
    recipient: data.recipient,
    // Microsoft's own pages write it both ways.
    at:
      readTime(data.deliveryAttemptTimestamp) ??
      readTime(data.deliveryAttemptTimeStamp) ??
      readTime(event.eventTime ?? event.time),
    reply: { text: textOf(details.statusMessage) },
    providerType: status,
    eventId: textOf(event.id),
    messageId: textOf(data.messageId),
    rfcMessageId: textOf(data.internetMessageId),
    ...(isListed(meaning) ? { listed: true } : {}),
  });
}
