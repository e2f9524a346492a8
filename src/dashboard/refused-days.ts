/** Requests that sources refused, by the day: of the counts that alarms are judged by, written down by the minute. */
import { type Hour, hourOf } from '../core/alarms.ts';
import { DAY, HOUR, toRfc3339 } from '../core/time.ts';
import type { SourceHourRow, Store } from '../store/store.ts';

const DAYS = 14;

export interface RefusedDays {
  /** `01-31`. */
  readonly labels: readonly string[];
  readonly unproven: readonly number[];
  /** Their signature held, their time did not. */
  readonly untimely: readonly number[];
  /** Of all these days, those that were taken. */
  readonly proven: number;
  /** Without a valid proof, of the last 24 hours. */
  readonly lastDay: number;
}

/** By source. */
export async function refusedDays(
  store: Pick<Store, 'sourceHours'>,
  tenant: string,
  sources: readonly string[],
  now: number,
): Promise<(source: string) => RefusedDays> {
  const from = now - (now % DAY) - (DAYS - 1) * DAY;
  const hours = bySource(await store.sourceHours(tenant, sources, from));
  return (source) => byDay(hours.get(source) ?? [], from, now);
}

/** Without a valid proof, of the last 24 hours, by source. One that only comes at a wrong time is another matter: clocks. */
export async function refusedLately(
  store: Pick<Store, 'sourceHours'>,
  tenant: string,
  sources: readonly string[],
  now: number,
): Promise<(source: string) => number> {
  const hours = bySource(await store.sourceHours(tenant, sources, lastDayOf(now)));
  return (source) => unprovenIn(hours.get(source) ?? [], now);
}

const bySource = (hours: readonly SourceHourRow[]) => Map.groupBy(hours, ({ source_id: id }) => id);

const unprovenIn = (hours: readonly Pick<Hour, 'hour' | 'rejected'>[], now: number): number =>
  hours.reduce((sum, { hour, rejected }) => sum + (hour >= lastDayOf(now) ? rejected : 0), 0);

/** By whole hours, this one among them. */
const lastDayOf = (now: number): number => hourOf(now - DAY) + HOUR;

function byDay(hours: readonly Hour[], from: number, now: number): RefusedDays {
  const days = Map.groupBy(hours, ({ hour }) => Math.floor((hour - from) / DAY));
  const slots = Array.from({ length: DAYS }, (_, i) => days.get(i) ?? []);
  const sums = (name: 'rejected' | 'untimely' | 'proven') =>
    slots.map((of) => of.reduce((sum, hour) => sum + hour[name], 0));
  return {
    labels: slots.map((_, i) => toRfc3339(from + i * DAY).slice(5, 10)),
    unproven: sums('rejected'),
    untimely: sums('untimely'),
    proven: sums('proven').reduce((sum, of) => sum + of, 0),
    lastDay: unprovenIn(hours, now),
  };
}
