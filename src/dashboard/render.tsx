/** Every page by its path. Loaded when the first one is asked for. */
import { gatherStory } from '../app/gather-story.ts';
import { confirmIncident, reachOf, releaseIncident } from '../app/incidents.ts';
import type { Services } from '../app/services.ts';
import { canonicalAddress } from '../core/address.ts';
import { lookupCode } from '../core/codes/catalogue.ts';
import { type EntryState, type Reason, reasons } from '../core/event.ts';
import { DAY } from '../core/time.ts';
import { type Caller, may } from '../http/auth.ts';
import { webhookUrl } from '../http/shapes-setup.ts';
import { Address, NoAddress } from './pages/address.tsx';
import { Code, CodeIndex } from './pages/codes.tsx';
import { Incident, Incidents } from './pages/incidents.tsx';
import { Overview, overviewOf, type Span, spans } from './pages/overview.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Sources } from './pages/sources.tsx';
import { filterNames, type ListFilters, Suppressions } from './pages/suppressions.tsx';
import { pathOf } from './session.ts';
import { dashboardCss } from './style.ts';

/** Of one address, the last. */
const EVENTS_SHOWN = 200;

const policy =
  "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

export const page = (content: unknown, status = 200): Response =>
  new Response(`<!doctype html>${content}`, {
    status,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': policy },
  });

export const style = (): Response =>
  new Response(dashboardCss, {
    headers: { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'public, max-age=300' },
  });

export const signInPage = (next: string | null, problem: string | null = null): Response =>
  page(<SignIn next={pathOf(next)} problem={problem} />, problem === null ? 200 : 403);

/** What a page is made for. */
export interface Visit {
  readonly services: Services;
  readonly caller: Caller;
  readonly request: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly form: URLSearchParams;
}

type Render = (visit: Visit) => Promise<Response | null>;
const queryOf = (request: Request) => new URL(request.url).searchParams;

export const overview: Render = async ({ services, caller, request }) => {
  const given = queryOf(request).get('span') ?? '7d';
  const span = (Object.hasOwn(spans, given) ? given : '7d') as Span;
  return page(<Overview caller={caller} facts={await overviewOf(services, caller.tenant, span)} />);
};

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

export const address: Render = ({ services, caller, request }) =>
  addressPage({ services, caller }, queryOf(request).get('address') ?? '', null);

async function addressPage(
  { services, caller }: Pick<Visit, 'services' | 'caller'>,
  given: string,
  problem: string | null,
): Promise<Response> {
  const read = canonicalAddress(given);
  if (!read.ok)
    return page(<NoAddress caller={caller} given={given} problem={read.error} />, given === '' ? 200 : 422);
  const story = await gatherStory(services, caller.tenant, read.value, EVENTS_SHOWN);
  return page(
    <Address caller={caller} story={story} now={services.runtime.now()} problem={problem} />,
    problem === null ? 200 : 409,
  );
}

export const releaseAddress: Render = async ({ services, caller, form }) => {
  const read = canonicalAddress(form.get('address') ?? '');
  const why = (form.get('why') ?? '').trim();
  if (!read.ok || why === '' || !may(caller, 'release')) return null;
  const done = await services.list.release(caller, {
    address: read.value,
    reasons: ['hard-bounce', 'soft-bounce', 'manual'],
    stream: null,
    why: why.slice(0, 1_000),
    evidence: null,
  });
  if (!done.ok)
    return addressPage(
      { services, caller },
      read.value,
      'Nothing that can be released so stands against it.',
    );
  return seeOther(`/address?address=${encodeURIComponent(read.value)}`);
};

export const codes = ({ caller, request }: { caller: Caller | null; request: Request }): Response => {
  const query = queryOf(request);
  return page(<CodeIndex caller={caller} q={query.get('q') ?? ''} category={query.get('category') ?? ''} />);
};

export async function code(
  services: Services,
  caller: Caller | null,
  given: string,
): Promise<Response | null> {
  const entry = lookupCode(given);
  if (entry === null) return null;
  const traffic =
    caller === null || entry.type === 'enhanced'
      ? null
      : await trafficOf(services, caller.tenant, entry.code);
  return page(<Code caller={caller} entry={entry} traffic={traffic} />);
}

async function trafficOf({ store, runtime }: Services, tenant: string, of: string) {
  const now = runtime.now();
  const rows = await store.statistics(tenant, now - 30 * DAY, now + 1, ['code', 'domain']);
  const own = rows.filter(({ key }) => key[0] === of).sort((a, b) => b.count - a.count);
  return {
    events: own.reduce((sum, { count }) => sum + count, 0),
    receivers: own.slice(0, 5).map(({ key, count }) => ({ name: String(key[1]), count })),
  };
}

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
  if (row === null || why === '' || !may(caller, 'release')) return null;
  if (form.get('do') === 'confirm') await confirmIncident(services, caller, row, why);
  else if (form.get('do') === 'release')
    await releaseIncident(services, caller, row, why, (await reachOf(services, row)).entries);
  else return null;
  return seeOther(`/incidents/${id}`);
};

export const sources: Render = async ({ services, caller, request }) => {
  const rows = await services.store.sources(caller.tenant);
  return page(
    <Sources caller={caller} rows={rows} urlOf={(id) => webhookUrl(services.settings, request, id)} />,
  );
};

export const seeOther = (path: string, headers: Record<string, string> = {}): Response =>
  new Response(null, { status: 303, headers: { Location: path, ...headers } });
