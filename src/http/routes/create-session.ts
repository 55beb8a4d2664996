import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { emptyCartView } from '../../domain/cart-view.ts';
import { cartIdOf } from '../../sessions/cart-sessions.ts';
import { example } from '../examples.ts';
import type { RateLimiting } from '../middleware/rate-limit.ts';
import { sessionLinks } from '../links.ts';
import { json, locationHeader } from '../openapi.ts';
import { problemResponses } from '../problem-responses.ts';
import { sessionSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'post',
  path: '/api/v1/sessions',
  operationId: 'createSession',
  tags: ['Sessions'],
  summary: 'Start a session',
  description:
    'A session is a capability: whoever holds its id holds the cart. Nothing is stored until the first command.',
  responses: {
    201: json(sessionSchema, 'The session, with its empty cart', {
      example: { sessionId: example.sessionId, expiresAt: example.later, cart: example.emptyCart },
      headers: locationHeader('The cart', `/api/v1/carts/${example.sessionId}`),
      links: sessionLinks,
    }),
    ...problemResponses('body_too_large', 'too_many_requests'),
  },
});

export function registerCreateSession(
  app: OpenAPIHono<AppEnv>,
  { sessions, currency }: HttpDeps,
  { newSession }: RateLimiting,
) {
  app.openapi(route, async (c) => {
    await newSession(c);
    const session = sessions.issue({ kind: 'guest' });
    const { sessionId } = session;
    c.header('Location', `/api/v1/carts/${sessionId}`);
    // Whoever has the answer has the cart.
    c.header('Cache-Control', 'no-store');
    const cart = emptyCartView(cartIdOf(session), currency);
    return c.json({ sessionId, expiresAt: new Date(session.expiresAt).toISOString(), cart }, 201);
  });
}
