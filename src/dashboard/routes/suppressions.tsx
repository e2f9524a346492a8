/** The list. */
import { type EntryState, type Reason, reasons } from '../../core/event.ts';
import { filterNames, type ListFilters, Suppressions } from '../pages/suppressions.tsx';
import { page, queryOf, type Render } from '../visit.ts';

export const suppressions: Render = async ({ services, caller, request }) => {
  const query = queryOf(request);
  const filters: ListFilters = Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = (query.get(name) ?? '').trim().toLowerCase();
      return value === '' ? [] : [[name, value]];
    }),
  );
  const { state, reason, domain, ...rest } = filters;
  const now = services.runtime.now();
  const states: readonly EntryState[] = ['active', 'held', 'expired', 'released'];
  const found = await services.store.entries(
    caller.tenant,
    {
      ...rest,
      ...(reason !== undefined && reasons.includes(reason as Reason) ? { reason: reason as Reason } : {}),
      ...(domain === undefined ? {} : { domain: domain.replace(/^@/, '') }),
      states: states.filter((one) =>
        state === undefined ? one === 'active' || one === 'held' : one === state,
      ),
      limit: 50,
      after: placeOf(query.get('after')),
    },
    now,
  );
  const after = found.next === null ? null : found.next.join(' ');
  return page(<Suppressions caller={caller} filters={filters} rows={found.rows} after={after} now={now} />);
};

/** `updated_at id` of the last row of the page before. */
function placeOf(text: string | null): readonly (string | number)[] | null {
  const [, at, id] = /^(\d{1,15}) (sup_\w{1,40})$/.exec(text ?? '') ?? [];
  return at === undefined || id === undefined ? null : [Number(at), id];
}
