/**
 * What Resend's bounce labels mean by themselves: the words of Amazon SES, through which it sends. Tables only; a
 * mail server's own words beat them.
 * https://resend.com/docs/dashboard/emails/email-bounces
 */
import type { LabelMeaning } from '../../core/event.ts';

const failed = (code: string, enhanced: string, more: Omit<LabelMeaning, 'kind'> = {}): LabelMeaning => ({
  kind: 'bounce',
  code,
  enhanced,
  ...more,
});
const hard = failed('550', '5.0.0', { proof: 'hard' });
const soft = failed('450', '4.0.0');
/** A bounce in Resend's own word for it, from before there was email.suppressed. */
export const onList = failed('554', '5.7.1', { category: 'suppressed', listedFor: 'bounce' });

const bounces = new Map<string, LabelMeaning>([
  ['Permanent/General', hard],
  ['Permanent/NoEmail', failed('550', '5.1.1', { category: 'mailbox-unknown', proof: 'cause' })],
  ['Permanent/Suppressed', onList], // "it has a history of producing hard bounces"
  ['Permanent/OnAccountSuppressionList', onList],
  ['Permanent/UnsubscribedRecipient', { ...onList, listedFor: 'unsubscribe' }], // UNVERIFIED
  ['Transient/General', soft],
  ['Transient/MailboxFull', failed('452', '4.2.2', { category: 'mailbox-full', proof: 'cause' })],
  ['Transient/MessageTooLarge', failed('552', '5.3.4', { category: 'message-too-large' })],
  ['Transient/ContentRejected', failed('554', '5.7.1', { category: 'content-rejected' })],
  ['Transient/AttachmentRejected', failed('554', '5.7.0', { category: 'content-rejected' })],
  ['Transient/CustomTimeoutExceeded', failed('554', '5.4.7', { category: 'expired' })], // UNVERIFIED
]);

/** A subtype that is not listed means what its type means. */
const types = new Map([
  ['Permanent', hard],
  ['Transient', soft],
  ['Undetermined', soft],
]);

/** A type of tomorrow is a bounce still, of which nothing is proven. */
export function bounceMeaning(type: string, subType: string, prose: string | null): LabelMeaning {
  const row = bounces.get(`${type}/${subType}`) ?? types.get(type) ?? (type === '' ? untyped(prose) : soft);
  return saysSuppressed(prose) && row.category !== 'suppressed' ? onList : row;
}

/** Older requests have prose alone. Without that too: email.bounced means "permanently rejected the email". */
const untyped = (prose: string | null): LabelMeaning =>
  prose === null || /hard bounce/i.test(prose) ? hard : soft;

/** "Resend has suppressed sending to this address because …". */
const saysSuppressed = (prose: string | null): boolean => /has suppressed sending/i.test(prose ?? '');
