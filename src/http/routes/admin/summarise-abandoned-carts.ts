import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { abandonedSummaryQuery, abandonedSummarySchema } from '../../admin-schemas.ts';
import { example } from '../../examples.ts';
import { json } from '../../openapi.ts';
import { adminProblems, problemResponses } from '../../problem-responses.ts';
import type { AppEnv, HttpDeps } from '../../types.ts';

const route = createRoute({
  method: 'get',
  path: '/abandoned-carts/summary',
  operationId: 'summariseAbandonedCarts',
  summary: 'Abandoned carts by day, and what is in them',
  description:
    'Carts that are still abandoned, by the day (UTC) on which they were; today is the last. ' +
    "In the shop's currency: carts of an earlier one are left out.",
  request: { query: abandonedSummaryQuery },
  responses: {
    200: json(abandonedSummarySchema, 'The figures', { example: example.abandonedSummary }),
    ...problemResponses(...adminProblems, 'invalid_input'),
  },
});

export function registerSummariseAbandonedCarts(app: OpenAPIHono<AppEnv>, deps: HttpDeps) {
  const { abandonedCarts, currency } = deps;
  app.openapi(route, async (c) => {
    const { days } = c.req.valid('query');
    return c.json({ currency, ...(await abandonedCarts.summarise({ days, currency })) }, 200);
  });
}
