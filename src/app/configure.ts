/** One change of configuration, written together with its audit row. */
import type { Configuration } from '../store/store.ts';
import { auditRows } from './audit.ts';
import type { AuditNote } from './jobs.ts';
import type { Services } from './services.ts';
import { untilFresh } from './until-fresh.ts';

/**
 * `plan` is called anew where another writer was faster, since what it read may have changed; null = there is
 * nothing to do after all. Returns what the last plan carried.
 */
export function configure<T>(
  { store, runtime }: Pick<Services, 'store' | 'runtime'>,
  plan: () => Promise<{
    /** An empty list: nothing but the audit row is written. */
    readonly change: Configuration | readonly Configuration[];
    readonly note: AuditNote;
    readonly value: T;
  } | null>,
): Promise<T | null> {
  return untilFresh(async () => {
    // Before the plan reads: every change takes the next place in the audit, so one that came since is noticed.
    const head = await store.auditHead();
    const planned = await plan();
    if (planned === null) return null;
    const [row] = auditRows(head, [planned.note], runtime);
    return (await store.configure(planned.change, row ?? null)) === 'done' ? planned.value : 'stale';
  });
}
