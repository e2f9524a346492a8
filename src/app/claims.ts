/** Whether a flush may be judged while another one is written. */
import type { Job } from './jobs.ts';

/** What a flush is about, as texts. */
export type Claims = ReadonlySet<string>;

/**
 * Two flushes whose claims have nothing in common come to the same, whichever is judged first. Null where nothing may be
 * judged beside it. A whole domain is not claimed, as nearly every batch would: where both write its row, the store
 * refuses the later one, and it is judged again.
 */
export function claimsOf(jobs: readonly Job[]): Claims | null {
  const claims = new Set<string>();
  for (const job of jobs) {
    if (job.type !== 'intake' || job.wait !== undefined) return null;
    const { tenant } = job.receipt;
    if (job.bind !== null) claims.add(`${tenant} ${job.provider} ${job.bind.nonce}`);
    for (const { digest } of job.unreadable) claims.add(`${tenant} ${digest}`);
    for (const { event, digest } of job.events)
      claims.add(`${tenant} ${digest}`).add(`${tenant} ${event.address}`);
  }
  return claims;
}
