import { serve } from '@hono/node-server';
import { eq } from 'drizzle-orm';
import { Hono } from 'hono';
import { carts } from '../../drizzle/schema.ts';
import { createDatabase } from '../../src/platform/database.ts';

/** The least that a read can be: one route, one select by primary key, the row as JSON. */
const database = createDatabase({
  url: process.env['DATABASE_URL'] ?? '',
  poolSize: 10,
  applicationName: 'bare',
});
const app = new Hono();
app.get('/livez', (c) => c.text('ok'));
app.get('/:cartId', async (c) => {
  const [row] = await database
    .select({ state: carts.state })
    .from(carts)
    .where(eq(carts.cartId, c.req.param('cartId')));
  return c.json(row?.state ?? null);
});
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });
