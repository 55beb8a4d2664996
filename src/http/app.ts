import type { OpenAPIHono } from '@hono/zod-openapi';
import { bodyLimit } from 'hono/body-limit';
import { requestId } from 'hono/request-id';
import { mountAdmin } from './admin.ts';
import { cartSeen } from './middleware/cart-seen.ts';
import { crossOrigin } from './middleware/cross-origin.ts';
import { createRateLimiting, type RateLimiting } from './middleware/rate-limit.ts';
import { requestLog } from './middleware/request-log.ts';
import { requestMetrics } from './middleware/request-metrics.ts';
import { securityHeaders } from './middleware/security-headers.ts';
import { cartFromClient, cartFromPath } from './middleware/session.ts';
import { describeAlias, describeWithSessionInPath, describeWithSessionOfClient, mounts } from './mounts.ts';
import { onlyKnownRoutes, onNotFound } from './not-found.ts';
import { onError } from './on-error.ts';
import { createRouter } from './openapi.ts';
import { fail } from './problem.ts';
import { registerAddItem } from './routes/add-item.ts';
import { registerCancelCheckout } from './routes/cancel-checkout.ts';
import { registerChangeQuantity } from './routes/change-quantity.ts';
import { registerCheckout } from './routes/checkout.ts';
import { registerClaimCart } from './routes/claim-cart.ts';
import { registerClearItems } from './routes/clear-items.ts';
import { registerCreateSession } from './routes/create-session.ts';
import { registerDemoPage } from './routes/demo-page.ts';
import { registerDocs } from './routes/docs.ts';
import { registerDocument } from './routes/document.ts';
import { registerGetCart } from './routes/get-cart.ts';
import { registerGetHistory } from './routes/get-history.ts';
import { registerGetOperation } from './routes/get-operation.ts';
import { registerGetOrder } from './routes/get-order.ts';
import { registerHealth } from './routes/health.ts';
import { registerListItems } from './routes/list-items.ts';
import { registerListOrders } from './routes/list-orders.ts';
import { registerMetrics } from './routes/metrics.ts';
import { registerPaymentWebhook } from './routes/payment-webhook.ts';
import { registerProblemTypes } from './routes/problem-types.ts';
import { registerRemoveItem } from './routes/remove-item.ts';
import { registerStreamCart } from './routes/stream-cart.ts';
import type { AppEnv, HttpDeps } from './types.ts';

/** The whole API over the given dependencies; it opens no connection and reads no environment. */
export function createApp(deps: HttpDeps): OpenAPIHono<AppEnv> {
  const app = createRouter();
  app.use(requestId());
  app.use(requestLog(deps.logger));
  app.use(requestMetrics(deps.metrics.observeRequest));
  app.use(securityHeaders());
  app.use(crossOrigin(deps.corsOrigins));
  app.use(onlyKnownRoutes(app));
  app.use(bodyLimit({ maxSize: deps.bodyLimitBytes, onError: () => tooLarge(deps.bodyLimitBytes) }));
  app.onError(onError(deps.logger));
  app.notFound(onNotFound(app));

  // Not limited: probes, signed webhooks, and operators with their token. docs/limits.md says why.
  const limiting = createRateLimiting(deps.rateLimiting);
  registerHealth(app, deps);
  registerMetrics(app, deps);
  registerProblemTypes(app);
  registerDemoPage(app, deps);
  registerCreateSession(app, deps, limiting);
  registerGetOrder(app, deps, limiting);
  registerPaymentWebhook(app, deps);
  mountAdmin(app, deps);
  mountCart(app, deps, limiting);
  registerDocs(app, deps);
  registerDocument(app);
  return app;
}

/** One set of cart routes, mounted wherever the name of the cart comes from. */
function mountCart(app: OpenAPIHono<AppEnv>, deps: HttpDeps, limiting: RateLimiting) {
  const { sessions, users, cookieSecure, views } = deps;
  const beforeIssue = limiting.newSession;
  const userToken = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const;
  app.openAPIRegistry.registerComponent('securitySchemes', 'userToken', userToken);
  const { path, client } = mounts;
  for (const prefix of [path.prefix, path.alias]) {
    const cart = createRouter(prefix === path.alias ? describeAlias : describeWithSessionInPath);
    const named = cartFromPath({ sessions, users, prefix });
    cart.use(limiting.address, named, limiting.cart, cartSeen(views));
    registerGetCart(cart, deps);
    registerClaimCart(cart, deps);
    registerOfCart(cart, deps);
    app.route(`${prefix}/:sessionId`, cart);
  }
  for (const prefix of [client.prefix, client.alias]) {
    const items = createRouter(prefix === client.alias ? describeAlias : describeWithSessionOfClient);
    const owned = cartFromClient({ sessions, users, prefix, cookieSecure, beforeIssue });
    for (const pattern of ['/items/*', '/operations/*', '/checkout', '/orders', '/history', '/events']) {
      items.use(pattern, limiting.address, owned, limiting.cart, cartSeen(views));
    }
    registerOfCart(items, deps);
    app.route(prefix || '/', items);
  }
}

function registerOfCart(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  registerListItems(app, deps);
  registerAddItem(app, deps);
  registerChangeQuantity(app, deps);
  registerRemoveItem(app, deps);
  registerClearItems(app, deps);
  registerCheckout(app, deps);
  registerCancelCheckout(app, deps);
  registerListOrders(app, deps);
  registerGetHistory(app, deps);
  registerGetOperation(app, deps);
  registerStreamCart(app, deps);
}

function tooLarge(limitBytes: number): never {
  throw fail(
    'body_too_large',
    `A request body may have at most ${limitBytes} bytes. Send fewer items at once.`,
  );
}
