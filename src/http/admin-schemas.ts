import { z } from '@hono/zod-openapi';
import { pageQuery, timestamp } from './schemas.ts';

const instant = z.iso
  .datetime({ offset: true, error: 'is not a time (2026-11-24T12:00:00Z, a plus sign sent as %2B)' })
  .openapi({ example: '2026-11-24T12:00:00Z' });

export const abandonedCartsQuery = pageQuery.extend({
  minTotalMinor: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  since: instant.optional().openapi({ description: 'Abandoned then or later' }),
  until: instant.optional().openapi({ description: 'Abandoned before then' }),
});

const abandonedCart = z
  .object({
    cartId: z.string(),
    abandonedAt: timestamp,
    ageSeconds: z.int(),
    itemCount: z.int(),
    totalMinor: z.int(),
    currency: z.string(),
    items: z.array(z.object({ name: z.string(), quantity: z.int(), unitPriceMinor: z.int() })),
  })
  .openapi('AbandonedCart');

export const abandonedCartListSchema = z
  .object({ carts: z.array(abandonedCart), next: z.string().nullable() })
  .openapi('AbandonedCartList');

export const abandonedSummaryQuery = z.object({
  days: z.coerce.number().int().min(1).max(366).default(30),
});

export const abandonedSummarySchema = z
  .object({
    currency: z.string(),
    count: z.int(),
    totalMinor: z.int(),
    days: z.array(z.object({ day: z.iso.date(), count: z.int(), totalMinor: z.int() })),
    topItems: z.array(z.object({ name: z.string(), quantity: z.int(), carts: z.int() })),
  })
  .openapi('AbandonedSummary');
