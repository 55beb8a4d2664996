import type { CartEvent } from './events.ts';
import type { OrderStatus } from './order.ts';

/** What a cart's events change of one order: what is absent stays as it is. Instants in ms since the epoch. */
export interface OrderChange {
  orderId: string;
  /** Of the cart, at the last of the events. */
  version: number;
  status?: OrderStatus;
  paymentId?: string;
  paymentUrl?: string | null;
  payBy?: number;
  reason?: string;
  paidAt?: number;
  paymentFailedAt?: number;
  expiredAt?: number;
  cancelledAt?: number;
  refundRequiredAt?: number;
  refundedAt?: number;
}

/** One change an order, in the order of their first event. */
export function orderChanges(events: readonly CartEvent[]): OrderChange[] {
  const changes = new Map<string, OrderChange>();
  for (const event of events) {
    const change = changeOf(event);
    if (!change) continue;
    const { orderId } = change;
    const before = changes.get(orderId);
    changes.set(orderId, { ...before, ...change, version: event.version });
  }
  return [...changes.values()];
}

type Change = Omit<OrderChange, 'version'>;

function changeOf(event: CartEvent): Change | undefined {
  switch (event.type) {
    case 'OrderPlaced':
      return { orderId: event.order.orderId, payBy: event.payBy };
    case 'PaymentRequested': {
      const { orderId, paymentId, url: paymentUrl } = event;
      return { orderId, paymentId, paymentUrl };
    }
    case 'OrderPaid': {
      const { orderId, paymentId, at: paidAt } = event;
      return { orderId, status: 'paid', paymentId, paidAt };
    }
    case 'OrderPaymentFailed': {
      const { orderId, reason, at: paymentFailedAt } = event;
      return { orderId, status: 'payment_failed', reason, paymentFailedAt };
    }
    case 'OrderExpired':
      return { orderId: event.orderId, status: 'expired', expiredAt: event.at };
    case 'OrderCancelled':
      return { orderId: event.orderId, status: 'cancelled', cancelledAt: event.at };
    case 'RefundRequested': {
      if (event.extra) return undefined;
      const { orderId, paymentId, at: refundRequiredAt } = event;
      return { orderId, status: 'refund_required', paymentId, refundRequiredAt };
    }
    case 'PaymentRefunded': {
      if (event.extra) return undefined;
      const { orderId, paymentId, at: refundedAt } = event;
      return { orderId, status: 'refunded', paymentId, refundedAt };
    }
    default:
      return undefined;
  }
}
