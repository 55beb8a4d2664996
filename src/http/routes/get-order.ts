import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { isNotModified } from '../etag.ts';
import type { RateLimiting } from '../middleware/rate-limit.ts';
import { sessionOfOwner } from '../middleware/session.ts';
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
  description: 'Only with the session that owns it, by `Session-Id` header or cookie.',
  request: {
    params: orderParams,
    headers: conditionalHeaders.extend(sessionHeaders),
    cookies: sessionCookies,
  },
  responses: {
    200: json(orderSchema, 'The order', { example: example.order, headers: etagHeader }),
    304: notModified,
    ...problemResponses('order_not_found', 'too_many_requests', 'invalid_input', 'unavailable'),
  },
});

export function registerGetOrder(
  app: OpenAPIHono<AppEnv>,
  { orders, sessions }: HttpDeps,
  { address, cart }: RateLimiting,
) {
  app.use('/api/v1/orders/:orderId', address, sessionOfOwner(sessions, sessionNeeded), cart);
  app.openapi(route, async (c) => {
    const order = await orders.findOrder(c.get('cartId'), c.req.valid('param').orderId);
    if (!order) throw orderNotFound();
    return isNotModified(c, order.version) ? c.body(null, 304) : c.json(order, 200);
  });
}

/** The same answer, order or not: what is wrong is the request. */
const sessionNeeded = () =>
  fail(
    'order_not_found',
    'Send the session that owns the order, as Session-Id header or cookie: without it no order is shown.',
  );

/** The same for an order of somebody else's: who asks does not learn that it exists. */
const orderNotFound = () =>
  fail('order_not_found', 'This session has no such order. List its orders with GET …/orders.');
