/** One change of configuration, written together with its audit row. */
import { auditRows } from '../app/audit.ts';
import { Busy } from '../app/flush.ts';
import type { AuditNote } from '../app/jobs.ts';
import type { Services } from '../app/services.ts';
import type { Configuration } from '../store/store.ts';

/** Times to read again because another process wrote between. */
const ATTEMPTS = 20;

/**
 * `plan` is called anew where another writer was faster, since what it read may have changed; null = there is
 * nothing to do after all. Returns what the last plan carried.
 */
export async function configure<T>(
  { store, runtime }: Pick<Services, 'store' | 'runtime'>,
  plan: () => Promise<{
    /** An empty list: nothing but the audit row is written. */
    readonly change: Configuration | readonly Configuration[];
    readonly note: AuditNote;
    readonly value: T;
  } | null>,
): Promise<T | null> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const planned = await plan();
    if (planned === null) return null;
    const [row] = auditRows(await store.auditHead(), [planned.note], runtime);
    if ((await store.configure(planned.change, row ?? null)) === 'done') return planned.value;
  }
  throw new Busy('other writers were faster each time');
}
