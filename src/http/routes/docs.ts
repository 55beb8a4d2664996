import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { html, raw } from 'hono/html';
import { problemResponses } from '../problem-responses.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const page = html`${raw('<!doctype html>')}
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width" />
      <title>durable-cart API</title>
      <link rel="stylesheet" href="/docs/swagger-ui.css" />
      <link rel="icon" href="data:," />
    </head>
    <body>
      <div id="docs"></div>
      <script src="/docs/swagger-ui-bundle.js"></script>
      <script src="/docs/start.js"></script>
    </body>
  </html>`;

/** `validatorUrl`: nothing goes out to the internet. */
const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

/** Everything from here, nothing from elsewhere; Swagger UI has pictures in its files. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const types = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
  'start.js': 'text/javascript',
} as const;

const names = Object.keys(types) as [keyof typeof types, ...(keyof typeof types)[]];

const text = (description: string, ...mediaTypes: string[]) => ({
  description,
  content: Object.fromEntries(mediaTypes.map((type) => [type, { schema: z.string(), example: '…' }])),
});

const pageRoute = createRoute({
  method: 'get',
  path: '/docs',
  operationId: 'getDocs',
  tags: ['Document'],
  summary: 'A page to read this document, and to try what it says',
  responses: { 200: text('The page', 'text/html'), ...problemResponses() },
});

const fileRoute = createRoute({
  method: 'get',
  path: '/docs/{file}',
  operationId: 'getDocsFile',
  tags: ['Document'],
  summary: 'What the page is made of',
  request: { params: z.object({ file: z.enum(names).openapi({ example: 'start.js' }) }) },
  responses: {
    200: text('Style or script', 'text/css', 'text/javascript'),
    ...problemResponses('invalid_input'),
  },
});

export function registerDocs(app: OpenAPIHono<AppEnv>, { docsFile }: HttpDeps) {
  app.openapi(pageRoute, async (c) => {
    c.header('Content-Security-Policy', contentSecurityPolicy);
    return await c.html(page);
  });
  app.openapi(fileRoute, async (c) => {
    const { file } = c.req.valid('param');
    c.header('Content-Type', `${types[file]}; charset=utf-8`);
    c.header('Cache-Control', 'public, max-age=3600');
    return c.body(file === 'start.js' ? start : await docsFile(file));
  });
}
