/**
 * What Amazon SES's labels mean by themselves. Tables only; a mail server's own words beat them.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
import type { FeedbackType, Kind, LabelMeaning, ListedFor } from '../../core/event.ts';
import type { Category } from '../../core/taxonomy.ts';

const row = (
  kind: Kind,
  code: string,
  enhanced: string,
  category?: Category,
  more?: Pick<LabelMeaning, 'proof' | 'listedFor'>,
): LabelMeaning => ({ kind, code, enhanced, ...(category && { category }), ...more });

const onList = (listedFor?: ListedFor): LabelMeaning =>
  row('reject', '554', '5.7.1', 'suppressed', listedFor && { listedFor });

const hard = row('bounce', '550', '5.0.0', undefined, { proof: 'hard' });
const soft = row('bounce', '450', '4.0.0');

/** bounceType/bounceSubType. Transient is final too: SES has given up. */
const bounces = new Map<string, LabelMeaning>([
  ['Permanent/General', hard],
  ['Permanent/NoEmail', row('bounce', '550', '5.1.1', 'mailbox-unknown', { proof: 'cause' })],
  ['Permanent/Suppressed', onList('bounce')], // "has a recent history of bouncing": SES's global list
  ['Permanent/OnAccountSuppressionList', onList('bounce')], // where it is there for a complaint, SES sends a Complaint
  ['Permanent/OnTenantSuppressionList', onList('bounce')],
  ['Permanent/EmailValidationSuppressed', onList()], // "did not meet your email validation threshold": a guess of SES's
  ['Permanent/UnsubscribedRecipient', onList('unsubscribe')], // UNVERIFIED
  ['Transient/General', soft],
  ['Transient/MailboxFull', row('bounce', '452', '4.2.2', 'mailbox-full', { proof: 'cause' })],
  ['Transient/MessageTooLarge', row('bounce', '552', '5.3.4', 'message-too-large')],
  ['Transient/ContentRejected', row('bounce', '554', '5.7.1', 'content-rejected')],
  ['Transient/AttachmentRejected', row('bounce', '554', '5.7.0', 'content-rejected')],
  ['Transient/CustomTimeoutExceeded', row('bounce', '554', '5.4.7', 'expired')], // "within the time specified by the email sender"
  ['Undetermined/Undetermined', soft],
]);

const bounceTypes = new Map([
  ['Permanent', hard],
  ['Transient', soft],
  ['Undetermined', soft],
]);

/** SES counts out-of-office replies as Transient/General; they come without a status and a diagnostic. */
export const autoReply = row('bounce', '450', '4.0.0', 'auto-reply');

const delays = new Map<string, LabelMeaning>([
  ['InternalFailure', row('deferral', '451', '4.3.0', 'system-error')], // "an internal Amazon SES issue"
  ['General', row('deferral', '450', '4.0.0')],
  ['MailboxFull', row('deferral', '452', '4.2.2', 'mailbox-full')],
  ['SpamDetected', row('deferral', '421', '4.7.0', 'sender-rejected')], // "a large amount of unsolicited email from your account"
  ['RecipientServerError', row('deferral', '451', '4.3.0', 'system-error')],
  ['IPFailure', row('deferral', '421', '4.7.0', 'ip-blocked')], // "blocked or throttled by the recipient's email provider"
  ['TransientCommunicationFailure', row('deferral', '421', '4.4.2', 'network-error')],
  ['BYOIPHostNameLookupUnavailable', row('deferral', '451', '4.4.3', 'dns-ptr')], // "unable to look up the DNS hostname for your IP addresses"
  ['Undetermined', row('deferral', '450', '4.0.0')],
  ['SendingDeferral', row('deferral', '451', '4.7.0', 'rate-limited')], // "deemed it appropriate to internally defer the message"
]);

const feedbackTypes = ['abuse', 'auth-failure', 'fraud', 'not-spam', 'opt-out', 'virus'] as const;

/** "Bad content": SES found a virus. It gives no other reason. */
export const rejected = row('reject', '554', '5.7.0', 'virus');

export const delivered: LabelMeaning = { kind: 'delivery', category: 'delivered' };

/** They say nothing about an address. */
export const ignoredTypes = [
  'Send',
  'Open',
  'Click',
  'Rendering Failure', // the template lacks data: a fault of the account
  'Received', // incoming mail
  'AmazonSnsSubscriptionSucceeded',
];

/** A subtype not listed means what its type means; null for an unknown type. */
export const bounceMeaning = (type: string, label: string): LabelMeaning | null =>
  bounces.get(label) ?? bounceTypes.get(type) ?? null;

export const delayMeaning = (type: string | null): LabelMeaning =>
  delays.get(type ?? 'General') ?? row('deferral', '450', '4.0.0');

/** OnAccountSuppressionList and its like: "accepted the message, but didn't attempt to send it". */
export function complaintMeaning(feedbackType: string | null, subType: string | null): LabelMeaning {
  if (subType?.endsWith('SuppressionList')) return onList('complaint');
  const complaint = { kind: 'complaint', category: 'complaint' } as const;
  return feedbackType === null ? complaint : { ...complaint, feedback: feedbackOf(feedbackType) };
}

const feedbackOf = (type: string): FeedbackType =>
  feedbackTypes.find((known) => known === type.toLowerCase()) ?? 'other';
