/** A list from a file: shown as it was understood, then imported, once. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, browse, textOf } from './browser.ts';
import { type Harness, startHarness } from './harness.ts';

let mailstop: Harness;
let browser: Browser;
beforeEach(async () => {
  mailstop = await startHarness();
  browser = await browse(mailstop);
});
afterEach(() => mailstop.close());

const file = (text: string, name = 'list.csv', reason = 'manual') => {
  const form = new FormData();
  form.set('list', new File([text], name));
  form.set('reason', reason);
  return form;
};
const upload = async (text: string, name?: string, reason?: string) => {
  const answer = await browser.upload('/import', file(text, name, reason));
  expect(answer.status, await answer.clone().text()).toBe(303);
  return answer.headers.get('location') ?? '';
};
const entries = async () => (await mailstop.ask('GET', '/v1/suppressions')).body.data;

describe('a file', () => {
  it('is shown with its format, columns, counts and faulty lines, and nothing changes', async () => {
    const text = await textOf(
      await browser.get(await upload('email,reason\nann@a.test,complaint\nnobody\nbob@b.test,hard-bounce\n')),
    );
    expect(text).toContain('2 rows count, 1 would be left out. Nothing has changed yet.');
    expect(text).toContain('1 complaint, 1 hard-bounce');
    expect(text).toContain('Columns email, reason');
    expect(text).toMatch(/Rows that would be left out Line Why 3 /);
    expect(await entries()).toEqual([]);
  });

  it.each([
    [
      'Postmark suppressions',
      'EmailAddress,SuppressionReason,Origin,CreatedAt\nann@a.test,HardBounce,Recipient,2025-01-01T00:00:00Z\n',
      'p.csv',
    ],
    ['NDJSON', '{"address":"ann@a.test"}\n', 'list.ndjson'],
    ['NDJSON', '{"address":"ann@a.test"}\n', 'list.txt'],
    ['CSV', 'ann@a.test\n', 'addresses.txt'],
  ])('is known as %s', async (format, text, name) => {
    expect(await textOf(await browser.get(await upload(text, name)))).toContain(format);
  });

  it('is imported when it is said so, once, with the reason that was chosen', async () => {
    const path = await upload('ann@a.test\nbob@b.test\n', 'list.csv', 'unsubscribe');
    expect((await browser.submit(path, {})).status).toBe(303);
    expect((await browser.submit(path, {})).status).toBe(303);
    expect(await textOf(await browser.get(path))).toContain('Done: 2 entries added or lengthened.');
    expect(
      (await entries())
        .map((row: { address: string; reason: string }) => [row.address, row.reason])
        .toSorted(),
    ).toEqual([
      ['ann@a.test', 'unsubscribe'],
      ['bob@b.test', 'unsubscribe'],
    ]);
    const imports = (await mailstop.ask('GET', '/v1/audit')).body.data.filter(
      ({ action }: { action: string }) => action === 'suppression.import',
    );
    expect(imports).toHaveLength(1);
  });

  it('of many rows goes on behind the page, which looks again by itself', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `p${i}@${'x'.repeat(60)}.test`);
    const path = await upload(rows.join('\n'));
    let let_go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      let_go = resolve;
    });
    const { submit } = mailstop.services.committer;
    Object.assign(mailstop.services.committer, {
      submit: async (...given: Parameters<typeof submit>) => {
        await held;
        return submit(...given);
      },
    });
    expect((await browser.submit(path, {})).status).toBe(303);
    const running = await browser.get(path);
    expect(running.headers.get('refresh')).toBe('2');
    expect(await textOf(running)).toMatch(/Importing: [\d,]+ of 5,000 rows\./);
    let_go();
    await expect
      .poll(async () => textOf(await browser.get(path)), { timeout: 20_000 })
      .toContain('Done: 5,000 entries added');
    expect((await browser.get(path)).headers.get('refresh')).toBeNull();
  });

  it.each([
    ['is empty', () => file(''), 422, 'Choose a file that is not empty.'],
    ['is none', () => new FormData(), 422, 'Choose a file that is not empty.'],
    ['is too large', () => file('x'.repeat(21 * 1024 * 1024)), 413, 'more than 20 MiB'],
  ])('that %s is refused in words', async (_title, form, status, words) => {
    const answer = await browser.upload('/import', form());
    expect([answer.status, await textOf(answer)]).toEqual([status, expect.stringContaining(words)]);
  });

  it('from another site, of a read-only key, or as a plain form is refused', async () => {
    expect(
      (await browser.upload('/import', file('a@b.test'), { origin: 'https://evil.example' })).status,
    ).toBe(403);
    const reader = await browse(mailstop, await mailstop.key(['read']));
    expect((await reader.upload('/import', file('a@b.test'))).status).toBe(403);
    expect((await reader.get('/import')).status).toBe(403);
    expect((await browser.submit('/import', { list: 'a@b.test' })).status).toBe(415);
  });

  it('is gone for other tenants, and after half an hour', async () => {
    const path = await upload('ann@a.test\n');
    await mailstop.ask('POST', '/v1/tenants', { json: { id: 'rival', name: 'rival' } });
    const rival = await browse(mailstop, await mailstop.key(['admin'], 'rival'));
    expect([(await rival.get(path)).status, (await rival.submit(path, {})).status]).toEqual([404, 404]);
    mailstop.advance(31 * 60_000);
    const gone = await browser.get(path);
    expect([gone.status, await textOf(gone)]).toEqual([404, expect.stringContaining('Send it again')]);
    expect(await entries()).toEqual([]);
  });
});
