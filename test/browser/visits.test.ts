/** What people come for, done in a browser: with a mouse, with a keyboard alone, and without JavaScript. */
import type { BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { provided, type Visitor, visit } from './browser.ts';

const TIMEOUT = 120_000;

describe.skipIf(provided === null)('somebody', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit();
  }, TIMEOUT);
  afterAll(() => visitor.close());

  it(
    'with a wrong key is told so, and stays outside',
    async () => {
      const context = await visitor.context();
      const page = await context.newPage();
      await page.goto('/suppressions');
      expect(new URL(page.url()).pathname).toBe('/sign-in');
      await page.getByLabel('API key').fill('wrong');
      await page.getByRole('button', { name: 'Sign in with the key' }).click();
      await page.getByRole('alert').getByText('No such key').waitFor();
      await page.goto('/');
      expect(new URL(page.url()).pathname).toBe('/sign-in');
      await context.close();
    },
    TIMEOUT,
  );

  it.each([
    ['with JavaScript', true],
    ['without JavaScript', false],
  ])(
    '%s signs in, finds an address, reads why, releases it, sees it gone, and signs out',
    async (_title, javaScriptEnabled) => {
      const context = await visitor.context({ javaScriptEnabled });
      const page = await context.newPage();
      const address = await addressFor(visitor);
      await page.goto(`/suppressions?q=${address.slice(0, 6)}`);
      await page.getByLabel('API key').fill(visitor.key);
      await page.getByRole('button', { name: 'Sign in with the key' }).click();
      // Back where they wanted to go.
      expect(new URL(page.url()).pathname).toBe('/suppressions');

      await page.getByLabel('Address begins with').fill(address);
      await page.getByRole('button', { name: 'Show' }).click();
      await page.getByRole('link', { name: address }).click();
      await page.getByRole('heading', { name: address, level: 1 }).waitFor();
      await page.getByText('marketing blocked').waitFor();
      // Why: the reply that did it.
      await page
        .getByRole('cell', { name: /Unrecognized authentication type$/ })
        .first()
        .waitFor();

      await page.getByLabel('Release it, because').fill('our login was mended');
      await page.getByRole('button', { name: /^Release/ }).click();
      await page.getByText('marketing may go').waitFor();
      await page.getByText(/^It was last released .*our login was mended/).waitFor();

      await page.goto(`/suppressions?q=${address}`);
      await page.getByText('Nothing on the list fits.').waitFor();

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.goto('/');
      expect(new URL(page.url()).pathname).toBe('/sign-in');
      await context.close();
    },
    TIMEOUT,
  );

  describe('with a keyboard alone', () => {
    let context: BrowserContext;
    let page: Page;
    beforeAll(async () => {
      context = await visitor.context();
      page = await context.newPage();
    }, TIMEOUT);
    afterAll(() => context.close());

    const press = (key: string) => page.keyboard.press(key);
    const isFocused = (locator: Locator) =>
      locator.evaluate((element) => element === document.activeElement, null, { timeout: 5_000 });
    /** As often as a person might, and no endless round. */
    async function tabTo(locator: Locator): Promise<number> {
      for (let tabs = 0; tabs <= 60; tabs++) {
        if (await isFocused(locator)) return tabs;
        await press('Tab');
      }
      throw new Error(`60 tabs do not lead to ${locator}`);
    }

    it(
      'signs in, skips to the content, opens an address and releases it',
      async () => {
        const address = await addressFor(visitor);
        await page.goto(`/suppressions?q=${address}`);
        // What most do there is in focus.
        expect(await isFocused(page.getByLabel('Name'))).toBe(true);
        await tabTo(page.getByLabel('API key'));
        await page.keyboard.type(visitor.key);
        await press('Enter');
        await page.getByRole('heading', { name: 'Suppressions', level: 1 }).waitFor();

        const skip = page.getByRole('link', { name: 'Skip to the content' });
        expect(await tabTo(skip)).toBe(1);
        expect(await skip.evaluate((element) => element.getBoundingClientRect().left)).toBeGreaterThanOrEqual(
          0,
        );
        await press('Enter');
        await press('Tab');
        expect(await page.evaluate(() => document.activeElement?.closest('main')?.id)).toBe('content');

        const link = page.getByRole('link', { name: address });
        await tabTo(link);
        expect(await link.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
        await press('Enter');
        await page.getByRole('heading', { name: address, level: 1 }).waitFor();

        await tabTo(page.getByLabel('Release it, because'));
        await page.keyboard.type('by keyboard');
        await tabTo(page.getByRole('button', { name: /^Release/ }));
        await press('Enter');
        await page.getByText('marketing may go').waitFor();
      },
      TIMEOUT,
    );
  });
});

/** One of those on the list for a 504 who were not released yet. */
async function addressFor({ url, key }: Visitor): Promise<string> {
  const answer = await fetch(`${url}/v1/suppressions?code=504&state=active&limit=1`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { data } = (await answer.json()) as { data: { address: string }[] };
  const address = data[0]?.address;
  if (address === undefined) throw new Error(`nobody is on the list for a 504: ${answer.status}`);
  return address;
}
