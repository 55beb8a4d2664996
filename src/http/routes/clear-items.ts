import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { cartResponse, commandResponses } from '../openapi.ts';
import { sendResult } from '../responses.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'delete',
  path: '/items',
  summary: 'Remove all items',
  responses: { 200: cartResponse, ...commandResponses },
});

export function registerClearItems(app: OpenAPIHono<AppEnv>, { submit, wait, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const submission = toSubmission(c, { type: 'clearItems' }, { payload: {}, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
