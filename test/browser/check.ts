/** What is wrong with a page as a browser shows it, in words; nothing where all is well. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, RunOptions } from 'axe-core';
import type { BrowserContext, Page } from 'playwright-core';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

type Scheme = 'light' | 'dark';

/** A window, and the colours to look at in it. */
export interface View {
  readonly size: { readonly width: number; readonly height: number };
  readonly schemes: readonly Scheme[];
}

export async function faultsOf(
  context: BrowserContext,
  url: string,
  views: readonly View[],
): Promise<string[]> {
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin)
      faults.push(`asks another origin: ${request.url()}`);
  });
  try {
    // Transitions would be caught half way.
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const answer = await page.goto(url, { waitUntil: 'load' });
    if (answer?.status() !== 200) faults.push(`answered ${answer?.status()}`);
    if (page.url() !== url) faults.push(`leads to ${page.url()}`);
    // Runs through the debugger, which the pages' own policy for scripts does not bind.
    await page.evaluate(axe);
    for (const { size, schemes } of views) {
      await page.setViewportSize(size);
      faults.push(...(await page.evaluate(tooWide)));
      for (const [i, scheme] of schemes.entries()) {
        await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
        // Nothing but colours depends on the scheme.
        const rules = i === 0 ? {} : { runOnly: ['color-contrast'] };
        faults.push(...(await axeFaults(page, `${scheme}, ${size.width} px`, rules)));
      }
    }
    return faults;
  } finally {
    await page.close();
  }
}

/** Runs in the page: by how much it scrolls sideways, and what sticks out. */
function tooWide(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const out = [...document.querySelectorAll('body *')].filter(
    (element) =>
      element.clientWidth > 0 &&
      element.scrollWidth > element.clientWidth &&
      getComputedStyle(element).overflowX === 'visible',
  );
  return [
    `scrolls sideways: ${scrollWidth} px in ${clientWidth}, for ${out.map(({ tagName, className }) => `${tagName} ${className}`).join(', ')}`,
  ];
}

async function axeFaults(page: Page, how: string, rules: RunOptions): Promise<string[]> {
  const { violations } = await page.evaluate(
    (options) =>
      (globalThis as unknown as { axe: { run(options: RunOptions): Promise<AxeResults> } }).axe.run(options),
    { ...rules, resultTypes: ['violations'] } satisfies RunOptions,
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `axe ${id}, ${how}: ${help}, at ${target.join(' ')}. ${failureSummary}`,
    ),
  );
}
