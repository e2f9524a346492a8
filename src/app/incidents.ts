/** What is decided about an incident: that it was right, or that it was not. A release is taken back by its id. */
import { OWN } from '../core/guard.ts';
import type { Configuration, EntryRow, IncidentRow } from '../store/store.ts';
import type { ListDeps, Who } from './list.ts';
import { undo, undoable } from './release-undo.ts';
import { releaseAll, type Selected, type Selection, select } from './releases.ts';

type Deps = Pick<ListDeps, 'store' | 'runtime' | 'committer'>;

/** The guard itself, where it acts: no key and no person. */
export const GUARD = 'guard';

/** What it has put on the list: held entries, or the 504s of a cause of our own. Other such causes put nobody there. */
export async function reachOf(deps: Deps, incident: IncidentRow): Promise<Selected> {
  const selection = selectionOf(incident);
  return selection === null ? { entries: [], excluded: {} } : select(deps, incident.tenant, selection);
}

function selectionOf({ id, receiver, cause, first_at }: IncidentRow): Selection | null {
  if (receiver !== OWN) return { incident: id };
  return cause === '504' ? { code: cause, from: first_at } : null;
}

/** What it holds counts like any other failure from now on. */
export async function confirmIncident(
  deps: Deps,
  who: Who,
  incident: IncidentRow,
  why: string,
): Promise<IncidentRow> {
  const closed = await close(deps, who, incident, { state: 'confirmed', why, release_id: null });
  const { left } = await undoable(deps, incident.tenant, incident.id, 'hold');
  if (left.length > 0) await undo(deps, who, incident.id, why, left);
  return closed;
}

/** What it has put on the list is free, and failures of mail sent before now are barred. */
export async function releaseIncident(
  deps: Deps,
  who: Who,
  incident: IncidentRow,
  why: string,
  entries: readonly EntryRow[],
  state: 'released' | 'passed' = 'released',
): Promise<IncidentRow> {
  const selection = selectionOf(incident);
  const id = incident.release_id ?? deps.runtime.newId('rel', deps.runtime.now());
  const releases = selection !== null && entries.length > 0;
  const closed = await close(deps, who, incident, { state, why, release_id: releases ? id : null });
  if (releases) await releaseAll(deps, who, selection, why, entries, id);
  return closed;
}

/**
 * Its release was taken back: it holds its people again, and is open as if there had been none, so that somebody sees it
 * and time decides. Where another of the same kind is open by now it stays closed, and whoever looks for it may decide.
 */
export async function reopenIncident(
  { store, runtime }: Pick<Deps, 'store' | 'runtime'>,
  { tenant }: Who,
  id: string,
): Promise<void> {
  const incident = await store.incident(tenant, id);
  if (incident === null || incident.closed_at === null) return;
  const now = runtime.now();
  const closed = { closed_at: null, closed_by: null, why: null, release_id: null } as const;
  const row: IncidentRow = { ...incident, ...closed, state: 'open', opened_at: now };
  await store.configure([{ put: 'incident', row }, incidentNotice('incident.opened', row, now)], null);
}

/** What webhooks tell of it. */
export const incidentNotice = (
  type: 'incident.opened' | 'incident.closed',
  { tenant, id, receiver, cause, state, code, enhanced, sample, why }: IncidentRow,
  at: number,
): Configuration => ({
  put: 'notice',
  row: {
    tenant,
    at,
    type,
    data: JSON.stringify({
      id,
      kind: receiver === OWN ? 'own' : 'receiver',
      receiver: receiver === OWN ? null : receiver,
      cause,
      state,
      code,
      enhanced,
      sample,
      why,
    }),
  },
});

/** First of all, so that nothing more is held meanwhile. The last decision counts; the guard only goes on with one. */
async function close(
  { store, runtime }: Deps,
  who: Who,
  incident: IncidentRow,
  how: Pick<IncidentRow, 'state' | 'why' | 'release_id'>,
): Promise<IncidentRow> {
  const goesOn = who.actor === GUARD && incident.closed_at !== null;
  const decided = goesOn ? {} : { closed_at: runtime.now(), closed_by: who.actor };
  const row: IncidentRow = { ...incident, ...how, ...decided };
  const told = goesOn ? [] : [incidentNotice('incident.closed', row, runtime.now())];
  await store.configure([{ put: 'incident', row }, ...told], null);
  return row;
}
