/** What people do, as it comes to the commit. Pure. */
import type { Policy } from '../core/policy.ts';
import { type History, type Known, keyOf } from '../store/store.ts';
import type { Edit, Job } from './jobs.ts';

/** How many of the jobs may share a flush: what a person does to an address is judged by what others before have left. */
export function editsApart(jobs: readonly Job[]): number {
  const edited = new Set<string>();
  const clash = jobs.findIndex((job) => {
    if (job.type !== 'edit') return false;
    const keys = new Set(job.acts.map(({ address }) => keyOf({ tenant: job.tenant, address })));
    if (!keys.isDisjointFrom(edited)) return true;
    for (const key of keys) edited.add(key);
    return false;
  });
  return clash === -1 ? jobs.length : clash;
}

/** What of it is done, and when. */
export function settled(
  job: Edit,
  known: Known,
  histories: ReadonlyMap<string, History>,
  policy: Policy,
): Edit {
  if (job.atCommit === undefined) return inTurn(job, histories);
  const of = (address: string) => {
    const key = keyOf({ tenant: job.tenant, address });
    const row = known.addresses.get(key);
    const { events, acts, entries } = histories.get(key) ?? { events: [], acts: [], entries: [] };
    return {
      facts: { events, acts, marks: row?.marks ?? [] },
      entries,
      allowedUntil: row?.allowedUntil ?? null,
    };
  };
  return inTurn({ ...job, ...job.atCommit(of, policy) }, histories);
}

/**
 * What a person does comes after what was known then, whatever the clocks say: a provider's may be minutes ahead, and
 * ours may have been set back. Imports tell of the past, and keep their time.
 */
function inTurn(job: Edit, histories: ReadonlyMap<string, History>): Edit {
  const acts = job.acts.map((done) => {
    const { address, act } = done;
    const history = histories.get(keyOf({ tenant: job.tenant, address }));
    if (act.kind === 'import' || history === undefined) return done;
    const earliest = Math.max(...history.events.map(({ at }) => at), ...history.acts.map(({ at }) => at + 1));
    return earliest > act.at ? { ...done, act: { ...act, at: earliest } } : done;
  });
  return { ...job, acts };
}
