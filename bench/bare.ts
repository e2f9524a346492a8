/** The limit: a bare Hono handler that reads and parses the same JSON, and one that answers a constant. */
import { serve } from '@hono/node-server';
import { Hono } from 'hono';

const app = new Hono();
app.post('/webhook', async (c) => {
  const event = JSON.parse(new TextDecoder().decode(await c.req.arrayBuffer())) as unknown;
  return c.json({ accepted: event === null ? 0 : 1 });
});
app.get('/lookup/:address', (c) => c.json({ address: c.req.param('address'), suppressed: true }));

serve({ fetch: app.fetch, port: Number(process.env.PORT), hostname: '127.0.0.1' });
