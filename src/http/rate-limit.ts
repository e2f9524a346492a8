/**
 * Requests a minute of one API key, and of those who have none that is right. A bucket of one minute's worth refills all
 * the time, so that a burst passes and a flood does not. Counted in this process alone; webhooks carry no key, and no
 * limit ever loses an event.
 */
import { MINUTE, SECOND } from '../core/time.ts';

export interface RateLimiter {
  /** Takes one request; seconds to wait where there is none left, else 0. */
  take(key: string, perMinute: number): number;
}

/** One for each process: services are made once. */
const limiters = new WeakMap<object, RateLimiter>();

export function limiterOf(services: { readonly runtime: { now(): number } }): RateLimiter {
  const limiter = limiters.get(services) ?? createRateLimiter(services.runtime.now);
  limiters.set(services, limiter);
  return limiter;
}

/** Keys remembered. Past it all start with a full bucket again. */
export const KEYS_REMEMBERED = 10_000;

export function createRateLimiter(now: () => number): RateLimiter {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  return {
    take(key, perMinute) {
      const at = now();
      const before = buckets.get(key) ?? { left: perMinute, at };
      const refilled = (Math.max(0, at - before.at) * perMinute) / MINUTE;
      const left = Math.min(perMinute, before.left + refilled);
      if (!buckets.has(key) && buckets.size >= KEYS_REMEMBERED) buckets.clear();
      buckets.set(key, { left: left < 1 ? left : left - 1, at });
      return left < 1 ? Math.ceil(((1 - left) * MINUTE) / perMinute / SECOND) : 0;
    },
  };
}
