/** One Chromium and one filled server for all files of this folder. */
import type { TestProject } from 'vitest/node';
import { findChromium, launch } from './chromium.ts';
import { startSite } from './site.ts';

export interface Provided {
  /** Where Playwright reaches the Chromium. */
  readonly chromium: string;
  readonly url: string;
  readonly key: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Null where there is no Chromium, and nothing is tested. */
    readonly browser: Provided | null;
  }
}

export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  const path = findChromium();
  if (path === null) {
    const missing = 'no Chromium was found: apt-get install chromium, or set CHROMIUM to the path of one';
    if (process.env.MAILSTOP_BROWSER === 'required') throw new Error(missing);
    process.stderr.write(`\nBrowser tests are SKIPPED: ${missing}\n\n`);
    provide('browser', null);
    return async () => {};
  }
  const site = await startSite();
  const browser = await launch(path);
  provide('browser', { chromium: browser.wsEndpoint(), url: site.url, key: site.key });
  return async () => {
    await browser.close();
    await site.stop();
  };
}
