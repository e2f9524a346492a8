/**
 * How much work a person's pattern can make at worst. JavaScript's expressions go back and try again, so a pattern
 * that reads well may take minutes over one reply that a stranger wrote. What the parser knows of its repeats
 * bounds the ways in which it can match from one place; a pattern above the bound is refused when it is written.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { PATTERN_SEES } from '../core/policy.ts';

/** Ways to match from one place: room for one `.*`, or for several `.{0,40}`. */
const MOST = 8_192;

/** What is wrong with it and what to write instead; null where it may be used. */
export function patternFault(source: string): string | null {
  let pattern: AST.Pattern;
  try {
    new RegExp(source, 'iu');
    pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: true });
  } catch (error) {
    return `is no regular expression: ${error instanceof Error ? error.message.replace(/^.*: /, '') : 'unreadable'}`;
  }
  const cost = alternatives(pattern.alternatives);
  if (Number.isNaN(cost)) return 'must do without backreferences and look-arounds: they can take for ever';
  return cost > MOST
    ? 'could take for ever over a long reply: write gaps with a bound, such as ".{0,40}" in place of ".*", and no repeat inside a repeat'
    : null;
}

const alternatives = (all: readonly AST.Alternative[]): number =>
  all.reduce((sum, one) => sum + sequence(one.elements), 0);

const sequence = (elements: readonly AST.Element[]): number =>
  elements.reduce((product, element) => product * ways(element), 1);

/** NaN = not to be had at any price. */
function ways(element: AST.Element): number {
  switch (element.type) {
    case 'Group':
    case 'CapturingGroup':
      return alternatives(element.alternatives);
    case 'Quantifier':
      return repeated(element);
    case 'Backreference':
      return Number.NaN;
    case 'Assertion':
      return element.kind === 'lookahead' || element.kind === 'lookbehind' ? Number.NaN : 1;
    default:
      return 1;
  }
}

function repeated({ min, max, element }: AST.Quantifier): number {
  const inner = ways(element);
  const most = Math.min(max, PATTERN_SEES);
  // Where the inside matches in one way only, the number of repeats is all there is to choose.
  return inner === 1 ? most - Math.min(min, most) + 1 : inner ** most * (most - min + 1);
}
