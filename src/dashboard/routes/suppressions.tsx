/** The list: looked through, exported, added to. */
import { type EntryState, type Reason, reasons } from '../../core/event.ts';
import { domainName } from '../../http/fields.ts';
import type { Problem } from '../../http/problem.ts';
import type { EntryQuery } from '../../store/store.ts';
import { answerOf, ask } from '../ask.ts';
import { type Blocking, filterNames, type ListFilters, Suppressions } from '../pages/suppressions.tsx';
import { page, queryOf, type Render, seeOther, type Visit } from '../visit.ts';

const PAGE = 50;
const states: readonly EntryState[] = ['active', 'held', 'expired', 'released'];

export const suppressions: Render = (visit) => listPage(visit, null, null);

async function listPage(
  { services, caller, request }: Visit,
  typed: Blocking | null,
  problem: Problem | null,
): Promise<Response> {
  const query = queryOf(request);
  const filters = filtersOf(query);
  const now = services.runtime.now();
  const found = await services.store.search(
    caller.tenant,
    { ...searchOf(filters), limit: PAGE, after: placeOf(query.get('after'), filters.q !== undefined) },
    now,
  );
  const after = found.next === null ? null : JSON.stringify(found.next);
  return page(
    <Suppressions
      caller={caller}
      filters={filters}
      rows={found.rows}
      after={after}
      isShort={after !== null && found.rows.length < PAGE}
      first={!query.has('after')}
      now={now}
      typed={typed}
      problem={problem}
    />,
    problem?.status ?? 200,
  );
}

function filtersOf(query: URLSearchParams): ListFilters {
  return Object.fromEntries(
    filterNames.flatMap((name) => {
      const value = (query.get(name) ?? '').trim();
      return value === '' ? [] : [[name, name === 'stream' ? value : value.toLowerCase()]];
    }),
  );
}

/** Days are whole ones, UTC. What is no day, reason or state filters nothing. */
function searchOf({
  state,
  reason,
  domain,
  since,
  until,
  ...rest
}: ListFilters): Omit<EntryQuery, 'limit' | 'after'> {
  const [from, to] = [dayOf(since), dayOf(until)];
  const named = domainName.safeParse(domain);
  return {
    ...rest,
    ...(reasons.includes(reason as Reason) ? { reason: reason as Reason } : {}),
    ...(named.success ? { domain: named.data } : {}),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to: to + 24 * 3_600_000 }),
    states: states.filter((one) =>
      state === undefined ? one === 'active' || one === 'held' : state === 'any' || one === state,
    ),
  };
}

function dayOf(text: string | undefined): number | null {
  const at = /^\d{4}-\d\d-\d\d$/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isFinite(at) ? at : null;
}

/** The key of the last row of the page before; of another order it is no place. */
function placeOf(text: string | null, byAddress: boolean): readonly (string | number)[] | null {
  const form = byAddress
    ? /^\["[^"\\]{1,330}","[^"\\]{1,64}","[a-z-]{1,20}"\]$/
    : /^\[\d{1,15},"sup_\w{1,40}"\]$/;
  return text !== null && form.test(text) ? JSON.parse(text) : null;
}

/** A file of what the filters show. */
export const exportSuppressions: Render = async (visit) => {
  const { states: named, from, to, ...rest } = searchOf(filtersOf(queryOf(visit.request)));
  const time = (at: number | undefined, name: string) =>
    at === undefined ? {} : { [name]: new Date(at).toISOString() };
  const answer = await answerOf(visit, 'get', '/v1/suppressions/export', {
    query: {
      ...(rest as Record<string, string>),
      ...time(from, 'from'),
      ...time(to, 'to'),
      state: named.join(','),
      format: 'csv',
      spreadsheet: 'true',
    },
  });
  if (answer.type === 'raw') return answer.response;
  return answer.type === 'problem' ? listPage(visit, null, answer) : null;
};

export const blockAddress: Render = async (visit) => {
  const typed = typedIn(visit.form);
  const problem = await block(visit, typed);
  if (problem !== null) return listPage(visit, typed, problem);
  const page = typed.address.startsWith('@') ? '/suppressions?q=' : '/address?address=';
  return seeOther(page + encodeURIComponent(typed.address));
};

export const typedIn = (form: URLSearchParams): Blocking => ({
  address: (form.get('address') ?? '').trim(),
  reason: form.get('reason') || 'manual',
  stream: (form.get('stream') ?? '').trim() || '*',
  note: (form.get('note') ?? '').trim(),
});

/** Null = done. */
export async function block(visit: Visit, { address, ...rest }: Blocking): Promise<Problem | null> {
  const done = await ask(visit, 'put', '/v1/suppressions/:address', {
    params: { address },
    json: { ...rest, note: rest.note || null },
  });
  return done.ok ? null : done.problem;
}
