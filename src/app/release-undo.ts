/** Releases and holds taken back. */
import type { ActRow, EntryRow } from '../store/store.ts';
import type { ListDeps, Who } from './list.ts';

const PAGE = 1_000;
const ACTS_A_BATCH = 500;

/** Of a release, or of an incident's holds: what it did, less what was taken back already. */
export interface Undoable {
  /** Its acts, whether taken back or not. */
  readonly acts: number;
  /** Of a release of what an incident holds. */
  readonly incident: string | null;
  readonly left: readonly Pick<ActRow, 'id' | 'address'>[];
}

export async function undoable(
  { store }: Pick<ListDeps, 'store'>,
  tenant: string,
  batch: string,
  kind: 'release' | 'hold' = 'release',
): Promise<Undoable> {
  const done: Pick<ActRow, 'id' | 'address'>[] = [];
  const undone = new Set<string>();
  let incident: string | null = null;
  let page: readonly ActRow[];
  let after = '';
  do {
    page = await store.batch(tenant, batch, after, PAGE);
    for (const { id, address, kind: what, detail } of page) {
      if (what === kind) {
        if (done.length === 0) incident = JSON.parse(detail).incident ?? null;
        done.push({ id, address });
      }
      if (what === 'undo') undone.add(JSON.parse(detail).undone);
      after = id;
    }
  } while (page.length === PAGE);
  return { acts: done.length, incident, left: done.filter(({ id }) => !undone.has(id)) };
}

/**
 * Takes a release or holds back: the list is what it would be had there been none, with all that was reported since. One that
 * broke off half-way goes on.
 */
export async function undo(
  { committer, runtime }: Pick<ListDeps, 'committer' | 'runtime'>,
  who: Who,
  batch: string,
  why: string,
  left: Undoable['left'],
): Promise<readonly EntryRow[]> {
  const now = runtime.now();
  const restored: EntryRow[] = [];
  for (let from = 0; from < left.length; from += ACTS_A_BATCH) {
    const result = await committer.submit({
      type: 'edit',
      tenant: who.tenant,
      acts: left.slice(from, from + ACTS_A_BATCH).map(({ id, address }) => ({
        address,
        act: { id: runtime.newId('act', now), kind: 'undo', at: now, actor: who.actor, undone: id },
        batch,
      })),
      audit:
        from > 0
          ? null
          : {
              ...who,
              action: batch.startsWith('inc_') ? 'incident.confirm' : 'release.undo',
              subject: batch,
              detail: { why, acts: left.length },
            },
    });
    if (result.type === 'edit')
      restored.push(...result.changed.map(({ after }) => after).filter((row) => row.state !== 'released'));
  }
  return restored;
}
