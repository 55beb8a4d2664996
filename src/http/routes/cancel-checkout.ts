import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { appliedCart, pendingCommand } from '../command-responses.ts';
import { commandHeaders } from '../parameters.ts';
import { commandProblems, problemResponses } from '../problem-responses.ts';
import { sendResult } from '../responses.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'delete',
  path: '/checkout',
  operationId: 'cancelCheckout',
  tags: ['Checkout'],
  summary: 'Give the checkout up',
  description: 'The order that waits for its payment is cancelled; the cart is as it was, holds included.',
  request: { headers: commandHeaders },
  responses: {
    200: appliedCart('The cart, active again'),
    202: pendingCommand,
    ...problemResponses(...commandProblems, 'no_checkout'),
  },
});

export function registerCancelCheckout(app: OpenAPIHono<AppEnv>, { submit, wait, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const submission = toSubmission(c, { type: 'cancelCheckout' }, { payload: {}, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
