import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { example } from '../examples.ts';
import { json } from '../openapi.ts';
import { operationParams } from '../parameters.ts';
import { cartReadProblems, problemResponses } from '../problem-responses.ts';
import { requireSeen, toOperationView } from '../responses.ts';
import { operationSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/operations/{operationId}',
  operationId: 'getOperation',
  tags: ['Operations'],
  summary: 'What became of a command',
  description:
    '`pending` also for an id that this cart has not heard of: its command may still be on its way.',
  request: { params: operationParams },
  responses: {
    200: json(operationSchema, 'Pending, applied, or rejected with its problem', {
      example: { operationId: example.operationId, status: 'applied', version: 3 },
    }),
    ...problemResponses(...cartReadProblems, 'invalid_input'),
  },
});

export function registerGetOperation(app: OpenAPIHono<AppEnv>, { views }: HttpDeps) {
  app.openapi(route, async (c) => {
    const { operationId } = c.req.valid('param');
    const cartId = c.get('cartId');
    // In this order: a claim comes on record with the end of its cart, so that a cart seen as claimed has it by then.
    const head = await views.findCartHead(cartId);
    const operation = await views.findOperation(cartId, operationId);
    // Of a session that is over, only what has ended it can still be asked for: that is not on record while it hands over.
    const mayBeTheClaim = operation ? operation.command === 'claim' : head?.status === 'claiming';
    if (head && !mayBeTheClaim) requireSeen(head);
    return c.json(operation ? toOperationView(operation) : { operationId, status: 'pending' as const }, 200);
  });
}
