/** Incidents, and what is decided about one. */
import { confirmIncident, reachOf, releaseIncident } from '../../app/incidents.ts';
import { Incident, Incidents } from '../pages/incidents.tsx';
import { page, type Render, seeOther } from '../visit.ts';

export const incidents: Render = async ({ services, caller }) => {
  const { rows } = await services.store.incidents(caller.tenant, { limit: 200, after: null });
  return page(<Incidents caller={caller} rows={rows} />);
};

export const incident: Render = async ({ services, caller, params: { id = '' } }) => {
  const row = await services.store.incident(caller.tenant, id);
  if (row === null) return null;
  const { entries, excluded } = await reachOf(services, row);
  return page(
    <Incident
      caller={caller}
      incident={row}
      reach={entries}
      excluded={excluded}
      now={services.runtime.now()}
    />,
  );
};

export const decideIncident: Render = async ({ services, caller, params: { id = '' }, form }) => {
  await services.guard.lookNow(caller.tenant);
  const row = await services.store.incident(caller.tenant, id);
  const why = (form.get('why') ?? '').trim().slice(0, 1_000);
  if (row === null || why === '') return null;
  if (form.get('do') === 'confirm') await confirmIncident(services, caller, row, why);
  else if (form.get('do') === 'release')
    await releaseIncident(services, caller, row, why, (await reachOf(services, row)).entries);
  else return null;
  return seeOther(`/incidents/${id}`);
};
