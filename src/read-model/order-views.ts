import { and, desc, eq, lt, sql, type SQL } from 'drizzle-orm';
import { carts, orders } from '../../drizzle/schema.ts';
import type { OrderItem, OrderStatus } from '../domain/order.ts';
import { orderNumberOf } from '../domain/order.ts';
import type { Totals } from '../domain/totals.ts';
import type { Database } from '../platform/database.ts';
import { withDeadline } from '../platform/deadline.ts';

/** An order as clients see it. Instants are RFC 3339 UTC; of each status, when it was reached. */
export interface OrderView {
  orderId: string;
  orderNumber: string;
  attempt: number;
  status: OrderStatus;
  version: number;
  currency: string;
  items: OrderItem[];
  totals: Totals;
  payment: { paymentId: string; url: string | null } | null;
  /** Why the payment failed. */
  reason?: string;
  payBy: string | null;
  placedAt: string;
  paidAt: string | null;
  paymentFailedAt: string | null;
  expiredAt: string | null;
  cancelledAt: string | null;
  refundRequiredAt: string | null;
  refundedAt: string | null;
}

/** What a payment's news is checked against. */
export interface PayableOrder {
  cartId: string;
  status: OrderStatus;
  totalMinor: number;
  currency: string;
  paymentId: string | null;
}

export interface OrderPage {
  orders: OrderView[];
  /** The number of the order to go on after, or nothing at the end. */
  next: number | undefined;
}

export interface OrderViews {
  /** Only an order of this very cart, or of one that it has claimed: another cart's is not found. */
  findOrder(cartId: string, orderId: string): Promise<OrderView | undefined>;
  /** Its version alone: says whether it has changed. */
  findOrderVersion(cartId: string, orderId: string): Promise<number | undefined>;
  /** Newest first, those that were placed before the one of this number. */
  listOrders(cartId: string, page: { before: number | undefined; limit: number }): Promise<OrderPage>;
  findPayable(orderId: string): Promise<PayableOrder | undefined>;
}

/** As for carts: better a 503 at once than a client that hangs. */
const readDeadlineMs = 3_000;

/** Reads of the order book. They reject when Postgres is away. */
export function createOrderViews(database: Database): OrderViews {
  return {
    async findOrder(cartId, orderId) {
      const query = database
        .select()
        .from(orders)
        .where(and(eq(orders.orderId, orderId), isOf(cartId)));
      const [row] = await withDeadline(query, readDeadlineMs, 'Reading the order');
      return row && toView(row);
    },
    async findOrderVersion(cartId, orderId) {
      const query = database
        .select({ version: orders.version })
        .from(orders)
        .where(and(eq(orders.orderId, orderId), isOf(cartId)));
      const [row] = await withDeadline(query, readDeadlineMs, "Reading the order's version");
      return row?.version;
    },
    async listOrders(cartId, { before, limit }) {
      const earlier = before === undefined ? undefined : lt(orders.sequence, before);
      const query = database
        .select()
        .from(orders)
        .where(and(isOf(cartId), earlier))
        .orderBy(desc(orders.sequence))
        .limit(limit + 1);
      const rows = await withDeadline(query, readDeadlineMs, 'Reading the orders');
      const page = rows.slice(0, limit);
      return { orders: page.map(toView), next: rows.length > limit ? page.at(-1)?.sequence : undefined };
    },
    async findPayable(orderId) {
      const { cartId, status, totalMinor, currency, paymentId } = orders;
      const query = database
        .select({ cartId, status, totalMinor, currency, paymentId })
        .from(orders)
        .where(eq(orders.orderId, orderId));
      const [row] = await withDeadline(query, readDeadlineMs, 'Reading the order');
      return row;
    },
  };
}

/** The orders of guests go to the user who has claimed their carts. */
const isOf = (cartId: string): SQL => sql`${orders.cartId} in (
  select ${cartId} union all
  select ${carts.cartId} from ${carts} where ${carts.status} = 'claimed' and (${carts.state} ->> 'toCartId') = ${cartId})`;

function toView(row: typeof orders.$inferSelect): OrderView {
  const { orderId, sequence, attempt, status, version, currency, items, itemCount, totalMinor } = row;
  return {
    ...{ orderId, orderNumber: orderNumberOf(sequence), attempt, status, version, currency, items },
    totals: { itemCount, totalMinor },
    payment: row.paymentId === null ? null : { paymentId: row.paymentId, url: row.paymentUrl },
    ...(row.reason === null ? {} : { reason: row.reason }),
    payBy: instant(row.payBy),
    placedAt: row.createdAt.toISOString(),
    paidAt: instant(row.paidAt),
    paymentFailedAt: instant(row.paymentFailedAt),
    expiredAt: instant(row.expiredAt),
    cancelledAt: instant(row.cancelledAt),
    refundRequiredAt: instant(row.refundRequiredAt),
    refundedAt: instant(row.refundedAt),
  };
}

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;
