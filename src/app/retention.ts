/** How long what is kept. Facts that made or changed an entry, and open strikes, are kept for good. */
import { DAY } from '../core/time.ts';

export const retention = {
  /** Raw requests, for replay. */
  receipts: 30 * DAY,
  /** Digests of items that can move the list, and nonces: providers redeliver for days, people replay for months. */
  seen: 400 * DAY,
  /** Digests of deliveries, of which there are many, and which change nothing when they come again. */
  seenDeliveries: 14 * DAY,
  /** Events that decided nothing. */
  notes: 90 * DAY,
} as const;
