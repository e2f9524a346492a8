/** What whoever runs it comes for, done in a browser: a source, a list, a policy. */
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { narrow, provided, type Visitor, visit } from './browser.ts';

const TIMEOUT = 120_000;

describe.skipIf(provided === null)('an admin', () => {
  let visitor: Visitor;
  let context: BrowserContext;
  let page: Page;
  beforeAll(async () => {
    visitor = await visit();
  }, TIMEOUT);
  afterAll(() => visitor.close());

  const open = async (options: Parameters<Visitor['signedIn']>[0] = {}) => {
    context = await visitor.signedIn(options);
    page = await context.newPage();
  };
  const press = (name: string | RegExp) => page.getByRole('button', { name }).click();

  it(
    'adds a source on a phone, sends it test events and sees them arrive, and pauses it',
    async () => {
      await open({ viewport: narrow });
      await page.goto('/sources/new?provider=generic');
      await page.getByLabel('Name').fill('from the phone');
      await press('Make the source');
      await page.getByRole('link', { name: 'I have copied it' }).click();
      await page.getByRole('heading', { name: 'from the phone', level: 1 }).waitFor();
      await press('Send test events');
      await page
        .getByRole('cell', { name: /hard-bounce|suppress/ })
        .first()
        .waitFor();
      await page.goto('/sources');
      await page.getByRole('link', { name: 'from the phone' }).click();
      await press('Pause');
      await page.getByText('paused', { exact: true }).first().waitFor();
      await press('Resume');
      await page.getByRole('button', { name: 'Pause' }).waitFor();
      await context.close();
    },
    TIMEOUT,
  );

  it(
    'imports a list, after having seen what was understood of it',
    async () => {
      await open();
      await page.goto('/import');
      const body = 'email,reason\nzoe@import.example,complaint\nnobody\nyan@import.example,hard-bounce\n';
      const buffer = Buffer.from(body);
      await page
        .getByLabel('CSV or NDJSON')
        .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer });
      await press('Show what is in it');
      await page.getByText('2 rows count, 1 would be left out.').waitFor();
      await press('Import 2 rows');
      await page.getByText('Done: 2 entries added or lengthened.').waitFor();
      await page.goto('/suppressions?q=zoe@import.example');
      await page.getByRole('link', { name: 'zoe@import.example' }).waitFor();
      await context.close();
    },
    TIMEOUT,
  );

  it(
    'finds while typing, and the address of the page keeps in step',
    async () => {
      await open();
      await page.goto('/suppressions');
      await page.getByLabel('Address begins with').pressSequentially('nobody.at.all@');
      await page.getByText('Nothing on the list fits.').waitFor();
      expect(new URL(page.url()).searchParams.get('q')).toBe('nobody.at.all@');
      await context.close();
    },
    TIMEOUT,
  );

  it(
    'is told what is wrong with a policy, sees what another would change, and activates it',
    async () => {
      await open();
      await page.goto('/policy/edit');
      const text = page.getByLabel('YAML or JSON');
      await text.fill('rules:\n  - id: x\n    when: { code: "550" }\n    then: { do: nothing-known }\n');
      await press('See what it would change');
      await page.getByRole('alert').first().waitFor();
      await text.fill('streams: { receipts: transactional }\n');
      await page.getByLabel('Why, for those who come after').fill('receipts are no marketing');
      await press('See what it would change');
      await page.getByText('Nothing is changed yet.').waitFor();
      await press('Activate');
      await page.goto('/policy/versions');
      await page.getByText('receipts are no marketing').waitFor();
      await context.close();
    },
    TIMEOUT,
  );
});
