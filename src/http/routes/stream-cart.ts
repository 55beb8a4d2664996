import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import { isLeft } from '../../domain/cart.ts';
import { createCartStream, lastWriteMs, type StreamWriter } from '../cart-stream.ts';
import { example } from '../examples.ts';
import { cartReadProblems, problemResponses } from '../problem-responses.ts';
import { viewOf } from '../responses.ts';
import type { AppContext, AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/events',
  operationId: 'streamCart',
  tags: ['Cart'],
  summary: 'Follow the cart live',
  description:
    'Server-sent events, for `EventSource`: an event `cart` at once and after each change, its data the cart as ' +
    '`GET` answers it, its id the version. `Last-Event-ID` leaves out a version that the client has. Following a ' +
    'cart does not keep it from being abandoned.',
  request: { headers: z.object({ 'Last-Event-ID': z.string().optional().openapi({ example: '3' }) }) },
  responses: {
    200: {
      description:
        'Events until the client leaves, the session or token expires, the cart is claimed or the process stops',
      content: {
        'text/event-stream': {
          schema: z.string(),
          example: `event: cart\nid: 3\ndata: ${JSON.stringify(example.cart)}\n\n`,
        },
      },
    },
    ...problemResponses(...cartReadProblems, 'too_many_streams', 'streams_full'),
  },
});

/** How soon `EventSource` connects again: spread, so that the clients of a process that stops do not come at once. */
const retryMs = { min: 1_000, max: 4_000 };

export function registerStreamCart(app: OpenAPIHono<AppEnv>, { live, currency }: HttpDeps) {
  const { carts, places, heartbeatMs } = live;
  app.openapi(route, async (c) => {
    const cartId = c.get('cartId');
    const expiresAt = c.get('expiresAt');
    if (c.req.method === 'HEAD') return c.body(null, 200, { 'Content-Type': 'text/event-stream' });
    const stream = createCartStream({ lastSeen: lastSeenOf(c), heartbeatMs, expiresAt });
    const leave = places.take(cartId, stream.end);
    const watch = carts.watch(cartId, (cart) => (cart && isLeft(cart) ? stream.end() : stream.push(cart)));
    const close = () => {
      watch.stop();
      leave();
    };
    try {
      await watch.ready;
    } catch (error) {
      close();
      throw error;
    }
    const response = streamSSE(c, async (sse) => {
      sse.onAbort(stream.end);
      await stream.writeTo(writerOf(c, sse, currency));
      close();
      // A client that does not take the rest would keep the connection open for ever.
      setTimeout(() => connectionOf(c)?.destroy(), lastWriteMs).unref();
    });
    response.headers.set('Cache-Control', 'private, no-store, no-transform');
    // Its connection is its own: kept alive, it would lead the client back to a process that stops.
    response.headers.set('Connection', 'close');
    // nginx would collect events before it passes them on.
    response.headers.set('X-Accel-Buffering', 'no');
    return response;
  });
}

function writerOf(c: AppContext, sse: SSEStreamingApi, currency: string): StreamWriter {
  return {
    hello: () => sse.write(`retry: ${randomBetween(retryMs)}\n\n`),
    cart(cart) {
      const view = viewOf(cart, c.get('cartId'), currency);
      return sse.writeSSE({ event: 'cart', id: String(view.version), data: JSON.stringify(view) });
    },
    heartbeat: () => sse.write(':\n\n'),
    drop: () => sse.abort(),
  };
}

/** The Node server hands its response to the app; tests call the app without a server. */
const connectionOf = ({ env }: AppContext): { destroy(): void } | undefined =>
  (env as { outgoing?: { destroy(): void } } | undefined)?.outgoing;

function lastSeenOf(c: AppContext): number | undefined {
  const id = c.req.header('Last-Event-ID') ?? '';
  return /^\d{1,10}$/.test(id) ? Number(id) : undefined;
}

const randomBetween = ({ min, max }: { min: number; max: number }): number =>
  Math.round(min + Math.random() * (max - min));
