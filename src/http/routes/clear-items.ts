import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { example } from '../examples.ts';
import { appliedCart, pendingCommand } from '../command-responses.ts';
import { commandHeaders } from '../parameters.ts';
import { commandProblems, problemResponses } from '../problem-responses.ts';
import { sendResult } from '../responses.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'delete',
  path: '/items',
  operationId: 'clearItems',
  tags: ['Cart'],
  summary: 'Remove all items',
  request: { headers: commandHeaders },
  responses: {
    200: appliedCart('The cart without items', {}, { ...example.emptyCart, version: 5 }),
    202: pendingCommand,
    ...problemResponses(...commandProblems, 'checkout_in_progress'),
  },
});

export function registerClearItems(app: OpenAPIHono<AppEnv>, { submit, wait, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const submission = toSubmission(c, { type: 'clearItems' }, { payload: {}, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
