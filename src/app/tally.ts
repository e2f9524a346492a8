/**
 * What becomes of each source's requests, counted in memory and written down by the minute: a flood of forged ones is
 * one row, not a flood of writes. A crash loses the last minute of counts, and no event.
 */
import { type HourCounts, hourOf } from '../core/alarms.ts';
import { MINUTE } from '../core/time.ts';
import type { SourceHourRow, SourceRow, Store } from '../store/store.ts';
import type { Log } from './log.ts';
import type { Runtime } from './runtime.ts';

/** Sources and hours that wait; only where the database is away for long are there so many. Further ones go uncounted. */
export const TALLIES_KEPT = 10_000;

export interface Tally {
  /** Waits for nothing but on Workers, where nobody else would write it down. */
  count(source: Pick<SourceRow, 'id' | 'tenant'>, counts: Partial<HourCounts>): Promise<void> | undefined;
  flush(): Promise<void>;
}

interface Deps {
  readonly store: Pick<Store, 'countHours'>;
  readonly runtime: Pick<Runtime, 'now' | 'defer'>;
  readonly log: Log;
}

type Row = { -readonly [K in keyof SourceHourRow]: SourceHourRow[K] };

export function createTally({ store, runtime, log }: Deps): Tally {
  let rows = new Map<string, Row>();
  let flushedAt = 0;

  function add({ source_id, hour, tenant, ...counts }: Partial<HourCounts> & Placed): void {
    const key = `${source_id} ${hour}`;
    let row = rows.get(key);
    if (row === undefined) {
      if (rows.size >= TALLIES_KEPT) return;
      row = { source_id, hour, tenant, ...zero };
      rows.set(key, row);
    }
    for (const name of names) row[name] += counts[name] ?? 0;
  }

  async function flush(): Promise<void> {
    const taken = [...rows.values()];
    rows = new Map();
    flushedAt = runtime.now();
    try {
      if (taken.length > 0) await store.countHours(taken);
    } catch (error) {
      for (const row of taken) add(row);
      throw error;
    }
  }

  return {
    count({ id, tenant }, counts) {
      const now = runtime.now();
      add({ source_id: id, hour: hourOf(now), tenant, ...counts });
      if (runtime.defer !== null || now - flushedAt < MINUTE) return;
      // What is not counted is no reason to refuse what is stored.
      return flush().catch((error: unknown) =>
        log('warn', 'counts of sources cannot be written', {
          error: error instanceof Error ? error.name : 'unknown',
        }),
      );
    },
    flush,
  };
}

type Placed = Pick<SourceHourRow, 'source_id' | 'hour' | 'tenant'>;

const zero: HourCounts = {
  proven: 0,
  rejected: 0,
  untimely: 0,
  items: 0,
  early: 0,
  unmapped: 0,
  unreadable: 0,
};
const names = Object.keys(zero) as readonly (keyof HourCounts)[];
