import { sum } from './books.ts';
import type { Facts, OrderRow, PaymentEntry } from './facts.ts';
import type { Finding } from './finding.ts';
import { groupBy } from './group-by.ts';

/** What was taken and not given back is what is paid, order by order; nothing waits for money that nobody wants. */
export function checkMoney({ orders, payments }: Facts): Finding[] {
  const byOrder = groupBy(payments, ({ orderId }) => orderId);
  const known = new Set(orders.map(({ orderId }) => orderId));
  return [
    ...orders.flatMap((order) => checkOrder(order, byOrder.get(order.orderId) ?? [])),
    ...payments
      .filter(({ orderId }) => !known.has(orderId))
      .map(({ paymentId, orderId }): Finding => ({
        check: 'money',
        detail: `${paymentId} is for ${orderId}, which is not in the order book`,
      })),
  ];
}

function checkOrder({ orderId, cartId, status, totalMinor }: OrderRow, payments: PaymentEntry[]): Finding[] {
  const kept = sum(
    payments.filter(isTaken).map(({ amountMinor, refundedMinor }) => amountMinor - refundedMinor),
  );
  const paid = status === 'paid' ? totalMinor : 0;
  const pending = payments.filter(({ state }) => state === 'pending').length;
  const wrong = [
    kept !== paid && `has ${kept} taken, ${paid} paid`,
    payments.length > 1 && `has ${payments.length} payments`,
    status === 'awaiting_payment' &&
      pending !== 1 &&
      'waits for a payment that was not asked for, or is over',
    status !== 'awaiting_payment' && pending > 0 && `is ${status}, and can still be paid`,
    payments.some(({ amountMinor }) => amountMinor !== totalMinor) && 'has a payment of another amount',
  ];
  return wrong
    .filter((what) => typeof what === 'string')
    .map((what) => ({ check: 'money', cartId, detail: `${orderId} ${what}` }));
}

const isTaken = ({ state }: PaymentEntry): boolean => state === 'captured' || state === 'refunded';
