import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { cartResponse, commandResponses } from '../openapi.ts';
import { sendResult } from '../responses.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'delete',
  path: '/checkout',
  summary: 'Give the checkout up',
  description: 'The order that waits for its payment is cancelled; the cart is as it was, holds included.',
  responses: { 200: cartResponse, ...commandResponses },
});

export function registerCancelCheckout(app: OpenAPIHono<AppEnv>, { submit, wait, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const submission = toSubmission(c, { type: 'cancelCheckout' }, { payload: {}, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
