import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { WebhookViews } from '../../../outbox/webhook-views.ts';
import { example } from '../../examples.ts';
import { json } from '../../openapi.ts';
import { eventParams } from '../../parameters.ts';
import { adminProblems, problemResponses } from '../../problem-responses.ts';
import { fail } from '../../problem.ts';
import type { AppEnv } from '../../types.ts';
import { webhookSchema } from './webhook-schema.ts';

const route = createRoute({
  method: 'post',
  path: '/webhooks/{eventId}/redeliver',
  operationId: 'redeliverWebhook',
  summary: 'Send a webhook again',
  description:
    'One that is dead or gone, under the same id. Safe to repeat: one that is pending is on its way.',
  request: { params: eventParams },
  responses: {
    202: json(webhookSchema, 'It will be sent', { example: { ...example.webhook, status: 'pending' } }),
    ...problemResponses(
      ...adminProblems,
      'webhook_not_found',
      'webhook_delivered',
      'invalid_input',
      'body_too_large',
    ),
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
