import type { z } from '@hono/zod-openapi';
import { example } from './examples.ts';
import { cartLinks, operationLinks } from './links.ts';
import { etagHeader, json, locationHeader, retryAfterHeader, type ResponseDescription } from './openapi.ts';
import { cartSchema, operationSchema } from './schemas.ts';

/** A command that is in the read model by the time of its answer. */
export const appliedCart = (
  description: string,
  headers: ResponseDescription['headers'] = {},
  cart: z.input<typeof cartSchema> = example.cart,
) =>
  json(cartSchema, description, {
    example: cart,
    headers: { ...etagHeader, ...headers },
    links: cartLinks,
  });

export const pendingCommand = json(operationSchema, 'Stored, and sure to be applied once', {
  example: { operationId: example.operationId, status: 'pending' },
  headers: {
    ...locationHeader('Where its outcome will be', `/api/v1/operations/${example.operationId}`),
    ...retryAfterHeader,
  },
  links: operationLinks,
});
