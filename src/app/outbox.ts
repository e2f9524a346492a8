/** What all who are told of changes have in common: each has a place in the list's log, and time to come back. */
import { DAY, HOUR, MINUTE, SECOND } from '../core/time.ts';

/** Waits after the first, second, … failure; the last one again and again until `patience` is over. */
const waits = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, DAY];
export const outboxLimits = {
  /** Who has failed for so long is given up; the place is kept. */
  patience: 5 * DAY,
  /** Changes read at a time. */
  page: 200,
  /** One receiver's turn. */
  turn: 10 * SECOND,
  /** Nobody else delivers to it meanwhile. */
  lease: MINUTE,
  /** Receivers at a time. */
  receivers: 32,
} as const;

interface Failing {
  readonly attempts: number;
  readonly failing_since: number | null;
}

/** When to come again, and whether patience is over. `retryAfter`: seconds, as the receiver asks for. */
export function afterFailure(
  { attempts, failing_since }: Failing,
  now: number,
  retryAfter: string | null,
): { readonly next: Failing & { readonly next_at: number }; readonly isOver: boolean } {
  const since = failing_since ?? now;
  const wait = waits[Math.min(attempts, waits.length - 1)] as number;
  const asked = Math.min(Number(retryAfter ?? 0) * SECOND || 0, DAY);
  return {
    next: {
      attempts: attempts + 1,
      failing_since: since,
      // Jitter, so that receivers of one outage are not asked all at once.
      next_at: now + Math.max(asked, Math.round(wait * (0.8 + Math.random() * 0.4))),
    },
    isOver: now - since >= outboxLimits.patience,
  };
}

/** Receivers each at their own pace, some at a time. */
export interface Pace {
  /** Resolves once all have begun: one that is slow keeps the others waiting only where there is no more room. */
  begin<Row>(rows: readonly Row[], work: (row: Row) => Promise<void>): Promise<void>;
  /** Waits for those that have begun. */
  idle(): Promise<void>;
}

export function createPace(atOnce: number = outboxLimits.receivers): Pace {
  const running = new Set<Promise<void>>();
  return {
    async begin(rows, work) {
      for (const row of rows) {
        while (running.size >= atOnce) await Promise.race(running);
        const one = work(row).finally(() => running.delete(one));
        running.add(one);
      }
    },
    async idle() {
      await Promise.all(running);
    },
  };
}

export interface Outbox {
  /** Begins with what is due, of all tenants. Who is under way is not due. */
  begin(pace: Pace): Promise<void>;
  /** The same, and waits until it is done. */
  deliver(): Promise<void>;
}

/** What keeps one receiver from its messages does not keep the others. */
export function outboxOf<Row>(
  due: () => Promise<readonly Row[]>,
  deliverTo: (row: Row) => Promise<void>,
  failed: (row: Row, error: string) => void,
): Outbox {
  const begin: Outbox['begin'] = async (pace) =>
    pace.begin(await due(), (row) =>
      deliverTo(row).catch((error: unknown) => failed(row, error instanceof Error ? error.name : 'unknown')),
    );
  return {
    begin,
    async deliver() {
      const pace = createPace();
      await begin(pace);
      await pace.idle();
    },
  };
}
