/** A browser for a test file, at a site where somebody may be signed in. */
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';
import { inject } from 'vitest';

export const provided = inject('browser');

export interface Visitor {
  readonly url: string;
  readonly key: string;
  /** A new window with cookies of its own. */
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  /** One that is signed in. */
  signedIn(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

export async function visit(): Promise<Visitor> {
  if (provided === null) throw new Error('there is no Chromium; skip the test');
  const { url, key } = provided;
  const browser: Browser = await chromium.connect(provided.chromium);
  const context = (options: BrowserContextOptions = {}) => browser.newContext({ baseURL: url, ...options });
  let session: BrowserContextOptions['storageState'];
  return {
    url,
    key,
    context,
    async signedIn(options = {}) {
      if (session === undefined) {
        const first = await context();
        const page = await first.newPage();
        await page.goto('/sign-in');
        await page.getByLabel('API key').fill(key);
        await page.getByRole('button', { name: 'Sign in with the key' }).click();
        await page.waitForURL(`${url}/`);
        session = await first.storageState();
        await first.close();
      }
      return context({ ...options, storageState: session });
    },
    close: () => browser.close(),
  };
}

export const wide = { width: 1280, height: 800 };
export const narrow = { width: 390, height: 844 };
