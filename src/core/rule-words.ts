/** What a rule says, in words: for docs/policy.md and the page of the policy. Pure. */
import type { DomainLadder, Matrix, Outcome, When } from './policy.ts';

/** What an entry weighs in the matrix. */
export const weights: Record<keyof Matrix, string> = {
  'hard-bounce': 'hard bounce for ever, 504',
  'hard-bounce-doubtful': 'hard bounce that expires, is held or mirrored',
  'soft-bounce': 'soft bounce',
  complaint: 'complaint',
  unsubscribe: 'unsubscribe from all mail (from one stream: that stream only)',
  manual: 'manual',
};

export const outcomeWords = (outcome: Outcome): string => {
  switch (outcome.do) {
    case 'suppress':
      return `suppress (${outcome.reason}) ${outcome.for === 'ever' ? 'for ever' : `for ${outcome.for}`}`;
    case 'dead':
      return `dead: ${outcome.steps.join(' → ')}${outcome.alive === null ? '' : `; ${outcome.alive} first where alive`}`;
    case 'strike':
      return `strike: ${outcome.days} day${outcome.days === 1 ? '' : 's'} within ${outcome.within}, then ${outcome.steps.slice(outcome.from).join(' → ')}`;
    default:
      return outcome.do;
  }
};

export const domainWords = ({ addresses, days, apart, within, steps }: DomainLadder): string =>
  `whole domain: ${addresses} addresses on ${days} days, ${apart} apart, within ${within}, then ${steps.join(' → ')}`;

export const whenWords = (when: When): string => {
  const parts = Object.entries(when).map(([name, value]) => {
    if (name === 'class') return `${value}xx`;
    if (name === 'text') return `text /${value}/`;
    return `${name === 'listedFor' ? 'listed for' : name} ${Array.isArray(value) ? value.join(', ') : String(value)}`;
  });
  return parts.length === 0 ? 'everything else' : parts.join('; ');
};
