import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { etagOf } from '../etag.ts';
import { optionalBody } from '../middleware/optional-body.ts';
import { commandResponses, json } from '../openapi.ts';
import { markReplayed, sendResult } from '../responses.ts';
import { checkoutBody, orderSchema } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'post',
  path: '/checkout',
  summary: 'Check out',
  description:
    'Freezes the cart, waits for reservations under way and places one order, however often it is asked. ' +
    'The cart stays as it is until the order is paid.',
  middleware: [optionalBody] as const,
  request: { body: { required: false, content: { 'application/json': { schema: checkoutBody } } } },
  responses: { 201: json(orderSchema, 'The order'), ...commandResponses },
});

export function registerCheckout(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  const { submit, orders, checkout, wait, currency } = deps;
  app.openapi(route, async (c) => {
    // Without a body nothing was parsed, and no default put in.
    const { onUnavailable } = checkoutBody.parse(c.req.valid('json'));
    const submission = toSubmission(
      c,
      { type: 'checkout', onUnavailable, ...checkout },
      { payload: { onUnavailable }, wait },
    );
    const result = await submit(submission);
    const orderId = result.status === 'applied' ? result.orderId : undefined;
    const order = orderId === undefined ? undefined : await orders.findOrder(c.get('cartId'), orderId);
    if (!order) return sendResult(c, result, { currency });
    markReplayed(c, result);
    c.header('Location', `/api/v1/orders/${order.orderId}`);
    c.header('ETag', etagOf(order.version));
    return c.json(order, 201);
  });
}
