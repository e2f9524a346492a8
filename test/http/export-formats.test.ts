/** The list as other systems write theirs: what is written as X is read back as X, with the same addresses and reasons. */
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { type ExportFormat, toldAs } from '../../src/app/export-format.ts';
import { exportFormats } from '../../src/app/export-formats.ts';
import { reasons } from '../../src/core/event.ts';
import { ERASED_DOMAIN } from '../../src/core/pseudonym.ts';
import { type Harness, START, startHarness } from './harness.ts';

let mailstop: Harness;
beforeEach(async () => {
  mailstop = await startHarness();
});
afterEach(() => mailstop.close());

const DAY = 86_400_000;
const until = new Date(START + 30 * DAY).toISOString();
const formula = '=1+2@x.test';
/** Which nobody has marked. */
const apostrophe = "'=1+2@x.test";
const types = { csv: 'text/csv', ndjson: 'application/x-ndjson', txt: 'text/plain' } as const;

const exported = (format: string, more = '') =>
  mailstop.ask('GET', `/v1/suppressions/export?format=${format}${more}`);
const imported = async (body: string, format: ExportFormat) =>
  (
    await mailstop.ask('POST', '/v1/suppressions/import', {
      body,
      headers: { 'Content-Type': types[format.type] },
    })
  ).body;
const list = async (): Promise<string[]> => {
  const { data } = (await mailstop.ask('GET', '/v1/suppressions?limit=1000')).body;
  return data.map(({ address, reason }: Record<string, string>) => `${address} ${reason}`).sort();
};

/** One of each reason, an address that a spreadsheet would run, and a whole domain. */
async function fill(): Promise<void> {
  for (const reason of reasons)
    await mailstop.ask('PUT', `/v1/suppressions/${reason}@x.test`, {
      json: { reason, note: 'a "b", c', ...(reason === 'soft-bounce' ? { until } : {}) },
    });
  for (const address of [formula, apostrophe])
    await mailstop.ask('PUT', `/v1/suppressions/${encodeURIComponent(address)}`, {
      json: { reason: 'hard-bounce' },
    });
  await mailstop.ask('PUT', '/v1/suppressions/@gone.test', { json: { reason: 'manual' } });
}

/** What an import of it must give: by the page docs/import.md. */
function expected(format: ExportFormat): string[] {
  const rows = [
    ...reasons.map((reason) => [`${reason}@x.test`, reason]),
    ...[formula, apostrophe].map((address) => [address, 'hard-bounce']),
  ] as const;
  if (format.type === 'txt')
    return [...rows.map(([address]) => `${address} manual`), '@gone.test manual'].sort();
  return rows
    .flatMap(([address, reason]) => {
      const told = toldAs(format, reason as (typeof reasons)[number]);
      return told === null ? [] : [`${address} ${told}`];
    })
    .sort();
}

describe.each(exportFormats.map((format) => [format.id, format] as const))(
  'an export as %s',
  (id, format) => {
    it.each([
      ['', ''],
      [' made safe for spreadsheets', '&spreadsheet=true'],
    ])('is read back as the same%s', async (_title, more) => {
      await fill();
      const { text, status } = await exported(id, more);
      expect(status).toBe(200);
      await mailstop.close();
      mailstop = await startHarness();
      const told = await imported(text, format);
      expect(told).toMatchObject({ skipped: 0, errors: [] });
      expect(format.readAs).toContain(told.format);
      expect(await list()).toEqual(expected(format));
    });

    it('says what it is in its head', async () => {
      const { headers } = await exported(id);
      expect(headers.get('content-type')).toContain(types[format.type]);
      expect(headers.get('content-disposition')).toBe(
        `attachment; filename="suppressions-default-${new Date(START).toISOString().slice(0, 10)}-${id}.${format.type}"`,
      );
    });
  },
);

test('T063 a cell that a spreadsheet would run is marked in every CSV that is made for one, and in no other', async () => {
  await fill();
  for (const { id, type } of exportFormats.filter((one) => one.type !== 'ndjson')) {
    const [raw, safe] = [(await exported(id)).text, (await exported(id, '&spreadsheet=true')).text];
    for (const address of [formula, apostrophe]) {
      expect(raw, id).toContain(type === 'csv' ? `"${address}"` : `${address}\n`);
      expect(safe, id).toContain(`"'${address}"`);
    }
    expect(safe, id).not.toMatch(/(^|,)"?[=+@-]/m);
  }
});

test('each reason that a format cannot tell is told by a harder one, or by the only one it has', () => {
  for (const format of exportFormats.filter(({ type }) => type !== 'txt'))
    for (const reason of reasons) {
      const told = toldAs(format, reason);
      if (told === null) expect([format.ends, reason]).toEqual([false, 'soft-bounce']);
      else if (reasons.indexOf(told) > reasons.indexOf(reason))
        expect(Object.keys(format.words), format.id).not.toContain(
          reasons.find((one) => reasons.indexOf(one) <= reasons.indexOf(reason)),
        );
      else expect(format.words[told]).toBeDefined();
    }
});

test('what stands for an erased address is told in no other format', async () => {
  await fill();
  const json = { address: 'complaint@x.test' };
  expect((await mailstop.ask('POST', '/v1/erasures', { json })).status).toBe(201);
  expect((await exported('csv')).text).toContain(ERASED_DOMAIN);
  for (const { id } of exportFormats) {
    const { text } = await exported(id);
    expect(text, id).not.toContain(ERASED_DOMAIN);
    expect(text, id).not.toContain('complaint@x.test');
  }
});

test('a format that nobody knows is refused by name', async () => {
  expect((await exported('lotus')).status).toBe(422);
});

test('thousands of rows come in parts, and none is missing', async () => {
  const body = Array.from({ length: 2_500 }, (_, i) => `p${i}@x.test`).join('\n');
  await mailstop.ask('POST', '/v1/suppressions/import', { body, headers: { 'Content-Type': 'text/csv' } });
  const lines = (await exported('sendgrid')).text.trimEnd().split('\n');
  expect(new Set(lines.map((line) => JSON.parse(line).email)).size).toBe(2_500);
});
