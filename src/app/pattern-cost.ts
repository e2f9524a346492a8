/**
 * How much work a person's pattern can make at worst. JavaScript's expressions go back and try again, so a pattern
 * that reads well may take minutes over one reply that a stranger wrote. What the parser knows of its parts bounds
 * the steps over the most hostile text; what is above the bound is refused when it is written.
 */
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { PATTERN_SEES } from '../core/policy.ts';

/** Steps from one place of the text, and as many places as a rule sees characters: some 50 ms on a slow core. */
const MOST = 16_384;
/** Of all patterns of a document together: each may be tried on each event. */
export const MOST_TOGETHER = 2 * MOST;

interface Cost {
  /** How it can match from one place. */
  readonly ways: number;
  /** Characters looked at until all of them have been tried. */
  readonly steps: number;
}

/** What is wrong with it and what to write instead; null where it may be used. */
export function patternFault(source: string): string | null {
  const steps = patternSteps(source);
  if (typeof steps === 'string') return steps;
  return steps > MOST
    ? 'could take for ever over a long reply: write gaps with a bound, such as ".{0,40}" in place of ".*", and no repeat inside a repeat'
    : null;
}

/** Steps from one place at worst, or why it is no pattern to be used. */
export function patternSteps(source: string): number | string {
  let pattern: AST.Pattern;
  try {
    new RegExp(source, 'iu');
    pattern = new RegExpParser().parsePattern(source, 0, source.length, { unicode: true });
  } catch (error) {
    return `is no regular expression: ${error instanceof Error ? error.message.replace(/^.*: /, '') : 'unreadable'}`;
  }
  const { steps } = alternatives(pattern.alternatives);
  return Number.isNaN(steps)
    ? 'must do without backreferences and look-arounds: they can take for ever'
    : steps;
}

function alternatives(all: readonly AST.Alternative[]): Cost {
  const each = all.map(({ elements }) => sequence(elements));
  return {
    ways: each.reduce((sum, { ways }) => sum + ways, 0),
    steps: each.reduce((sum, { steps }) => sum + steps, 0),
  };
}

/** Each way through what is before tries what comes next. */
const sequence = (elements: readonly AST.Element[]): Cost =>
  elements.map(cost).reduce(
    (before, next) => ({
      ways: before.ways * next.ways,
      steps: before.steps + before.ways * next.steps,
    }),
    { ways: 1, steps: 0 },
  );

/** NaN = not to be had at any price. */
function cost(element: AST.Element): Cost {
  switch (element.type) {
    case 'Group':
    case 'CapturingGroup':
      return alternatives(element.alternatives);
    case 'Quantifier':
      return repeated(element);
    case 'Backreference':
      return { ways: Number.NaN, steps: Number.NaN };
    case 'Assertion':
      return element.kind === 'lookahead' || element.kind === 'lookbehind'
        ? { ways: Number.NaN, steps: Number.NaN }
        : { ways: 1, steps: 1 };
    default:
      return { ways: 1, steps: 1 };
  }
}

function repeated({ min, max, element }: AST.Quantifier): Cost {
  const inner = cost(element);
  const most = Math.min(max, PATTERN_SEES);
  const choices = most - Math.min(min, most) + 1;
  // Where the inside matches in one way only, the number of repeats is all there is to choose.
  if (inner.ways === 1) return { ways: choices, steps: inner.steps * (most + 1) };
  const ways = inner.ways ** most * choices;
  return { ways, steps: inner.steps * ways };
}
