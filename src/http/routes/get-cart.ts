import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { etagOf, isNotModified, knownTags } from '../etag.ts';
import { ownCart } from '../middleware/session.ts';
import { example } from '../examples.ts';
import { cartLinks } from '../links.ts';
import { etagHeader, json, notModified } from '../openapi.ts';
import { conditionalHeaders } from '../parameters.ts';
import { cartReadProblems, problemResponses } from '../problem-responses.ts';
import { requireSeen, viewOf } from '../responses.ts';
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
    // No 304 for `me`: a cache may have the cart of this version of whoever used the browser before.
    if (knownTags(c) !== undefined && c.req.param('sessionId') !== ownCart) {
      const head = await views.findCartHead(cartId);
      if (head) requireSeen(head);
      if (isNotModified(c, head?.version ?? 0)) {
        touch(head);
        return c.body(null, 304);
      }
    }
    const found = await views.findCart(cartId);
    touch(found);
    const view = viewOf(found, cartId, currency);
    c.header('ETag', etagOf(view.version));
    return c.json(view, 200);
  });
}
