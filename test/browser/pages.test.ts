/** Every page in a browser, wide and narrow, light and dark: accessible, quiet, from one origin, and no wider than the window. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Hono } from 'hono';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Services } from '../../src/app/services.ts';
import { mountDashboard } from '../../src/dashboard/mount.ts';
import { narrow, provided, type Visitor, visit, wide } from './browser.ts';
import { faultsOf, type View } from './check.ts';
import { type Known, knownOf, lastingPages, pages } from './pages.ts';

const TIMEOUT = 120_000;
const views: readonly View[] = [
  { size: wide, schemes: ['light', 'dark'] },
  // The colours are the same.
  { size: narrow, schemes: ['dark'] },
];

/** Files, and what leads on to a page. */
const others = [
  '/dashboard.css',
  '/dashboard.js',
  '/suppressions/export',
  '/sources/:id/test',
  '/unmapped/replay',
];

it('is on the list, whatever its path', () => {
  const app = new Hono();
  mountDashboard(app, { runtime: { now: () => 0 } } as unknown as Services);
  const shown = app.routes.flatMap(({ path, method }) => (method === 'GET' ? [path] : []));
  expect(pages.map(({ route }) => route).filter((route) => !shown.includes(route))).toEqual([]);
  expect(
    shown.filter((path) => !others.includes(path) && !pages.some(({ route }) => route === path)),
  ).toEqual([]);
});

describe.skipIf(provided === null)('every page', () => {
  let visitor: Visitor;
  let known: Known;
  let context: BrowserContext;
  beforeAll(async () => {
    visitor = await visit();
    known = await knownOf(visitor.url, visitor.key);
    context = await visitor.signedIn();
  }, TIMEOUT);
  afterAll(() => visitor.close());

  it.each(lastingPages)(
    '$name has no fault, on a desk or on a phone',
    async ({ path }) => {
      expect(await faultsOf(context, `${visitor.url}${path(known)}`, views)).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'that is bad is found out',
    async () => {
      const bad = createServer((_request, answer) =>
        answer.writeHead(200, { 'content-type': 'text/html' }).end(badPage),
      );
      await new Promise<void>((resolve) => bad.listen(0, '127.0.0.1', resolve));
      const { port } = bad.address() as AddressInfo; // a TCP server that listens has one
      const stranger = await visitor.context();
      try {
        const view: View = { size: narrow, schemes: ['light', 'dark'] };
        const faults = (await faultsOf(stranger, `http://127.0.0.1:${port}/`, [view])).join('\n');
        for (const fault of [
          /^axe color-contrast, light, 390 px: /m,
          /^axe color-contrast, dark, 390 px: /m,
          /^axe html-has-lang, light, 390 px: /m,
          /^axe image-alt, light, 390 px: /m,
          /^asks another origin: http:\/\/elsewhere\.invalid\/x\.png$/m,
          /^console: /m,
          /^uncaught: oops$/m,
          /^scrolls sideways: 900 px in 390, for MAIN /m,
        ])
          expect(faults).toMatch(fault);
      } finally {
        await stranger.close();
        bad.close();
        bad.closeAllConnections();
      }
    },
    TIMEOUT,
  );
});

const badPage = `<!doctype html><html><meta name="viewport" content="width=device-width, initial-scale=1"><title>Bad</title>
<body style="margin:0"><main><h1 style="color:#ccc;background:#fff">Bad</h1><div style="width:900px">wide</div>
<img src="http://elsewhere.invalid/x.png"></main><script>throw new Error('oops')</script></body></html>`;
