/** Instants are milliseconds since the epoch, UTC; money is integer minor units of the cart's currency. */
export type Cart = ActiveCart | AbandonedCart;
export type CartStatus = Cart['status'];

interface CartCore {
  cartId: string;
  /** The number of events so far: it never goes back, also across the cart's lives. */
  version: number;
  currency: string;
  /** How long the cart may stay idle. */
  ttlMs: number;
  lines: readonly Line[];
  holds: readonly Hold[];
  createdAt: number;
  updatedAt: number;
  expiresAt: number;
}

interface ActiveCart extends CartCore {
  status: 'active';
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

export interface Refusal {
  status: 'unavailable' | 'failed';
  reason: string;
  at: number;
}

/** What is, or may be, held at the reservation service. A hold outlives its line until its release is confirmed. */
export type Hold = ReservingHold | HeldHold | AdjustingHold | ReleasingHold;

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

interface HeldHold extends HoldCore {
  status: 'held';
  reservationId: string;
  /** `null` when an adjustment ended without an answer: the next adjustment settles it. */
  quantity: number | null;
  adjustments: number;
}

interface AdjustingHold extends HoldCore {
  status: 'adjusting';
  reservationId: string;
  quantity: number | null;
  toQuantity: number;
  adjustments: number;
}

interface ReleasingHold extends HoldCore {
  status: 'releasing';
  /** `null` while the reservation's outcome is unknown: it is then released by its key. */
  reservationId: string | null;
}

/** Bounds of a cart; the HTTP schemas use the same numbers. */
export const limits = {
  linesPerCart: 100,
  quantityPerLine: 999,
  nameLength: 200,
  itemsPerRequest: 100,
} as const;

export function findLine(cart: Cart, itemId: string): Line | undefined {
  return cart.lines.find((line) => line.itemId === itemId);
}

/** The one hold that stands for a line, if any: not one on its way out. */
export function liveHold(cart: Cart, itemId: string): Exclude<Hold, ReleasingHold> | undefined {
  return cart.holds.find((hold) => hold.itemId === itemId && hold.status !== 'releasing') as
    Exclude<Hold, ReleasingHold> | undefined;
}
