/** The pages for people, beside the API: rendered on the server, for which a script is only a comfort. */
import type { Hono } from 'hono';
import type { Services } from '../app/services.ts';
import { err, ok, type Result } from '../core/result.ts';
import {
  type Caller,
  MISSES_A_MINUTE,
  may,
  noteWrongKey,
  type Scope,
  tooManyWrongKeys,
} from '../http/auth.ts';
import { readBody } from '../http/body.ts';
import { type Answer, notFound, type Problem, raw, refuse } from '../http/problem.ts';
import { createRateLimiter } from '../http/rate-limit.ts';
import { serve } from '../http/serve.ts';
import { asPage } from './refusals.ts';
import { callerOf, isOurs, pathOf, signIn, signInUser, signOut, userNameOf } from './session.ts';
import { type Render, seeOther } from './visit.ts';

export { asPage };

type Pages = typeof import('./pages.ts');
/** Node runs .tsx from the build alone, so that it is loaded only for those who look. */
const load = (): Promise<Pages> => import('./pages.ts');

/** What `./pages.ts` exports for whoever is signed in. */
type Name = { [Key in keyof Pages]: Pages[Key] extends Render ? Key : never }[keyof Pages];
/** By path: what is shown, or done by a form, and the scope it takes. */
type Routes = Readonly<Record<string, readonly [Name, Scope]>>;

const shown: Routes = {
  '/': ['overview', 'read'],
  '/suppressions': ['suppressions', 'read'],
  '/suppressions/export': ['exportSuppressions', 'read'],
  '/address': ['address', 'read'],
  '/release': ['releasePreview', 'release'],
  '/release/:id': ['released', 'release'],
  '/import': ['importForm', 'write'],
  '/import/:id': ['importState', 'write'],
  '/incidents': ['incidents', 'read'],
  '/incidents/:id': ['incident', 'read'],
  '/sources': ['sources', 'read'],
  '/sources/new': ['newSource', 'admin'],
  '/sources/:id': ['source', 'read'],
  '/receipts/:id': ['receipt', 'admin'],
  '/quarantine': ['quarantine', 'read'],
  '/unmapped': ['unmapped', 'read'],
  '/unmapped/name': ['nameReply', 'admin'],
  '/policy': ['policy', 'read'],
  '/policy/try': ['tryReply', 'read'],
  '/policy/edit': ['policyEditor', 'read'],
  '/policy/versions': ['policyVersions', 'read'],
  '/policy/versions/:version': ['policyVersion', 'read'],
  '/settings': ['settings', 'read'],
  '/keys': ['keys', 'admin'],
  '/audit': ['audit', 'admin'],
};
const done: Routes = {
  '/suppressions': ['blockAddress', 'write'],
  '/address/block': ['blockFromAddress', 'write'],
  '/address/allow': ['allowAddress', 'release'],
  '/address/release': ['releaseAddress', 'release'],
  '/release': ['releaseSelected', 'release'],
  '/release/:id': ['undoRelease', 'release'],
  '/import/:id': ['importNow', 'write'],
  '/incidents/:id': ['decideIncident', 'release'],
  '/sources/new': ['addSource', 'admin'],
  '/sources/:id': ['changeSource', 'admin'],
  '/sources/:id/test': ['testSourceNow', 'admin'],
  '/receipts/:id': ['readReceiptAgain', 'admin'],
  '/quarantine': ['decideQuarantined', 'write'],
  '/unmapped/name': ['activateRule', 'admin'],
  '/unmapped/replay': ['replayUnmapped', 'write'],
  // Whoever may read may simulate; to activate takes the scope that the API asks.
  '/policy/edit': ['editPolicy', 'read'],
  '/settings/streams': ['changeStream', 'admin'],
  '/settings/webhooks': ['changeWebhook', 'admin'],
  '/keys': ['createKey', 'admin'],
  '/keys/revoke': ['revokeKey', 'admin'],
  '/keys/users': ['changeUser', 'admin'],
};

/** Forms that carry a file: the page reads it, under its own limit. */
const uploaded: Routes = { '/import': ['uploadList', 'write'] };

/** Forms that are answered by a page: who opens that by its address, as after signing in again, is led to the form. */
const answers: Readonly<Record<string, string>> = {
  '/sources/:id/test': '/sources/:id',
  '/unmapped/replay': '/unmapped',
};

/** A policy is the longest. */
export const MAX_FORM = 1024 * 1024;
/** Of a tenant and a user. */
const MAX_NAME = 130;
/** Of one user; by key one is let in all the same. */
export const PASSWORDS_A_MINUTE = 10;

export function mountDashboard(app: Hono, services: Services): void {
  const attempts = createRateLimiter(services.runtime.now);
  const on = (
    method: 'GET' | 'POST',
    path: string,
    answer: (
      request: Request,
      params: Readonly<Record<string, string>>,
      requestId: string,
    ) => Promise<Answer>,
  ) => {
    app.on(method, path, (c) =>
      serve(
        services,
        c.req.raw,
        path,
        (requestId) => answer(c.req.raw, c.req.param(), requestId),
        asPage(services, c.req.raw),
      ),
    );
  };

  on('GET', '/dashboard.css', async () => raw((await load()).style()));
  on('GET', '/dashboard.js', async () => raw((await load()).script()));
  on('GET', '/codes', async (request) =>
    raw((await load()).codes({ caller: await callerOf(services, request), request })),
  );
  on('GET', '/codes/:code', async (request, { code = '' }) => {
    const page = await (await load()).code(services, await callerOf(services, request), code);
    return page === null ? notFound('There is no such code; /codes lists them.') : raw(page);
  });
  on('GET', '/sign-in', async (request) => raw((await load()).signInPage(request)));
  on('POST', '/sign-in', async (request) => {
    if (!isOurs(services, request)) return foreign();
    const read = await formOf(request);
    if (!read.ok) return read.error;
    const form = read.value;
    if (form.has('name')) return byPassword(request, form);
    const cookie = await signIn(services, request, (form.get('key') ?? '').trim());
    const pages = await load();
    if (cookie !== null) return raw(seeOther(pathOf(form.get('next')), { 'Set-Cookie': cookie }));
    const wait = noteWrongKey(services);
    return raw(
      pages.notSignedIn(form, {
        problem: wait > 0 ? tooManyWrongKeys(wait) : 'No such key. It may have been revoked.',
        wait,
      }),
    );
  });
  /** Attempts are counted before any work is done, whether they succeed or not. */
  const byPassword = async (request: Request, form: URLSearchParams): Promise<Answer> => {
    const name = userNameOf((form.get('name') ?? '').slice(0, MAX_NAME));
    const wait =
      attempts.take('', MISSES_A_MINUTE) || attempts.take(`${name.tenant}/${name.name}`, PASSWORDS_A_MINUTE);
    const cookie = wait > 0 ? null : await signInUser(services, request, name, form.get('password') ?? '');
    if (cookie !== null) return raw(seeOther(pathOf(form.get('next')), { 'Set-Cookie': cookie }));
    const problem =
      wait > 0
        ? `Too many attempts; try again in ${wait} s, or sign in with a key.`
        : 'Name and password are not those of a user.';
    return raw((await load()).notSignedIn(form, { problem, wait }));
  };
  on('POST', '/sign-out', async (request) => {
    if (!isOurs(services, request)) return foreign();
    return raw(seeOther('/sign-in', { 'Set-Cookie': await signOut(services, request) }));
  });

  for (const [path, from] of Object.entries(answers))
    on('GET', path, async (_request, { id = '' }) =>
      raw(seeOther(from.replace(':id', encodeURIComponent(id)))),
    );
  for (const [path, [name, scope]] of Object.entries(shown))
    on('GET', path, async (request, params, requestId) => {
      const caller = await callerOf(services, request);
      const pages = await load();
      if (caller === null) return raw(toSignIn(request));
      const lacking = lackOf(caller, scope);
      if (lacking !== null) return forbidden(lacking);
      const form = new URLSearchParams();
      const answer = await pages[name]({ services, caller, request, requestId, params, form });
      return asAnswer(answer ?? notFound('There is nothing here.'));
    });
  for (const [path, [name, scope]] of Object.entries({ ...done, ...uploaded }))
    on('POST', path, async (request, params, requestId) => {
      const caller = await callerOf(services, request);
      if (!isOurs(services, request)) return foreign();
      if (caller === null) return signedOut();
      const lacking = lackOf(caller, scope);
      if (lacking !== null) return forbidden(lacking);
      const form = Object.hasOwn(uploaded, path) ? ok(new URLSearchParams()) : await formOf(request);
      if (!form.ok) return form.error;
      const pages = await load();
      const answer = await pages[name]({ services, caller, request, requestId, params, form: form.value });
      return asAnswer(answer ?? refuse(422, 'Say why, and what is meant.'));
    });
}

const asAnswer = (of: Response | Problem): Answer => (of instanceof Response ? raw(of) : of);

function toSignIn(request: Request): Response {
  const { pathname, search } = new URL(request.url);
  return seeOther(`/sign-in?next=${encodeURIComponent(pathname + search)}`);
}

/** A page that takes a form shows what is there as well. */
const lackOf = (caller: Caller, scope: Scope): Scope | null =>
  ([scope, 'read'] as const).find((one) => !may(caller, one)) ?? null;

const foreign = (): Answer =>
  refuse(
    403,
    'This form was not sent from a page of this server; open it anew. Behind a proxy, MAILSTOP_PUBLIC_URL must be the address that the browser shows.',
  );
const signedOut = (): Answer =>
  refuse(403, 'You are not signed in any more; sign in, and send the form again.');
const forbidden = (scope: Scope): Answer =>
  refuse(
    403,
    `You may not do this: it takes the scope “${scope}”. An admin can give you a key or a role that has it.`,
  );

/** Or what is wrong with it. */
async function formOf(request: Request): Promise<Result<URLSearchParams, Answer>> {
  if (!/^application\/x-www-form-urlencoded\b/.test(request.headers.get('content-type') ?? ''))
    return err(foreign());
  const body = await readBody(request, MAX_FORM);
  if (body.ok) return ok(new URLSearchParams(new TextDecoder().decode(body.value)));
  return err(
    body.error === 'too-large'
      ? refuse(
          413,
          `A form holds ${MAX_FORM / 1024 / 1024} MiB at most; a larger policy goes by “mailstop policy set FILE”.`,
        )
      : refuse(400, 'The form broke off on its way; send it again.'),
  );
}
