import type { OpenAPIHono } from '@hono/zod-openapi';
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

/** Middleware is registered for every method; a route is registered for its own. */
function hasRoute(app: OpenAPIHono<AppEnv>, method: string, path: string): boolean {
  const [matches] = app.router.match(method, path);
  return matches.some(([[, route]]) => route.method === method);
}
