import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { openApiDocument } from '../document.ts';
import { json } from '../openapi.ts';
import { problemResponses } from '../problem-responses.ts';
import type { AppEnv } from '../types.ts';

const route = createRoute({
  method: 'get',
  path: '/openapi.json',
  operationId: 'getDocument',
  tags: ['Document'],
  summary: 'This document',
  responses: {
    200: json(z.looseObject({ openapi: z.string() }), 'OpenAPI 3.1', { example: { openapi: '3.1.0' } }),
    ...problemResponses(),
  },
});

/** After all routes that the document is to describe. */
export function registerDocument(app: OpenAPIHono<AppEnv>) {
  let document: ReturnType<typeof openApiDocument> | undefined;
  app.openapi(route, (c) => {
    document ??= openApiDocument(app);
    return c.json(document as never, 200);
  });
}
