/** Requests that sources refused, by the day: of the counts that alarms are judged by, written down by the minute. */
import { type Hour, hourOf } from '../core/alarms.ts';
import { DAY, toRfc3339 } from '../core/time.ts';
import type { SourceRow, Store } from '../store/store.ts';

const DAYS = 14;

export interface RefusedDays {
  /** `01-31`. */
  readonly labels: readonly string[];
  readonly unproven: readonly number[];
  /** Their signature held, their time did not. */
  readonly untimely: readonly number[];
  /** Of all these days, those that were taken. */
  readonly proven: number;
  readonly lastDay: number;
}

export async function refusedDays(
  store: Pick<Store, 'sourceHours'>,
  { tenant, id }: Pick<SourceRow, 'tenant' | 'id'>,
  now: number,
): Promise<RefusedDays> {
  const from = now - (now % DAY) - (DAYS - 1) * DAY;
  return byDay(await store.sourceHours(tenant, id, from), from, now);
}

/** Of the last 24 hours. */
export const refusedLately = async (
  store: Pick<Store, 'sourceHours'>,
  { tenant, id }: Pick<SourceRow, 'tenant' | 'id'>,
  now: number,
): Promise<number> => refusedIn(await store.sourceHours(tenant, id, hourOf(now - DAY)));

export const refusedIn = (hours: readonly Pick<Hour, 'rejected' | 'untimely'>[]): number =>
  hours.reduce((sum, { rejected, untimely }) => sum + rejected + untimely, 0);

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
    lastDay: refusedIn(hours.filter(({ hour }) => hour >= hourOf(now - DAY))),
  };
}
