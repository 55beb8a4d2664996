import { liveHold, type Cart, type CartStatus, type Line } from './cart.ts';
import { lineTotalMinor, totalsOf, type Totals } from './totals.ts';

/** The cart as clients and operators see it. Instants are RFC 3339 UTC, money in minor units. */
export interface CartView {
  cartId: string;
  status: CartStatus;
  version: number;
  currency: string;
  items: ItemView[];
  totals: Totals;
  createdAt: string | null;
  updatedAt: string | null;
  expiresAt: string | null;
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

/** `released`: the cart was abandoned and holds nothing. `reservationId` is set whenever something is held. */
export interface ReservationView {
  status: 'pending' | 'reserved' | 'unavailable' | 'failed' | 'released';
  reservationId: string | null;
  reason?: string;
  since: string;
}

export function toCartView(cart: Cart): CartView {
  return {
    cartId: cart.cartId,
    status: cart.status,
    version: cart.version,
    currency: cart.currency,
    items: cart.lines.map((line) => toItemView(cart, line)),
    totals: totalsOf(cart.lines),
    createdAt: instant(cart.createdAt),
    updatedAt: instant(cart.updatedAt),
    expiresAt: instant(cart.expiresAt),
  };
}

/** A session that has put nothing in a cart yet. */
export function emptyCartView(cartId: string, currency: string): CartView {
  return {
    cartId,
    status: 'active',
    version: 0,
    currency,
    items: [],
    totals: totalsOf([]),
    createdAt: null,
    updatedAt: null,
    expiresAt: null,
  };
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
  const hold = liveHold(cart, line.itemId);
  const reservationId = hold && hold.status !== 'reserving' ? hold.reservationId : null;
  if (line.refusal) {
    const { status, reason, at } = line.refusal;
    return { status, reservationId, reason, since: instant(at) };
  }
  return hold?.status === 'held' && hold.quantity === line.quantity
    ? { status: 'reserved', reservationId, since: instant(hold.since) }
    : { status: 'pending', reservationId, since: instant(line.changedAt) };
}

const instant = (ms: number): string => new Date(ms).toISOString();
