/** Where providers post to. */
import { Sources } from '../pages/sources.tsx';
import { refusedDays } from '../refused-days.ts';
import { page, type Render } from '../visit.ts';

export const sources: Render = async ({ services: { store, runtime }, caller }) => {
  const now = runtime.now();
  const [rows, waiting] = [await store.sources(caller.tenant), await store.waitingCounts(caller.tenant)];
  const refused = await Promise.all(
    rows.map(async (row) => [row.id, await refusedDays(store, row, now)] as const),
  );
  return page(<Sources caller={caller} rows={rows} waiting={waiting} refused={new Map(refused)} />);
};
