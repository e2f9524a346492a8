/** Many acts as one: some of them a commit, audited once, and of each only what is left to do. */
import type { EntryRow } from '../store/store.ts';
import type { AuditNote, Edit, KnownNow } from './jobs.ts';
import type { ListDeps } from './list.ts';

const ACTS_A_BATCH = 500;
type Acts = Edit['acts'];

/** `isLeft` is asked in the commit; where nothing is left of all of them, there is nothing to audit. */
export async function inBatches(
  committer: ListDeps['committer'],
  note: AuditNote,
  acts: Acts,
  isLeft: (one: Acts[number], known: KnownNow) => boolean,
): Promise<{ readonly done: Acts; readonly changed: readonly EntryRow[] }> {
  const done: Acts[number][] = [];
  const changed: EntryRow[] = [];
  for (let from = 0; from < acts.length; from += ACTS_A_BATCH) {
    const some = acts.slice(from, from + ACTS_A_BATCH);
    const audit = done.length === 0 ? note : null;
    const result = await committer.submit({
      type: 'edit',
      tenant: note.tenant,
      acts: some,
      audit,
      atCommit(of) {
        const left = some.filter((one) => isLeft(one, of(one.address)));
        return { acts: left, audit: left.length === 0 ? null : audit };
      },
    });
    if (result.type !== 'edit') continue;
    done.push(...result.acts);
    changed.push(...result.changed.map(({ after }) => after));
  }
  return { done, changed };
}
