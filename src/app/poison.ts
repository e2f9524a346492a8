/**
 * What proved itself, and makes our own code stumble. The provider cannot mend that by sending it again, and would give
 * up in the end: it goes to quarantine, to be read again after an update.
 */
import type { Committer } from './commit.ts';
import type { Intake, IntakeResult } from './jobs.ts';
import type { Runtime } from './runtime.ts';

/** Errors of the language are of the code; a database that is away or full throws others. */
const isMistake = (error: unknown): error is Error =>
  error instanceof TypeError || error instanceof RangeError || error instanceof ReferenceError;

/** Never what the error says, which may hold an address. */
export const stumbled = (what: string, error: unknown): string =>
  `${what} failed (${error instanceof Error ? error.name : 'unknown'}); replay it after an update`;

/** The job; or, where it cannot be judged, its request as something that cannot be read. */
export async function submitOrHold(
  committer: Committer,
  { sha256 }: Pick<Runtime, 'sha256'>,
  job: Intake,
): Promise<IntakeResult> {
  try {
    return await committer.submit(job);
  } catch (error) {
    if (!isMistake(error)) throw error;
    const { receipt, events, unreadable } = job;
    const items = [...events, ...unreadable].map(({ digest }) => digest);
    return committer.submit({
      ...job,
      events: [],
      ignored: [],
      unreadable: [
        {
          item: -1,
          why: stumbled('judging it', error),
          raw: '',
          digest: sha256(JSON.stringify([receipt.source_id, 'stumbled', ...items])).slice(0, 32),
        },
      ],
    });
  }
}
