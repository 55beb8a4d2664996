import { randomBytes } from 'node:crypto';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { cartResponse, commandResponses, jsonBody } from '../openapi.ts';
import { sendResult } from '../responses.ts';
import { addItemBody } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'post',
  path: '/items',
  summary: 'Add one item or many',
  description:
    'All or nothing. A name that is in the cart already adds to its line. Prices come from the catalogue.',
  request: { body: jsonBody(addItemBody) },
  responses: { 201: cartResponse, ...commandResponses },
});

export function registerAddItem(
  app: OpenAPIHono<AppEnv>,
  { submit, wait, currency, cartMaxUnits: maxUnits }: HttpDeps,
) {
  app.openapi(route, async (c) => {
    const body = c.req.valid('json');
    const wanted = body.items ?? [body];
    const items = wanted.map(({ name, quantity }) => ({
      itemId: newItemId(),
      name,
      quantity,
      price: { status: 'pending' as const },
    }));
    const submission = toSubmission(c, { type: 'addItem', items, maxUnits }, { payload: wanted, wait });
    return sendResult(c, await submit(submission), { currency, created: true });
  });
}

const newItemId = (): string => randomBytes(8).toString('hex');
