/** The overview. */
import { Overview } from '../pages/overview.tsx';
import { type Span, spans } from '../pages/overview-facts.ts';
import { page, queryOf, type Render } from '../visit.ts';
import { overviewFacts } from './overview-facts.ts';

export const overview: Render = async ({ services, caller, request }) => {
  const given = queryOf(request).get('span') ?? '7d';
  const span = (Object.hasOwn(spans, given) ? given : '7d') as Span;
  return page(<Overview caller={caller} facts={await overviewFacts(services, caller.tenant, span)} />);
};
