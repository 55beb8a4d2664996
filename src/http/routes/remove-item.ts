import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { cartResponse, commandResponses } from '../openapi.ts';
import { sendResult } from '../responses.ts';
import { itemParams } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'delete',
  path: '/items/{itemId}',
  summary: 'Remove an item',
  description: 'Also while its reservation is under way: whatever the service answers, nothing stays held.',
  request: { params: itemParams },
  responses: { 200: cartResponse, ...commandResponses },
});

export function registerRemoveItem(app: OpenAPIHono<AppEnv>, { submit, wait, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const payload = { itemId: c.req.valid('param').itemId };
    const submission = toSubmission(c, { type: 'removeItem', ...payload }, { payload, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
