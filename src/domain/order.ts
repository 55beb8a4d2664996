import type { Totals } from './totals.ts';

export type OrderStatus =
  | 'awaiting_payment'
  | 'paid'
  | 'payment_failed'
  | 'expired'
  | 'cancelled'
  /** Paid, and what was ordered cannot be had any more: the money goes back. */
  | 'refund_required'
  | 'refunded';

/** What a cart remembers of an order; the order book has the rest. */
export interface Order {
  orderId: string;
  orderNumber: string;
  attempt: number;
  status: OrderStatus;
  totalMinor: number;
  /** What has to be held for a payment to be accepted. */
  wanted: readonly { itemId: string; quantity: number }[];
  payBy: number;
  paymentId: string | null;
}

export interface OrderItem {
  itemId: string;
  name: string;
  quantity: number;
  /** As it was when the order was placed. */
  unitPriceMinor: number;
  lineTotalMinor: number;
}

/** An order before it is in the order book, which gives it its number. */
export interface OrderDraft {
  orderId: string;
  cartId: string;
  attempt: number;
  /** The checkout that asked for it. */
  checkoutId: number;
  currency: string;
  items: readonly OrderItem[];
  totals: Totals;
  payWithinMs: number;
}

/** An order as the order book has it. */
export interface PlacedOrder extends Omit<OrderDraft, 'checkoutId' | 'payWithinMs' | 'cartId'> {
  orderNumber: string;
}

/** A line whose price is not what the shopper was shown. */
export interface PriceChange {
  itemId: string;
  name: string;
  oldUnitPriceMinor: number;
  newUnitPriceMinor: number;
}

/** Asked of the payment service until it confirms; an order that has ended must not be paid any more. */
export type PaymentTask =
  | { type: 'cancel'; orderId: string }
  | { type: 'refund'; orderId: string; paymentId: string; amountMinor: number; extra?: true };

/** The same for every retry, in every process: an order is placed once. */
export const orderIdOf = (cartId: string, attempt: number): string => `${cartId}-${attempt}`;

/** How people name an order. */
export const orderNumberOf = (sequence: number): string => `DC-${String(sequence).padStart(6, '0')}`;
