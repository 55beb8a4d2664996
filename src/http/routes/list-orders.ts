import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { decodeCursor, linkNext } from '../cursor.ts';
import { example } from '../examples.ts';
import { orderListLinks } from '../links.ts';
import { json } from '../openapi.ts';
import { pageQuery } from '../parameters.ts';
import { cartReadProblems, pageProblems, problemResponses } from '../problem-responses.ts';
import { orderListSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/orders',
  operationId: 'listOrders',
  tags: ['Orders'],
  summary: "List the cart's orders, and those of carts that it has claimed",
  description:
    'Newest first, in pages: `next` is the cursor of the next one, null at the end; `Link` has its address.',
  request: { query: pageQuery },
  responses: {
    200: json(orderListSchema, 'A page of orders', {
      example: { orders: [example.order], next: null },
      links: orderListLinks,
    }),
    ...problemResponses(...cartReadProblems, ...pageProblems),
  },
});

const position = z.object({ orderNumber: z.int() });

export function registerListOrders(app: OpenAPIHono<AppEnv>, { orders }: HttpDeps) {
  app.openapi(route, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const before = cursor === undefined ? undefined : decodeCursor(position, cursor).orderNumber;
    const page = await orders.listOrders(c.get('cartId'), { before, limit });
    const next = linkNext(c, page.next && { orderNumber: page.next });
    return c.json({ orders: page.orders, next }, 200);
  });
}
