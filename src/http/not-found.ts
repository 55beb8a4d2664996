import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { sendProblem, toProblem } from './problem.ts';
import type { AppContext, AppEnv } from './types.ts';

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** 405 with `Allow` where the path is right and the method is not, else 404. */
export function onNotFound(app: OpenAPIHono<AppEnv>) {
  return (c: AppContext): Response => {
    const allowed = methods.filter((method) => hasRoute(app, method, c.req.path));
    if (allowed.length === 0) {
      return sendProblem(c, toProblem('route_not_found', `There is no ${c.req.method} on this path.`));
    }
    c.header(
      'Allow',
      allowed.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])).join(', '),
    );
    const detail = `This path takes ${allowed.join(', ')}, not ${c.req.method}.`;
    return sendProblem(c, toProblem('method_not_allowed', detail));
  };
}

/** Asked before anything of a route: a method that a path does not take is a 405 whoever asks for it. */
export function onlyKnownRoutes(app: OpenAPIHono<AppEnv>): MiddlewareHandler<AppEnv> {
  const notFound = onNotFound(app);
  return createMiddleware<AppEnv>(async (c, next) => {
    // A HEAD is dispatched as the GET that it is.
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
    if (!matchedRoutes(c).some((route) => route.method === method)) return notFound(c);
    await next();
  });
}

/** Middleware is registered for every method; a route is registered for its own. */
function hasRoute(app: OpenAPIHono<AppEnv>, method: string, path: string): boolean {
  const [matches] = app.router.match(method, path);
  return matches.some(([[, route]]) => route.method === method);
}
