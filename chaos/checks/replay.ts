import type { EventRow } from './facts.ts';
import { mergeInto, type OwnLine, type Received } from './merge.ts';

/** What a cart's events make of it, by rules of our own: what the service's code says is not asked. */
export interface OwnCart {
  cartId: string;
  version: number;
  status: string;
  lines: OwnLine[];
  /** Received during a checkout. */
  waiting: Received | null;
  orders: Map<string, OwnOrder>;
  /** The keys under which it has, or may have, units held that it wants. */
  holds: Set<string>;
  toCartId?: string;
  /** ms since the epoch: when it is abandoned, if nothing moves it. */
  expiresAt: number;
  /** Each time that the clock, or an operator, ended a life of it: when that was due. */
  abandoned: { at: number; dueAt: number }[];
  /** The first version that is not there, or is there and cannot be. */
  broken?: string;
}

export interface OwnOrder {
  status: string;
  items: OwnLine[];
}

/** `events` in order of version. */
export function replayCart(cartId: string, events: readonly EventRow[]): OwnCart {
  const cart: OwnCart = {
    ...{ cartId, version: 0, status: 'none', lines: [], waiting: null, orders: new Map(), holds: new Set() },
    ...{ expiresAt: Infinity, abandoned: [] },
  };
  const placing = { ttlMs: Infinity, checkout: 0, draftOf: -1, orderId: '' };
  for (const event of events) {
    if (event.version !== cart.version + 1) {
      cart.broken = `version ${cart.version + 1} is missing`;
      break;
    }
    const before = cart.status;
    fold(cart, event, placing);
    cart.version = event.version;
    const by = event.actor ?? (event.operationId === null ? 'service' : 'shopper');
    const moves = by === 'shopper' || (cart.status === 'active' && before !== 'active');
    if (moves || event.type === 'CartOpened') cart.expiresAt = event.at + placing.ttlMs;
  }
  return cart;
}

interface Placing {
  ttlMs: number;
  /** The version of the checkout under way, and of the one that has asked for an order. */
  checkout: number;
  draftOf: number;
  /** Waits to be paid. */
  orderId: string;
}

function fold(cart: OwnCart, event: EventRow, placing: Placing): void {
  foldHolds(cart, event);
  if (foldLife(cart, event, placing) || foldLines(cart, event)) return;
  foldOrders(cart, event, placing);
}

const releases = new Set([
  ...['ReservationRefused', 'ReservationFailed', 'ReleaseRequested', 'ReleaseConfirmed'],
  ...['HoldLapsed', 'HoldLost', 'HoldCommitted'],
]);

/** Whatever ends one: by the time that all is at rest, its release has been confirmed. */
function foldHolds({ holds }: OwnCart, { type, data }: EventRow): void {
  const { key, holds: received = [] } = data as { key: string; holds?: { key: string }[] };
  if (type === 'ReservationRequested') holds.add(key);
  else if (releases.has(type)) holds.delete(key);
  else if (type === 'ClaimStarted') holds.clear();
  else if (type === 'LinesReceived') for (const hold of received) holds.add(hold.key);
}

function foldLife(cart: OwnCart, { type, at, actor, data }: EventRow, placing: Placing): boolean {
  const { ttlMs, toCartId } = data as { ttlMs?: number; toCartId?: string };
  switch (type) {
    case 'CartOpened':
    case 'CartTtlChanged':
      placing.ttlMs = ttlMs ?? Infinity;
      if (type === 'CartOpened') cart.status = 'active';
      return true;
    case 'CartAbandoned':
      cart.status = 'abandoned';
      cart.abandoned.push({ at, dueAt: actor === 'operator' ? at : Math.min(cart.expiresAt, at) });
      return true;
    case 'CartResumed':
    case 'CartRenewed':
      cart.status = 'active';
      if (type === 'CartRenewed') cart.lines = [];
      return true;
    case 'ClaimStarted':
      cart.status = 'claiming';
      cart.lines = [];
      return true;
    case 'CartClaimed':
      cart.status = 'claimed';
      if (toCartId !== undefined) cart.toCartId = toCartId;
      return true;
    default:
      return false;
  }
}

function foldLines(cart: OwnCart, { type, data }: EventRow): boolean {
  const { itemId, name, quantity } = data as unknown as OwnLine;
  const line = cart.lines.find((candidate) => candidate.itemId === itemId);
  switch (type) {
    case 'ItemAdded':
      if (line) line.quantity += quantity;
      else cart.lines.push({ itemId, name, quantity });
      return true;
    case 'ItemQuantityChanged':
      if (line) line.quantity = quantity;
      else cart.broken = `the quantity of ${itemId} is changed, which is not in the cart`;
      return true;
    case 'ItemRemoved':
      if (!line) cart.broken = `${itemId} is removed, which is not in the cart`;
      cart.lines = cart.lines.filter((candidate) => candidate !== line);
      return true;
    case 'LinesReceived': {
      const received = data as unknown as Received;
      const isFrozen = cart.status === 'checking_out' || cart.status === 'awaiting_payment';
      if (!isFrozen) cart.lines = mergeInto(cart.lines, received);
      else cart.waiting = { ...received, lines: mergeInto(cart.waiting?.lines ?? [], received) };
      return true;
    }
    case 'LinesMerged':
      if (cart.waiting) cart.lines = mergeInto(cart.lines, cart.waiting);
      cart.waiting = null;
      return true;
    default:
      return false;
  }
}

function foldOrders(cart: OwnCart, { type, version, data }: EventRow, placing: Placing): void {
  const { orderId, extra } = data as { orderId: string; extra?: true };
  const order = cart.orders.get(orderId);
  switch (type) {
    case 'CheckoutStarted':
      cart.status = 'checking_out';
      placing.checkout = version;
      return;
    case 'CheckoutRejected':
      cart.status = 'active';
      return;
    case 'OrderRequested':
      placing.draftOf = (data as { draft: { checkoutId: number } }).draft.checkoutId;
      return;
    case 'OrderRefused':
      placing.draftOf = -1;
      return;
    case 'OrderPlaced':
      return placed(cart, (data as { order: { orderId: string; items: OwnLine[] } }).order, placing);
    case 'OrderPaid': {
      if (order) order.status = 'paid';
      const rest = cart.lines.filter(({ itemId }) => !order?.items.some((item) => item.itemId === itemId));
      cart.status = rest.length === 0 ? 'completed' : 'active';
      // A cart that is bought whole still shows what it was.
      if (rest.length > 0) cart.lines = rest;
      return;
    }
    case 'PaymentRefunded':
      if (order && !extra) order.status = 'refunded';
      return;
    default:
      return ended(
        cart,
        { orderId, status: extra ? undefined : endings[type], isEnd: type in endings },
        placing,
      );
  }
}

const endings: Record<string, string> = {
  OrderPaymentFailed: 'payment_failed',
  OrderExpired: 'expired',
  OrderCancelled: 'cancelled',
  RefundRequested: 'refund_required',
};

function placed(
  cart: OwnCart,
  { orderId, items }: { orderId: string; items: OwnLine[] },
  placing: Placing,
): void {
  cart.orders.set(orderId, { status: 'awaiting_payment', items });
  const isWanted = cart.status === 'checking_out' && placing.draftOf === placing.checkout;
  placing.draftOf = -1;
  if (!isWanted) return;
  cart.status = 'awaiting_payment';
  placing.orderId = orderId;
}

/** The order is over, and its cart goes on where it waited for this one. */
function ended(
  cart: OwnCart,
  { orderId, status, isEnd }: { orderId: string; status: string | undefined; isEnd: boolean },
  placing: Placing,
): void {
  if (!isEnd) return;
  const order = cart.orders.get(orderId);
  if (order && status !== undefined) order.status = status;
  if (cart.status === 'awaiting_payment' && placing.orderId === orderId) cart.status = 'active';
}
