/** A small language for the scenarios of the policy: days and replies in, the exact state of the list out. */
import { defaultPolicy } from '../../src/core/default-policy.ts';
import type {
  Kind,
  LabelMeaning,
  ListedFor,
  MailEvent,
  ProviderEvent,
  Reason,
} from '../../src/core/event.ts';
import type { Act, Facts } from '../../src/core/facts.ts';
import { type Folded, fold } from '../../src/core/fold.ts';
import { normalize } from '../../src/core/normalize.ts';
import { blockedClasses, classOf, type Policy } from '../../src/core/policy.ts';
import { DAY } from '../../src/core/time.ts';

/** 1 January 2026, midnight UTC: day 0. */
export const START = Date.UTC(2026, 0, 1);
export const day = (number: number): number => START + Math.round(number * DAY);

export type Fact = { readonly event: MailEvent } | { readonly act: Act };

interface Options {
  readonly message?: string | null;
  readonly provider?: string;
  readonly sentAt?: number;
  readonly stream?: string;
  readonly group?: string;
  readonly meaning?: Partial<LabelMeaning>;
  readonly listed?: boolean;
  readonly listedFor?: ListedFor;
  readonly ambiguous?: boolean;
  readonly eventId?: string;
  readonly address?: string;
}

let counter = 0;

export function event(kind: Kind, at: number, text: string | null, options: Options = {}): Fact {
  counter += 1;
  const given: ProviderEvent = {
    meaning: {
      kind,
      ...options.meaning,
      ...(options.listedFor === undefined ? {} : { listedFor: options.listedFor }),
    },
    recipient: options.address ?? 'person@example.com',
    at: day(at),
    sentAt: options.sentAt === undefined ? null : day(options.sentAt),
    reply: { text },
    providerType: options.meaning?.category ?? kind,
    eventId: options.eventId ?? `e${counter}`,
    messageId: options.message === undefined ? `message-${counter}` : options.message,
    ...(options.stream === undefined ? {} : { stream: options.stream }),
    ...(options.group === undefined ? {} : { group: options.group }),
    ...(options.listed === undefined ? {} : { listed: options.listed }),
    ...(options.ambiguous === undefined ? {} : { ambiguous: options.ambiguous }),
  };
  const provider = options.provider ?? 'generic';
  const read = normalize(given, {
    tenant: 'default',
    sourceId: `${provider}_source`,
    provider,
    stream: null,
    streams: {},
    trust: null,
    receiptId: 'rcp',
    receivedAt: day(at) + 1_000,
  });
  if (!read.ok) throw new Error(read.error);
  return { event: { ...read.value, id: `evt_${counter}` } };
}

export const bounce = (at: number, text: string | null, options?: Options): Fact =>
  event('bounce', at, text, options);
export const delivered = (at: number, options?: Options): Fact => event('delivery', at, '250 OK', options);

export function release(
  at: number,
  reasons: readonly Reason[],
  more: { code?: string; grace?: number; evidence?: number } = {},
): Fact {
  counter += 1;
  return {
    act: {
      kind: 'release',
      id: `act_${counter}`,
      at: day(at),
      actor: 'test',
      reasons,
      stream: null,
      why: 'test',
      code: more.code ?? null,
      grace: more.grace ?? 0,
      evidence: more.evidence === undefined ? null : { text: 'consent', at: day(more.evidence) },
    },
  };
}

export function imported(at: number, reason: Reason, until: number | null): Fact {
  counter += 1;
  return {
    act: {
      kind: 'import',
      id: `act_${counter}`,
      at: day(at),
      actor: 'test',
      stream: '*',
      reason,
      until: until === null ? null : day(until),
      note: null,
      cause: null,
    },
  };
}

/** Somebody answers for the address from then on. */
export function allowed(at: number, until: number): Fact {
  counter += 1;
  return {
    act: { kind: 'allow', id: `act_${counter}`, at: day(at), actor: 'test', until: day(until), note: null },
  };
}

export const bounces = ['hard-bounce', 'soft-bounce'] as const;

export const factsOf = (facts: readonly Fact[]): Facts => ({
  events: facts.flatMap((fact) => ('event' in fact ? [fact.event] : [])),
  acts: facts.flatMap((fact) => ('act' in fact ? [fact.act] : [])),
  marks: [],
});

const shortNames: Record<Reason, string> = {
  'hard-bounce': 'hard',
  'soft-bounce': 'soft',
  complaint: 'complaint',
  unsubscribe: 'unsubscribe',
  manual: 'manual',
};

/** `hard~7 + unsubscribe`: what stands on that day, soonest to be lifted first; `!` = for ever, `~n` = until day n. */
export function stateAt(folded: Folded, at: number): string {
  const standing = folded.entries.filter(
    (entry) => entry.state !== 'released' && (entry.until === null || entry.until > day(at)),
  );
  const texts = standing.map(({ reason, stream, until }) => {
    const scope = stream === '*' ? '' : `:${stream}`;
    const length =
      reason === 'complaint' || reason === 'unsubscribe' || reason === 'manual'
        ? until === null
          ? ''
          : `~${dayOf(until)}`
        : until === null
          ? '!'
          : `~${dayOf(until)}`;
    return `${shortNames[reason]}${scope}${length}`;
  });
  return texts.length === 0 ? 'none' : texts.sort().join(' + ');
}

const dayOf = (until: number): number => Math.round(((until - START) / DAY) * 1_000) / 1_000;

/** `··S`: which classes of mail may go on that day. */
export function passesAt(folded: Folded, at: number, policy: Policy = defaultPolicy): string {
  const standing = folded.entries.filter(
    (entry) => entry.state !== 'released' && (entry.until === null || entry.until > day(at)),
  );
  const classes = { marketing: 'M', transactional: 'T', security: 'S' } as const;
  return Object.entries(classes)
    .map(([name, letter]) => {
      const blocked = standing.some(
        (entry) => entry.stream === '*' && blockedClasses(policy, entry).some((one) => one === name),
      );
      return blocked ? '·' : letter;
    })
    .join('');
}

export { classOf };

export const folded = (facts: readonly Fact[]): Folded => fold(defaultPolicy, factsOf(facts));
/** What stands against the whole domain of these facts. */
export const foldedDomain = (facts: readonly Fact[]): Folded => fold(defaultPolicy, factsOf(facts), 'domain');

/** The state after each step, judged on the day given with it. */
export interface Played {
  readonly expected: string[];
  readonly actual: string[];
}

export function play(
  steps: readonly (readonly [Fact | null, number, string])[],
  foldAll: (facts: readonly Fact[]) => Folded = folded,
): Played {
  const facts: Fact[] = [];
  const actual: string[] = [];
  for (const [fact, at] of steps) {
    if (fact !== null) facts.push(fact);
    const state = foldAll(facts);
    actual.push(`${stateAt(state, at)} ${passesAt(state, at)}`);
  }
  return { expected: steps.map(([, , state]) => state), actual };
}
