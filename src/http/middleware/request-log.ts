import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { Logger } from 'pino';
import type { AppEnv } from '../types.ts';

/** One line a request. It names the route's pattern, never the path: a path may hold a session id. */
export function requestLog(logger: Logger) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const startedAt = performance.now();
    await next();
    const durationMs = Math.round((performance.now() - startedAt) * 10) / 10;
    const { method } = c.req;
    const level = c.res.status >= 500 ? 'error' : 'info';
    const line = {
      requestId: c.get('requestId'),
      method,
      route: routePath(c, -1),
      status: c.res.status,
      durationMs,
    };
    logger[level](c.get('cartId') ? { ...line, cartId: c.get('cartId') } : line, 'request');
  });
}
