import { z } from '@hono/zod-openapi';
import { isWithinNameLength, limits } from '../domain/cart.ts';
import { problemCodes } from './problem-catalogue.ts';

const quantity = z
  .int()
  .min(1)
  .max(limits.quantityPerLine)
  .openapi({ example: 2, description: 'Units, whole' });

/**
 * Checked as it was sent, so that the pattern says all of it: no control characters, and one character that is
 * no space. Without `\p{…}`, which not every reader of a JSON Schema knows.
 */
const unprintable = String.raw`\x00-\x1f\x7f-\x9f`;
const spaces = String.raw`\x20\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff`;
const namePattern = `^[^${unprintable}]*[^${unprintable}${spaces}][^${unprintable}]*$`;

const tooLong = { error: `must have at most ${limits.nameLength} characters` };

const name = z
  .string()
  .refine(isWithinNameLength, { ...tooLong, abort: true })
  .regex(new RegExp(namePattern, 'u'), 'must have a visible character, and no control characters')
  .regex(/^\P{Cs}*$/u, 'must not have half of a surrogate pair')
  .trim()
  .normalize('NFC')
  // A few characters become more of them by being normalized.
  .refine(isWithinNameLength, tooLong)
  .openapi({ example: 'apple', minLength: 1, maxLength: limits.nameLength, pattern: namePattern });

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

export const checkoutBody = z
  .object({ onUnavailable: z.enum(['reject', 'drop']).default('reject') })
  .openapi('Checkout');

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

export const sessionSchema = z
  .object({ sessionId: z.string(), expiresAt: timestamp, cart: cartSchema })
  .openapi('Session');

export const itemListSchema = z
  .object({ items: z.array(cartItem.extend({ reservationId: z.string().nullable() })) })
  .openapi('ItemList');

const fieldError = z
  .object({
    in: z.enum(['path', 'query', 'header', 'body']),
    pointer: z.string().openapi({ example: '#/items/3/quantity' }),
    detail: z.string(),
  })
  .openapi('FieldError');

/** What a command was refused for; some codes come with facts of their own. */
export const rejectionSchema = z
  .object({
    type: z.string().regex(/^\/problems\/[a-z-]+$/),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.enum(problemCodes),
    detail: z.string(),
  })
  .openapi('Rejection');

export const problemSchema = rejectionSchema
  .extend({ requestId: z.string(), errors: z.array(fieldError).optional() })
  .openapi('Problem');

export const operationSchema = z
  .object({
    operationId: z.string(),
    status: z.enum(['pending', 'applied', 'rejected']),
    version: z.int().optional(),
    /** Of a checkout. */
    orderId: z.string().optional(),
    problem: rejectionSchema.optional(),
  })
  .openapi('Operation');
