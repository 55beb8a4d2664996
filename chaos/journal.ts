/** What the shoppers have done and were told: the harness's own books, which nothing of the service writes. */
export interface Journal {
  /** In the order in which they were sent: a device's one after the other, those of one user's two devices at once. */
  commands: JournalCommand[];
  /** Each once, however many devices it is used from. */
  carts: JournalCart[];
}

/** A cart is known by the id that the API answers with: a guest's or a user's. */
export interface JournalCart {
  cartId: string;
  /** With which it is asked for, in the end as well. */
  owner: { session: string } | { token: string };
  /** Left alone on purpose, so that it expires. */
  leftAlone: boolean;
}

export type JournalCommand = {
  cartId: string;
  /** The `Idempotency-Key`, which is the operation's id. */
  key: string;
  sentAt: number;
  settledAt: number;
} & JournalAsk &
  JournalOutcome;

export type JournalAsk =
  | { type: 'addItem'; name: string; quantity: number }
  | { type: 'changeQuantity'; name: string; quantity: number }
  | { type: 'removeItem'; name: string }
  | { type: 'clearItems' }
  | { type: 'checkout' }
  | { type: 'cancelCheckout' }
  /** Sent to the guest's cart, `cartId`, by the user of `toCartId`. */
  | { type: 'claim'; toCartId: string };

/**
 * `applied` and `rejected`: what the API said in the end. `unknown`: no answer, however often it was asked under the
 * same key; it may have been applied once, and not more.
 */
export type JournalOutcome =
  | { outcome: 'applied'; orderId?: string }
  | { outcome: 'rejected'; code: string }
  | { outcome: 'unknown'; reason: string };
