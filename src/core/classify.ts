/**
 * What one fact means: category, blame, bounce type, severity, verdict, and how much it proves. Pure.
 * Evidence in this order: text that a rule knows, enhanced code, basic code, the provider's label
 * (docs/policy.md 1). A guess from a bare 550, 553 or 554 comes after a label that names a cause, and never
 * stands against words that nobody could read.
 */
import { basicRow } from './codes/basic.ts';
import { enhancedCategory } from './codes/enhanced.ts';
import { vendorCode } from './codes/vendor.ts';
import type { Reply, Strength } from './event.ts';
import {
  type ClassifyInput,
  type Confidence,
  confidenceOf,
  type Finding,
  hasUnreadWords,
  isObserved,
  strengthOf,
  strongAlone,
} from './finding.ts';
import {
  bounceTypeOf,
  type Grounds,
  isParameter504,
  type ReplyClass,
  severityOf,
  verdictOf,
} from './severity.ts';
import {
  type Blame,
  type BounceType,
  CATEGORY_OF_504,
  type Category,
  factsOf,
  type Severity,
  type Verdict,
} from './taxonomy.ts';
import { matchText, senderStatus } from './text-rules/index.ts';

export interface Classification {
  readonly category: Category | null;
  readonly blame: Blame;
  readonly bounceType: BounceType;
  readonly severity: Severity | null;
  readonly verdict: Verdict;
  readonly strength: Strength;
  readonly confidence: Confidence;
  /** `text:<id>`, `enhanced:5.1.1`, `basic:550`, `label`, `504` … */
  readonly rule: string;
  readonly evidence: readonly string[];
  readonly textMatched: boolean;
}

export function classify(input: ClassifyInput): Classification {
  const { kind, meaning } = input;
  switch (kind) {
    case 'delivery':
      return event(input, 'delivered', 'ignore');
    case 'complaint': {
      const harmless = ['virus', 'not-spam', 'auth-failure'].includes(meaning?.feedback ?? 'abuse');
      return event(input, 'complaint', harmless ? 'ignore' : 'suppress');
    }
    case 'unsubscribe':
      return event(input, null, 'suppress');
    case 'resubscribe':
      return event(input, null, 'ignore');
    default:
      return failure(input);
  }
}

function event(
  { kind, reply, meaning }: ClassifyInput,
  category: Category | null,
  verdict: Verdict,
): Classification {
  const grounds = {
    kind,
    replyClass: null,
    code: reply.code,
    enhanced: reply.enhanced,
    feedback: meaning?.feedback ?? null,
  };
  return {
    category,
    blame: 'event',
    bounceType: 'none',
    severity: severityOf(category, grounds),
    verdict,
    strength: 'none',
    confidence: 'high',
    rule: `kind:${kind}`,
    evidence: [],
    textMatched: false,
  };
}

function failure(input: ClassifyInput): Classification {
  const { kind, reply } = input;
  const found = find(input);
  if (found.category === 'delivered' && found.by === 'basic') return event(input, 'delivered', 'ignore');
  const grounds: Grounds = {
    kind,
    replyClass: replyClass(input),
    code: reply.code,
    enhanced: reply.enhanced,
  };
  return {
    category: found.category,
    blame: factsOf(found.category).blame,
    bounceType: bounceTypeOf(found.category, grounds),
    severity: severityOf(found.category, grounds),
    verdict: nobodyReplied(input, found) ? 'suppress' : verdictOf(found.category, grounds),
    strength: strengthOf(input, found, grounds),
    confidence: confidenceOf(input, found),
    rule: found.rule,
    evidence: found.evidence,
    textMatched: found.by === 'text',
  };
}

function find(input: ClassifyInput): Finding {
  const { kind, reply, meaning } = input;
  if (isParameter504(reply))
    return { category: CATEGORY_OF_504, by: 'basic', rule: '504', evidence: codesOf(reply) };
  // Nobody was asked, so that any words are the provider's own.
  if (kind === 'reject' && meaning?.category !== undefined)
    return { category: meaning.category, by: 'label', rule: 'label', evidence: [] };
  return byText(input) ?? byCode(reply) ?? byLabel(input) ?? byGuess(input);
}

function byText({ reply }: ClassifyInput): Finding | null {
  if (reply.text === null) return null;
  const observed = isObserved(reply) ? reply : { code: null, enhanced: null };
  if (/^[23]/.test(observed.code ?? '') && !/^[45]/.test(observed.enhanced ?? '')) return null;
  const match = matchText(reply.text, { code: observed.code, enhanced: observed.enhanced });
  if (
    match === null ||
    (match.rule.general &&
      observed.enhanced !== null &&
      (vendorCode(observed.enhanced) !== null || senderStatus.test(observed.enhanced)))
  )
    return null;
  const { id, category, general = false } = match.rule;
  return { category, by: 'text', rule: `text:${id}`, evidence: [match.words, ...codesOf(reply)], general };
}

/** A code that means one thing. Vague and overloaded ones are left to the label and to `byGuess`. */
function byCode(reply: Reply): Finding | null {
  if (!isObserved(reply)) return null;
  const { code, enhanced } = reply;
  const evidence = codesOf(reply);
  if (enhanced !== null && /^[45]/.test(enhanced)) {
    const category = enhancedCategory(enhanced, code);
    if (category !== null && category !== 'unknown')
      return { category, by: 'enhanced', rule: `enhanced:${enhanced}`, evidence };
    if (category === 'unknown') return null;
  }
  const basic = basicRow(code);
  if (basic === null || basic.presumed || basic.category === 'delivered') return null;
  if (strongAlone.includes(basic.code) && hasUnreadWords(reply)) return null;
  return { category: basic.category, by: 'basic', rule: `basic:${basic.code}`, evidence };
}

function byLabel({ kind, reply, meaning }: ClassifyInput): Finding | null {
  const evidence = codesOf(reply);
  const named = meaning?.category;
  if (named !== undefined && named !== 'unknown' && meaning?.proof !== 'hard') {
    return { category: named, by: 'label', rule: 'label', evidence };
  }
  if (kind === 'reject' && named === undefined)
    return { category: 'suppressed', by: 'label', rule: 'label', evidence };
  // A code that an adapter made from a label is no better than the label, and no match for unread words.
  if (!isObserved(reply) && reply.source !== null && !hasUnreadWords(reply)) {
    const made = byCode({ ...reply, source: 'reported' });
    if (made !== null) return { ...made, by: 'label', rule: 'label' };
  }
  return null;
}

function byGuess({ reply, meaning }: ClassifyInput): Finding {
  const evidence = codesOf(reply);
  const nothing: Finding = {
    category: 'unknown',
    by: 'nothing',
    rule: hasUnreadWords(reply) ? 'unmapped-text' : 'nothing',
    evidence,
  };
  const { code, enhanced } = reply;
  const basic = basicRow(code);
  const succeeded = basic?.category === 'delivered' && isObserved(reply) && !/^[45]/.test(enhanced ?? '');
  if (succeeded && meaning?.proof === undefined)
    return { category: 'delivered', by: 'basic', rule: `basic:${basic.code}`, evidence };
  if (hasUnreadWords(reply)) return nothing;
  // 5.1.0 and the like say that the address, or something, is wrong, but not what.
  if (isObserved(reply) && enhanced !== null && enhancedCategory(enhanced, code) === 'unknown')
    return nothing;
  if (basic?.presumed)
    return { category: basic.category, by: 'presumed', rule: `basic:${basic.code}`, evidence };
  if (code === null && enhanced === '5.0.0')
    return { category: 'mailbox-unknown', by: 'presumed', rule: 'enhanced:5.0.0', evidence };
  if (meaning?.proof === 'hard') return { category: 'mailbox-unknown', by: 'label', rule: 'label', evidence };
  return nothing;
}

/**
 * A final report that the domain does not exist or has no mail host holds even as `Status: 4.x`: no receiver
 * replied, so nobody asked to try again.
 */
const nobodyReplied = ({ kind, reply }: ClassifyInput, { by, category }: Finding): boolean =>
  kind === 'bounce' &&
  by === 'text' &&
  category === 'domain-invalid' &&
  (reply.code === null || !isObserved(reply));

/** By the basic code, else the enhanced one; null where only the kind is known. */
function replyClass({ kind, reply }: ClassifyInput): ReplyClass | null {
  const digit = (reply.code ?? reply.enhanced)?.[0];
  if (digit === '4' || digit === '5') return digit === '4' ? 4 : 5;
  return kind === 'deferral' ? 4 : null;
}

const codesOf = ({ code, enhanced }: Reply): readonly string[] =>
  [code, enhanced].filter((each) => each !== null);
