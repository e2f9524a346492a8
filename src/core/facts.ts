/** What is known of one address: events, acts of people and delivery marks, and the order in which they count. */
import type { FeedbackType, Kind, ListedFor, MailEvent, Reason } from './event.ts';
import type { MessageRef } from './message.ts';
import { MINUTE } from './time.ts';

/** What the fold needs of an event, whether new or read back from the store. */
export type EventFact = Pick<
  MailEvent,
  | 'id'
  | 'kind'
  | 'address'
  | 'at'
  | 'sentAt'
  | 'stream'
  | 'group'
  | 'smtp'
  | 'category'
  | 'blame'
  | 'bounceType'
  | 'severity'
  | 'strength'
  | 'messageId'
  | 'rfcMessageId'
  | 'provider'
  | 'sourceId'
  | 'providerType'
  | 'listed'
  | 'hearsay'
> & { readonly feedback: FeedbackType | null; readonly listedFor: ListedFor | null };

export type Act = { readonly id: string; readonly at: number; readonly actor: string } & (
  | {
      readonly kind: 'block';
      readonly stream: string;
      readonly reason: Reason;
      readonly until: number | null;
      readonly note: string | null;
    }
  | {
      readonly kind: 'import';
      readonly stream: string;
      readonly reason: Reason;
      readonly until: number | null;
      readonly note: string | null;
      readonly cause: ImportedCause | null;
      /** The provider whose own list the row is of. */
      readonly listedAt?: string;
    }
  | {
      /** Somebody answers for the address: until then no bounce blocks it. A later one takes its place. */
      readonly kind: 'allow';
      readonly until: number;
      readonly note: string | null;
    }
  | {
      readonly kind: 'release';
      readonly reasons: readonly Reason[];
      /** null = all streams. */
      readonly stream: string | null;
      readonly why: string;
      /** Only entries resting on this basic code; failures of that code are barred for `grace` ms more. */
      readonly code: string | null;
      readonly grace: number;
      /** Consent, needed for complaints and unsubscribes: newer ones than this stand. */
      readonly evidence: { readonly text: string; readonly at: number } | null;
      /** Only what this incident holds, and what providers keep on their own lists because of it. */
      readonly incident?: string;
    }
  | {
      /** A suspected mass mistake: these failures block, count for nothing else, and wait for a person or for time. */
      readonly kind: 'hold';
      readonly incident: string;
      /** Ids of the events. */
      readonly events: readonly string[];
    }
  | {
      /** What came of writing the list back to a provider's own: it names the address since, or does not any more. */
      readonly kind: 'written';
      readonly provider: string;
      readonly sourceId: string;
      readonly what: 'added' | 'removed' | 'refused';
      /** What the provider said, where it refused. */
      readonly why: string | null;
    }
  | {
      /** Takes a release or a hold back, as if it had never been. */
      readonly kind: 'undo';
      /** Id of what it takes back. */
      readonly undone: string;
    }
);

/** Acts that an entry may rest on. */
export type Listing = Extract<Act, { kind: 'block' | 'import' }>;

/** Codes and text that came with an imported row, as the classifier read them. */
export type ImportedCause = Pick<MailEvent, 'smtp' | 'category' | 'blame' | 'bounceType' | 'severity'> & {
  readonly provider: string | null;
};

/** A delivery known only by its mark. */
export interface Mark extends MessageRef {
  readonly at: number;
}

export interface Facts {
  readonly events: readonly EventFact[];
  readonly acts: readonly Act[];
  readonly marks: readonly Mark[];
}

/** One fact, told by its type. */
export type Step =
  | { readonly type: 'event'; readonly fact: EventFact }
  | { readonly type: 'act'; readonly fact: Act }
  | { readonly type: 'mark'; readonly fact: Mark };

const rank: Record<Kind | 'mark' | 'act', number> = {
  delivery: 0,
  mark: 0,
  bounce: 1,
  deferral: 1,
  reject: 1,
  complaint: 2,
  unsubscribe: 3,
  resubscribe: 3,
  act: 4,
};

/** Less what was taken back. */
export function notUndone(acts: readonly Act[]): readonly Act[] {
  const undone = new Set(acts.flatMap((act) => (act.kind === 'undo' ? [act.undone] : [])));
  return undone.size === 0 ? acts : acts.filter(({ id }) => !undone.has(id));
}

/** How far apart a provider tells of a bounce and of what it did about it. */
const AFTERMATH = 5 * MINUTE;

/**
 * A provider that takes whom it cannot reach off its audience tells of it as of an unsubscribe. Beside the bounce that
 * it followed from it is no wish of the recipient's, but the provider's own list.
 */
export function wishesOnly(events: readonly EventFact[]): readonly EventFact[] {
  const mayFollow = ({ kind, listedFor }: EventFact) => kind === 'unsubscribe' && listedFor === 'bounce';
  if (!events.some(mayFollow)) return events;
  const bounces = events.filter(({ kind, bounceType }) => kind === 'bounce' && bounceType === 'hard');
  const follows = (fact: EventFact) =>
    bounces.some(
      ({ address, sourceId, at }) =>
        address === fact.address && sourceId === fact.sourceId && Math.abs(at - fact.at) <= AFTERMATH,
    );
  return events.map((fact) =>
    mayFollow(fact) && follows(fact) ? { ...fact, kind: 'reject', category: 'suppressed' } : fact,
  );
}

/** By own time; ties by rank, then by content, so that arrival cannot matter. */
export function inOrder(facts: Facts): Step[] {
  const steps: Step[] = [
    ...facts.marks.map((fact) => ({ type: 'mark', fact }) as const),
    ...facts.events.map((fact) => ({ type: 'event', fact }) as const),
    ...facts.acts.map((fact) => ({ type: 'act', fact }) as const),
  ];
  if (steps.length < 2) return steps;
  return steps
    .map((step) => ({
      step,
      at: step.fact.at,
      rank: step.type === 'event' ? rank[step.fact.kind] : rank[step.type],
      tie: tieOf(step),
    }))
    .sort((a, b) => a.at - b.at || a.rank - b.rank || (a.tie < b.tie ? -1 : a.tie > b.tie ? 1 : 0))
    .map((row) => row.step);
}

function tieOf(step: Step): string {
  if (step.type === 'act') return step.fact.id;
  if (step.type === 'mark') return step.fact.messageId ?? '';
  const { messageId, smtp, providerType, provider, stream } = step.fact;
  return [messageId, smtp.code, smtp.enhanced, smtp.text, provider, providerType, stream].join('\n');
}
