import { coreOf, isLive, type Cart, type Hold, type Line } from './cart.ts';
import { findOrder, isPlacing } from './cart-orders.ts';
import type { CheckoutFact, OrderFact } from './events.ts';
import type { Order, OrderStatus, PaymentTask } from './order.ts';

type OrderEvent = (CheckoutFact | OrderFact) & { at: number; version: number };

/** Orders that a cart remembers: older ones are in the order book only. */
const rememberedOrders = 10;

export function evolveOrders(cart: Cart, event: OrderEvent): Cart {
  switch (event.type) {
    case 'CheckoutStarted': {
      const { onUnavailable, giveUpAt, payWithinMs, version: id } = event;
      const checkout = { id, onUnavailable, giveUpAt, payWithinMs };
      return { ...coreOf(cart), status: 'checking_out', checkout, lines: cart.lines.map(askingAgain) };
    }
    case 'CheckoutRejected':
      return active(cart);
    case 'OrderRequested':
      return { ...cart, pendingOrder: event.draft, orderAttempts: cart.orderAttempts + 1 };
    case 'OrderRefused':
      return { ...cart, pendingOrder: null };
    case 'OrderPlaced':
      return placed(cart, event);
    case 'PaymentRequested':
      return withOrder(cart, event.orderId, (order) => ({ ...order, paymentId: event.paymentId }));
    case 'OrderPaid':
      return paid(cart, event);
    case 'OrderPaymentFailed':
      return ended(cart, event.orderId, 'payment_failed');
    case 'OrderExpired':
      return ended(cart, event.orderId, 'expired');
    case 'OrderCancelled':
      return ended(cart, event.orderId, 'cancelled');
    case 'PaymentCancelled':
      return withoutTask(cart, (task) => task.type === 'cancel' && task.orderId === event.orderId);
    case 'RefundRequested':
      return refundRequested(cart, event);
    case 'PaymentRefunded':
      return refunded(cart, event);
  }
}

/** What was let go because it was held for too long is reserved anew. */
const askingAgain = (line: Line): Line =>
  line.refusal?.status === 'released' ? { ...line, refusal: null } : line;

function placed(cart: Cart, { order, payBy }: OrderEvent & { type: 'OrderPlaced' }): Cart {
  const { orderId, orderNumber, attempt, items, totals } = order;
  const placedOrder: Order = {
    orderId,
    orderNumber,
    attempt,
    status: 'awaiting_payment',
    totalMinor: totals.totalMinor,
    wanted: items.map(({ itemId, quantity }) => ({ itemId, quantity })),
    payBy,
    paymentId: null,
  };
  const orders = [...cart.orders, placedOrder].slice(-rememberedOrders);
  const core = { ...coreOf(cart), orders, pendingOrder: null };
  // The checkout may be over by now: then the order is cancelled by the next event.
  if (cart.status !== 'checking_out' || !isPlacing(cart)) return { ...cart, orders, pendingOrder: null };
  return { ...core, status: 'awaiting_payment', orderId };
}

/** What was ordered is sold; a line that was not stays in the cart. */
function paid(cart: Cart, event: OrderEvent & { type: 'OrderPaid' }): Cart {
  const { orderId, paymentId, at } = event;
  const sold = new Set(findOrder(cart, orderId)?.wanted.map(({ itemId }) => itemId));
  const holds = cart.holds.map((hold) => (sold.has(hold.itemId) ? committing(hold, orderId, at) : hold));
  const core = {
    ...coreOf(withOrder(cart, orderId, (order) => ({ ...order, status: 'paid', paymentId }))),
    holds,
  };
  const lines = cart.lines.filter(({ itemId }) => !sold.has(itemId));
  return lines.length === 0
    ? { ...core, status: 'completed', orderId, completedAt: at }
    : { ...core, status: 'active', lines };
}

function committing(hold: Hold, orderId: string, at: number): Hold {
  if (!isLive(hold) || hold.status === 'reserving') return hold;
  const { key, itemId, item, reservationId } = hold;
  return { status: 'committing', key, itemId, item, reservationId, orderId, since: at };
}

/** Unpaid: the cart goes on as it was, and the payment service must take no money for it any more. */
function ended(cart: Cart, orderId: string, status: OrderStatus): Cart {
  const task: PaymentTask = { type: 'cancel', orderId };
  const marked = withOrder(cart, orderId, (order) => ({ ...order, status }));
  return leave({ ...marked, paymentTasks: [...cart.paymentTasks, task] }, orderId);
}

function refundRequested(cart: Cart, event: OrderEvent & { type: 'RefundRequested' }): Cart {
  const { orderId, paymentId, amountMinor, extra } = event;
  const task: PaymentTask = { type: 'refund', orderId, paymentId, amountMinor, ...(extra && { extra }) };
  const marked = withOrder(cart, orderId, (order) =>
    extra ? order : { ...order, status: 'refund_required', paymentId },
  );
  return leave({ ...marked, paymentTasks: [...cart.paymentTasks, task] }, orderId);
}

function refunded(cart: Cart, event: OrderEvent & { type: 'PaymentRefunded' }): Cart {
  const { orderId, paymentId, extra } = event;
  const marked = withOrder(cart, orderId, (order) => (extra ? order : { ...order, status: 'refunded' }));
  return withoutTask(marked, (task) => task.type === 'refund' && task.paymentId === paymentId);
}

/** Active again, unless the cart has moved on to something else than this order. */
const leave = (cart: Cart, orderId: string): Cart =>
  cart.status === 'awaiting_payment' && cart.orderId === orderId ? active(cart) : cart;

const active = (cart: Cart): Cart => ({ ...coreOf(cart), status: 'active' });

const withOrder = (cart: Cart, orderId: string, update: (order: Order) => Order): Cart => ({
  ...cart,
  orders: cart.orders.map((order) => (order.orderId === orderId ? update(order) : order)),
});

const withoutTask = (cart: Cart, isDone: (task: PaymentTask) => boolean): Cart => ({
  ...cart,
  paymentTasks: cart.paymentTasks.filter((task) => !isDone(task)),
});
