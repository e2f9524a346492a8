/**
 * The numbers by which SparkPost tells why a bounce happened, its `bounce_class`, and Mandrill, its `bgtools_code`.
 * https://support.sparkpost.com/docs/deliverability/bounce-classification-codes
 */
import type { LabelMeaning } from '../../core/event.ts';
import type { Labels } from '../adapter.ts';
import { bounced, onList } from '../item.ts';

/** For a bounce, or a complaint or an unsubscribe: SparkPost says "customer policy" of all three. */
export const SUPPRESSED: LabelMeaning = onList('bounce');

/** "Only hard or admin are suppression-level": 10, 25, 30, 90. */
export const BOUNCE_CLASSES: Labels = {
  1: { kind: 'bounce' }, // "the response text could not be identified"
  10: bounced('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' }),
  20: bounced('450', '4.0.0'),
  21: bounced('451', '4.4.3', { category: 'network-error' }), // "due to a DNS failure"
  22: bounced('452', '4.2.2', { category: 'mailbox-full', proof: 'cause' }),
  23: bounced('552', '5.3.4', { category: 'message-too-large' }),
  24: bounced('554', '5.4.7', { category: 'expired' }),
  25: SUPPRESSED, // https://support.sparkpost.com/docs/tech-resources/preparing-for-async-suppressions
  26: SUPPRESSED, // "Smart Send Suppression"
  30: bounced('550', '5.0.0', { proof: 'hard' }), // "no recipient could be determined for the message"
  40: bounced('450', '4.0.0'), // "failed for unspecified reasons"
  50: bounced('554', '5.7.1', { category: 'policy-rejected' }), // "blocked by the receiver"
  51: bounced('554', '5.7.1', { category: 'ip-blocked' }), // "blocked by the receiver as coming from a known spam source"
  52: bounced('554', '5.7.1', { category: 'spam-content' }),
  53: bounced('554', '5.7.0', { category: 'content-rejected' }),
  54: bounced('550', '5.7.1', { category: 'relay-denied' }),
  60: 'ignored', // auto-reply
  70: bounced('450', '4.0.0'), // "message transmission has been temporarily delayed"
  80: 'ignored', // a mail that looks like a request to subscribe names no list, and anyone can write it
  90: { kind: 'unsubscribe' },
  100: 'ignored', // challenge-response
};
