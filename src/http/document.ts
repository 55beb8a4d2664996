import type { OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv } from './types.ts';

const description = `Carts that survive crashes: every command is stored before it is answered, and applied once.

- A command that takes longer than its \`Prefer: wait=…\` is answered \`202\`; its operation tells the outcome.
- Every failure is a problem (RFC 9457) with a \`code\` out of one list: \`GET /problems\`.
- A path that does not exist is a \`404\` (\`route_not_found\`), another method a \`405\` (\`method_not_allowed\`) with \`Allow\`.
- \`HEAD\` is answered wherever \`GET\` is. Some paths have aliases, listed as \`x-aliases\`, which answer the same.`;

const tags = [
  ['Sessions', 'Who holds the id of a session holds its cart'],
  ['Cart', 'Lines and their reservations'],
  ['Checkout', 'From the cart to its order'],
  ['Orders', 'What was ordered'],
  ['Operations', 'What became of a command'],
  ['History', 'What happened to a cart, and the cart as it was'],
  ['Payments', 'For the payment service'],
  ['Admin', 'For operators, with the admin token'],
  ['Problems', 'What can go wrong'],
  ['Document', 'OpenAPI, and a page to try it'],
  ['Health', 'For what runs the service'],
] as const;

/** The OpenAPI document of an app, made of the schemas that its routes validate with. */
export const openApiDocument = (app: OpenAPIHono<AppEnv>) =>
  app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'durable-cart', version: '1', description },
    servers: [{ url: '/' }],
    tags: tags.map(([name, text]) => ({ name, description: text })),
  });
