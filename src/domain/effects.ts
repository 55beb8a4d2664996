import type { Cart, Hold, Parcel } from './cart.ts';
import { liveOrder } from './cart-orders.ts';
import type { Order, OrderDraft, PaymentTask } from './order.ts';
import { keyOfAdjustment } from './reconcile.ts';

/** A call to another service that the cart's state needs. `id` tells it from every other call of the cart. */
export type Effect = HoldEffect | PlaceOrderEffect | PaymentEffect | HandOverEffect;
export type HoldEffect = ReserveEffect | AdjustEffect | ReleaseEffect | CommitEffect;
export type PaymentEffect = RequestPaymentEffect | CancelPaymentEffect | RefundEffect;

interface OnHold {
  id: string;
  key: string;
  itemId: string;
  item: string;
}

export interface ReserveEffect extends OnHold {
  type: 'reserve';
  quantity: number;
}

export interface AdjustEffect extends OnHold {
  type: 'adjust';
  adjustmentKey: string;
  reservationId: string;
  quantity: number;
}

export interface ReleaseEffect extends OnHold {
  type: 'release';
  reservationId: string | null;
}

export interface CommitEffect extends OnHold {
  type: 'commit';
  reservationId: string;
  orderId: string;
}

export interface PlaceOrderEffect {
  type: 'placeOrder';
  id: string;
  draft: OrderDraft;
  /** The cart's earlier orders that are over. */
  ended: readonly Pick<Order, 'orderId' | 'status'>[];
}

export interface RequestPaymentEffect {
  type: 'requestPayment';
  id: string;
  orderId: string;
  orderNumber: string;
  amountMinor: number;
  currency: string;
}

export interface CancelPaymentEffect {
  type: 'cancelPayment';
  id: string;
  orderId: string;
}

export interface RefundEffect {
  type: 'refund';
  id: string;
  orderId: string;
  paymentId: string;
  amountMinor: number;
  extra?: true;
}

/** To the cart of the user who has claimed this one. */
export interface HandOverEffect extends Parcel {
  type: 'handOver';
  id: string;
  fromCartId: string;
  toCartId: string;
}

/** Every call that should be under way: none remembers whether it is, so a restart simply asks again. */
export function effectsOf(cart: Cart): Effect[] {
  return [
    ...cart.holds.flatMap(effectOfHold),
    ...placeOrder(cart),
    ...requestPayment(cart),
    ...cart.paymentTasks.map(effectOfTask),
    ...handOver(cart),
  ];
}

function effectOfHold(hold: Hold): HoldEffect[] {
  const { key, itemId, item } = hold;
  const call = (id: string) => ({ id, key, itemId, item });
  switch (hold.status) {
    case 'reserving':
      return [{ type: 'reserve', ...call(`reserve ${key}`), quantity: hold.quantity }];
    case 'adjusting': {
      const { reservationId, toQuantity: quantity } = hold;
      const adjustmentKey = keyOfAdjustment(key, hold.adjustments);
      return [{ type: 'adjust', ...call(`adjust ${adjustmentKey}`), adjustmentKey, reservationId, quantity }];
    }
    case 'releasing':
      return [{ type: 'release', ...call(`release ${key}`), reservationId: hold.reservationId }];
    case 'committing': {
      const { reservationId, orderId } = hold;
      return [{ type: 'commit', ...call(`commit ${key}`), reservationId, orderId }];
    }
    case 'held':
      return [];
  }
}

function placeOrder({ pendingOrder: draft, orders }: Cart): PlaceOrderEffect[] {
  if (!draft) return [];
  const ended = orders
    .filter(({ status }) => status !== 'awaiting_payment')
    .map(({ orderId, status }) => ({ orderId, status }));
  return [{ type: 'placeOrder', id: `place ${draft.orderId}`, draft, ended }];
}

function requestPayment(cart: Cart): RequestPaymentEffect[] {
  const order = liveOrder(cart);
  if (!order || order.paymentId !== null) return [];
  const { orderId, orderNumber, totalMinor: amountMinor } = order;
  const id = `request payment ${orderId}`;
  return [{ type: 'requestPayment', id, orderId, orderNumber, amountMinor, currency: cart.currency }];
}

function effectOfTask(task: PaymentTask): PaymentEffect {
  const { orderId } = task;
  if (task.type === 'cancel') return { type: 'cancelPayment', id: `cancel payment ${orderId}`, orderId };
  return { ...task, id: `refund ${task.paymentId}` };
}

function handOver(cart: Cart): HandOverEffect[] {
  if (cart.status !== 'claiming') return [];
  const { cartId: fromCartId, toCartId, parcel } = cart;
  return [{ type: 'handOver', id: `hand over to ${toCartId}`, fromCartId, toCartId, ...parcel }];
}
