import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import type { WebhookViews } from '../../../outbox/webhook-views.ts';
import { json, problemResponse } from '../../openapi.ts';
import { fail } from '../../problem.ts';
import type { AppEnv } from '../../types.ts';
import { webhookSchema } from './webhook-schema.ts';

const route = createRoute({
  method: 'post',
  path: '/webhooks/{eventId}/redeliver',
  summary: 'Send a webhook again',
  description:
    'One that is dead or gone, under the same id. Safe to repeat: one that is pending is on its way.',
  request: { params: z.object({ eventId: z.string().regex(/^[\w-]{1,64}$/, 'is not an id') }) },
  responses: {
    202: json(webhookSchema, 'It will be sent'),
    404: problemResponse('No such webhook'),
    409: problemResponse('It has been delivered'),
    422: problemResponse('The input is not valid'),
    500: problemResponse('Not stored: try again'),
  },
});

export function registerRedeliverWebhook(
  app: OpenAPIHono<AppEnv>,
  { webhooks }: { webhooks: Pick<WebhookViews, 'redeliver'> },
) {
  app.openapi(route, async (c) => {
    const { eventId } = c.req.valid('param');
    const result = await webhooks.redeliver(eventId);
    switch (result.status) {
      case 'accepted':
        return c.json(result.webhook, 202);
      case 'delivered':
        throw fail('webhook_delivered', `The receiver has taken ${eventId}; it is not sent again.`);
      case 'not_found':
        throw fail('webhook_not_found', `There is no webhook ${eventId}. List them with GET …/webhooks.`);
    }
  });
}
