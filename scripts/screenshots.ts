/**
 * Pictures of every page, from the demo's month: `npm run screenshots` renews docs/screenshots with the wide light and the
 * narrow dark one of each; `npm run screenshots -- FOLDER` puts all four of each there.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { findChromium } from '../test/browser/chromium.ts';
import { knownOf, lastingPages } from '../test/browser/pages.ts';
import { startSite } from '../test/browser/site.ts';

const widths = { wide: { width: 1280, height: 900 }, narrow: { width: 390, height: 844 } } as const;
const schemes = ['light', 'dark'] as const;

const given = process.argv[2];
const folder = given ?? fileURLToPath(new URL('../docs/screenshots/', import.meta.url));
mkdirSync(folder, { recursive: true });

const executablePath = findChromium();
if (executablePath === null) throw new Error('no Chromium; set CHROMIUM to the path of one');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--hide-scrollbars'],
});
const site = await startSite();
try {
  const known = await knownOf(site.url, site.key);
  for (const [width, viewport] of Object.entries(widths))
    for (const colorScheme of schemes) {
      const look = `${width}-${colorScheme}`;
      if (given === undefined && look !== 'wide-light' && look !== 'narrow-dark') continue;
      const context = await browser.newContext({
        baseURL: site.url,
        viewport,
        colorScheme,
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      const take = async (name: string, path: string) => {
        await page.goto(path);
        await page.screenshot({ path: join(folder, `${name}-${look}.png`) });
      };
      const isSignIn = ({ route }: (typeof lastingPages)[number]) => route === '/sign-in';
      for (const { name, path } of lastingPages.filter(isSignIn)) await take(name, path(known));
      await page.getByLabel('API key').fill(site.key);
      await page.getByRole('button', { name: 'Sign in with the key' }).click();
      await page.waitForURL(`${site.url}/`);
      for (const one of lastingPages) if (!isSignIn(one)) await take(one.name, one.path(known));
      await context.close();
    }
} finally {
  await browser.close();
  await site.stop();
}
