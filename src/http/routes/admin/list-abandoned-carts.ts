import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { abandonedCartListSchema, abandonedCartsQuery } from '../../admin-schemas.ts';
import { decodeCursor, linkNext } from '../../cursor.ts';
import { example } from '../../examples.ts';
import { json } from '../../openapi.ts';
import { msOf } from '../../parameters.ts';
import { adminProblems, pageProblems, problemResponses } from '../../problem-responses.ts';
import type { AppEnv, HttpDeps } from '../../types.ts';

const route = createRoute({
  method: 'get',
  path: '/abandoned-carts',
  operationId: 'listAbandonedCarts',
  summary: 'List the carts that are abandoned',
  description:
    'The latest first, in pages: `next` is the cursor of the next one, null at the end; `Link` has its address.',
  request: { query: abandonedCartsQuery },
  responses: {
    200: json(abandonedCartListSchema, 'A page of carts', {
      example: { carts: [example.abandonedCart], next: null },
    }),
    ...problemResponses(...adminProblems, ...pageProblems),
  },
});

const position = z.object({ abandonedAt: z.int(), cartId: z.string().regex(/^[\w-]{1,64}$/) });

export function registerListAbandonedCarts(app: OpenAPIHono<AppEnv>, { abandonedCarts }: HttpDeps) {
  app.openapi(route, async (c) => {
    const { limit, cursor, minTotalMinor, since, until } = c.req.valid('query');
    const page = await abandonedCarts.list({
      limit,
      before: cursor === undefined ? undefined : decodeCursor(position, cursor),
      minTotalMinor,
      since: since === undefined ? undefined : msOf(since),
      until: until === undefined ? undefined : msOf(until),
    });
    return c.json({ carts: page.carts, next: linkNext(c, page.next) }, 200);
  });
}
