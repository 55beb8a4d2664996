import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { isNotModified } from '../etag.ts';
import { example } from '../examples.ts';
import { cartLinks } from '../links.ts';
import { etagHeader, json, notModified } from '../openapi.ts';
import { conditionalHeaders } from '../parameters.ts';
import { cartReadProblems, problemResponses } from '../problem-responses.ts';
import { viewOf } from '../responses.ts';
import { cartSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/',
  operationId: 'getCart',
  tags: ['Cart'],
  summary: 'Read the cart',
  request: { headers: conditionalHeaders },
  responses: {
    200: json(cartSchema, 'The cart', { example: example.cart, headers: etagHeader, links: cartLinks }),
    304: notModified,
    ...problemResponses(...cartReadProblems),
  },
});

export function registerGetCart(app: OpenAPIHono<AppEnv>, { views, touch, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const cartId = c.get('cartId');
    const found = await views.findCart(cartId);
    touch(found);
    const view = viewOf(found, cartId, currency);
    return isNotModified(c, view.version) ? c.body(null, 304) : c.json(view, 200);
  });
}
