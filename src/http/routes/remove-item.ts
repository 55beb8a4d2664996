import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { appliedCart, pendingCommand } from '../command-responses.ts';
import { commandHeaders, itemParams } from '../parameters.ts';
import { commandProblems, problemResponses } from '../problem-responses.ts';
import { sendResult } from '../responses.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'delete',
  path: '/items/{itemId}',
  operationId: 'removeItem',
  tags: ['Cart'],
  summary: 'Remove an item',
  description: 'Also while its reservation is under way: whatever the service answers, nothing stays held.',
  request: { params: itemParams, headers: commandHeaders },
  responses: {
    200: appliedCart('The cart without the item'),
    202: pendingCommand,
    ...problemResponses(
      ...commandProblems,
      'invalid_input',
      'item_not_found',
      'checkout_in_progress',
      'cart_completed',
    ),
  },
});

export function registerRemoveItem(app: OpenAPIHono<AppEnv>, { submit, wait, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const payload = { itemId: c.req.valid('param').itemId };
    const submission = toSubmission(c, { type: 'removeItem', ...payload }, { payload, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
