import type { Order, OrderDraft, PaymentTask } from './order.ts';

/** Instants are milliseconds since the epoch, UTC; money is integer minor units of the cart's currency. */
export type Cart = ActiveCart | CheckingOutCart | AwaitingPaymentCart | CompletedCart | AbandonedCart;
export type CartStatus = Cart['status'];

export interface CartCore {
  cartId: string;
  /** The number of events so far: it never goes back, also across the cart's lives. */
  version: number;
  currency: string;
  /** How long the cart may stay idle. */
  ttlMs: number;
  lines: readonly Line[];
  holds: readonly Hold[];
  /** Orders asked for so far, in all lives: makes the next order's id. */
  orderAttempts: number;
  /** Being written to the order book, also when its checkout is over by then. */
  pendingOrder: OrderDraft | null;
  /** The latest orders, newest last: a payment that comes late finds its own. */
  orders: readonly Order[];
  /** What the payment service has yet to confirm. */
  paymentTasks: readonly PaymentTask[];
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
}

interface ActiveCart extends CartCore {
  status: 'active';
}

/** The lines are frozen: reservations under way are waited for, then the order is placed. */
interface CheckingOutCart extends CartCore {
  status: 'checking_out';
  checkout: Checkout;
}

export interface Checkout {
  /** The version at which it started. */
  id: number;
  onUnavailable: OnUnavailable;
  /** When it stops waiting for reservations. */
  giveUpAt: number;
  payWithinMs: number;
}

/** What a checkout does with lines that cannot be had: refuse, or go on without them. */
export type OnUnavailable = 'reject' | 'drop';

/** The lines are frozen, the holds stand, the payment service has the word. */
interface AwaitingPaymentCart extends CartCore {
  status: 'awaiting_payment';
  orderId: string;
}

/** Became a paid order. The next add starts the cart's next life. */
interface CompletedCart extends CartCore {
  status: 'completed';
  orderId: string;
  completedAt: number;
}

/** The idle time ran out: the lines are kept, nothing is held, the next command resumes it. */
interface AbandonedCart extends CartCore {
  status: 'abandoned';
  abandonedAt: number;
}

export interface Line {
  itemId: string;
  name: string;
  quantity: number;
  unitPriceMinor: number;
  addedAt: number;
  changedAt: number;
  /** Reservations asked for so far: makes the next idempotency key. */
  attempts: number;
  /** Why the wanted quantity is not held. Cleared when the shopper changes the line. */
  refusal: Refusal | null;
}

/** `released`: held for as long as a hold may be. The shopper's next word on the line, or a checkout, asks anew. */
export interface Refusal {
  status: 'unavailable' | 'failed' | 'released';
  reason: string;
  at: number;
}

/** What is, or may be, held at the reservation service. A hold outlives its line until its end is confirmed. */
export type Hold = ReservingHold | HeldHold | AdjustingHold | ReleasingHold | CommittingHold;
export type LiveHold = ReservingHold | HeldHold | AdjustingHold;

interface HoldCore {
  /** Idempotency key of the reservation: cart, line and attempt. */
  key: string;
  itemId: string;
  item: string;
  since: number;
}

interface ReservingHold extends HoldCore {
  status: 'reserving';
  quantity: number;
}

interface Held extends HoldCore {
  reservationId: string;
  /** `null` when an adjustment ended without an answer: the next adjustment settles it. */
  quantity: number | null;
  adjustments: number;
  /** Since when units are held without a break, where their number has changed since. */
  heldSince?: number;
  /** Half-way to the end that the service has set; absent when the hold has none. */
  renewAt?: number | null;
}

interface HeldHold extends Held {
  status: 'held';
}

/** Also how a hold is renewed: to the quantity that it has. */
interface AdjustingHold extends Held {
  status: 'adjusting';
  toQuantity: number;
}

interface ReleasingHold extends HoldCore {
  status: 'releasing';
  /** `null` while the reservation's outcome is unknown: it is then released by its key. */
  reservationId: string | null;
}

/** Its order is paid: it is being sold. */
interface CommittingHold extends HoldCore {
  status: 'committing';
  reservationId: string;
  orderId: string;
}

/** Bounds of a cart; the HTTP schemas use the same numbers. */
export const limits = {
  linesPerCart: 100,
  quantityPerLine: 999,
  nameLength: 200,
  itemsPerRequest: 100,
} as const;

/** In code points, as JSON Schema and Postgres count: an astronaut of two code units is one character. */
export const isWithinNameLength = (name: string): boolean => Array.from(name).length <= limits.nameLength;

export function findLine(cart: Cart, itemId: string): Line | undefined {
  return cart.lines.find((line) => line.itemId === itemId);
}

/** The one hold that stands for a line, if any: not one on its way out. */
export function liveHold(cart: Cart, itemId: string): LiveHold | undefined {
  return cart.holds.find((hold): hold is LiveHold => hold.itemId === itemId && isLive(hold));
}

export const isLive = (hold: Hold): hold is LiveHold =>
  hold.status !== 'releasing' && hold.status !== 'committing';

export const heldSinceOf = ({ since, heldSince = since }: HeldHold | AdjustingHold): number => heldSince;

/** The hold, when it stands for exactly this quantity; one that is being renewed still does. */
export function standingHold(
  cart: Cart,
  itemId: string,
  quantity: number,
): HeldHold | AdjustingHold | undefined {
  const hold = liveHold(cart, itemId);
  if (!hold || hold.status === 'reserving' || hold.quantity !== quantity) return undefined;
  return hold.status === 'adjusting' && hold.toQuantity !== quantity ? undefined : hold;
}

/** A state that an earlier version of this code has written, with what it did not know yet. */
export function withDefaults(cart: Cart): Cart {
  return { ...{ orderAttempts: 0, pendingOrder: null, orders: [], paymentTasks: [] }, ...cart };
}

/** What every status has; the rest belongs to the status that is left. */
export function coreOf(cart: Cart): CartCore {
  const { cartId, version, currency, ttlMs, lines, holds, orderAttempts, pendingOrder, orders } = cart;
  const { paymentTasks, createdAt, updatedAt, expiresAt } = cart;
  const things = { lines, holds, orderAttempts, pendingOrder, orders, paymentTasks };
  return { cartId, version, currency, ttlMs, ...things, createdAt, updatedAt, expiresAt };
}
