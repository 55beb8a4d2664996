import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { CartViews } from '../../read-model/cart-views.ts';
import { requireSeen } from '../responses.ts';
import type { AppContext, AppEnv } from '../types.ts';

/**
 * What is read of a cart that was claimed is not there any more. Commands go by: they need no Postgres, and hear it
 * from the cart itself.
 */
export function cartSeen(views: Pick<CartViews, 'findCartHead'>): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    if (isRead && !looksItself(c)) {
      const head = await views.findCartHead(c.get('cartId'));
      if (head) requireSeen(head);
    }
    await next();
  });
}

/** These read the cart anyway. And the claim's own operation can still be asked for. */
function looksItself(c: AppContext): boolean {
  const end = c.req.path.slice(c.get('basePath').length).replace(/\/$/, '');
  return end === '' || end === '/items' || end.startsWith('/operations/');
}
