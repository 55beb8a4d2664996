import { createMiddleware } from 'hono/factory';
import { routePath } from 'hono/route';
import type { ObserveRequest } from '../../metrics/request-metrics.ts';
import type { AppEnv } from '../types.ts';

/** Counts and times every request, whatever becomes of it. */
export function requestMetrics(observe: ObserveRequest) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const startedAt = performance.now();
    await next();
    observe({
      method: c.req.method,
      route: routePath(c, -1),
      status: c.res.status,
      durationMs: performance.now() - startedAt,
    });
  });
}
