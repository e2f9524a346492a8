/** What is decided about an incident: that it was right, or that it was not. A release is taken back by its id. */
import { OWN } from '../core/guard.ts';
import type { Configuration, EntryRow, IncidentRow } from '../store/store.ts';
import { configure } from './configure.ts';
import { all } from './incident-events.ts';
import type { ListDeps, Who } from './list.ts';
import { undo, undoable } from './release-undo.ts';
import { releaseAll, type Selected, type Selection, select } from './releases.ts';

type Deps = Pick<ListDeps, 'store' | 'runtime' | 'committer'>;

const PAGE = 1_000;

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

/** What it holds counts like any other failure from now on. Null where somebody else has decided since it was read. */
export async function confirmIncident(
  deps: Deps,
  who: Who,
  incident: IncidentRow,
  why: string,
): Promise<IncidentRow | null> {
  const closed = await close(deps, who, incident, { state: 'confirmed', why, release_id: null });
  if (closed === null) return null;
  const { left } = await undoable(deps, incident.tenant, incident.id, 'hold');
  if (left.length > 0) await undo(deps, who, incident.id, why, left);
  return closed;
}

/** What it has put on the list is free, and failures of mail sent before now are barred. Null as for confirmIncident. */
export async function releaseIncident(
  deps: Deps,
  who: Who,
  incident: IncidentRow,
  why: string,
  entries: readonly EntryRow[],
  state: 'released' | 'passed' = 'released',
): Promise<IncidentRow | null> {
  const selection = selectionOf(incident);
  const id = incident.release_id ?? deps.runtime.newId('rel', deps.runtime.now());
  const releases = selection !== null && entries.length > 0;
  const closed = await close(deps, who, incident, { state, why, release_id: releases ? id : null });
  if (closed !== null && releases) await releaseAll(deps, who, selection, why, entries, id);
  return closed;
}

/**
 * Its release was taken back: it holds its people again, and is open as if there had been none, so that somebody sees it
 * and time decides. Where another of the same kind is open by now it stays closed, and whoever looks for it may decide.
 */
export async function reopenIncident(deps: Deps, { tenant, actor }: Who, id: string): Promise<void> {
  const { store, runtime } = deps;
  await configure(deps, async () => {
    const incident = await store.incident(tenant, id);
    if (incident === null || incident.closed_at === null || (await hasOpen(store, incident))) return null;
    const now = runtime.now();
    const closed = { closed_at: null, closed_by: null, why: null, release_id: null } as const;
    const row: IncidentRow = { ...incident, ...closed, state: 'open', opened_at: now };
    return {
      change: [{ put: 'incident', row }, incidentNotice('incident.opened', row, now)],
      note: { tenant, actor, action: 'incident.reopen', subject: id, detail: {} },
      value: row,
    };
  });
}

async function hasOpen(
  store: Deps['store'],
  { tenant, receiver, cause }: Pick<IncidentRow, 'tenant' | 'receiver' | 'cause'>,
): Promise<boolean> {
  const open = await all((after) => store.incidents(tenant, { open: true, limit: PAGE, after }));
  return open.some((one) => one.receiver === receiver && one.cause === cause);
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

/** First of all, so that nothing more is held meanwhile. The guard only goes on with what was decided. */
async function close(deps: Deps, who: Who, read: IncidentRow, how: Decision): Promise<IncidentRow | null> {
  const { store, runtime } = deps;
  const { tenant, id } = read;
  const { actor } = who;
  const goesOn = actor === GUARD && read.closed_at !== null;
  if (goesOn && isSame(read, how)) return read;
  return configure(deps, async () => {
    const incident = await store.incident(tenant, id);
    if (incident === null || incident.closed_at !== read.closed_at || !isSame(incident, read)) return null;
    const now = runtime.now();
    const row: IncidentRow = {
      ...incident,
      ...how,
      ...(goesOn ? {} : { closed_at: now, closed_by: actor }),
    };
    return {
      change: [{ put: 'incident', row }, ...(goesOn ? [] : [incidentNotice('incident.closed', row, now)])],
      note: { tenant, actor, action: 'incident.close', subject: id, detail: { state: how.state } },
      value: row,
    };
  });
}

type Decision = Pick<IncidentRow, 'state' | 'why' | 'release_id'>;
const isSame = (a: Decision, b: Decision): boolean =>
  a.state === b.state && a.why === b.why && a.release_id === b.release_id;
