import { standingHolds, type Cart } from './cart.ts';
import { findOrder, liveOrder } from './cart-orders.ts';
import type { Command, PaymentFailed, PaymentSucceeded } from './commands.ts';
import { accept, type Decision } from './decision.ts';
import type { Fact } from './events.ts';
import type { Order } from './order.ts';

/** News of a payment: late, repeated and out of order as they may come. */
export function settlePayment(cart: Cart, news: Command): Decision {
  switch (news.type) {
    case 'paymentSucceeded':
      return accept(succeeded(cart, news));
    case 'paymentFailed':
      return accept(failed(cart, news));
    default:
      return accept([]);
  }
}

type RefundRequested = Fact & { type: 'RefundRequested' };

function succeeded(cart: Cart, { orderId, paymentId, amountMinor }: PaymentSucceeded): Fact[] {
  const refund: RefundRequested = { type: 'RefundRequested', orderId, paymentId, amountMinor };
  const order = findOrder(cart, orderId);
  // So old that the cart has forgotten it: nothing is held for it any more.
  if (!order) return [refund];
  if (wasPaid(order)) return order.paymentId === paymentId ? [] : [{ ...refund, extra: true }];
  if (!canBeSold(cart, order)) return [refund];
  return [...supersede(cart, order), { type: 'OrderPaid', orderId, paymentId }];
}

/** Only the payment that the order waits for can fail it; a success that came first counts. */
function failed(cart: Cart, { orderId, paymentId }: PaymentFailed): Fact[] {
  const order = liveOrder(cart);
  if (order?.orderId !== orderId || (order.paymentId ?? paymentId) !== paymentId) return [];
  return [{ type: 'OrderPaymentFailed', orderId, reason: 'The payment failed' }];
}

const wasPaid = ({ status }: Order): boolean =>
  status === 'paid' || status === 'refund_required' || status === 'refunded';

/** In time or late: what was ordered is still held, to the unit. */
function canBeSold(cart: Cart, { wanted }: Order): boolean {
  if (cart.status === 'abandoned' || cart.status === 'completed') return false;
  return wanted.every(({ itemId, quantity }) => standingHolds(cart, itemId, quantity));
}

/** A late payment of an earlier order ends the checkout that was started meanwhile. */
function supersede(cart: Cart, { orderId, orderNumber }: Order): Fact[] {
  if (cart.status === 'checking_out') {
    return [{ type: 'CheckoutRejected', rejection: { code: 'order_already_paid', orderId, orderNumber } }];
  }
  const live = liveOrder(cart);
  return live && live.orderId !== orderId ? [{ type: 'OrderCancelled', orderId: live.orderId }] : [];
}
