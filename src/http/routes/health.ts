import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { json } from '../openapi.ts';
import { sendProblem, toProblem } from '../problem.ts';
import { problemResponses } from '../problem-responses.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const health = z
  .object({ status: z.literal('ok'), checks: z.record(z.string(), z.enum(['ok', 'away'])) })
  .openapi('Health');

const livez = createRoute({
  method: 'get',
  path: '/livez',
  operationId: 'livez',
  tags: ['Health'],
  summary: 'Is the process alive?',
  responses: {
    200: json(health, 'It is', { example: { status: 'ok', checks: {} } }),
    ...problemResponses(),
  },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  operationId: 'readyz',
  tags: ['Health'],
  summary: 'Are the dependencies there?',
  responses: {
    200: json(health, 'All are', { example: { status: 'ok', checks: { postgres: 'ok', temporal: 'ok' } } }),
    ...problemResponses('not_ready'),
  },
});

export function registerHealth(app: OpenAPIHono<AppEnv>, { readiness }: HttpDeps) {
  app.openapi(livez, (c) => c.json({ status: 'ok' as const, checks: {} }, 200));
  app.openapi(readyz, async (c) => {
    const checks = await readiness();
    const away = Object.keys(checks).filter((name) => checks[name] !== 'ok');
    if (away.length === 0) return c.json({ status: 'ok' as const, checks }, 200);
    return sendProblem(c, toProblem('not_ready', `Away just now: ${away.join(', ')}.`, { checks })) as never;
  });
}
