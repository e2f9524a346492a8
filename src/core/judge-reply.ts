/** What one reply comes to under a policy, with no history: for previews, tests, imports and the catalogue. Pure. */
import { type Classification, classify } from './classify.ts';
import type { Action, Kind, LabelMeaning, Reply } from './event.ts';
import { matchRule, type Outcome, type Policy, type Rule } from './policy.ts';

export interface GivenReply {
  readonly reply: Reply;
  readonly kind?: Kind;
  readonly meaning?: LabelMeaning;
  /** Of the recipient, canonical. */
  readonly address?: string;
  readonly provider?: string | null;
}

export interface JudgedReply {
  readonly found: Classification;
  readonly rule: Rule;
}

export function judgeReply(policy: Policy, given: GivenReply): JudgedReply {
  const { reply, kind = 'bounce', meaning, address = '', provider = null } = given;
  const found = classify({ kind, reply, meaning: meaning ?? null, provider });
  const rule = matchRule(policy, {
    kind,
    address,
    smtp: reply,
    category: found.category,
    bounceType: found.bounceType,
    strength: found.strength,
    provider: provider ?? '',
    feedback: kind === 'complaint' ? (meaning?.feedback ?? 'abuse') : null,
    listedFor: meaning?.listedFor ?? null,
    hearsay: false,
  });
  return { found, rule };
}

const actions: Readonly<Record<Outcome['do'], Action>> = {
  suppress: 'suppress',
  dead: 'suppress',
  strike: 'strike',
  note: 'note',
  release: 'release',
};

/** What a rule does at once to an address of which nothing else is known. */
export const actionOf = ({ then }: Rule): Action =>
  then.do === 'strike' && then.days <= 1 ? 'suppress' : actions[then.do];
