/** Why a rule of the classifier says what it says, and who says so: for people who ask. Pure. */
import { basicRow } from './codes/basic.ts';
import { enhancedRow } from './codes/enhanced.ts';
import { vendorCode } from './codes/vendor.ts';
import { textRules } from './text-rules/index.ts';

export interface Because {
  readonly why: string;
  /** A page, a standard, or the program whose words they are; null where nobody but us says so. */
  readonly source: string | null;
}

const rulesById = new Map(textRules.map((rule) => [rule.id, rule]));

const others: Readonly<Record<string, Because>> = {
  '504': {
    why: 'Sending the same command again gets the same answer: 504 is permanent, and suppresses the address.',
    source: 'RFC 5321 4.2.2',
  },
  label: { why: 'The provider’s own word for it; the reply says nothing more exact.', source: null },
  'unmapped-text': {
    why: 'No rule knows these words, and the codes beside them leave the cause open.',
    source: null,
  },
  nothing: { why: 'Neither words nor codes tell the cause.', source: null },
};

/** `rule` as `Classification` names it; null for a rule of a version that is gone, and for events that are no failures. */
export function becauseOf(rule: string): Because | null {
  const at = rule.indexOf(':');
  const [kind, name] = [rule.slice(0, at), rule.slice(at + 1)];
  if (kind === 'text') return rulesById.get(name) ?? null;
  if (kind === 'enhanced') {
    const vendor = vendorCode(name);
    if (vendor !== null) return { why: vendor.meaning, source: vendor.source };
    const row = enhancedRow(name);
    return row === null ? null : { why: row.meaning, source: row.standard };
  }
  if (kind === 'basic') {
    const row = basicRow(name);
    return row === null ? null : { why: row.meaning, source: row.standard };
  }
  return Object.hasOwn(others, rule) ? (others[rule] ?? null) : null;
}
