import type { OpenAPIHono } from '@hono/zod-openapi';
import { requireAdmin } from './middleware/admin.ts';
import { createRouter } from './openapi.ts';
import { registerListAbandonedCarts } from './routes/admin/list-abandoned-carts.ts';
import { registerListWebhooks } from './routes/admin/list-webhooks.ts';
import { registerRedeliverWebhook } from './routes/admin/redeliver-webhook.ts';
import { registerSummariseAbandonedCarts } from './routes/admin/summarise-abandoned-carts.ts';
import type { AppEnv, HttpDeps } from './types.ts';

/** What operators may ask of the shop, each with the admin token or a token that has the admin scope. */
export function mountAdmin(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  app.openAPIRegistry.registerComponent('securitySchemes', 'adminToken', { type: 'http', scheme: 'bearer' });
  const admin = createRouter((route) => ({
    ...route,
    tags: ['Admin'],
    security: [{ adminToken: [] }, { userToken: [] }],
  }));
  admin.use(requireAdmin({ token: deps.adminToken, users: deps.users }));
  registerListAbandonedCarts(admin, deps);
  registerSummariseAbandonedCarts(admin, deps);
  registerListWebhooks(admin, deps);
  registerRedeliverWebhook(admin, deps);
  app.route('/api/v1/admin', admin);
}
