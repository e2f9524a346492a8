/**
 * The policy: ordered rules as data, first match wins, every event gets a decision. Pure.
 * What an outcome means over time is fold.ts; the default rules are default-policy.ts.
 */
import { domainOf } from './address.ts';
import type { Kind, MailEvent, Reason, Retry, Strength } from './event.ts';
import type { Category } from './taxonomy.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

/** `7d`, `72h`, `30m`, or `ever`. */
export type Duration = `${number}${'d' | 'h' | 'm'}` | 'ever';

/** What a rule's pattern sees of a reply; it bounds the work that a pattern can make. */
export const PATTERN_SEES = 1_024;

export interface When {
  readonly kind?: readonly Kind[];
  /** `504`, `5xx`, or `none` where no basic code is known. */
  readonly code?: string;
  /** `4.2.2`, with `x` for any number: `5.7.x`. */
  readonly enhanced?: string;
  readonly category?: readonly Category[];
  /** Class of a failure: its basic code's first digit, else its enhanced code's, else hard 5 and soft 4. */
  readonly class?: 4 | 5;
  readonly strength?: Strength;
  readonly provider?: readonly string[];
  /** Domains of the recipient. */
  readonly receiver?: readonly string[];
  /** Case-insensitive regular expression over the first PATTERN_SEES characters of the reply's text. */
  readonly text?: string;
  readonly feedback?: readonly string[];
  readonly listedFor?: readonly string[];
  readonly hearsay?: true;
}

export type Outcome =
  /** Stands until it runs out or is released; a delivery does not lift it. */
  | {
      readonly do: 'suppress';
      readonly reason: Reason;
      readonly for: Duration;
      readonly origin?: 'provider';
      /** Only mail of the event's stream; all mail unless given (an unsubscribe is always of its stream). */
      readonly scope?: 'stream';
    }
  /**
   * A dead address: each further bounce of another message, at least `apart` after the last counted one and
   * with no delivery between, climbs a step. `alive` replaces the first step where the address took another
   * message in the 90 days before; `confirms` = any second bounce goes to the last step.
   */
  | {
      readonly do: 'dead';
      readonly steps: readonly Duration[];
      readonly alive: Duration | null;
      readonly apart: Duration;
      readonly within: Duration;
    }
  /** Counts UTC days with a failure; `days` of them within `within` suppress for `steps[from]`, then climb. */
  | {
      readonly do: 'strike';
      readonly days: number;
      readonly within: Duration;
      readonly steps: readonly Duration[];
      readonly from: number;
    }
  | { readonly do: 'note' }
  /** Lifts what docs/policy.md 4 says of the event's kind. */
  | { readonly do: 'release' };

/**
 * Blocks the whole domain once failures of so many of its addresses, on so many UTC days and so far apart, came
 * within the window with nothing delivered there between. Never one of the big mailbox providers.
 */
export interface DomainLadder {
  readonly addresses: number;
  readonly days: number;
  readonly apart: Duration;
  readonly within: Duration;
  /** How long: first, and after each expiry. */
  readonly steps: readonly Duration[];
}

export interface Rule {
  /** Stable; stored with the decision and printed everywhere. */
  readonly id: string;
  readonly why: string;
  readonly when: When;
  readonly then: Outcome;
  /** What the failure means for the domain, beside what it means for the address. */
  readonly domain?: DomainLadder;
  readonly retry: Retry;
}

/** Streams are named in URLs and keys: no spaces. */
export const streamName = /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$/;

export const streamClasses = ['marketing', 'transactional', 'security'] as const;
export type StreamClass = (typeof streamClasses)[number];

/** What blocks what: an entry's weight -> the classes of mail that it blocks. */
export interface Matrix {
  readonly 'hard-bounce': readonly StreamClass[];
  /** Expiring, held, or mirrored from a provider's list. */
  readonly 'hard-bounce-doubtful': readonly StreamClass[];
  readonly 'soft-bounce': readonly StreamClass[];
  readonly complaint: readonly StreamClass[];
  /** Of all mail; an unsubscribe from one stream blocks that stream, whatever its class. */
  readonly unsubscribe: readonly StreamClass[];
  readonly manual: readonly StreamClass[];
}

export interface Policy {
  /** Stored with each decision. */
  readonly version: string;
  /** Of the tenant's document; 0 = there is none. */
  readonly revision: number;
  readonly rules: readonly Rule[];
  readonly streams: Readonly<Record<string, StreamClass>>;
  readonly matrix: Matrix;
}

export function milliseconds(duration: Duration): number {
  if (duration === 'ever') return Number.POSITIVE_INFINITY;
  const unit = { d: DAY, h: HOUR, m: MINUTE }[duration.slice(-1) as 'd' | 'h' | 'm'];
  return Number(duration.slice(0, -1)) * unit;
}

/** What a rule looks at. Facts read back from the store have no more than this. */
export type Judged = Pick<
  MailEvent,
  | 'kind'
  | 'address'
  | 'smtp'
  | 'category'
  | 'bounceType'
  | 'strength'
  | 'provider'
  | 'feedback'
  | 'listedFor'
  | 'hearsay'
>;

/** The class of a failure; `Action: failed` with `Status: 4.4.7` is a final failure of class 4. */
export function failureClass(event: Judged): 4 | 5 {
  const digit = (event.smtp.code ?? event.smtp.enhanced)?.[0];
  if (digit === '4') return 4;
  if (digit === '5') return 5;
  return event.bounceType === 'hard' ? 5 : 4;
}

/** Where a document has narrowed the last default rule, something may be left that no rule speaks of. */
const unruled: Rule = {
  id: 'no-rule',
  why: 'No rule of the policy speaks of it.',
  when: {},
  then: { do: 'note' },
  retry: 'later',
};

/** The first rule that matches. */
export const matchRule = (policy: Policy, event: Judged): Rule =>
  policy.rules.find((rule) => matches(rule, event)) ?? unruled;

function matches({ when, then }: Rule, event: Judged): boolean {
  const { code, enhanced, text } = event.smtp;
  return (
    // Nobody is suppressed, and nothing lifted, by a guess: unless a rule asks for just that.
    (when.hearsay === true ? event.hearsay : !event.hearsay || then.do === 'note') &&
    among(when.kind, event.kind) &&
    among(when.category, event.category) &&
    (when.code === undefined || (code === null ? when.code === 'none' : fits(when.code, code))) &&
    (when.enhanced === undefined || (enhanced !== null && fits(when.enhanced, enhanced))) &&
    (when.class === undefined || when.class === failureClass(event)) &&
    (when.strength === undefined || when.strength === event.strength) &&
    among(when.provider, event.provider) &&
    among(when.receiver, domainOf(event.address)) &&
    among(when.feedback, event.feedback) &&
    among(when.listedFor, event.listedFor) &&
    (when.text === undefined || (text !== null && expression(when.text).test(text.slice(0, PATTERN_SEES))))
  );
}

const among = (allowed: readonly string[] | undefined, value: string | null): boolean =>
  allowed === undefined || (value !== null && allowed.includes(value));

/** `5xx` and `5.7.x`: an `x` stands for any digit, or any number of an enhanced code. */
function fits(pattern: string, value: string): boolean {
  if (!pattern.includes('x')) return pattern === value;
  const separator = pattern.includes('.') ? '.' : '';
  const wanted = pattern.split(separator);
  const given = value.split(separator);
  return wanted.length === given.length && wanted.every((part, i) => part === 'x' || part === given[i]);
}

/** Compiled patterns of all policies in use, and of cases that were tried. */
const EXPRESSIONS_KEPT = 1_000;
const expressions = new Map<string, RegExp>();

function expression(source: string): RegExp {
  let compiled = expressions.get(source);
  if (compiled === undefined) {
    compiled = new RegExp(source, 'iu');
    if (expressions.size >= EXPRESSIONS_KEPT) expressions.clear();
    expressions.set(source, compiled);
  }
  return compiled;
}

/** What an entry weighs in the matrix. */
export function blockedClasses(
  policy: Policy,
  entry: {
    readonly reason: Reason;
    readonly stream: string;
    readonly origin: string;
    readonly state: string;
    readonly until: number | null;
  },
): readonly StreamClass[] {
  if (entry.reason === 'unsubscribe' && entry.stream !== '*') return streamClasses;
  if (entry.reason !== 'hard-bounce') return policy.matrix[entry.reason];
  const doubtful = entry.until !== null || entry.state === 'held' || entry.origin === 'provider';
  return policy.matrix[doubtful ? 'hard-bounce-doubtful' : 'hard-bounce'];
}

/** An unknown stream is marketing. */
export const classOf = (policy: Policy, stream: string): StreamClass =>
  Object.hasOwn(policy.streams, stream) ? (policy.streams[stream] as StreamClass) : 'marketing';
