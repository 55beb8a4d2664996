import { inArray } from 'drizzle-orm';
import { cartItems, carts, orders } from '../../drizzle/schema.ts';
import { withDefaults, type Cart } from '../domain/cart.ts';
import { toCartView, type ItemView } from '../domain/cart-view.ts';
import type { OrderChange } from '../domain/order-changes.ts';
import { differencesBetween, type Difference } from './differences.ts';
import type { Reader } from './event-rows.ts';

/** What the tables have of one cart. */
export interface StoredRows {
  /** Of the cart's own row; nothing when there is none. */
  version: number | undefined;
  /** The cart's row with its items; nothing without the row. */
  cart: object | undefined;
  orders: Readonly<Record<string, object>>;
}

/** The rows of these carts, each with an entry also where there is nothing. */
export async function readStoredRows(
  reader: Reader,
  cartIds: readonly string[],
): Promise<Map<string, StoredRows>> {
  const ids = [...cartIds];
  const cartRows = await reader.select().from(carts).where(inArray(carts.cartId, ids));
  const itemRows = await reader.select().from(cartItems).where(inArray(cartItems.cartId, ids));
  const orderRows = await reader.select().from(orders).where(inArray(orders.cartId, ids));
  const itemsOf = groupByCart(itemRows);
  const ordersOf = groupByCart(orderRows);
  const rowOf = new Map(cartRows.map((row) => [row.cartId, row]));
  const stored = (cartId: string): StoredRows => {
    const row = rowOf.get(cartId);
    return {
      version: row?.version,
      cart: row && cartDocument(row, itemsOf.get(cartId) ?? []),
      orders: Object.fromEntries(
        (ordersOf.get(cartId) ?? []).map((order) => [order.orderId, orderOf(order)]),
      ),
    };
  };
  return new Map(ids.map((cartId) => [cartId, stored(cartId)]));
}

/** Where the rows of a cart are not those that the projector would write for it. */
export function differencesOfCart(stored: StoredRows, cart: Cart): Difference[] {
  return differencesBetween(stored.cart, expectedCart(cart));
}

/** Where the order book is not what the events have made of it. Orders that no event tells of are on their way. */
export function differencesOfOrders(stored: StoredRows, changes: readonly OrderChange[]): Difference[] {
  return changes.flatMap((change) =>
    differencesBetween(stored.orders[change.orderId], orderColumns(change), `/orders/${change.orderId}`),
  );
}

/** What a cart's events determine of an order's row. Instants are RFC 3339. */
export function orderColumns(change: OrderChange) {
  return {
    status: change.status ?? 'awaiting_payment',
    paymentId: change.paymentId ?? null,
    paymentUrl: change.paymentUrl ?? null,
    payBy: instant(change.payBy),
    reason: change.reason ?? null,
    paidAt: instant(change.paidAt),
    paymentFailedAt: instant(change.paymentFailedAt),
    expiredAt: instant(change.expiredAt),
    cancelledAt: instant(change.cancelledAt),
    refundRequiredAt: instant(change.refundRequiredAt),
    refundedAt: instant(change.refundedAt),
  };
}

function cartDocument(row: typeof carts.$inferSelect, items: readonly (typeof cartItems.$inferSelect)[]) {
  const { version, status, currency, itemCount, totalMinor, state, createdAt, updatedAt, expiresAt } = row;
  return {
    ...{ version, status, currency, itemCount, totalMinor },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    state: withDefaults(state),
    items: Object.fromEntries(items.map((item) => [item.itemId, itemOf(item)])),
  };
}

function itemOf(row: typeof cartItems.$inferSelect) {
  const { name, quantity, unitPriceMinor, lineTotalMinor, addedAt } = row;
  const { reservationStatus, reservationId, reservationReason } = row;
  return {
    ...{ name, quantity, unitPriceMinor, lineTotalMinor, addedAt: addedAt.toISOString() },
    ...{ reservationStatus, reservationId, reservationReason },
  };
}

function expectedCart(cart: Cart) {
  const { version, status, currency, items, totals, createdAt, updatedAt, expiresAt } = toCartView(cart);
  return {
    ...{ version, status, currency, ...totals, createdAt, updatedAt, expiresAt },
    state: cart,
    items: Object.fromEntries(items.map((item) => [item.itemId, expectedItem(item)])),
  };
}

function expectedItem({ name, quantity, unitPriceMinor, lineTotalMinor, reservation, addedAt }: ItemView) {
  return {
    ...{ name, quantity, unitPriceMinor, lineTotalMinor, addedAt },
    reservationStatus: reservation.status,
    reservationId: reservation.reservationId,
    reservationReason: reservation.reason ?? null,
  };
}

function orderOf(row: typeof orders.$inferSelect) {
  const { status, paymentId, paymentUrl, reason } = row;
  return {
    ...{ status, paymentId, paymentUrl, reason },
    payBy: iso(row.payBy),
    paidAt: iso(row.paidAt),
    paymentFailedAt: iso(row.paymentFailedAt),
    expiredAt: iso(row.expiredAt),
    cancelledAt: iso(row.cancelledAt),
    refundRequiredAt: iso(row.refundRequiredAt),
    refundedAt: iso(row.refundedAt),
  };
}

function groupByCart<Row extends { cartId: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(row.cartId, [...(groups.get(row.cartId) ?? []), row]);
  return groups;
}

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
const instant = (ms: number | undefined): string | null =>
  ms === undefined ? null : new Date(ms).toISOString();
