import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { requireAdmin } from '../middleware/admin.ts';
import { problemResponses } from '../problem-responses.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/metrics',
  operationId: 'getMetrics',
  tags: ['Health'],
  summary: 'Metrics of this process',
  description: 'In the text format of Prometheus.',
  security: [{ adminToken: [] }],
  responses: {
    200: {
      description: 'The metrics',
      content: {
        'text/plain': {
          schema: z.string(),
          example: 'http_requests_total{method="GET",route="/livez",status="200"} 1',
        },
      },
    },
    ...problemResponses('unauthorized', 'forbidden', 'token_check_unavailable', 'route_not_found'),
  },
});

export function registerMetrics(app: OpenAPIHono<AppEnv>, { metrics, adminToken, users }: HttpDeps) {
  app.use('/metrics', requireAdmin({ token: adminToken, users }));
  app.openapi(route, async (c) => {
    const { contentType, body } = await metrics.scrape();
    return c.text(body, 200, { 'Content-Type': contentType });
  });
}
