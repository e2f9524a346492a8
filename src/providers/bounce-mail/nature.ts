/** What kind of mail it is, before anything is read from it: anyone can send to the address that takes bounces. */
import { decodeWords } from 'postal-mime';
import { parseReplyText } from '../../core/smtp.ts';
import type { Mail } from '../mail.ts';
import { type Fields, firstOf } from './fields.ts';
import { failedFields } from './phrases.ts';
import { answers, autoReplies, daemons, delays, failures, finals, refusals, successes } from './sentences.ts';

/** `failed`, `delayed` and `relayed` are what RFC 3464 calls these actions; the last also stands for delivered. */
export type Nature = 'failed' | 'delayed' | 'relayed' | 'auto-reply' | 'read-receipt' | 'other';

/** Enough for the sentences that say so; what comes after is the reply or the original. */
const maxWords = 4_096;
const maxSubject = 1_000;

export function natureOf({ headers, parts }: Mail, notice: string): Nature {
  const words = notice.slice(0, maxWords);
  if (isReadReceipt(headers, parts)) return refusals.test(words) ? 'failed' : 'read-receipt';
  const subject = decodeWords((firstOf(headers, 'subject') ?? '').slice(0, maxSubject));
  if (successes.test(subject)) return 'relayed';
  const bounced = isDelay(subject, words) ? 'delayed' : 'failed';
  if (firstOf(headers, ...failedFields) !== undefined) return bounced;
  const bySubject = failures.test(subject) || delays.test(subject);
  const byWords = failures.test(words);
  const hasNoSender = firstOf(headers, 'return-path')?.trim() === '<>';
  if (isFromDaemon(headers)) {
    if (bySubject || byWords || bounced === 'delayed') return bounced;
    if (isAutoReply(headers, subject)) return 'auto-reply';
    // In a language that is not known here: whether it still tries, only a reply that is final tells.
    return hasNoSender && parseReplyText(words).code?.startsWith('5') ? 'failed' : 'other';
  }
  if (isAutoReply(headers, subject)) return 'auto-reply';
  if (answers.test(subject)) return 'other';
  return (hasNoSender ? bySubject || byWords : bySubject && byWords) ? bounced : 'other';
}

/** RFC 8098. */
const isReadReceipt = (headers: Fields, parts: Mail['parts']): boolean =>
  /disposition-notification/i.test(firstOf(headers, 'content-type') ?? '') ||
  parts.some(({ type }) => type === 'message/disposition-notification');

/** By its name, or by what it calls its mail, which people do not write. */
const isFromDaemon = (headers: Fields): boolean =>
  daemons.test((firstOf(headers, 'from') ?? '').slice(0, maxSubject)) ||
  /\breport-type\s*=\s*"?delivery-status\b/i.test(firstOf(headers, 'content-type') ?? '');

/** RFC 3834 5, and what programs wrote before it. */
const isAutoReply = (headers: Fields, subject: string): boolean =>
  autoReplies.test(subject) ||
  /^\s*auto-replied/i.test(firstOf(headers, 'auto-submitted') ?? '') ||
  /^\s*auto_reply/i.test(firstOf(headers, 'precedence') ?? '') ||
  firstOf(headers, 'x-autoreply', 'x-autorespond', 'x-autoresponder') !== undefined;

/** A notice that speaks of delays and of giving up has given up. */
const isDelay = (subject: string, words: string): boolean =>
  !(finals.test(subject) || finals.test(words)) && (delays.test(subject) || delays.test(words));
