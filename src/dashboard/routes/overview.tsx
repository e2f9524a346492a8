/** The overview. */
import { Overview, overviewOf, type Span, spans } from '../pages/overview.tsx';
import { page, queryOf, type Render } from '../visit.ts';

export const overview: Render = async ({ services, caller, request }) => {
  const given = queryOf(request).get('span') ?? '7d';
  const span = (Object.hasOwn(spans, given) ? given : '7d') as Span;
  return page(<Overview caller={caller} facts={await overviewOf(services, caller.tenant, span)} />);
};
