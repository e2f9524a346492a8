/** Releases and holds taken back. */
import type { ActRow, EntryRow } from '../store/store.ts';
import { inBatches } from './batches.ts';
import type { ListDeps, Who } from './list.ts';

const PAGE = 1_000;

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
 * Takes a release or holds back: the list is what it would be had there been none, with all that was reported since. One
 * that broke off half-way goes on; of what somebody else takes back meanwhile nothing is left.
 */
export async function undo(
  { committer, runtime }: Pick<ListDeps, 'committer' | 'runtime'>,
  who: Who,
  batch: string,
  why: string,
  left: Undoable['left'],
): Promise<{ readonly addresses: number; readonly restored: readonly EntryRow[] }> {
  const at = runtime.now();
  const { done, changed } = await inBatches(
    committer,
    {
      ...who,
      action: batch.startsWith('inc_') ? 'incident.confirm' : 'release.undo',
      subject: batch,
      detail: { why, acts: left.length },
    },
    left.map(({ id: undone, address }) => ({
      address,
      act: { id: runtime.newId('act', at), kind: 'undo', at, actor: who.actor, undone },
      batch,
    })),
    ({ act }, { facts }) =>
      act.kind === 'undo' && !facts.acts.some((one) => one.kind === 'undo' && one.undone === act.undone),
  );
  return {
    addresses: addressesOf(done),
    restored: changed.filter((row) => row.state !== 'released'),
  };
}

export const addressesOf = (rows: readonly { readonly address: string }[]): number =>
  new Set(rows.map(({ address }) => address)).size;
