/** Lists in and out on workerd: the CSV libraries need Node's Buffer and streams there. And the pages that are loaded late. */
import { applyD1Migrations, reset } from 'cloudflare:test';
import { env as bindings } from 'cloudflare:workers';
import { beforeEach, expect, it } from 'vitest';
import worker, { type Env } from '../../src/worker.ts';

const adminKey = 'test-admin-key-of-more-than-32-characters';
const environment: Env = {
  DB: bindings.DB,
  MAILSTOP_ADMIN_KEY: adminKey,
  MAILSTOP_SECRET: 'test-secret-of-more-than-32-characters',
};

const ask = (method: string, path: string, body?: string | Uint8Array<ArrayBuffer>, type = 'text/csv') =>
  worker.fetch(
    new Request(`https://mailstop.example.com${path}`, {
      method,
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': type },
      ...(body === undefined ? {} : { body }),
    }),
    environment,
  );

beforeEach(async () => {
  await reset();
  await applyD1Migrations(bindings.DB, bindings.MIGRATIONS);
});

it.each([
  ['csv', 'text/csv', '?spreadsheet=true'],
  ['ndjson', 'application/x-ndjson', '?format=ndjson'],
])('a list comes in and goes out as %s', async (_format, type, query) => {
  const csv = `\ufeffaddress,reason,note\r\nann@example.com,complaint,"a ""b"", für\r\nc"\r\nbob@example.com,,=1+1\r\nnobody,,\r\n`;
  const first = await ask('POST', '/v1/suppressions/import', csv);
  expect(await first.json()).toMatchObject({ added: 2, skipped: 1, errors: [{ line: expect.any(Number) }] });
  const out = await (await ask('GET', `/v1/suppressions/export${query}`)).text();
  expect(out).toContain('ann@example.com');
  const again = await ask('POST', '/v1/suppressions/import', out, type);
  expect(await again.json()).toMatchObject({ added: 0, unchanged: 2, skipped: 0, errors: [] });
});

it('a list in UTF-16 comes in', async () => {
  const csv = Buffer.from('\ufeffaddress\r\nann@example.com\r\n', 'utf16le');
  const told = await ask('POST', '/v1/suppressions/import', csv);
  expect(await told.json()).toMatchObject({ added: 1, skipped: 0, errors: [] });
});

it('a body beyond the limit is refused, whatever its length says', async () => {
  const told = await ask('POST', '/v1/check', ' '.repeat(4 * 1024 * 1024 + 1), 'application/json');
  expect(told.status).toBe(413);
});

it('the API describes itself', async () => {
  expect(((await (await ask('GET', '/openapi.json')).json()) as { openapi: string }).openapi).toBe('3.1.0');
  expect(await (await ask('GET', '/docs')).text()).toContain('<h1>Mailstop API</h1>');
});
