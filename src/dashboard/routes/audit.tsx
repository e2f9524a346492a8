/** The audit. */
import { ask } from '../ask.ts';
import { Audit, type Audited, type AuditFilters, filterNames } from '../pages/audit.tsx';
import { sentenceOf } from '../problem-words.ts';
import { page, queryOf, type Render } from '../visit.ts';

export const audit: Render = async (visit) => {
  const query = queryOf(visit.request);
  const filters: AuditFilters = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = (query.get(name) ?? '').trim();
      return value === '' ? [] : [[name, value]];
    }),
  );
  const cursor = query.get('cursor');
  const found = await ask<{ data: Audited[]; next_cursor: string | null }>(visit, 'get', '/v1/audit', {
    query: { ...filters, ...(cursor === null ? {} : { cursor }) },
  });
  return page(
    <Audit
      caller={visit.caller}
      filters={filters}
      rows={found.ok ? found.body.data : []}
      cursor={found.ok ? found.body.next_cursor : null}
      problem={found.ok ? null : sentenceOf(found.problem)}
    />,
    found.ok ? 200 : found.problem.status,
  );
};
