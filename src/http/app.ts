/** The HTTP application. Only mounts: what an endpoint does is in its own file. Runs on Node and on workerd. */
import { type Context, Hono } from 'hono';
import type { Services } from '../app/services.ts';
import { asPage, mountDashboard } from '../dashboard/mount.ts';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { type Document, documentOf } from './openapi.ts';
import { type Answer, json, notFound, raw, refuse } from './problem.ts';
import { serve, serveEndpoint } from './serve.ts';

export function createApp(services: Services): Hono {
  const app = new Hono();
  const mount = (some: readonly Endpoint[]) => {
    for (const of of some)
      app.on(of.method.toUpperCase(), of.path, (c) => serveEndpoint(services, c.req.raw, c.req.param(), of));
  };
  /** No such path, or not by this method. */
  const refused = (c: Context) => {
    const known = routeOf(app, c.req.path);
    const refusal =
      known === null
        ? notFound('There is nothing here; /docs lists what there is.')
        : refuse(405, `This address takes ${known.allow}.`, [], { Allow: known.allow });
    const route = known?.path ?? 'unknown';
    return serve(services, c.req.raw, route, async () => refusal, asPage(services, c.req.raw));
  };
  // Paths without parameters first, each for all methods: `/v1/suppressions/export` is never taken for an address.
  const fixed = endpoints.filter(({ path }) => !path.includes(':'));
  mount(fixed);
  for (const path of new Set(fixed.map((of) => of.path))) app.all(path, refused);
  mount(endpoints.filter(({ path }) => path.includes(':')));
  mountDashboard(app, services);
  for (const [path, answer] of Object.entries(pages()))
    app.get(path, (c) => serve(services, c.req.raw, path, answer));
  app.notFound(refused);
  return app;
}

/** The route of a path, by whatever method, and the methods it takes. */
function routeOf(app: Hono, path: string): { readonly path: string; readonly allow: string } | null {
  const methods = new Set(app.routes.map(({ method }) => method)).difference(new Set(['ALL']));
  const routes = [...methods]
    .flatMap((method) =>
      app.router
        .match(method, path)[0]
        .slice(0, 1)
        .map(([[, route]]) => route),
    )
    .filter(({ method }) => method !== 'ALL');
  const [route] = routes;
  if (route === undefined) return null;
  const taken = routes.filter((one) => one.path === route.path);
  const allow = taken.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  return { path: route.path, allow };
}

function pages(): Record<string, () => Promise<Answer>> {
  // Made when first asked for; the pages' own file is loaded only then, since Node runs .tsx from the build alone.
  let document: Document | null = null;
  const describe = (): Document => {
    document ??= documentOf(endpoints);
    return document;
  };
  return {
    '/openapi.json': async () => json(describe()),
    '/docs': async () => raw((await import('./docs.tsx')).docsPage(describe())),
    '/docs.css': async () => raw((await import('./docs.tsx')).docsStyle()),
  };
}
