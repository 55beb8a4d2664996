import type { MiddlewareHandler } from 'hono';
import { createMiddleware } from 'hono/factory';
import type { CartViews } from '../../read-model/cart-views.ts';
import { requireSeen } from '../responses.ts';
import type { AppEnv } from '../types.ts';

/**
 * Reads the cart that a read is about; one that was claimed is not there any more. Commands go by: they need no
 * Postgres, and hear it from the cart itself.
 */
export function cartSeen(views: CartViews): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async (c, next) => {
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    // Its route knows the claim's own operation, which can still be asked for.
    if (isRead && !c.req.path.includes('/operations/')) {
      const cart = await views.findCart(c.get('cartId'));
      c.set('cart', cart && requireSeen(cart));
    }
    await next();
  });
}
