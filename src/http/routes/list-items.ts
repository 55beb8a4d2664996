import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { etagOf } from '../etag.ts';
import { example } from '../examples.ts';
import { itemListLinks } from '../links.ts';
import { etagHeader, json } from '../openapi.ts';
import { cartReadProblems, problemResponses } from '../problem-responses.ts';
import { viewOf } from '../responses.ts';
import { itemListSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/items',
  operationId: 'listItems',
  tags: ['Cart'],
  summary: 'List the items with their reservation ids',
  responses: {
    200: json(itemListSchema, 'The items; `reservationId` is null until something is held', {
      example: { items: [{ ...example.item, reservationId: example.item.reservation.reservationId }] },
      headers: etagHeader,
      links: itemListLinks,
    }),
    ...problemResponses(...cartReadProblems),
  },
});

export function registerListItems(app: OpenAPIHono<AppEnv>, { views, touch, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const cartId = c.get('cartId');
    const found = await views.findCart(cartId);
    touch(found);
    const view = viewOf(found, cartId, currency);
    // No 304 here: the session may come by cookie, and another session's cart may have the same version.
    c.header('ETag', etagOf(view.version));
    const items = view.items.map((item) => ({ ...item, reservationId: item.reservation.reservationId }));
    return c.json({ items }, 200);
  });
}
