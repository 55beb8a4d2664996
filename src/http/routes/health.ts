import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { json } from '../openapi.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const health = z.object({
  status: z.enum(['ok', 'away']),
  checks: z.record(z.string(), z.enum(['ok', 'away'])),
});

const livez = createRoute({
  method: 'get',
  path: '/livez',
  summary: 'Is the process alive?',
  responses: { 200: json(health, 'It is') },
});

const readyz = createRoute({
  method: 'get',
  path: '/readyz',
  summary: 'Are the dependencies there?',
  responses: { 200: json(health, 'All are'), 503: json(health, 'The checks say which is away') },
});

export function registerHealth(app: OpenAPIHono<AppEnv>, { readiness }: HttpDeps) {
  app.openapi(livez, (c) => c.json({ status: 'ok' as const, checks: {} }, 200));
  app.openapi(readyz, async (c) => {
    const checks = await readiness();
    const ready = Object.values(checks).every((check) => check === 'ok');
    return ready
      ? c.json({ status: 'ok' as const, checks }, 200)
      : c.json({ status: 'away' as const, checks }, 503);
  });
}
