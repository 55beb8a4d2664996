import { createRoute, z, type OpenAPIHono } from '@hono/zod-openapi';
import { json, problemResponse } from '../openapi.ts';
import { fail, ProblemError, toProblem } from '../problem.ts';
import { paymentWebhookBody } from '../schemas.ts';
import type { AppEnv, HttpDeps } from '../types.ts';

const accepted = z.object({ status: z.enum(['accepted', 'ignored']) }).openapi('WebhookAnswer');

const route = createRoute({
  method: 'post',
  path: '/api/v1/webhooks/payments',
  summary: 'News of a payment, from the payment service',
  description: 'Signed by the Standard Webhooks scheme. Safe to repeat, late or out of order.',
  request: { body: { content: { 'application/json': { schema: paymentWebhookBody } } } },
  responses: {
    202: json(accepted, 'Stored, or of no interest'),
    401: problemResponse('The signature is not good, or its timestamp is too old'),
    404: problemResponse('No such order'),
    422: problemResponse('Amount or currency are not those of the order, or a field is missing'),
    503: problemResponse('Not stored: send it again'),
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
