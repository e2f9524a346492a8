/** When too much of what comes to a source is refused, or says nothing to us. Silence has a file of its own; a lost subscription is told by the provider. Pure. */
import { silence } from './silence.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

/** Each alarm, and the word for its end: `source.silent` is told once, then `source.heard`. */
export const alarmEnds = {
  silent: 'heard',
  rejected: 'accepted',
  skewed: 'timely',
  unmapped: 'mapped',
  unreadable: 'readable',
  unsubscribed: 'subscribed',
} as const;

export type AlarmKind = keyof typeof alarmEnds;
export type CountedKind = Exclude<AlarmKind, 'silent' | 'unsubscribed'>;

export const alarmKinds = Object.keys(alarmEnds) as readonly AlarmKind[];
export const countedKinds = ['rejected', 'skewed', 'unmapped', 'unreadable'] as const;

export const alarmLimits = {
  /** What is usual is the hour that nine of ten do not exceed; a bad one exceeds it so many times, as with silence. */
  times: 3,
  /**
   * And has at least so many. Requests and labels come in handfuls that mean nothing: a retry, a single mailing. What
   * cannot be read is always a report that nobody has heard, so a few are enough.
   */
  least: { rejected: 20, skewed: 20, unmapped: 20, unreadable: 5 },
  /** Where nothing good came between, so many are enough, however long they took: a small source gets few a day. */
  alone: 5,
  /** An item that is so far ahead of its arrival comes from another clock. */
  ahead: MINUTE,
  /** Hours that are looked at. */
  memory: 14 * DAY,
} as const;

/** What became of a source's requests and items in one hour. */
export interface HourCounts {
  /** Requests. */
  readonly proven: number;
  readonly rejected: number;
  /** Their signature held, their time did not. */
  readonly untimely: number;
  readonly items: number;
  /** Items ahead of their arrival. */
  readonly early: number;
  readonly unmapped: number;
  readonly unreadable: number;
}

export interface Hour extends HourCounts {
  /** Its start. */
  readonly hour: number;
}

interface Measure {
  bad(of: HourCounts): number;
  good(of: HourCounts): number;
}

const measures: Readonly<Record<CountedKind, Measure>> = {
  rejected: { bad: ({ rejected }) => rejected, good: ({ proven }) => proven },
  skewed: { bad: ({ untimely, early }) => untimely + early, good: ({ items, early }) => items - early },
  unmapped: { bad: ({ unmapped }) => unmapped, good: ({ items, unmapped }) => items - unmapped },
  unreadable: { bad: ({ unreadable }) => unreadable, good: ({ items, unreadable }) => items - unreadable },
};

export interface AlarmState {
  readonly isOpen: boolean;
  /** Nothing good came since the start of this hour; null where something did. */
  readonly allSince: number | null;
  /** Bad ones: of all that time, or of the worst of the last two hours. */
  readonly count: number;
  /** Of a usual hour. */
  readonly usual: number;
}

export const hourOf = (at: number): number => at - (at % HOUR);

/** This hour and the one before, whose end a look may have missed. */
export const recentFrom = (now: number): number => hourOf(now) - HOUR;

/** Whether it is worth reading what came before, of the last two hours. */
export function mayBeAlarming(kind: CountedKind, recent: readonly HourCounts[]): boolean {
  const { bad, good } = measures[kind];
  const most = Math.max(0, ...recent.map(bad));
  return most >= alarmLimits.least[kind] || (most > 0 && recent.some((hour) => good(hour) === 0));
}

/** `hours` in any order; `since`: when it was opened, null where it is not. */
export function judgeAlarm(
  kind: CountedKind,
  hours: readonly Hour[],
  since: number | null,
  now: number,
): AlarmState {
  const { bad, good } = measures[kind];
  const { least, times, alone } = alarmLimits;
  const newestFirst = hours.toSorted((a, b) => b.hour - a.hour);
  const heard = newestFirst.findIndex((hour) => good(hour) > 0);
  const unheard = (heard === -1 ? newestFirst : newestFirst.slice(0, heard)).filter((hour) => bad(hour) > 0);
  const inVain = unheard.reduce((sum, hour) => sum + bad(hour), 0);
  // What the alarm itself is about is not what is usual.
  const before = hours.filter(({ hour }) => hour < recentFrom(since ?? now)).map(bad);
  const usual =
    before.length < silence.hours
      ? 0
      : (before.sort((a, b) => a - b)[Math.ceil(before.length * 0.9) - 1] ?? 0);
  const worst = Math.max(0, ...hours.filter(({ hour }) => hour >= recentFrom(now)).map(bad));
  const limit = Math.max(least[kind], times * usual + 1);
  const isAlone = inVain >= alone;
  const isOver = worst * 2 < limit && hours.some((hour) => hour.hour >= hourOf(since ?? 0) && good(hour) > 0);
  return {
    isOpen: isAlone || (since === null ? worst >= limit : !isOver),
    allSince: isAlone ? (unheard.at(-1)?.hour ?? null) : null,
    count: isAlone ? inVain : worst,
    usual,
  };
}

type Since = { readonly [K in AlarmKind as `${K}_since`]: number | null };

/** The open alarms of a source. One that is disabled has none. */
export const alarmsOf = (
  source: Since & { readonly disabled: number },
): readonly { readonly kind: AlarmKind; readonly since: number }[] =>
  source.disabled === 1
    ? []
    : alarmKinds.flatMap((kind) => {
        const since = source[`${kind}_since`];
        return since === null ? [] : [{ kind, since }];
      });
