import type { MergeRules, OnUnavailable, Parcel } from './cart.ts';
import type { CutOff } from './merge-lines.ts';
import type { OrderDraft, PlacedOrder } from './order.ts';
import type { Rejection } from './rejections.ts';

/** What happened to a cart: the facts that `evolve` folds into its state. */
export type Fact = LifeFact | LineFact | ClaimFact | HoldFact | CheckoutFact | OrderFact;

export type LifeFact =
  | { type: 'CartOpened'; cartId: string; currency: string; ttlMs: number }
  | { type: 'CartTouched' }
  /** The shop's configuration has changed between two lives of the cart. */
  | { type: 'CartTtlChanged'; ttlMs: number }
  | { type: 'CartAbandoned' }
  | { type: 'CartResumed' }
  /** The next life after a paid order: the cart starts empty. */
  | { type: 'CartRenewed' };

export type ClaimFact =
  /** Everything in it is on its way to this cart. */
  | ({ type: 'ClaimStarted'; toCartId: string } & MergeRules)
  /** That cart will have it, whatever happens: its session is over. */
  | { type: 'CartClaimed'; toCartId: string }
  | ({ type: 'LinesReceived'; fromCartId: string; cutOff: readonly CutOff[] } & Parcel)
  /** What was received during a checkout. */
  | { type: 'LinesMerged'; cutOff: readonly CutOff[] };

export type LineFact =
  | { type: 'ItemAdded'; itemId: string; name: string; quantity: number; unitPriceMinor: number }
  | { type: 'ItemQuantityChanged'; itemId: string; quantity: number }
  | { type: 'ItemRepriced'; itemId: string; unitPriceMinor: number }
  | { type: 'ItemRemoved'; itemId: string };

/** `expiresAt`: when the service ends the hold by itself; absent when it does not. */
export type HoldFact =
  | { type: 'ReservationRequested'; key: string; itemId: string; item: string; quantity: number }
  | { type: 'ReservationConfirmed'; key: string; reservationId: string; expiresAt?: number }
  | { type: 'ReservationRefused'; key: string; reason: string }
  /** No answer within the whole retry budget: the hold is released by its key, in case it stands. */
  | { type: 'ReservationFailed'; key: string; reason: string }
  | { type: 'AdjustmentRequested'; key: string; quantity: number }
  | { type: 'AdjustmentConfirmed'; key: string; expiresAt?: number }
  | { type: 'AdjustmentRefused'; key: string; reason: string }
  | { type: 'AdjustmentFailed'; key: string; reason: string }
  | { type: 'ReleaseRequested'; key: string; itemId: string; item: string; reservationId: string | null }
  | { type: 'ReleaseConfirmed'; key: string }
  | { type: 'HoldCommitted'; key: string }
  /** The service does not have it any more: it has expired there. */
  | { type: 'HoldLost'; key: string }
  /** Held for as long as a hold may be: it is let go until the shopper asks again. */
  | { type: 'HoldLapsed'; key: string; reason: string };

export type CheckoutFact =
  | { type: 'CheckoutStarted'; onUnavailable: OnUnavailable; giveUpAt: number; payWithinMs: number }
  | { type: 'CheckoutRejected'; rejection: Rejection }
  | { type: 'OrderRequested'; draft: OrderDraft }
  | { type: 'OrderRefused' };

export type OrderFact =
  | { type: 'OrderPlaced'; order: PlacedOrder; payBy: number }
  | { type: 'PaymentRequested'; orderId: string; paymentId: string; url: string | null }
  | { type: 'OrderPaid'; orderId: string; paymentId: string }
  | { type: 'OrderPaymentFailed'; orderId: string; reason: string }
  | { type: 'OrderExpired'; orderId: string }
  | { type: 'OrderCancelled'; orderId: string }
  | { type: 'PaymentCancelled'; orderId: string }
  /** `extra`: a second payment of an order that was paid; the order stays what it is. */
  | { type: 'RefundRequested'; orderId: string; paymentId: string; amountMinor: number; extra?: true }
  | { type: 'PaymentRefunded'; orderId: string; paymentId: string; extra?: true };

/** Who caused an event. */
export type Actor = 'shopper' | 'clock' | 'operator' | 'reservation-service' | 'payment-service' | 'service';

export interface Cause {
  at: number;
  /** Null for what no command asked for. */
  operationId: string | null;
  by: Actor;
}

/** A fact with its place in the cart's history. The first histories did not record who. */
export type CartEvent = Fact & { version: number; at: number; operationId: string | null; by?: Actor };

export const actorOf = ({ by, operationId }: Pick<CartEvent, 'by' | 'operationId'>): Actor =>
  by ?? (operationId === null ? 'service' : 'shopper');
