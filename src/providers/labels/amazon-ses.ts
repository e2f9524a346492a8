/**
 * What Amazon SES's labels mean by themselves; a mail server's own words beat them.
 * https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
 */
import type { FeedbackType, LabelMeaning } from '../../core/event.ts';
import type { Labels } from '../adapter.ts';
import { bounced, COMPLAINED, DELIVERED, deferred, onList, rowOf } from '../item.ts';
import { feedbackRows } from '../rows.ts';

const HARD = bounced('550', '5.0.0', { proof: 'hard' });
const SOFT = bounced('450', '4.0.0');

/** The type; of bounces `bounceType/bounceSubType`, of complaints the feedback type, of delays `delayType`. */
export const LABELS: Labels = {
  Send: 'ignored',
  Open: 'ignored',
  Click: 'ignored',
  'Rendering Failure': 'ignored', // the template lacks data: a fault of the account
  Received: 'ignored', // incoming mail
  AmazonSnsSubscriptionSucceeded: 'ignored',
  // `detail-type` of EventBridge. https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html
  'Advisor Recommendation Status Open': 'ignored',
  'Advisor Recommendation Status Resolved': 'ignored',
  'Sending Status Enabled': 'ignored',
  'Sending Status Disabled': 'ignored',
  Delivery: DELIVERED,
  Reject: { kind: 'reject', code: '554', enhanced: '5.7.0', category: 'virus' }, // "Bad content": it gives no other reason
  Subscription: { kind: 'unsubscribe' },

  'Permanent/General': HARD,
  'Permanent/NoEmail': bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  'Permanent/Suppressed': onList('bounce'), // "has a recent history of bouncing": SES's global list
  'Permanent/OnAccountSuppressionList': onList('bounce'), // where it is there for a complaint, SES sends a Complaint
  'Permanent/OnTenantSuppressionList': onList('bounce'),
  'Permanent/EmailValidationSuppressed': onList(), // "did not meet your email validation threshold": a guess of SES's
  'Permanent/UnsubscribedRecipient': onList('unsubscribe'), // UNVERIFIED
  // Transient is final too: SES has given up.
  'Transient/General': SOFT,
  'Transient/MailboxFull': bounced('452', '4.2.2', { category: 'mailbox-full', proof: 'cause' }),
  'Transient/MessageTooLarge': bounced('552', '5.3.4', { category: 'message-too-large' }),
  'Transient/ContentRejected': bounced('554', '5.7.1', { category: 'content-rejected' }),
  'Transient/AttachmentRejected': bounced('554', '5.7.0', { category: 'content-rejected' }),
  'Transient/CustomTimeoutExceeded': bounced('554', '5.4.7', { category: 'expired' }), // "within the time specified by the email sender"
  'Undetermined/Undetermined': SOFT,

  Complaint: COMPLAINED,
  ...feedbackRows(),
  // "accepted the message, but didn't attempt to send it"
  OnAccountSuppressionList: onList('complaint'),
  OnTenantSuppressionList: onList('complaint'),

  DeliveryDelay: deferred(),
  InternalFailure: deferred('451', '4.3.0', 'system-error'), // "an internal Amazon SES issue"
  General: deferred(),
  MailboxFull: deferred('452', '4.2.2', 'mailbox-full'),
  SpamDetected: deferred('421', '4.7.0', 'sender-rejected'), // "a large amount of unsolicited email from your account"
  RecipientServerError: deferred('451', '4.3.0', 'system-error'),
  IPFailure: deferred('421', '4.7.0', 'ip-blocked'), // "blocked or throttled by the recipient's email provider"
  TransientCommunicationFailure: deferred('421', '4.4.2', 'network-error'),
  BYOIPHostNameLookupUnavailable: deferred('451', '4.4.3', 'dns-ptr'), // "unable to look up the DNS hostname for your IP addresses"
  Undetermined: deferred(),
  SendingDeferral: deferred('451', '4.7.0', 'rate-limited'), // "deemed it appropriate to internally defer the message"
};

const ofTypes: Labels = { Permanent: HARD, Transient: SOFT, Undetermined: SOFT };

/** SES counts out-of-office replies as Transient/General; they come without a status and a diagnostic. */
export const AUTO_REPLY = bounced('450', '4.0.0', { category: 'auto-reply' });

/** A subtype not listed means what its type means; null for an unknown type. */
export const bounceMeaning = (type: string, label: string): LabelMeaning | null =>
  ofKind('bounce', 'reject')(label) ?? ofKind('bounce')(type, ofTypes) ?? null;

export const delayMeaning = (type: string | null): LabelMeaning =>
  ofKind('deferral')(type ?? 'DeliveryDelay') ?? deferred();

export function complaintMeaning(feedbackType: string | null, subType: string | null): LabelMeaning {
  if (subType?.endsWith('SuppressionList')) return onList('complaint');
  if (feedbackType === null) return COMPLAINED;
  const feedback: FeedbackType = ofKind('complaint')(feedbackType.toLowerCase())?.feedback ?? 'other';
  return { ...COMPLAINED, feedback };
}

const ofKind =
  (...kinds: LabelMeaning['kind'][]) =>
  (label: string, labels = LABELS): LabelMeaning | undefined => {
    const row = rowOf(labels, label);
    return typeof row === 'object' && kinds.includes(row.kind) ? row : undefined;
  };
