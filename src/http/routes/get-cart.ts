import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { isNotModified } from '../etag.ts';
import { ownCart } from '../middleware/session.ts';
import { json, readResponses } from '../openapi.ts';
import { viewOf } from '../responses.ts';
import { cartSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/',
  summary: 'Read the cart',
  responses: {
    200: json(cartSchema, 'The cart; `ETag` is its version'),
    304: { description: 'Not changed since the version in `If-None-Match`' },
    ...readResponses,
  },
});

export function registerGetCart(app: OpenAPIHono<AppEnv>, { touch, currency }: HttpDeps) {
  app.openapi(route, (c) => {
    const found = c.get('cart');
    touch(found);
    const view = viewOf(found, c.get('cartId'), currency);
    const notModified = isNotModified(c, view.version);
    // No 304 for `me`: a cache may have the cart of this version of whoever used the browser before.
    return notModified && c.req.param('sessionId') !== ownCart ? c.body(null, 304) : c.json(view, 200);
  });
}
