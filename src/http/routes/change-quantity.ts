import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { cartResponse, commandResponses, jsonBody } from '../openapi.ts';
import { sendResult } from '../responses.ts';
import { changeQuantityBody, itemParams } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'patch',
  path: '/items/{itemId}',
  summary: "Change an item's quantity",
  description:
    'What is held stays held until the new quantity is. The same quantity again retries a refused line.',
  request: { params: itemParams, body: jsonBody(changeQuantityBody) },
  responses: { 200: cartResponse, ...commandResponses },
});

export function registerChangeQuantity(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  const { submit, wait, currency, cartMaxUnits: maxUnits } = deps;
  app.openapi(route, async (c) => {
    const payload = { itemId: c.req.valid('param').itemId, quantity: c.req.valid('json').quantity };
    const submission = toSubmission(c, { type: 'changeQuantity', ...payload, maxUnits }, { payload, wait });
    return sendResult(c, await submit(submission), { currency });
  });
}
