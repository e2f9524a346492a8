/**
 * KumoMTA log hooks: log records as JSON, one a request, an array of them, or one a line. May not take the recipient
 * of a Feedback record for who complained: that is the address that the mailbox provider reports to.
 * https://docs.kumomta.com/reference/log_record/
 */
import type { FeedbackType, LabelMeaning, ProviderEvent } from '../core/event.ts';
import { readTime } from '../core/time.ts';
import { defineAdapter, type Item, type Labels, type Meaning } from './adapter.ts';
import { echoedTag } from './echo.ts';
import {
  bounced,
  COMPLAINED,
  DELIVERED,
  deferred,
  eventItem,
  ignored,
  type Json,
  rowOf,
  unreadable,
} from './item.ts';
import { isRecord, textOf, textsOf } from './json.ts';
import { readRecords } from './records.ts';
import { feedbackRows } from './rows.ts';
import { checkSharedKey, sharedHint, verifyShared } from './verify/shared.ts';

/**
 * `bounce_classification`: what KumoMTA's rules make of the reply, in the words of the page.
 * https://docs.kumomta.com/reference/kumo/configure_bounce_classifier/
 */
const CLASSES: Labels = {
  InvalidRecipient: bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  DNSFailure: bounced('451', '4.4.3', { category: 'network-error' }),
  SpamBlock: bounced('554', '5.7.1', { category: 'ip-blocked' }), // "as coming from a known spam source"
  SpamContent: bounced('554', '5.7.1', { category: 'spam-content' }),
  ProhibitedAttachment: bounced('554', '5.7.0', { category: 'content-rejected' }),
  RelayDenied: bounced('550', '5.7.1', { category: 'relay-denied' }),
  AutoReply: 'ignored',
  TransientFailure: bounced('450', '4.0.0'),
  Subscribe: 'ignored',
  Unsubscribe: { kind: 'unsubscribe' },
  ChallengeResponse: 'ignored',
  BadConfiguration: bounced('550', '5.3.5', { category: 'system-error' }), // "issues with remote host"
  BadConnection: bounced('421', '4.4.2', { category: 'network-error' }),
  BadDomain: bounced('550', '5.1.2', { category: 'domain-invalid', proof: 'cause' }),
  ContentRelated: bounced('554', '5.6.0', { category: 'content-rejected' }),
  InactiveMailbox: bounced('550', '5.2.1', { category: 'mailbox-disabled', proof: 'cause' }),
  InvalidSender: bounced('550', '5.1.8', { category: 'sender-rejected' }),
  MessageExpired: bounced('554', '5.4.7', { category: 'expired' }),
  NoAnswerFromHost: bounced('421', '4.4.1', { category: 'network-error' }),
  PolicyRelated: bounced('554', '5.7.1', { category: 'policy-rejected' }),
  ProtocolErrors: bounced('550', '5.5.0', { category: 'protocol' }),
  QuotaIssues: bounced('552', '5.2.2', { category: 'mailbox-full', proof: 'cause' }),
  RelayingIssues: bounced('550', '5.7.1', { category: 'relay-denied' }),
  RoutingErrors: bounced('550', '5.4.4', { category: 'routing-error' }),
  SpamRelated: bounced('554', '5.7.1', { category: 'spam-content' }),
  VirusRelated: bounced('554', '5.7.0', { category: 'virus' }),
  AuthenticationFailed: bounced('550', '5.7.0', { category: 'policy-rejected' }), // nearly every 5.7.x is one
  TooManyRecipients: bounced('452', '4.5.3', { category: 'rate-limited' }),
  Uncategorized: { kind: 'bounce' },
};

const each = (type: string, meaningOf: (meaning: Meaning) => Meaning): Labels =>
  Object.fromEntries(
    Object.entries(CLASSES).map(([label, meaning]) => [`${type}/${label}`, meaningOf(meaning)]),
  );

/** KumoMTA tries again, whatever it thinks of the reply. */
const asDeferral = (meaning: Meaning): Meaning =>
  meaning !== 'ignored' && meaning.kind === 'bounce' ? deferred('450', '4.0.0', meaning.category) : 'ignored';

const complaint = (feedback: FeedbackType): LabelMeaning => ({ ...COMPLAINED, feedback });

/** `type`, and where it has one `type/bounce_classification` or `type/feedback_type`. */
const LABELS: Labels = {
  Reception: 'ignored',
  Delivery: DELIVERED,
  Bounce: { kind: 'bounce' }, // of a classification that the user made up, here and below
  ...each('Bounce', (meaning) => meaning),
  TransientFailure: deferred(),
  ...each('TransientFailure', asDeferral),
  Expiration: bounced('554', '5.4.7', { category: 'expired' }),
  AdminBounce: 'ignored', // an administrator emptied a queue
  OOB: { kind: 'bounce' },
  ...each('OOB', (meaning) => meaning),
  ...feedbackRows('Feedback/'),
  'Feedback/dmarc': complaint('auth-failure'),
  Rejection: 'ignored', // mail that KumoMTA did not take in
  Delay: 'ignored', // waits its turn: nobody was asked yet
  Delayed: 'ignored',
  AdminRebind: 'ignored',
  DeferredInjectionRebind: 'ignored',
  XferIn: 'ignored',
  XferOut: 'ignored',
  LogRecord: 'ignored', // about a log hook's own request, with the recipient of the mail that it tells of
};

const CLASSIFIED = ['Bounce', 'TransientFailure', 'Expiration', 'OOB'];

export const kumomta = defineAdapter({
  id: 'kumomta',
  name: 'KumoMTA',
  docs: 'https://docs.kumomta.com/userguide/operation/webhooks/',
  needs: { proof: 'shared', hint: `${sharedHint}, set by the Lua function that posts` },
  setup: [
    'In init.lua, require policy-extras.log_hooks and call log_hooks:new_json with a name and the URL as url.',
    'Give it the secret as a header: headers = { ["X-Mailstop-Key"] = "…" }, better loaded from a keysource than written down.',
    'Log at least Delivery, Bounce, TransientFailure, Expiration, OOB and Feedback, which it does unless told otherwise, with batch_size up to 1,000.',
    'List Message-ID in the headers that are logged, so that events show it.',
  ],
  attach:
    'meta mailstop_tag of the message, which the log hook names in its meta; or the header X-Mailstop-Tag, named in its headers',
  labels: LABELS,
  unverified: [
    'Records of type Delayed, DeferredInjectionRebind, XferIn and XferOut were read about, not seen.',
  ],
  checkKey: checkSharedKey,
  verify: (request, trust) => verifyShared(request, trust),
  parse: ({ body }) => readRecords(body, readRecord),
});

function readRecord(record: Json): Item[] {
  const type = textOf(record.type);
  if (type === null) return [unreadable('no type: not a log record', record)];
  if (record.reception_protocol === 'LogRecord') return [ignored('LogRecord', true)];
  if (type === 'Feedback') return readFeedback(record);
  const label = CLASSIFIED.includes(type) ? join(type, record.bounce_classification) : type;
  const meaning = rowOf(LABELS, label) ?? rowOf(LABELS, type);
  if (meaning === undefined || meaning === 'ignored') return [ignored(label, meaning !== undefined)];
  // Anyone can mail a report, and KumoMTA asks for no proof that it tells of mail it sent.
  const proven = type === 'OOB' ? { proven: false } : {};
  return listOf(record.recipient).map((recipient) =>
    eventOf(record, label, meaning, recipient, { reply: replyOf(record, type), ...proven }),
  );
}

/**
 * Who complained: the recipient that KumoMTA itself wrote into its trace header, else the one that the report names.
 * https://docs.kumomta.com/userguide/configuration/feedbackloops/
 */
function readFeedback(record: Json): Item[] {
  const report = isRecord(record.feedback_report) ? record.feedback_report : {};
  const trace = isRecord(report.supplemental_trace) ? report.supplemental_trace : {};
  const traced = textsOf(trace.recipient);
  const named = textsOf(report.original_rcpto_to ?? report.original_rcpt_to);
  const recipients = [...new Set(traced.length > 0 ? traced : named)];
  if (recipients.length === 0)
    return [unreadable('the feedback report names no recipient: have KumoMTA add trace headers', record)];
  const type = textOf(report.feedback_type)?.toLowerCase() ?? null;
  const label = join('Feedback', type);
  const row = rowOf(LABELS, label);
  const meaning = typeof row === 'object' ? row : type === null ? COMPLAINED : complaint('other');
  const ambiguous = recipients.length > 1 ? { ambiguous: true } : {};
  return recipients.map((recipient) =>
    eventOf(record, label, meaning, recipient, { reply: {}, proven: false, ...ambiguous }),
  );
}

/** One address, or since 2025.12 a list. */
const listOf = (recipient: unknown): readonly unknown[] =>
  Array.isArray(recipient) && recipient.length > 0 ? recipient : [recipient];

const join = (type: string, detail: unknown): string => {
  const text = textOf(detail);
  return text === null ? type : `${type}/${text}`;
};

/** A 550 beside no words is KumoMTA's own where a report shows no reply. */
function replyOf({ response }: Json, type: string): ProviderEvent['reply'] {
  if (!isRecord(response)) return {};
  const { class: digit, subject, detail } = isRecord(response.enhanced_code) ? response.enhanced_code : {};
  const text = textOf(response.content);
  return {
    code: type === 'OOB' && text === null ? null : textOf(response.code),
    enhanced: digit === undefined ? null : `${digit}.${subject}.${detail}`,
    text,
  };
}

function eventOf(
  record: Json,
  providerType: string,
  meaning: LabelMeaning,
  recipient: unknown,
  more: Pick<ProviderEvent, 'reply' | 'proven' | 'ambiguous'>,
): Item {
  const id = textOf(record.id);
  // A queue is `campaign:tenant@domain`, of which only the domain is always there.
  const [, campaign, tenant] = /^(?:([^:@]*):)?([^:@]*)@/.exec(textOf(record.queue) ?? '') ?? [];
  return eventItem({
    meaning,
    recipient,
    at: readTime(record.event_time) ?? readTime(record.timestamp),
    sentAt: more.proven === false ? null : (readTime(record.created_time) ?? readTime(record.created)), // else of the report
    providerType,
    eventId: id === null ? null : `${id}/${providerType}/${textOf(record.num_attempts) ?? 0}`,
    messageId: id,
    rfcMessageId: messageIdOf(record.headers),
    group: textOf(tenant),
    tags: textsOf(campaign),
    ...echoedTag(record.meta, record.headers),
    ...more,
  });
}

/** Headers are logged under the names that the configuration has for them. */
function messageIdOf(headers: unknown): string | null {
  const [, value] =
    Object.entries(isRecord(headers) ? headers : {}).find(([name]) => name.toLowerCase() === 'message-id') ??
    [];
  return textsOf(value)[0]?.replace(/^\s*<|>\s*$/g, '') ?? null;
}
