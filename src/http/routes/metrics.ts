import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { requireAdmin } from '../middleware/admin.ts';
import { problemResponse } from '../openapi.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/metrics',
  summary: 'Metrics of this process',
  description: 'In the text format of Prometheus.',
  security: [{ adminToken: [] }],
  responses: {
    200: { description: 'The metrics', content: { 'text/plain': { schema: z.string() } } },
    401: problemResponse('The token is missing or not valid'),
    403: problemResponse('The token does not have the admin scope'),
  },
});

export function registerMetrics(app: OpenAPIHono<AppEnv>, { metrics, adminToken, users }: HttpDeps) {
  app.use('/metrics', requireAdmin({ token: adminToken, users }));
  app.openapi(route, async (c) => {
    const { contentType, body } = await metrics.scrape();
    return c.text(body, 200, { 'Content-Type': contentType });
  });
}
