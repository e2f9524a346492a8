/** Where providers post to. */
import { Sources } from '../pages/sources.tsx';
import { page, type Render } from '../visit.ts';

export const sources: Render = async ({ services: { store }, caller }) => {
  const [rows, waiting] = [await store.sources(caller.tenant), await store.waitingCounts(caller.tenant)];
  return page(<Sources caller={caller} rows={rows} waiting={waiting} />);
};
