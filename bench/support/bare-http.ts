import { serve } from '@hono/node-server';
import { eq } from 'drizzle-orm';
import { Hono } from 'hono';
import { carts } from '../../drizzle/schema.ts';
import { createDatabase } from '../../src/platform/database.ts';

/** The least that a read can be: one route, one select by primary key, the row as JSON; or not even the select. */
const database = createDatabase({
  url: process.env['DATABASE_URL'] ?? '',
  poolSize: 10,
  applicationName: 'bare',
});
const inMemory = new Map<string, unknown>();
const app = new Hono();
app.get('/livez', (c) => c.text('ok'));
app.get('/static', (c) => c.body(null, 304));
app.get('/memory/:cartId', async (c) => {
  const cartId = c.req.param('cartId');
  if (!inMemory.has(cartId)) inMemory.set(cartId, await select(cartId));
  return c.json(inMemory.get(cartId) ?? null);
});
app.get('/:cartId', async (c) => c.json(await select(c.req.param('cartId'))));
serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT']) });

async function select(cartId: string) {
  const [row] = await database.select({ state: carts.state }).from(carts).where(eq(carts.cartId, cartId));
  return row?.state ?? null;
}
