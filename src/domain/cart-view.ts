import { liveHolds, standingHolds, type Cart, type CartStatus, type Line } from './cart.ts';
import { findOrder, liveOrder } from './cart-orders.ts';
import type { OrderStatus } from './order.ts';
import { lineTotalMinor, totalsOf, type Totals } from './totals.ts';

/** The cart as clients and operators see it. Instants are RFC 3339 UTC, money in minor units. */
export interface CartView<S extends CartStatus = CartStatus> {
  cartId: string;
  status: S;
  version: number;
  currency: string;
  items: ItemView[];
  totals: Totals;
  /** The order that waits for its payment, or that the cart has become. */
  order: OrderRef | null;
  createdAt: string | null;
  updatedAt: string | null;
  /** When the cart is abandoned; while an order waits for its payment, when that ends. */
  expiresAt: string | null;
}

export interface OrderRef {
  orderId: string;
  orderNumber: string;
  status: OrderStatus;
}

export interface ItemView {
  itemId: string;
  name: string;
  quantity: number;
  unitPriceMinor: number;
  lineTotalMinor: number;
  reservation: ReservationView;
  addedAt: string;
}

/**
 * `released`: nothing is held, since the cart was abandoned or the line was held for too long. `sold`: its order is
 * paid.
 * `reservationId` is set whenever something is held; after a claim, it may be one of several.
 */
export interface ReservationView {
  status: 'pending' | 'reserved' | 'unavailable' | 'failed' | 'released' | 'sold';
  reservationId: string | null;
  reason?: string;
  since: string;
}

export function toCartView<C extends Cart>(cart: C): CartView<C['status']> {
  return {
    cartId: cart.cartId,
    status: cart.status,
    version: cart.version,
    currency: cart.currency,
    items: cart.lines.map((line) => toItemView(cart, line)),
    totals: totalsOf(cart.lines),
    order: orderOf(cart),
    createdAt: instant(cart.createdAt),
    updatedAt: instant(cart.updatedAt),
    expiresAt: instant(liveOrder(cart)?.payBy ?? cart.expiresAt),
  };
}

/** A session that has put nothing in a cart yet. */
export function emptyCartView(cartId: string, currency: string): CartView<'active'> {
  return {
    cartId,
    status: 'active',
    version: 0,
    currency,
    items: [],
    totals: totalsOf([]),
    order: null,
    createdAt: null,
    updatedAt: null,
    expiresAt: null,
  };
}

function orderOf(cart: Cart): OrderRef | null {
  const order = 'orderId' in cart ? findOrder(cart, cart.orderId) : undefined;
  if (!order) return null;
  const { orderId, orderNumber, status } = order;
  return { orderId, orderNumber, status };
}

function toItemView(cart: Cart, line: Line): ItemView {
  const { itemId, name, quantity, unitPriceMinor } = line;
  return {
    itemId,
    name,
    quantity,
    unitPriceMinor,
    lineTotalMinor: lineTotalMinor(line),
    reservation: reservationOf(cart, line),
    addedAt: instant(line.addedAt),
  };
}

function reservationOf(cart: Cart, line: Line): ReservationView {
  if (cart.status === 'abandoned') {
    return { status: 'released', reservationId: null, since: instant(cart.abandonedAt) };
  }
  if (cart.status === 'completed') {
    return { status: 'sold', reservationId: null, since: instant(cart.completedAt) };
  }
  const ids = liveHolds(cart, line.itemId).flatMap((hold) =>
    hold.status === 'reserving' ? [] : [hold.reservationId],
  );
  const reservationId = ids[0] ?? null;
  if (line.refusal) {
    const { status, reason, at } = line.refusal;
    return { status, reservationId, reason, since: instant(at) };
  }
  const standing = standingHolds(cart, line.itemId, line.quantity);
  return standing
    ? { status: 'reserved', reservationId, since: instant(Math.max(...standing.map(({ since }) => since))) }
    : { status: 'pending', reservationId, since: instant(line.changedAt) };
}

const instant = (ms: number): string => new Date(ms).toISOString();
