/**
 * What a category and a reply's class say together: severity, bounce type, verdict. The numbers are
 * docs/policy.md 6; only its overrides are data here. Pure.
 */
import type { FeedbackType, Kind } from './event.ts';
import { type BounceType, type Category, factsOf, type Severity, type Verdict } from './taxonomy.ts';

export type ReplyClass = 2 | 3 | 4 | 5;

/** What one judgement rests on beside the category. `replyClass` null: nothing says 4xx or 5xx. */
export interface Grounds {
  readonly kind: Kind;
  readonly replyClass: ReplyClass | null;
  readonly code: string | null;
  readonly enhanced: string | null;
  readonly feedback?: FeedbackType | null;
}

const steps = ['low', 'medium', 'high', 'critical'] as const satisfies readonly Severity[];

/** Nothing leaves this relay before somebody acts, so a 4xx weighs as much as a 5xx. */
const highBasic: readonly string[] = ['530', '535'];
const highDetail: readonly string[] = ['7.8', '7.14'];

/** Microsoft closes or bans the sending account or tenant: "banned sender", "tenant has exceeded threshold". */
const criticalEnhanced: readonly string[] = ['5.7.511', '5.7.705', '5.7.708', '5.7.750'];

/** Feedback reports whose severity is not that of a complaint. */
const feedbackSeverity: Partial<Record<FeedbackType, Severity>> = {
  fraud: 'critical', // phishing in our name, or a stolen account
  virus: 'critical',
  'not-spam': 'low',
  'auth-failure': 'low',
};

/** The owner's rule: basic code 504, or 5.5.4 with no basic code beside it. */
export const isParameter504 = ({
  code,
  enhanced,
}: {
  code: string | null;
  enhanced: string | null;
}): boolean => code === '504' || (code === null && enhanced === '5.5.4');

export function severityOf(category: Category | null, grounds: Grounds): Severity | null {
  if (category === null || category === 'delivered') return null;
  if (isFailure(grounds.kind) && isParameter504(grounds)) return 'medium';
  if (category === 'complaint')
    return feedbackSeverity[grounds.feedback ?? 'abuse'] ?? factsOf(category).severity;
  if (grounds.enhanced !== null && criticalEnhanced.includes(grounds.enhanced)) return 'critical';
  if (category === 'smtp-auth-tls' && isClosedRelay(grounds)) return 'high';
  const { severity } = factsOf(category);
  return isTemporary(grounds) ? (steps[steps.indexOf(severity) - 1] ?? 'low') : severity;
}

export function bounceTypeOf(category: Category | null, grounds: Grounds): BounceType {
  if (!isFailure(grounds.kind) || category === null) return 'none';
  if (category === 'delivered' || category === 'auto-reply' || category === 'complaint') return 'none';
  if (isParameter504(grounds)) return 'hard';
  if (isTemporary(grounds) || factsOf(category).soft) return 'soft';
  // Nobody said that it is permanent.
  return category === 'unknown' && grounds.replyClass === null ? 'soft' : 'hard';
}

/** What the reply says about the address. A 4xx or a deferral never condemns it; 504 always does. */
export function verdictOf(category: Category, grounds: Grounds): Verdict {
  if (isFailure(grounds.kind) && isParameter504(grounds)) return 'suppress';
  const { blame, verdict } = factsOf(category);
  if (blame === 'event') return verdict;
  if (isTemporary(grounds)) return 'retry';
  // RFC 7293: the mailbox has a new owner, who must not get the old one's mail.
  return grounds.enhanced === '5.7.17' && category === 'recipient-refused' ? 'suppress' : verdict;
}

const isFailure = (kind: Kind): boolean => kind === 'bounce' || kind === 'deferral' || kind === 'reject';

const isTemporary = ({ kind, replyClass }: Grounds): boolean => kind === 'deferral' || replyClass === 4;

const isClosedRelay = ({ code, enhanced }: Grounds): boolean =>
  (code !== null && highBasic.includes(code)) ||
  (enhanced !== null && highDetail.includes(enhanced.slice(enhanced.indexOf('.') + 1)));
