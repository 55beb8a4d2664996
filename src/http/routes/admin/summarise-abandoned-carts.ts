import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { abandonedSummaryQuery, abandonedSummarySchema } from '../../admin-schemas.ts';
import { adminResponses, json } from '../../openapi.ts';
import type { AppEnv, HttpDeps } from '../../types.ts';

const route = createRoute({
  method: 'get',
  path: '/abandoned-carts/summary',
  summary: 'Abandoned carts by day, and what is in them',
  description:
    'Carts that are still abandoned, by the day (UTC) on which they were; today is the last. ' +
    "In the shop's currency: carts of an earlier one are left out.",
  security: [{ adminToken: [] }],
  request: { query: abandonedSummaryQuery },
  responses: { 200: json(abandonedSummarySchema, 'The figures'), ...adminResponses },
});

export function registerSummariseAbandonedCarts(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  const { abandonedCarts, currency } = deps;
  app.openapi(route, async (c) => {
    const { days } = c.req.valid('query');
    return c.json({ currency, ...(await abandonedCarts.summarise({ days, currency })) }, 200);
  });
}
