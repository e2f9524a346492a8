/** How long what is kept. Facts that made or changed an entry, and open strikes, are kept for good. */
import { guard } from '../core/guard.ts';
import { silence } from '../core/silence.ts';
import { DAY, HOUR } from '../core/time.ts';

export const retention = {
  /** Digests of items with neither an id nor a time of their own: long enough for a retry, not for a second event. */
  seenUnnamed: HOUR,
  /** Raw requests, for replay. */
  receipts: 30 * DAY,
  /** Digests of items that can move the list, and nonces: providers redeliver for days, people replay for months. */
  seen: 400 * DAY,
  /** Digests of deliveries, of which there are many, and which change nothing when they come again. */
  seenDeliveries: 14 * DAY,
  /** Counts of what failed alike: rule G looks so far back. */
  surges: guard.memory,
  /** Counts of each source, by the hour: of all alarms, silence looks back the farthest. */
  hours: silence.memory,
  /** Events that decided nothing. */
  notes: 90 * DAY,
} as const;
