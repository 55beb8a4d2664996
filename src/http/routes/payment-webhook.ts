import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { example } from '../examples.ts';
import { json, jsonBody } from '../openapi.ts';
import { webhookHeaders } from '../parameters.ts';
import { problemResponses } from '../problem-responses.ts';
import { fail, ProblemError, toProblem } from '../problem.ts';
import { anyMessage, paymentMessage } from '../../payments/payment-message.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const accepted = z.object({ status: z.enum(['accepted', 'ignored']) }).openapi('WebhookAnswer');

const route = createRoute({
  method: 'post',
  path: '/api/v1/webhooks/payments',
  operationId: 'receivePaymentWebhook',
  tags: ['Payments'],
  summary: 'News of a payment, from the payment service',
  description: 'Signed by the Standard Webhooks scheme. Safe to repeat, late or out of order.',
  request: {
    headers: webhookHeaders,
    body: jsonBody(z.union([paymentMessage, anyMessage]), {
      succeeded: {
        summary: 'The order is paid',
        value: { type: 'payment.succeeded', data: example.payment },
      },
    }),
  },
  responses: {
    202: json(accepted, 'Stored, or of no interest', { example: { status: 'accepted' } }),
    ...problemResponses(
      'invalid_signature',
      'order_not_found',
      'invalid_input',
      'payment_mismatch',
      'body_too_large',
      'unavailable',
    ),
  },
});

export function registerPaymentWebhook(app: OpenAPIHono<AppEnv>, { verifyPayment, acceptPayment }: HttpDeps) {
  // The signature is of the bytes: they are verified before anything parses them.
  app.post(route.getRoutingPath(), async (c) => {
    const verified = verifyPayment(await c.req.text(), c.req.raw.headers);
    switch (verified.status) {
      case 'bad_signature':
        throw fail(
          'invalid_signature',
          'Sign the body with the shared secret, with a timestamp of the last five minutes.',
        );
      case 'malformed':
        throw new ProblemError(
          toProblem('invalid_input', 'The body has fields to correct.', { errors: verified.errors }),
        );
      case 'ignored':
        return c.json({ status: 'ignored' as const }, 202);
      case 'valid':
        await acceptPayment(verified.news);
        return c.json({ status: 'accepted' as const }, 202);
    }
  });
  app.openAPIRegistry.registerPath(route);
}
