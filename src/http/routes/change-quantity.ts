import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { appliedCart, pendingCommand } from '../command-responses.ts';
import { jsonBody } from '../openapi.ts';
import { commandHeaders, itemParams } from '../parameters.ts';
import { bodyProblems, commandProblems, problemResponses } from '../problem-responses.ts';
import { sendResult } from '../responses.ts';
import { changeQuantityBody } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'patch',
  path: '/items/{itemId}',
  operationId: 'changeQuantity',
  tags: ['Cart'],
  summary: "Change an item's quantity",
  description:
    'What is held stays held until the new quantity is. The same quantity again retries a refused line.',
  request: {
    params: itemParams,
    headers: commandHeaders,
    body: jsonBody(changeQuantityBody, { five: { summary: 'Five units', value: { quantity: 5 } } }),
  },
  responses: {
    200: appliedCart('The cart with the new quantity'),
    202: pendingCommand,
    ...problemResponses(
      ...commandProblems,
      ...bodyProblems,
      'item_not_found',
      'quantity_limit',
      'units_limit',
      'checkout_in_progress',
      'cart_completed',
    ),
  },
});

export function registerChangeQuantity(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  const { submit, wait, currency, cartMaxUnits: maxUnits } = deps;
  app.openapi(route, async (c) => {
    const payload = { itemId: c.req.valid('param').itemId, quantity: c.req.valid('json').quantity };
    const submission = toSubmission(c, { type: 'changeQuantity', ...payload, maxUnits }, { payload, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
