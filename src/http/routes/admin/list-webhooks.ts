import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { WebhookViews } from '../../../outbox/webhook-views.ts';
import { decodeCursor, linkNext } from '../../cursor.ts';
import { example } from '../../examples.ts';
import { webhookLinks } from '../../links.ts';
import { json } from '../../openapi.ts';
import { pageQuery } from '../../parameters.ts';
import { adminProblems, pageProblems, problemResponses } from '../../problem-responses.ts';
import type { AppEnv } from '../../types.ts';
import { webhookSchema, webhookStatus } from './webhook-schema.ts';

const webhookList = z
  .object({ webhooks: z.array(webhookSchema), next: z.string().nullable() })
  .openapi('WebhookList');

const route = createRoute({
  method: 'get',
  path: '/webhooks',
  operationId: 'listWebhooks',
  summary: 'List outgoing webhooks',
  description:
    'Newest first, in pages: `next` is the cursor of the next one, null at the end; `Link` has its address.',
  request: { query: pageQuery.extend({ status: webhookStatus.optional().openapi({ example: 'dead' }) }) },
  responses: {
    200: json(webhookList, 'A page of webhooks', {
      example: { webhooks: [example.webhook], next: null },
      links: webhookLinks,
    }),
    ...problemResponses(...adminProblems, ...pageProblems),
  },
});

const position = z.object({ createdAt: z.iso.datetime(), eventId: z.string() });

export function registerListWebhooks(
  app: OpenAPIHono<AppEnv>,
  { webhooks }: { webhooks: Pick<WebhookViews, 'listWebhooks'> },
) {
  app.openapi(route, async (c) => {
    const { status, limit, cursor } = c.req.valid('query');
    const after = cursor === undefined ? undefined : decodeCursor(position, cursor);
    const page = await webhooks.listWebhooks({ status, after, limit });
    return c.json({ webhooks: page.webhooks, next: linkNext(c, page.next) }, 200);
  });
}
