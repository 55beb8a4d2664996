import { z } from '@hono/zod-openapi';
import { limits } from '../domain/cart.ts';

const quantity = z
  .int()
  .min(1)
  .max(limits.quantityPerLine)
  .openapi({ example: 2, description: 'Units, whole' });

const name = z
  .string()
  .trim()
  .normalize('NFC')
  .min(1)
  .max(limits.nameLength)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must not contain control characters')
  .openapi({ example: 'apple' });

const oneItem = z.object({ name, quantity }).openapi('NewItem');
const manyItems = z
  .object({ items: z.array(oneItem).min(1).max(limits.itemsPerRequest) })
  .openapi('NewItems');

/** Half of a request that is not clear must not be dropped in silence. `not: {}` is JSON Schema's never. */
const absent = z
  .never({ error: 'belongs to the other form: send name and quantity, or items' })
  .optional()
  .openapi({ type: 'null', not: {} });

/** `{name, quantity}` or `{items: [{name, quantity}, …]}`. */
export const addItemBody = z.union([
  oneItem.extend({ items: absent }).openapi('OneNewItem'),
  manyItems.extend({ name: absent, quantity: absent }),
]);
export const changeQuantityBody = z.object({ quantity }).openapi('ChangeQuantity');

/** Ids are ours. Postgres stores no NUL, and a command that it cannot store must not get in. */
const id = z.string().regex(/^[\w-]{1,64}$/, 'is not an id: copy it from an answer');

export const itemParams = z.object({ itemId: id.openapi({ example: '3f2a9c1e5b7d4a60' }) });

export const operationParams = z.object({ operationId: id });

export const timestamp = z.iso.datetime().openapi({ example: '2026-11-24T12:00:00.000Z' });

const reservation = z
  .object({
    status: z.enum(['pending', 'reserved', 'unavailable', 'failed', 'released', 'sold']),
    reservationId: z.string().nullable(),
    reason: z.string().optional(),
    since: timestamp,
  })
  .openapi('Reservation');

const cartItem = z
  .object({
    itemId: z.string(),
    name: z.string(),
    quantity: z.int(),
    unitPriceMinor: z.int(),
    lineTotalMinor: z.int(),
    reservation,
    addedAt: timestamp,
  })
  .openapi('CartItem');

const totals = z.object({ itemCount: z.int(), totalMinor: z.int() });

const orderStatus = z.enum([
  'awaiting_payment',
  'paid',
  'payment_failed',
  'expired',
  'cancelled',
  'refund_required',
  'refunded',
]);

export const cartSchema = z
  .object({
    cartId: z.string(),
    status: z.enum(['active', 'checking_out', 'awaiting_payment', 'completed', 'abandoned']),
    version: z.int(),
    currency: z.string(),
    items: z.array(cartItem),
    totals,
    order: z.object({ orderId: z.string(), orderNumber: z.string(), status: orderStatus }).nullable(),
    createdAt: timestamp.nullable(),
    updatedAt: timestamp.nullable(),
    expiresAt: timestamp.nullable(),
  })
  .openapi('Cart');

/** What a claim answers. */
export const claimedCartSchema = cartSchema
  .extend({
    cutOff: z.array(z.object({ name: z.string(), quantity: z.int() })).openapi({
      description: 'Units of the guest that the limits of a line or of the cart have no room for',
    }),
    waiting: z.boolean().openapi({
      description: 'The cart is being checked out: what was claimed is held, and comes into it after that',
    }),
  })
  .openapi('ClaimedCart');

const orderItem = cartItem
  .pick({ itemId: true, name: true, quantity: true, unitPriceMinor: true, lineTotalMinor: true })
  .openapi('OrderItem');

const reached = timestamp.nullable();

export const orderSchema = z
  .object({
    orderId: z.string(),
    orderNumber: z.string().openapi({ example: 'DC-000042' }),
    attempt: z.int(),
    status: orderStatus,
    version: z.int(),
    currency: z.string(),
    items: z.array(orderItem),
    totals,
    payment: z.object({ paymentId: z.string(), url: z.string().nullable() }).nullable(),
    reason: z.string().optional(),
    payBy: reached,
    placedAt: timestamp,
    paidAt: reached,
    paymentFailedAt: reached,
    expiredAt: reached,
    cancelledAt: reached,
    refundRequiredAt: reached,
    refundedAt: reached,
  })
  .openapi('Order');

export const orderListSchema = z
  .object({ orders: z.array(orderSchema), next: z.string().nullable() })
  .openapi('OrderList');

export const orderParams = z.object({ orderId: id });

export const checkoutBody = z
  .object({ onUnavailable: z.enum(['reject', 'drop']).default('reject') })
  .openapi('Checkout');

/** As the payment service sends it; verified with its signature before it is read. */
export const paymentWebhookBody = z
  .object({
    type: z.enum(['payment.succeeded', 'payment.failed']),
    timestamp,
    data: z.object({
      orderId: z.string(),
      paymentId: z.string(),
      amountMinor: z.int(),
      currency: z.string(),
    }),
  })
  .openapi('PaymentWebhook');

/** Pages: as many as `limit`, after what `cursor` (the `next` of the page before) stands for. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z.string().max(500).optional(),
});

const cartEvent = z
  .object({
    version: z.int(),
    type: z.string().openapi({ example: 'ItemAdded' }),
    at: timestamp,
    by: z.enum(['shopper', 'clock', 'operator', 'reservation-service', 'payment-service', 'service']),
    operationId: z.string().nullable(),
    data: z.record(z.string(), z.unknown()).openapi({
      example: { itemId: '3f2a9c1e5b7d4a60', name: 'apple', quantity: 2, unitPriceMinor: 45 },
      description: 'What else the event says; instants in it are ms since the epoch',
    }),
  })
  .openapi('CartEvent');

export const eventListSchema = z
  .object({ events: z.array(cartEvent), next: z.string().nullable() })
  .openapi('EventList');

export const cartThenSchema = z
  .object({ at: z.object({ version: z.int(), time: timestamp }), cart: cartSchema, event: cartEvent })
  .openapi('CartThen');

/** ms since the epoch. No cart is older than that, and Postgres knows no year 0. */
export const msOf = (time: string): number => Math.max(Date.parse(time), 0);

const time = z.iso.datetime({ offset: true });
const version = /^\d{1,9}$/;

/** A version, or an instant in ms since the epoch. */
const moment = z
  .string()
  .transform((text, context) => {
    if (version.test(text)) return { version: Number(text) };
    if (time.safeParse(text).success) return { time: msOf(text) };
    const message = 'is neither a version (7) nor a time (2026-11-24T12:00:00Z, a plus sign sent as %2B)';
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  })
  .openapi({
    type: 'string',
    example: '2026-11-24T12:00:00Z',
    description: 'A version, or a time (RFC 3339)',
  });

export const historyQuery = pageQuery.extend({ at: moment.optional() });

export const sessionSchema = z
  .object({ sessionId: z.string(), expiresAt: timestamp, cart: cartSchema })
  .openapi('Session');

export const itemListSchema = z
  .object({ items: z.array(cartItem.extend({ reservationId: z.string().nullable() })) })
  .openapi('ItemList');

export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string().optional(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .openapi('Problem');

export const operationSchema = z
  .object({
    operationId: z.string(),
    status: z.enum(['pending', 'applied', 'rejected']),
    version: z.int().optional(),
    /** Of a checkout. */
    orderId: z.string().optional(),
    problem: problemSchema.optional(),
  })
  .openapi('Operation');
