import { sql } from 'drizzle-orm';
import {
  bigint,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core';
import type { Cart } from '../src/domain/cart.ts';
import type { Actor } from '../src/domain/events.ts';
import type { OrderItem, OrderStatus } from '../src/domain/order.ts';
import type { OutboundEvent, OutboundType } from '../src/domain/outbound.ts';
import type { Rejection } from '../src/domain/rejections.ts';

const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

/** What the shop sells. Prices in minor units of the shop's currency. */
export const products = pgTable('products', {
  name: text('name').primaryKey(),
  unitPriceMinor: integer('unit_price_minor').notNull(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
});

/** One row a cart: its latest state, and what operators filter by. Written only by the projector. */
export const carts = pgTable(
  'carts',
  {
    cartId: text('cart_id').primaryKey(),
    version: integer('version').notNull(),
    status: text('status').$type<Cart['status']>().notNull(),
    currency: text('currency').notNull(),
    itemCount: integer('item_count').notNull(),
    totalMinor: bigint('total_minor', { mode: 'number' }).notNull(),
    /** The workflow's own state: what the API answers from and the cart's next life starts from. */
    state: jsonb('state').$type<Cart>().notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    expiresAt: instant('expires_at').notNull(),
    /** Of the workflow task that wrote last: see `CartSave.fence`. */
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
  },
  (table) => [
    index('carts_status_updated_at').on(table.status, table.updatedAt),
    index('carts_abandoned_at')
      .on(sql`((state->>'abandonedAt')::bigint) desc`, sql`cart_id desc`)
      .where(sql`status = 'abandoned'`),
    // Of a user: the carts whose orders are the user's too.
    index('carts_claimed_by')
      .on(sql`(state->>'toCartId')`)
      .where(sql`status = 'claimed'`),
  ],
);

/** The lines of every cart, for queries such as "who holds apples". */
export const cartItems = pgTable(
  'cart_items',
  {
    cartId: text('cart_id').notNull(),
    itemId: text('item_id').notNull(),
    name: text('name').notNull(),
    quantity: integer('quantity').notNull(),
    unitPriceMinor: integer('unit_price_minor').notNull(),
    lineTotalMinor: bigint('line_total_minor', { mode: 'number' }).notNull(),
    reservationStatus: text('reservation_status').notNull(),
    reservationId: text('reservation_id'),
    reservationReason: text('reservation_reason'),
    addedAt: instant('added_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.cartId, table.itemId] }),
    index('cart_items_name').on(table.name),
    index('cart_items_reservation_status').on(table.reservationStatus),
  ],
);

/** Every event of every cart, in order: the audit trail. */
export const cartEvents = pgTable(
  'cart_events',
  {
    cartId: text('cart_id').notNull(),
    version: integer('version').notNull(),
    type: text('type').notNull(),
    at: instant('at').notNull(),
    /** Null for what the service did by itself. */
    operationId: text('operation_id'),
    data: jsonb('data').notNull(),
    /** Who caused it. */
    actor: text('actor').$type<Actor>(),
    /** Of the workflow task that wrote last: see `CartSave.fence`. */
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.cartId, table.version] })],
);

/** What became of each command; kept for 24 h so that a repeated request gets the same answer. */
export const operations = pgTable(
  'operations',
  {
    operationId: text('operation_id').primaryKey(),
    cartId: text('cart_id').notNull(),
    command: text('command').notNull(),
    /** Digest of the request: the same operation id with another payload is refused. */
    fingerprint: text('fingerprint').notNull(),
    status: text('status').$type<'applied' | 'rejected'>().notNull(),
    version: integer('version'),
    rejection: jsonb('rejection').$type<Rejection>(),
    at: instant('at').notNull(),
    /** The order that answers a checkout. */
    orderId: text('order_id'),
  },
  (table) => [index('operations_cart_at').on(table.cartId, table.at), index('operations_at').on(table.at)],
);

/** The order book. A row is written when its checkout places it; the cart's saves move its status on. */
export const orders = pgTable(
  'orders',
  {
    orderId: text('order_id').primaryKey(),
    /** How people name the order. */
    sequence: bigint('sequence', { mode: 'number' }).generatedAlwaysAsIdentity(),
    cartId: text('cart_id').notNull(),
    attempt: integer('attempt').notNull(),
    status: text('status').$type<OrderStatus>().notNull(),
    currency: text('currency').notNull(),
    itemCount: integer('item_count').notNull(),
    totalMinor: bigint('total_minor', { mode: 'number' }).notNull(),
    /** Lines with the prices of the moment. */
    items: jsonb('items').$type<OrderItem[]>().notNull(),
    /** The cart's version at the last change: an older write never overwrites a newer one. */
    version: integer('version').notNull().default(0),
    paymentId: text('payment_id'),
    paymentUrl: text('payment_url'),
    payBy: instant('pay_by'),
    reason: text('reason'),
    createdAt: instant('created_at').notNull().defaultNow(),
    paidAt: instant('paid_at'),
    paymentFailedAt: instant('payment_failed_at'),
    expiredAt: instant('expired_at'),
    cancelledAt: instant('cancelled_at'),
    refundRequiredAt: instant('refund_required_at'),
    refundedAt: instant('refunded_at'),
    /** Of the workflow task that wrote last: see `CartSave.fence`. */
    fence: bigint('fence', { mode: 'number' }).notNull().default(0),
  },
  (table) => [
    uniqueIndex('orders_cart_attempt').on(table.cartId, table.attempt),
    uniqueIndex('orders_one_open_per_cart')
      .on(table.cartId)
      .where(sql`status = 'awaiting_payment'`),
    index('orders_status_created_at').on(table.status, table.createdAt),
  ],
);

/** What other systems are told by webhook: written with the save that it is about, delivered by a workflow each. */
export const outbox = pgTable(
  'outbox',
  {
    eventId: text('event_id').primaryKey(),
    type: text('type').$type<OutboundType>().notNull(),
    cartId: text('cart_id').notNull(),
    payload: jsonb('payload').$type<OutboundEvent>().notNull(),
    /** `dead`: given up, `gone`: the receiver wants no more. Both can be sent again. */
    status: text('status').$type<'pending' | 'delivered' | 'dead' | 'gone'>().notNull().default('pending'),
    /** 0 is the first delivery; each time that it is sent again there is one more. */
    round: integer('round').notNull().default(0),
    /** Of this round. */
    attempts: integer('attempts').notNull().default(0),
    lastError: text('last_error'),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    /** Until then a relay is at it; one that died leaves it to the next. */
    leasedUntil: instant('leased_until'),
    /** When its workflow was started; null until then. */
    dispatchedAt: instant('dispatched_at'),
    deliveredAt: instant('delivered_at'),
  },
  (table) => [
    index('outbox_to_dispatch')
      .on(table.createdAt)
      .where(sql`status = 'pending' and dispatched_at is null`),
    index('outbox_status_created_at').on(table.status, table.createdAt, table.eventId),
    index('outbox_created_at').on(table.createdAt, table.eventId),
  ],
);

/** Who has asked how often, when API processes count together. Unlogged: a crash of Postgres may forget it. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: text('key').primaryKey(),
    points: integer('points').notNull(),
    expire: instant('expire'),
  },
  (table) => [index('rate_limits_expire').on(table.expire)],
);
