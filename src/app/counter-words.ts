/** What a ladder had counted, as a sentence. Pure. */
import type { Counter, Uncounted } from '../core/counters.ts';
import type { Duration } from '../core/policy.ts';
import { day } from './story.ts';

const uncountedWords: Readonly<Record<Uncounted, string>> = {
  'same-message': 'Not counted: another report of the same failure was',
  'stands-already': 'Not counted: what it adds to stands already',
  released: 'Not counted: its message was sent before a release',
  held: 'Counts for nothing: an incident holds it',
};

export function counterInWords(counter: Counter): string {
  const { uncounted } = counter;
  if (uncounted !== null)
    return `${uncountedWords[uncounted]}${uncounted === 'stands-already' ? `, ${end(counter)}` : ''}.`;
  const counted = { strike: strikeWords, dead: deadWords, domain: domainWords }[counter.ladder](counter);
  return `${counted}${since(counter)}${outcome(counter)}.`;
}

function strikeWords({ days, failures, within }: Counter): string {
  const { counted = 0, needed = 0 } = days ?? {};
  const more = failures !== null && failures > counted ? ` (${failures} failures)` : '';
  return needed === 1 && counted > 1
    ? `${ordinal(counted)} day with a soft bounce within ${span(within)}${more}; soon after an expiry one is enough`
    : `${ordinal(counted)} day of ${needed} with a soft bounce within ${span(within)}${more}`;
}

function deadWords({ step, within, apart, alive }: Counter): string {
  const { reached = 1, of = 1 } = step ?? {};
  const ladder =
    of === 1
      ? 'A hard bounce that says clearly that the address is dead'
      : `Step ${reached} of ${of} for a dead address; a next one counts ${span(apart ?? '0d')} later, within ${span(within)}`;
  return alive ? `${ladder}; it took other mail shortly before, so for a short while first` : ladder;
}

function domainWords({ addresses, days, within }: Counter): string {
  const { counted = 0, needed = 0 } = addresses ?? {};
  const on = days === null ? '' : ` on ${days.counted} of ${days.needed} days`;
  return `${ordinal(counted)} address of ${needed} of its domain,${on} within ${span(within)}`;
}

/** Of the first one there is nothing to say. */
const since = ({ since: at, failures, step }: Counter): string =>
  at === null || (failures ?? step?.reached ?? 1) === 1 ? '' : `, since ${day(at)}`;

function outcome(counter: Counter): string {
  if (!counter.blocks) return '';
  const { ladder, step } = counter;
  const of = ladder !== 'dead' && step !== null && step.of > 1 ? `, step ${step.reached} of ${step.of}` : '';
  return `: ${ladder === 'domain' ? 'the whole domain is suppressed' : 'suppressed'} ${end(counter)}${of}`;
}

const end = ({ until }: Counter): string => (until === null ? 'for ever' : `until ${day(until)}`);

const ordinals = [
  'First',
  'Second',
  'Third',
  'Fourth',
  'Fifth',
  'Sixth',
  'Seventh',
  'Eighth',
  'Ninth',
  'Tenth',
];
const ordinal = (count: number): string => ordinals[count - 1] ?? `${count}th`;

/** `90 days`, `72 hours`. */
function span(duration: Duration): string {
  if (duration === 'ever') return 'any time';
  const unit = { d: 'day', h: 'hour', m: 'minute' }[duration.slice(-1) as 'd' | 'h' | 'm'];
  const count = Number(duration.slice(0, -1));
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
