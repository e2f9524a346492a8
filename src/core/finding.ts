/**
 * What decided about one fact, how much it proves about the address, and how sure it is. Pure.
 */
import type { Kind, LabelMeaning, Reply, Strength } from './event.ts';
import type { Grounds } from './severity.ts';
import type { Category } from './taxonomy.ts';
import { saysSomething } from './text-rules/index.ts';

export interface ClassifyInput {
  readonly kind: Kind;
  readonly reply: Reply;
  readonly meaning?: LabelMeaning | null;
  readonly provider?: string | null;
}

/**
 * `high`: words of one receiver, words that say one thing, a code that names a cause. `medium`: general words, a
 * code or a label that leaves room. `low`: presumed, for lack of better.
 */
export type Confidence = 'high' | 'medium' | 'low';

/** What decided, before severity and the rest follow from it. */
export interface Finding {
  readonly category: Category;
  readonly by: 'text' | 'enhanced' | 'basic' | 'label' | 'presumed' | 'nothing';
  readonly rule: string;
  readonly evidence: readonly string[];
  /** Of words: they are common, and say no more than that mail was refused. */
  readonly general?: boolean;
}

const dead: readonly Category[] = [
  'mailbox-unknown',
  'mailbox-disabled',
  'mailbox-moved',
  'address-syntax',
  'domain-invalid',
];

/** Enhanced and basic codes that prove a dead address as long as no text contradicts. */
const strongEnhanced = ['5.1.1', '5.1.2', '5.1.3', '5.1.6', '5.1.10', '5.7.17', '5.7.18'];
const strongBasic = ['556'];
/** As strong, but only alone: with words they mostly refuse the client (521), its account (525) or a relay (551). */
export const strongAlone = ['521', '525', '551'];

export function strengthOf(
  { kind, reply, meaning }: ClassifyInput,
  found: Finding,
  grounds: Grounds,
): Strength {
  if (kind === 'deferral' || grounds.replyClass === 4 || found.rule === '504') return 'none';
  const newOwner = reply.enhanced === '5.7.17' && found.by === 'enhanced';
  if (!dead.includes(found.category) && !newOwner) return 'none';
  const { code, enhanced } = reply;
  const alone = !hasUnreadWords(reply);
  if (found.by === 'text') return 'strong';
  if (meaning?.proof === 'cause' && meaning.category === found.category) return 'strong';
  if (found.by === 'enhanced' && enhanced !== null && strongEnhanced.includes(enhanced)) return 'strong';
  if (found.by === 'basic' && code !== null) {
    if (strongBasic.includes(code) || strongAlone.includes(code)) return 'strong';
  }
  if (!alone) return 'none';
  if (found.by === 'presumed')
    return code === '550' || (code === null && enhanced === '5.0.0') ? 'weak' : 'none';
  if (enhanced === '5.2.1' && found.by === 'enhanced') return 'weak';
  return meaning?.proof === 'hard' ? 'weak' : 'none';
}

/** Enhanced codes that are used for many causes (docs/policy.md 1). */
const overloaded = /^[45]\.(?:7\.[01]|[0-7]\.0)$/;

export function confidenceOf({ reply, meaning }: ClassifyInput, found: Finding): Confidence {
  switch (found.by) {
    case 'text':
      return found.general ? 'medium' : 'high';
    case 'enhanced':
      return reply.enhanced !== null && overloaded.test(reply.enhanced) ? 'medium' : 'high';
    case 'basic':
      return found.rule === '504' ? 'high' : 'medium';
    case 'label':
      if (meaning?.proof === 'cause') return 'high';
      return meaning?.proof === 'hard' ? 'low' : 'medium';
    default:
      return 'low';
  }
}

/**
 * Words of the receiver's that no rule knows speak against a label or a bare code. Beside an inferred code the
 * text is the provider's prose, not a reply, and its label holds.
 */
export const hasUnreadWords = (reply: Reply): boolean =>
  reply.source !== 'inferred' && saysSomething(reply.text);

export const isObserved = ({ source }: Reply): boolean => source === 'reported' || source === 'parsed';
