import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { getCookie, deleteCookie } from 'hono/cookie';
import type { ClaimResult } from '../claim-cart.ts';
import { etagOf } from '../etag.ts';
import { ownCart, sessionCookie } from '../middleware/session.ts';
import { refuseToken } from '../middleware/bearer.ts';
import { pendingCommand } from '../command-responses.ts';
import { example } from '../examples.ts';
import { etagHeader, json } from '../openapi.ts';
import { commandHeaders } from '../parameters.ts';
import { commandProblems, problemResponses } from '../problem-responses.ts';
import { fail } from '../problem.ts';
import { sendResult, viewOf } from '../responses.ts';
import { claimedCartSchema } from '../schemas.ts';
import { toSubmission } from '../submission.ts';
import type { AppContext, AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'post',
  path: '/claim',
  operationId: 'claimCart',
  tags: ['Cart'],
  summary: "Move a guest's cart into the user's",
  description:
    'With the token of the user. The lines move with what is held for them; the session ends, and its orders are ' +
    "the user's. Safe to repeat. What the limits of a cart have no room for is in `cutOff`.",
  security: [{ userToken: [] }],
  request: { headers: commandHeaders },
  responses: {
    200: json(claimedCartSchema, "The user's cart, with what was in the guest's", {
      example: { ...example.cart, cutOff: [], waiting: false },
      headers: etagHeader,
    }),
    202: pendingCommand,
    ...problemResponses(...commandProblems, 'checkout_in_progress'),
  },
});

export function registerClaimCart(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  const { claim, users, wait, cartMaxUnits: maxUnits } = deps;
  app.openapi(route, async (c) => {
    const toCartId = c.get('ownCartId');
    if (toCartId === undefined || !users) {
      throw refuseToken(
        c,
        'carts',
        'Send a token of the user who claims the cart: `Authorization: Bearer <token>`.',
      );
    }
    if (c.req.param('sessionId') === ownCart) {
      throw fail(
        'session_not_found',
        "This is a user's cart. Claim the one of a guest: /carts/{sessionId}/claim.",
      );
    }
    const command = { type: 'claim', toCartId, merge: users.merge, maxUnits } as const;
    const submission = { ...toSubmission(c, command, { payload: { toCartId }, wait }), command };
    return send(c, await claim(submission), deps);
  });
}

function send(c: AppContext, result: ClaimResult, { currency, cookieSecure }: HttpDeps): never {
  if (result.status !== 'claimed' && result.status !== 'handing-over')
    return sendResult(c, result, { currency });
  // A browser goes on without the session that is over.
  if (getCookie(c, sessionCookie) === c.req.param('sessionId')) {
    deleteCookie(c, sessionCookie, { path: '/', secure: cookieSecure });
  }
  const users = c.get('basePath').replace(/[^/]+$/, ownCart);
  if (result.status === 'handing-over') {
    const { operationId } = result;
    c.header('Location', `${users}/operations/${operationId}`);
    c.header('Retry-After', '1');
    return c.json({ operationId, status: 'pending' as const }, 202) as never;
  }
  const { cart, cutOff } = result;
  const view = viewOf(cart, c.get('ownCartId') ?? '', currency);
  c.header('Content-Location', users);
  c.header('ETag', etagOf(view.version));
  return c.json({ ...view, cutOff: [...cutOff], waiting: Boolean(cart?.waiting) }, 200) as never;
}
