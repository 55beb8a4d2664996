import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { etagOf } from '../etag.ts';
import { optionalBody } from '../middleware/optional-body.ts';
import { pendingCommand } from '../command-responses.ts';
import { example } from '../examples.ts';
import { orderLinks } from '../links.ts';
import { etagHeader, json, jsonBody, locationHeader } from '../openapi.ts';
import { commandHeaders } from '../parameters.ts';
import { bodyProblems, commandProblems, problemResponses } from '../problem-responses.ts';
import { markReplayed, sendResult } from '../responses.ts';
import { checkoutBody, orderSchema } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'post',
  path: '/checkout',
  operationId: 'checkout',
  tags: ['Checkout'],
  summary: 'Check out',
  description:
    'Freezes the cart, waits for reservations under way and places one order, however often it is asked. ' +
    'The cart stays as it is until the order is paid.',
  middleware: [optionalBody] as const,
  request: {
    headers: commandHeaders,
    body: {
      ...jsonBody(checkoutBody, {
        all: { summary: 'All or nothing', value: {} },
        drop: { summary: 'Without what cannot be had', value: { onUnavailable: 'drop' } },
      }),
      required: false,
    },
  },
  responses: {
    201: json(orderSchema, 'The order', {
      example: example.order,
      headers: { ...etagHeader, ...locationHeader('The order', `/api/v1/orders/${example.orderId}`) },
      links: orderLinks,
    }),
    202: pendingCommand,
    ...problemResponses(
      ...commandProblems,
      ...bodyProblems,
      'cart_empty',
      'checkout_cancelled',
      'items_unavailable',
      'reservations_pending',
      'price_changed',
      'order_already_paid',
    ),
  },
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
