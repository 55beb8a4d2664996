import type { Cart } from './cart.ts';
import { orderIdOf, type Order, type OrderDraft } from './order.ts';
import { lineTotalMinor, totalsOf } from './totals.ts';

export type CheckingOut = Cart & { status: 'checking_out' };

export const findOrder = (cart: Cart, orderId: string): Order | undefined =>
  cart.orders.find((order) => order.orderId === orderId);

export const liveOrder = (cart: Cart): Order | undefined =>
  cart.status === 'awaiting_payment' ? findOrder(cart, cart.orderId) : undefined;

/** Its order is on its way to the order book: it can't be stopped, only cancelled when it is there. */
export const isPlacing = ({ pendingOrder, checkout }: CheckingOut): boolean =>
  pendingOrder?.checkoutId === checkout.id;

export function draftOrder(cart: CheckingOut): OrderDraft {
  const { cartId, currency, checkout } = cart;
  const attempt = cart.orderAttempts + 1;
  return {
    orderId: orderIdOf(cartId, attempt),
    cartId,
    attempt,
    checkoutId: checkout.id,
    currency,
    items: cart.lines.map((line) => {
      const { itemId, name, quantity, unitPriceMinor } = line;
      return { itemId, name, quantity, unitPriceMinor, lineTotalMinor: lineTotalMinor(line) };
    }),
    totals: totalsOf(cart.lines),
    payWithinMs: checkout.payWithinMs,
  };
}
