/** The HTTP application. Only mounts: what an endpoint does is in its own file. Runs on Node and on workerd. */
import { Hono } from 'hono';
import type { Services } from '../app/services.ts';
import { asPage, mountDashboard } from '../dashboard/mount.ts';
import { endpoints } from './endpoints.ts';
import { type Document, documentOf } from './openapi.ts';
import { type Answer, json, notFound, raw, refuse } from './problem.ts';
import { serve, serveEndpoint } from './serve.ts';

export function createApp(services: Services): Hono {
  const app = new Hono();
  for (const [path, group] of byPath()) {
    for (const of of group) {
      app.on(of.method.toUpperCase(), path, (c) => serveEndpoint(services, c.req.raw, c.req.param(), of));
    }
    refuseOthers(
      app,
      services,
      path,
      group.map(({ method }) => method.toUpperCase()),
    );
  }
  for (const [path, methods] of mountDashboard(app, services)) refuseOthers(app, services, path, methods);
  for (const [path, answer] of Object.entries(pages())) {
    app.get(path, (c) => serve(services, c.req.raw, path, answer));
    refuseOthers(app, services, path, ['GET']);
  }
  app.notFound((c) =>
    serve(
      services,
      c.req.raw,
      'unknown',
      async () => notFound('There is nothing here; /docs lists what there is.'),
      asPage(services, c.req.raw),
    ),
  );
  return app;
}

/** Paths without parameters first, so that `/v1/suppressions/export` is not taken for an address. */
const byPath = () =>
  [...Map.groupBy(endpoints, ({ path }) => path)].sort(
    ([a], [b]) => Number(a.includes(':')) - Number(b.includes(':')),
  );

/** What is not mounted above: 405. */
function refuseOthers(app: Hono, services: Services, path: string, methods: readonly string[]): void {
  const allowed = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', ');
  const refusal = refuse(405, `This address takes ${allowed}.`, [], { Allow: allowed });
  app.all(path, (c) => serve(services, c.req.raw, path, async () => refusal, asPage(services, c.req.raw)));
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
