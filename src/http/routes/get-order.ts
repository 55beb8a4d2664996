import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { etagOf, isNotModified, knownTags } from '../etag.ts';
import { cartSeen } from '../middleware/cart-seen.ts';
import type { RateLimiting } from '../middleware/rate-limit.ts';
import { cartOfOwner } from '../middleware/session.ts';
import { example } from '../examples.ts';
import { etagHeader, json, notModified } from '../openapi.ts';
import { conditionalHeaders, orderParams, sessionCookies, sessionHeaders } from '../parameters.ts';
import { problemResponses } from '../problem-responses.ts';
import { fail } from '../problem.ts';
import { orderSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/api/v1/orders/{orderId}',
  operationId: 'getOrder',
  tags: ['Orders'],
  summary: 'Read an order',
  description:
    'Only for its owner: with the token of the user, or the session by `Session-Id` header or cookie.',
  security: [{}, { userToken: [] }],
  request: {
    params: orderParams,
    headers: conditionalHeaders.extend(sessionHeaders),
    cookies: sessionCookies,
  },
  responses: {
    200: json(orderSchema, 'The order', { example: example.order, headers: etagHeader }),
    304: notModified,
    ...problemResponses(
      'unauthorized',
      'token_check_unavailable',
      'session_not_found',
      'order_not_found',
      'invalid_input',
      'too_many_requests',
      'unavailable',
    ),
  },
});

export function registerGetOrder(
  app: OpenAPIHono<AppEnv>,
  { orders, sessions, users, views }: HttpDeps,
  { address, cart }: RateLimiting,
) {
  const owned = cartOfOwner({ sessions, users }, ownerNeeded);
  app.use('/api/v1/orders/:orderId', address, owned, cart, cartSeen(views));
  app.openapi(route, async (c) => {
    const [cartId, { orderId }] = [c.get('cartId'), c.req.valid('param')];
    if (knownTags(c) !== undefined) {
      const version = await orders.findOrderVersion(cartId, orderId);
      if (version === undefined) throw orderNotFound();
      if (isNotModified(c, version)) return c.body(null, 304);
    }
    const order = await orders.findOrder(cartId, orderId);
    if (!order) throw orderNotFound();
    c.header('ETag', etagOf(order.version));
    return c.json(order, 200);
  });
}

/** The same answer, order or not: what is wrong is the request. */
const ownerNeeded = () =>
  fail(
    'order_not_found',
    'Send the token of the user, or the session that owns the order as Session-Id header or cookie: without it no order is shown.',
  );

/** The same for an order of somebody else's: who asks does not learn that it exists. */
const orderNotFound = () =>
  fail('order_not_found', 'You have no such order. List your orders with GET …/orders.');
