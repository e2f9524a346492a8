/**
 * Rule G at work: looks at what failed alike in the last hour, opens an incident where it stands out, and holds what
 * such an incident has put on the list, until a person confirms or releases it, or time decides. Holds are facts with
 * an actor like any other, so the list stays the fold of its facts.
 */
import { type Cluster, guard, isSuspect, OWN, standsOut, windowStart } from '../core/guard.ts';
import { maskAddresses } from '../core/mask.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import { type EventRow, type IncidentRow, keyOf } from '../store/store.ts';
import { all, eventsOf, failuresSince } from './incident-events.ts';
import { confirmIncident, GUARD, incidentNotice, reachOf, releaseIncident } from './incidents.ts';
import type { Edit } from './jobs.ts';
import type { ListDeps } from './list.ts';
import type { Log } from './log.ts';
import { undoable } from './release-undo.ts';

const PAGE = 1_000;
/** Few, since webhooks wait for the flush that takes them: a flood is just when there are many. */
const ACTS_A_BATCH = 100;
/** What is of a closed incident is looked for as far back: everybody is looked at once a minute. */
const LATE_LOOK = 3 * MINUTE;
/** Of several servers one lets time decide; a little less than the minute after which everybody is looked at again. */
const TURN = 50 * SECOND;

export interface Guard {
  /** A flush has counted failures of this tenant. */
  noticed(tenant: string): void;
  /** Looks at the tenants that were noticed since the last look, or at all of them. */
  look(whom: 'noticed' | 'all'): Promise<void>;
  /** Before a person decides: what failed again since the last look is held too, and goes the same way. */
  lookNow(tenant: string): Promise<void>;
}

export interface GuardDeps extends ListDeps {
  readonly log: Log;
}

export function createGuard(deps: GuardDeps): Guard {
  const noticed = new Set<string>();
  let looking: Promise<void> = Promise.resolve();
  const look: Guard['look'] = (whom) => {
    looking = looking
      .catch(() => undefined)
      .then(async () => {
        const tenants = whom === 'all' ? (await deps.store.tenants()).map(({ id }) => id) : [...noticed];
        for (const tenant of tenants) {
          noticed.delete(tenant);
          await lookAt(deps, tenant);
        }
      });
    return looking;
  };
  return {
    noticed(tenant) {
      noticed.add(tenant);
    },
    look,
    lookNow(tenant) {
      noticed.add(tenant);
      return look('noticed');
    },
  };
}

async function lookAt(deps: GuardDeps, tenant: string): Promise<void> {
  const { store, runtime } = deps;
  const now = runtime.now();
  const least = { failures: guard.alive.least, alive: guard.alive.least };
  const suspects = (await store.surging(tenant, windowStart(now), least)).filter((of) => isSuspect(of, of));
  const known = await all((after) =>
    store.incidents(tenant, {
      closedSince: now - (suspects.length === 0 ? guard.late : guard.memory),
      limit: PAGE,
      after,
    }),
  );
  const opened: IncidentRow[] = [];
  for (const of of suspects) {
    const earlier = known.filter(({ receiver, cause }) => receiver === of.receiver && cause === of.cause);
    if (await standsOutNow(deps, tenant, of, earlier)) opened.push(...(await open(deps, tenant, of)));
  }
  // One turn for all that are over: of two servers one lets time decide.
  let turn: Promise<boolean> | undefined;
  const mayClose = () => {
    turn ??= store.takeTurn(`incidents ${tenant}`, now, now + TURN);
    return turn;
  };
  for (const incident of [...known, ...opened]) {
    if (incident.closed_at === null) await follow(deps, incident, mayClose);
    else if (incident.closed_at >= now - guard.late) await followLate(deps, incident, incident.closed_at);
  }
}

/**
 * What an earlier incident of the same kind has counted is no news. Where that was a mistake, it is no measure of a bad
 * hour either.
 */
async function standsOutNow(
  { store, runtime }: GuardDeps,
  tenant: string,
  of: Cluster,
  earlier: readonly IncidentRow[],
): Promise<boolean> {
  const now = runtime.now();
  if (earlier.some(({ closed_at }) => closed_at === null)) return false;
  const slots = await store.surges(tenant, of, now - guard.memory);
  const counted = slots.filter(
    ({ slot }) =>
      !earlier.some(
        ({ state, first_at, last_at }) =>
          first_at <= slot && slot <= last_at && (state !== 'confirmed' || slot >= windowStart(now)),
      ),
  );
  return standsOut(of, counted, now, () => store.isFed(tenant, now - guard.memory));
}

/** None where another server has just opened it. */
async function open(deps: GuardDeps, tenant: string, { receiver, cause }: Cluster): Promise<IncidentRow[]> {
  const { store, runtime, log } = deps;
  const now = runtime.now();
  const first = windowStart(now);
  const of = { tenant, receiver, cause };
  const [newest] = await eventsOf(store, of, first);
  const row: IncidentRow = {
    ...of,
    id: runtime.newId('inc', now),
    state: 'open',
    first_at: first,
    opened_at: now,
    last_at: now,
    read_to: first,
    failures: 0,
    held: 0,
    sample: newest === undefined || newest.text === null ? null : maskAddresses(newest.text).slice(0, 500),
    code: newest?.code ?? null,
    enhanced: newest?.enhanced ?? null,
    closed_at: null,
    closed_by: null,
    why: null,
    release_id: null,
  };
  const change = [{ put: 'incident', row }, incidentNotice('incident.opened', row, now)] as const;
  if ((await store.configure(change, null)) === 'stale') return [];
  log('warn', 'incident opened', { incident: row.id });
  return [row];
}

/** Takes in what came since the last look, and lets time decide. */
async function follow(
  deps: GuardDeps,
  incident: IncidentRow,
  mayClose: () => Promise<boolean>,
): Promise<void> {
  const { store, runtime } = deps;
  const { tenant, id, receiver } = incident;
  const who = { tenant, actor: GUARD };
  const found = await failuresSince(deps, incident);
  const held = receiver === OWN ? [] : await hold(deps, incident, found);
  const fresh = found.filter(({ received_at }) => received_at > incident.read_to);
  const last = found.reduce((latest, { at }) => Math.max(latest, at), incident.last_at);
  if (found.length > 0)
    await store.configure(
      {
        note: 'incident',
        row: {
          tenant,
          id,
          last_at: last,
          read_to: fresh.reduce((to, { received_at }) => Math.max(to, received_at), incident.read_to),
          failures: incident.failures + fresh.length,
          held: incident.held + held.length,
        },
      },
      null,
    );
  const at = runtime.now();
  // One that was opened again is given its time anew.
  const quiet = at - Math.max(last, incident.opened_at);
  const isOver =
    quiet >= (receiver === OWN ? guard.passed : guard.quiet + guard.patience) && (await mayClose());
  const now = held.length > 0 || isOver ? await store.incident(tenant, id) : null;
  if (now === null) return;
  const why = now.why ?? 'It is over, and nobody has decided.';
  // Decided while we held: what came last goes the same way.
  if (now.state === 'confirmed') await confirmIncident(deps, who, now, why);
  else if (now.closed_at !== null || isOver) {
    const { entries } = receiver === OWN ? { entries: [] } : await reachOf(deps, now);
    await releaseIncident(deps, who, now, why, entries, now.state === 'released' ? 'released' : 'passed');
  }
}

/** What failed before a release, and was reported after it, goes the same way, or is held where that was taken back. */
async function followLate(deps: GuardDeps, incident: IncidentRow, closed: number): Promise<void> {
  const { store, runtime } = deps;
  const { tenant, id, receiver, first_at, state } = incident;
  if (receiver === OWN || state === 'confirmed') return;
  const found = await eventsOf(store, incident, runtime.now() - LATE_LOOK);
  const late = found.filter(({ at }) => first_at <= at && at <= closed);
  if ((await hold(deps, incident, late)).length === 0) return;
  const now = await store.incident(tenant, id);
  if (now === null || now.why === null || now.state === 'confirmed') return;
  const release = now.release_id === null ? null : await undoable(deps, tenant, now.release_id);
  if (release !== null && release.left.length < release.acts) return;
  const { entries } = await reachOf(deps, now);
  await releaseIncident(
    deps,
    { tenant, actor: GUARD },
    now,
    now.why,
    entries,
    now.state === 'released' ? 'released' : 'passed',
  );
}

/** The addresses that were not held before. */
async function hold(
  { store, runtime, policies, committer }: GuardDeps,
  { tenant, id: incident }: IncidentRow,
  failures: readonly EventRow[],
): Promise<string[]> {
  const { rules } = await policies.of(tenant);
  const deadly = new Set(rules.flatMap((rule) => (rule.then.do === 'dead' ? [rule.id] : [])));
  const byAddress = Map.groupBy(
    failures.filter(({ rule, action }) => action === 'suppress' && deadly.has(rule)),
    ({ address }) => address,
  );
  const addresses = [...byAddress.keys()];
  const newly: string[] = [];
  for (let from = 0; from < addresses.length; from += ACTS_A_BATCH) {
    const some = addresses.slice(from, from + ACTS_A_BATCH);
    const histories = await store.histories(some.map((address) => ({ tenant, address })));
    const now = runtime.now();
    const acts = some.flatMap((address): Edit['acts'][number][] => {
      const held = (histories.get(keyOf({ tenant, address }))?.acts ?? []).flatMap((act) =>
        act.kind === 'hold' ? act.events : [],
      );
      const events = (byAddress.get(address) ?? []).flatMap(({ id }) => (held.includes(id) ? [] : [id]));
      if (events.length === 0) return [];
      if (held.length === 0) newly.push(address);
      const id = runtime.newId('act', now);
      return [
        { address, batch: incident, act: { id, kind: 'hold', at: now, actor: GUARD, incident, events } },
      ];
    });
    if (acts.length > 0)
      await committer.submit({
        type: 'edit',
        tenant,
        acts,
        audit: {
          tenant,
          actor: GUARD,
          action: 'incident.hold',
          subject: incident,
          detail: { addresses: acts.length },
        },
      });
  }
  return newly;
}
