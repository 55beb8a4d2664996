import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { toEventView } from '../../domain/event-view.ts';
import { decodeCursor, linkNext } from '../cursor.ts';
import { example } from '../examples.ts';
import { json } from '../openapi.ts';
import { historyQuery } from '../parameters.ts';
import { cartReadProblems, pageProblems, problemResponses } from '../problem-responses.ts';
import { fail } from '../problem.ts';
import { viewOf } from '../responses.ts';
import { cartThenSchema, eventListSchema } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/history',
  operationId: 'getHistory',
  tags: ['History'],
  summary: 'What happened to the cart, or the cart as it was',
  description:
    'Its events, oldest first, in pages: `next` is the cursor of the next one, null at the end; `Link` has its address. ' +
    'With `at`, the cart as it was after that version or at that time, and the event that made it so.',
  request: { query: historyQuery },
  responses: {
    200: json(z.union([eventListSchema, cartThenSchema]), 'A page of events, or with `at` the cart then', {
      example: { events: [example.event], next: null },
    }),
    ...problemResponses(...cartReadProblems, ...pageProblems, 'version_not_found'),
  },
});

const position = z.object({ version: z.int().min(0).max(2_147_483_647) });

export function registerGetHistory(app: OpenAPIHono<AppEnv>, { history, currency }: HttpDeps) {
  app.openapi(route, async (c) => {
    const { at, limit, cursor } = c.req.valid('query');
    const cartId = c.get('cartId');
    if (at !== undefined) {
      const then = await history.cartAt(cartId, at);
      if (!then) throw versionNotFound();
      const event = toEventView(then.event);
      const { version, at: time } = event;
      return c.json({ at: { version, time }, cart: viewOf(then.cart, cartId, currency), event }, 200);
    }
    const after = cursor === undefined ? undefined : decodeCursor(position, cursor).version;
    const page = await history.listEvents(cartId, { after, limit });
    const next = linkNext(c, page.next && { version: page.next });
    return c.json({ events: page.events.map(toEventView), next }, 200);
  });
}

const versionNotFound = () =>
  fail(
    'version_not_found',
    'The cart has no such version, or was not there yet. List them with GET …/history.',
  );
