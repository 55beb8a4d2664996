import { z } from '@hono/zod-openapi';
import { instant, pageQuery, wholeNumber } from './parameters.ts';
import { timestamp } from './schemas.ts';

export const abandonedCartsQuery = pageQuery.extend({
  minTotalMinor: wholeNumber({ min: 0, max: Number.MAX_SAFE_INTEGER }).optional().openapi({ example: 50 }),
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
  days: wholeNumber({ min: 1, max: 366 }).default(30).openapi({ example: 7 }),
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
