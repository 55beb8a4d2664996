import { z } from '@hono/zod-openapi';

const timestamp = z.iso.datetime();

export const webhookStatus = z.enum(['pending', 'delivered', 'dead', 'gone']);

export const webhookSchema = z
  .object({
    eventId: z.string().openapi({ example: 'evt_5f0c2a518f6e4f0b9d0e0c6a3a0a7b11_7' }),
    type: z.enum(['cart.abandoned', 'cart.recovered', 'order.placed', 'order.paid']),
    cartId: z.string(),
    status: webhookStatus,
    round: z.int(),
    attempts: z.int(),
    lastError: z.string().nullable(),
    createdAt: timestamp,
    updatedAt: timestamp,
    dispatchedAt: timestamp.nullable(),
    deliveredAt: timestamp.nullable(),
  })
  .openapi('Webhook');
