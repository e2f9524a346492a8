/** The whole story of an address in plain words: what blocks it, for which mail, since when, why, and what would lift it. Pure. */
import type { Reason } from '../core/event.ts';
import type { Act } from '../core/facts.ts';
import { REVIVAL_WINDOW } from '../core/lifting.ts';
import { blockedClasses, type Policy, type Rule, type StreamClass, streamClasses } from '../core/policy.ts';
import { toRfc3339 } from '../core/time.ts';
import type { ActRow, EntryRow, EventRow } from '../store/store.ts';
import { blocks } from './list.ts';

type Written = Extract<Act, { kind: 'written' }>;

export interface StoryFacts {
  readonly address: string;
  /** What stands now, entries of the whole domain included, hardest to lift first; what an allowance overrides is left out. */
  readonly blocking: readonly EntryRow[];
  /** Whether it was ever on the list, or an event tells of it. */
  readonly known: boolean;
  readonly listedAt: readonly string[];
  readonly allowedUntil: number | null;
  /** Newest first. */
  readonly events: readonly EventRow[];
  readonly acts: readonly ActRow[];
}

/** Each class of mail, and the entry that blocks it; null = it may be sent. */
export function classesOf(
  policy: Policy,
  blocking: readonly EntryRow[],
): Record<StreamClass, EntryRow | null> {
  const blocker = (one: StreamClass) =>
    blocking.find((entry) => entry.stream === '*' && blockedClasses(policy, entry).includes(one)) ?? null;
  return Object.fromEntries(streamClasses.map((one) => [one, blocker(one)])) as Record<
    StreamClass,
    EntryRow | null
  >;
}

/** The streams that are blocked though their class is not: somebody left just these. */
export const streamsLeft = (policy: Policy, blocking: readonly EntryRow[]): string[] =>
  [...new Set(blocking.filter(({ stream }) => stream !== '*').map(({ stream }) => stream))].filter((stream) =>
    blocking.some((entry) => blocks(policy, entry, stream)),
  );

/** Why the entry's rule is what it is, in the policy's words. */
export function whyOf(policy: Policy, entry: EntryRow): string | null {
  if (entry.rule === 'manual') return 'Somebody put it on the list by hand.';
  if (entry.rule === 'import') return 'It came with an imported list.';
  return policy.rules.find(({ id }) => id === entry.rule)?.why ?? null;
}

/** What would lift an entry that stands (docs/policy.md 4), each as a short phrase. */
export function liftedBy(policy: Policy, entry: EntryRow, lastAt: number | null): string[] {
  const ways: string[] = [];
  if (entry.until !== null) ways.push(`time: it ends on ${day(entry.until)}`);
  if (entry.reason === 'unsubscribe' && entry.origin !== 'manual' && entry.origin !== 'import')
    ways.push(entry.stream === '*' ? 'a resubscribe to all mail' : `a resubscribe to ${entry.stream}`);
  const delivery = deliveryThatLifts(policy, entry, lastAt);
  if (delivery !== null) ways.push(delivery);
  ways.push(releaseThatLifts(entry));
  return ways;
}

function deliveryThatLifts(policy: Policy, entry: EntryRow, lastAt: number | null): string | null {
  if (entry.reason !== 'hard-bounce' && entry.reason !== 'soft-bounce') return null;
  if (entry.stream !== '*' || entry.origin === 'manual') return null;
  if (entry.address.startsWith('@')) return `a delivery to anybody at ${entry.address.slice(1)}`;
  const outcome = ruleOf(policy, entry)?.then.do;
  // A rule that suppresses outright is lifted by people and time alone: 504, and rules of one's own.
  if (entry.origin === 'event' && outcome === 'suppress') return null;
  if (entry.until !== null) return 'a delivery of another message';
  return lastAt === null
    ? null
    : `a delivery of another message until ${day(lastAt + REVIVAL_WINDOW)}; later ones may reach a new owner`;
}

function releaseThatLifts({ reason, code, enhanced, blame }: EntryRow): string {
  if (reason === 'complaint' || reason === 'unsubscribe')
    return 'a release with evidence of consent newer than it';
  const is504 = code === '504' || (code === null && enhanced === '5.5.4');
  if (is504 && blame === 'sender')
    return 'a release once the sender is mended, of this entry or of all of its cause: mailstop release --code 504';
  return 'a release by a person';
}

const ruleOf = (policy: Policy, { rule }: EntryRow): Rule | undefined =>
  policy.rules.find(({ id }) => id === rule);

/** When the fact that an entry rests on happened; null where it is not among the events. */
export const lastAtOf = (entry: EntryRow, events: readonly EventRow[]): number | null =>
  events.find(({ id }) => id === entry.event_id)?.at ?? null;

const reasonWords: Readonly<Record<Reason, string>> = {
  complaint: 'a complaint',
  unsubscribe: 'an unsubscribe',
  manual: 'an entry by hand',
  'hard-bounce': 'a hard bounce',
  'soft-bounce': 'soft bounces',
};

/** A few sentences, the answer first. */
export function inWords(policy: Policy, facts: StoryFacts): string[] {
  const { address, blocking, listedAt, allowedUntil } = facts;
  const sentences = [answer(policy, facts)];
  for (const entry of blocking) sentences.push(...entryInWords(policy, entry, facts));
  if (allowedUntil !== null)
    sentences.push(
      `Somebody answers for ${address} until ${day(allowedUntil)}: no bounce blocks it, whatever stands.`,
    );
  if (listedAt.length > 0)
    sentences.push(
      `${listedAt.join(' and ')} ${listedAt.length === 1 ? 'keeps' : 'keep'} it on ${listedAt.length === 1 ? 'its' : 'their'} own list: a release here releases it there only where the list is written back.`,
    );
  sentences.push(...refusedInWords(facts));
  const released = facts.acts.find(({ kind }) => kind === 'release');
  if (released !== undefined)
    sentences.push(
      `It was last released on ${day(released.at)} by ${released.actor}: ${JSON.parse(released.detail).why}`,
    );
  return sentences;
}

/** Where a provider did not take the last change of its own list. */
function refusedInWords({ acts }: StoryFacts): string[] {
  const written = acts
    .filter(({ kind }) => kind === 'written')
    .map(({ at, detail }) => ({ at, ...(JSON.parse(detail) as Omit<Written, 'at'>) }));
  return [...Map.groupBy(written, ({ sourceId }) => sourceId).values()].flatMap(([last]) =>
    last?.what === 'refused'
      ? [`${last.provider} refused to change its own list for it on ${day(last.at)}: ${last.why}`]
      : [],
  );
}

function answer(policy: Policy, { address, blocking, known, allowedUntil }: StoryFacts): string {
  if (blocking.length === 0) {
    if (!known) return `Nothing is known of ${address}: it may be sent to.`;
    return `${address} may be sent to${allowedUntil === null ? ': nothing stands against it' : ''}.`;
  }
  const classes = classesOf(policy, blocking);
  const [no, yes] = [
    streamClasses.filter((one) => classes[one] !== null),
    streamClasses.filter((one) => classes[one] === null),
  ];
  const left = streamsLeft(policy, blocking);
  const but = left.length > 0 && no.length < streamClasses.length ? ` It has left ${left.join(', ')}.` : '';
  if (no.length === 0 && left.length === 0)
    return `${address} may be sent to: what stands blocks no class of mail.`;
  if (no.length === 0)
    return `${address} may be sent to, but for the streams that it has left: ${left.join(', ')}.`;
  if (yes.length === 0) return `${address} is suppressed: no mail at all.`;
  return `${address} is suppressed for ${no.join(' and ')} mail; ${yes.join(' and ')} mail may go.${but}`;
}

function entryInWords(policy: Policy, entry: EntryRow, { address, events }: StoryFacts): string[] {
  const event = events.find(({ id }) => id === entry.event_id);
  const whose = entry.address === address ? '' : ` of the whole domain ${entry.address.slice(1)}`;
  const scope = entry.stream === '*' ? '' : ` from ${entry.stream}`;
  const until = entry.until === null ? 'for ever' : `until ${day(entry.until)}`;
  const from =
    event === undefined
      ? entry.provider === null
        ? ''
        : `, from ${entry.provider}`
      : `, reported by ${event.provider} on ${day(event.at)}`;
  const words = event?.text ?? null;
  const said = words === null ? codesIn(entry) : `: ${words.slice(0, 300)}`;
  const why = whyOf(policy, entry);
  const rule =
    entry.rule === null || entry.rule === 'manual' || entry.rule === 'import'
      ? ''
      : `Rule ${entry.rule} of policy ${entry.policy_version} decided it. `;
  return [
    `${capital(reasonWords[entry.reason])}${whose}${scope}, on the list since ${day(entry.created_at)}, ${until}${from}${said}`,
    `${rule}${why ?? ''}`.trim(),
    `It is lifted by ${liftedBy(policy, entry, lastAtOf(entry, events)).join('; or by ')}.`,
  ].filter((sentence) => sentence !== '');
}

function codesIn({ code, enhanced, code_source }: EntryRow): string {
  const codes = [code, enhanced].filter((one) => one !== null).join(' ');
  if (codes === '') return '.';
  return code_source === 'inferred' ? `. Its label stands for ${codes}; nobody replied so.` : `: ${codes}`;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const day = (at: number): string => `${toRfc3339(at).slice(0, 16).replace('T', ' ')} UTC`;
