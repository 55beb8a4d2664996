import type { CartSettings } from '../src/domain/cart-settings.ts';
import type { CommandEnvelope, Price, ReceiveLines } from '../src/domain/commands.ts';
import type { Order, OrderDraft, PlacedOrder } from '../src/domain/order.ts';
import type { OutboundEvent } from '../src/domain/outbound.ts';
import type { CartSave, StoredCart } from '../src/domain/persistence.ts';

/** One hold asked of the reservation service. `key` makes the call safe to repeat. */
export interface ReserveEntry {
  key: string;
  item: string;
  quantity: number;
}

/**
 * What the service answered for one entry: a refusal is an answer, not an error.
 * `expiresAt`: when the service ends the hold by itself, ms since the epoch; absent when it does not.
 */
export type ReserveResult =
  | { key: string; status: 'reserved'; reservationId: string; expiresAt?: number }
  | { key: string; status: 'unavailable'; reason: string };

export interface AdjustRequest {
  key: string;
  reservationId: string;
  quantity: number;
}

/** `gone`: the service has ended the hold by itself. */
export type AdjustResult =
  { status: 'adjusted'; expiresAt?: number } | { status: 'unavailable'; reason: string } | { status: 'gone' };

/** A hold by its id when known, by its key when the outcome of the reservation is not. */
export type HoldRef = { by: 'id'; reservationId: string } | { by: 'key'; key: string };

/**
 * The reservation service. Answers may take 30 s and more; every call is idempotent.
 * Anything but a final answer is thrown: retryable unless it is a `ServiceRequestError`.
 */
export interface ReservationService {
  reserve(entries: readonly ReserveEntry[], signal: AbortSignal): Promise<ReserveResult[]>;
  /** To the quantity that the hold has: the way to renew it. */
  adjust(request: AdjustRequest, signal: AbortSignal): Promise<AdjustResult>;
  release(hold: HoldRef, signal: AbortSignal): Promise<void>;
  /** Sells what is held. */
  commit(reservationId: string, signal: AbortSignal): Promise<'committed' | 'gone'>;
}

export interface PaymentRequest {
  /** Also the idempotency key: an order is paid once. */
  orderId: string;
  orderNumber: string;
  amountMinor: number;
  currency: string;
}

/** `url`: where the shopper pays. `refused`: the service will never take this payment. */
export type PaymentRequestResult =
  { status: 'requested'; paymentId: string; url: string | null } | { status: 'refused'; reason: string };

/** The payment service; it tells the outcome by a webhook. Every call is idempotent, errors as above. */
export interface PaymentService {
  request(payment: PaymentRequest, signal: AbortSignal): Promise<PaymentRequestResult>;
  /** After it no money is taken for the order, whether its payment was requested or still is to be. */
  cancel(orderId: string, signal: AbortSignal): Promise<void>;
  refund(refund: { paymentId: string; amountMinor: number }, signal: AbortSignal): Promise<void>;
}

export interface OrderPlacement {
  draft: OrderDraft;
  /** Earlier orders of the cart that are over: the book may not have heard of it yet. */
  ended: readonly Pick<Order, 'orderId' | 'status'>[];
}

/** Where orders are kept and numbered. A cart has at most one open order. */
export interface OrderBook {
  /** The order of this id, or the cart's open one. */
  find(placement: OrderPlacement): Promise<PlacedOrder | undefined>;
  /** Writes the order down and gives it its number; when the cart has an open one already, returns that. */
  place(placement: OrderPlacement): Promise<PlacedOrder>;
}

/** What a cart that was claimed sends to the cart of the user. */
export interface HandOver {
  toCartId: string;
  envelope: CommandEnvelope<ReceiveLines>;
  /** For the user's cart, if it has to be started. */
  settings: CartSettings;
}

/** Where a cart is sent a command; once this returns, it is stored durably. */
export interface CartInbox {
  send(cartId: string, envelope: CommandEnvelope, settings: CartSettings): Promise<void>;
}

/** Where carts are kept for querying, and for the cart's next life. */
export interface CartStore {
  save(save: CartSave): Promise<void>;
  load(cartId: string): Promise<StoredCart | undefined>;
}

/** Where prices come from. A name the shop does not sell is `unknown`, or free of charge in an open catalogue. */
export interface Catalog {
  prices(names: readonly string[]): Promise<Record<string, Price>>;
}

/** `gone`: the receiver wants no more of this. */
export type WebhookAnswer = 'delivered' | 'gone';

/** Tells another system of an event. Anything but a final answer is thrown, and worth another attempt. */
export interface WebhookSender {
  send(event: OutboundEvent, signal: AbortSignal): Promise<WebhookAnswer>;
}

export interface DeliveryRecord {
  eventId: string;
  /** Which time it is sent: 0, and one more each time that an operator sends it again. */
  round: number;
  /** `pending`: an attempt has failed, and there will be another. */
  status: 'pending' | 'delivered' | 'dead' | 'gone';
  attempts: number;
  error: string | null;
}

/** Where it is written down what became of a delivery. What comes late, after the outcome, changes nothing. */
export interface DeliveryBook {
  record(record: DeliveryRecord): Promise<void>;
}
