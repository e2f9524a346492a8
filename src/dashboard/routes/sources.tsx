/** Where providers post to. */
import { Sources } from '../pages/sources.tsx';
import { refusedDays } from '../refused-days.ts';
import { page, type Render } from '../visit.ts';

export const sources: Render = async ({ services: { store, runtime }, caller }) => {
  const now = runtime.now();
  const [rows, waiting] = [await store.sources(caller.tenant), await store.waitingCounts(caller.tenant)];
  const ids = rows.map(({ id }) => id);
  const refused = await refusedDays(store, caller.tenant, ids, now);
  return page(<Sources caller={caller} rows={rows} waiting={waiting} refused={refused} />);
};
