import { randomBytes } from 'node:crypto';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { appliedCart, pendingCommand } from '../command-responses.ts';
import { jsonBody, locationHeader } from '../openapi.ts';
import { commandHeaders } from '../parameters.ts';
import { bodyProblems, commandProblems, problemResponses } from '../problem-responses.ts';
import { sendResult } from '../responses.ts';
import { addItemBody } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const locationOfItems = locationHeader('The items', '/api/v1/items');

const route = createRoute({
  method: 'post',
  path: '/items',
  operationId: 'addItem',
  tags: ['Cart'],
  summary: 'Add one item or many',
  description:
    'All or nothing. A name that is in the cart already adds to its line. Prices come from the catalogue.',
  request: {
    headers: commandHeaders,
    body: jsonBody(addItemBody, {
      one: { summary: 'One item', value: { name: 'apple', quantity: 2 } },
      many: {
        summary: 'Several at once',
        value: {
          items: [
            { name: 'pear', quantity: 1 },
            { name: 'plum', quantity: 4 },
          ],
        },
      },
    }),
  },
  responses: {
    201: appliedCart('The cart with the items, which are being reserved', locationOfItems),
    202: pendingCommand,
    ...problemResponses(
      ...commandProblems,
      ...bodyProblems,
      'cart_full',
      'quantity_limit',
      'units_limit',
      'unknown_product',
      'checkout_in_progress',
    ),
  },
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
