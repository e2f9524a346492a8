/** The pages for people, beside the API: rendered on the server, without a script. */
import type { Hono } from 'hono';
import type { Services } from '../app/services.ts';
import { type Caller, may } from '../http/auth.ts';
import { readBody } from '../http/body.ts';
import { type Answer, notFound, raw, refuse } from '../http/problem.ts';
import { createRateLimiter } from '../http/rate-limit.ts';
import { serve } from '../http/serve.ts';
import { callerOf, isOurs, pathOf, signIn, signOut } from './session.ts';

type Pages = typeof import('./render.tsx');
/** Node runs .tsx from the build alone, so that it is loaded only for those who look. */
const load = (): Promise<Pages> => import('./render.tsx');

type Private = 'overview' | 'suppressions' | 'address' | 'incidents' | 'incident' | 'sources';
const shown: Readonly<Record<string, Private>> = {
  '/': 'overview',
  '/suppressions': 'suppressions',
  '/address': 'address',
  '/incidents': 'incidents',
  '/incidents/:id': 'incident',
  '/sources': 'sources',
};
const done: Readonly<Record<string, 'releaseAddress' | 'decideIncident'>> = {
  '/address/release': 'releaseAddress',
  '/incidents/:id': 'decideIncident',
};

const MAX_FORM = 16 * 1024;
/** Wrong keys, a minute and process: enough for typing errors, and a bound on the work of those who guess. */
const MISSES_A_MINUTE = 60;

/** Paths that are mounted, each with its methods: for those that refuse the others. */
export function mountDashboard(app: Hono, services: Services): ReadonlyMap<string, readonly string[]> {
  const misses = createRateLimiter(services.runtime.now);
  const methods = new Map<string, string[]>();
  const on = (
    method: 'GET' | 'POST',
    path: string,
    answer: (request: Request, params: Readonly<Record<string, string>>) => Promise<Answer>,
  ) => {
    methods.set(path, [...(methods.get(path) ?? []), method]);
    app.on(method, path, (c) => serve(services, c.req.raw, path, () => answer(c.req.raw, c.req.param())));
  };

  on('GET', '/dashboard.css', async () => raw((await load()).style()));
  on('GET', '/codes', async (request) =>
    raw((await load()).codes({ caller: await callerOf(services, request), request })),
  );
  on('GET', '/codes/:code', async (request, { code = '' }) => {
    const page = await (await load()).code(services, await callerOf(services, request), code);
    return page === null ? notFound('There is no such code; /codes lists them.') : raw(page);
  });
  on('GET', '/sign-in', async (request) =>
    raw((await load()).signInPage(new URL(request.url).searchParams.get('next'))),
  );
  on('POST', '/sign-in', async (request) => {
    const form = await formOf(request);
    if (form === null || !isOurs(services, request)) return foreign();
    const cookie = await signIn(services, request, (form.get('key') ?? '').trim());
    const pages = await load();
    if (cookie !== null) return raw(pages.seeOther(pathOf(form.get('next')), { 'Set-Cookie': cookie }));
    const wait = misses.take('', MISSES_A_MINUTE);
    if (wait > 0)
      return refuse(429, `Too many wrong keys; try again in ${wait} s.`, [], { 'Retry-After': String(wait) });
    return raw(pages.signInPage(form.get('next'), 'No such key. It may have been revoked.'));
  });
  on('POST', '/sign-out', async (request) => {
    if (!isOurs(services, request)) return foreign();
    return raw((await load()).seeOther('/sign-in', { 'Set-Cookie': await signOut(services, request) }));
  });

  for (const [path, name] of Object.entries(shown))
    on('GET', path, async (request, params) => {
      const caller = await callerOf(services, request);
      const pages = await load();
      if (caller === null) return raw(toSignIn(pages, request));
      if (!may(caller, 'read')) return forbidden();
      const form = new URLSearchParams();
      const page = await pages[name]({ services, caller, request, params, form });
      return page === null ? notFound('There is nothing here.') : raw(page);
    });
  for (const [path, name] of Object.entries(done))
    on('POST', path, async (request, params) => {
      const caller = await callerOf(services, request);
      const form = await formOf(request);
      if (caller === null || form === null || !isOurs(services, request)) return foreign();
      if (!mayDo(caller)) return forbidden();
      const page = await (await load())[name]({ services, caller, request, params, form });
      return page === null ? refuse(422, 'Say why, and what is meant.') : raw(page);
    });
  return methods;
}

const mayDo = (caller: Caller): boolean => may(caller, 'release');

function toSignIn(pages: Pages, request: Request): Response {
  const { pathname, search } = new URL(request.url);
  return pages.seeOther(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

const foreign = (): Answer => refuse(403, 'This form was not sent from a page of this server; open it anew.');
const forbidden = (): Answer => refuse(403, 'The key you signed in with may not do this.');

/** Null where it is no form. */
async function formOf(request: Request): Promise<URLSearchParams | null> {
  if (!/^application\/x-www-form-urlencoded\b/.test(request.headers.get('content-type') ?? '')) return null;
  const body = await readBody(request, MAX_FORM);
  return body.ok ? new URLSearchParams(new TextDecoder().decode(body.value)) : null;
}
