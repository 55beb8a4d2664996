import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { isLeft } from '../../domain/cart.ts';
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
    const before = await views.findOperation(cartId, operationId);
    const cart = before ? before.cart : await views.findCart(cartId);
    // The claim may have come on record between the two reads: it is then, with the cart that it ends.
    const operation =
      before ?? (cart && isLeft(cart) ? await views.findOperation(cartId, operationId) : undefined);
    // Of a session that is over, only what has ended it can still be asked for: that is not on record while it hands over.
    const mayBeTheClaim = operation ? operation.command === 'claim' : cart?.status === 'claiming';
    if (cart && !mayBeTheClaim) requireSeen(cart);
    return c.json(operation ? toOperationView(operation) : { operationId, status: 'pending' as const }, 200);
  });
}
