import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { abandonedCartListSchema, abandonedCartsQuery } from '../../admin-schemas.ts';
import { decodeCursor, linkNext } from '../../cursor.ts';
import { adminResponses, badCursorResponse, json } from '../../openapi.ts';
import { msOf } from '../../schemas.ts';
import type { AppEnv, HttpDeps } from '../../types.ts';

const route = createRoute({
  method: 'get',
  path: '/abandoned-carts',
  summary: 'List the carts that are abandoned',
  description:
    'The latest first, in pages: `next` is the cursor of the next one, null at the end; `Link` has its address.',
  security: [{ adminToken: [] }],
  request: { query: abandonedCartsQuery },
  responses: {
    200: json(abandonedCartListSchema, 'A page of carts'),
    400: badCursorResponse,
    ...adminResponses,
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
