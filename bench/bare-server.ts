/**
 * The limits of HTTP, in a process of their own: bare Hono handlers that read and parse a body, that answer a constant,
 * and that look one address up by one prepared read behind the same key check.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { serve } from '@hono/node-server';
import Database from 'better-sqlite3';
import { Hono } from 'hono';

const { PORT, DATABASE, KEY } = process.env;

const app = new Hono();
app.post('/webhook', async (c) => {
  const event = JSON.parse(new TextDecoder().decode(await c.req.arrayBuffer())) as unknown;
  return c.json({ accepted: event === null ? 0 : 1 });
});
app.get('/constant/:address', (c) => c.json({ address: c.req.param('address'), suppressed: true }));

if (DATABASE !== undefined && KEY !== undefined) {
  const sha256 = (text: string) => createHash('sha256').update(text).digest();
  const known = sha256(KEY);
  const find = new Database(DATABASE, { readonly: true }).prepare(
    "select * from suppressions where tenant = 'default' and address = ? and state <> 'released'",
  );
  const time = (at: number | null) => (at === null ? null : new Date(at).toISOString());
  app.get('/lookup/:address', (c) => {
    const given = /^Bearer (.+)$/.exec(c.req.header('authorization') ?? '')?.[1] ?? '';
    if (!timingSafeEqual(sha256(given), known)) return c.json({ status: 401 }, 401);
    const address = c.req.param('address');
    const rows = find.all(address) as Record<string, number | null>[];
    if (rows.length === 0)
      return c.json({ status: 404, detail: 'Nothing stands against this address.' }, 404);
    const entries = rows.map((row) => ({
      ...row,
      until: time(row.until as number | null),
      created_at: time(row.created_at as number),
      updated_at: time(row.updated_at as number),
    }));
    return c.json({ address, suppressed: true, entries, listed_at: [] });
  });
}

serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' });
