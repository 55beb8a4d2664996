import type { Order, OrderDraft, PaymentTask } from './order.ts';

/** Instants are milliseconds since the epoch, UTC; money is integer minor units of the cart's currency. */
export type Cart =
  | ActiveCart
  | CheckingOutCart
  | AwaitingPaymentCart
  | CompletedCart
  | AbandonedCart
  | ClaimingCart
  | ClaimedCart;
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
  /** Received while the cart is being checked out: its holds are among the others already. */
  waiting: WaitingLines | null;
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

/** A user has claimed it: what was in it is on its way to the user's cart, and nothing else may change it. */
export interface ClaimingCart extends CartCore {
  status: 'claiming';
  toCartId: string;
  parcel: Parcel;
}

/** The user's cart has what was in it. Its session is over. */
export interface ClaimedCart extends CartCore {
  status: 'claimed';
  toCartId: string;
  claimedAt: number;
  /** The keys of the holds: what is still heard of them is for the user's cart. */
  moved: { lines: number; keys: readonly string[] };
}

/** What becomes of the quantities of a product that is in both carts. */
export type MergeRule = 'sum' | 'max';

/** How received lines come into a cart. */
export interface MergeRules {
  merge: MergeRule;
  /** Units that the cart may have in all. */
  maxUnits?: number;
}

/** What one cart hands over to another: holds in whatever state they are, each to go on under its own key. */
export interface Parcel extends WaitingLines {
  holds: readonly LiveHold[];
}

interface WaitingLines extends MergeRules {
  lines: readonly Line[];
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
type StandingHold = HeldHold | AdjustingHold;

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
  /** The quantity of its line at the time, where other holds have a share of it. */
  forLine?: number;
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

/** The lines stay as they are: they are being ordered. */
export const isFrozen = ({ status }: Cart): boolean =>
  status === 'checking_out' || status === 'awaiting_payment';

/** Its session is over, or about to be. */
export type LeftCart = ClaimingCart | ClaimedCart;
export const isLeft = <C extends Pick<Cart, 'status'>>(cart: C): cart is C & { status: LeftCart['status'] } =>
  cart.status === 'claiming' || cart.status === 'claimed';

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

/** What stands for a line: several after a claim, none that is on its way out. */
export function liveHolds(cart: Cart, itemId: string): LiveHold[] {
  return cart.holds.filter((hold): hold is LiveHold => hold.itemId === itemId && isLive(hold));
}

export const isLive = (hold: Hold): hold is LiveHold =>
  hold.status !== 'releasing' && hold.status !== 'committing';

export const heldSinceOf = ({ since, heldSince = since }: HeldHold | AdjustingHold): number => heldSince;

/** The holds, when together they stand for exactly this quantity; one that is being renewed still does. */
export function standingHolds(cart: Cart, itemId: string, quantity: number): StandingHold[] | undefined {
  const holds = liveHolds(cart, itemId);
  if (holds.length === 0 || !holds.every(isStanding)) return undefined;
  return holds.reduce((sum, hold) => sum + (hold.quantity ?? 0), 0) === quantity ? holds : undefined;
}

function isStanding(hold: LiveHold): hold is StandingHold {
  if (hold.status === 'reserving' || hold.quantity === null) return false;
  return hold.status === 'held' || hold.toQuantity === hold.quantity;
}

/** A state that an earlier version of this code has written, with what it did not know yet. */
export function withDefaults(cart: Cart): Cart {
  return {
    ...{ waiting: null, orderAttempts: 0, pendingOrder: null, orders: [], paymentTasks: [] },
    ...cart,
  };
}

/** What every status has; the rest belongs to the status that is left. */
export function coreOf(cart: Cart): CartCore {
  const { cartId, version, currency, ttlMs, lines, holds, waiting } = cart;
  const { orderAttempts, pendingOrder, orders } = cart;
  const { paymentTasks, createdAt, updatedAt, expiresAt } = cart;
  const things = { lines, holds, waiting, orderAttempts, pendingOrder, orders, paymentTasks };
  return { cartId, version, currency, ttlMs, ...things, createdAt, updatedAt, expiresAt };
}
