import type { Verdict as VerdictOf } from '../stub/service-call.ts';
import type { Entry, Ledger, Payment } from './ledger.ts';

export type Refusal =
  { status: 'not_found' } | { status: 'mismatch'; reason: string } | { status: 'conflict'; reason: string };

type Done = { status: 'done'; payment: Payment };
export type Verdict = VerdictOf<Done | Refusal, Entry>;

export interface PaymentOrder {
  orderId: string;
  orderNumber: string;
  amountMinor: number;
  currency: string;
}

/** The order's id is the key: an order has one payment, and none after it was cancelled. */
export function request(ledger: Ledger, order: PaymentOrder, at: string): Verdict {
  if (ledger.cancelledOrders.has(order.orderId)) return conflict('this order was cancelled');
  const earlier = ledger.payments.get(ledger.idByOrder.get(order.orderId) ?? '');
  if (earlier) {
    const same = (['orderNumber', 'amountMinor', 'currency'] as const).every(
      (part) => earlier[part] === order[part],
    );
    return same
      ? done(earlier)
      : { answer: { status: 'mismatch', reason: 'this order asked for another payment' } };
  }
  const paymentId = `p-${String(ledger.payments.size + 1).padStart(6, '0')}`;
  const payment: Payment = { paymentId, ...order, state: 'pending', refundedMinor: 0, at };
  return done(payment, { type: 'requested', paymentId, ...order, at });
}

/** Safe when the outcome of the request is unknown: what has not arrived yet will be refused. */
export function cancel(
  ledger: Ledger,
  orderId: string,
  at: string,
): VerdictOf<{ status: 'cancelled' } | Refusal, Entry> {
  const payment = ledger.payments.get(ledger.idByOrder.get(orderId) ?? '');
  if (payment?.state === 'captured' || payment?.state === 'refunded') {
    return conflict(`this payment is ${payment.state}`);
  }
  const answer = { status: 'cancelled' } as const;
  if (ledger.cancelledOrders.has(orderId)) return { answer };
  return { answer, entry: { type: 'cancelled', orderId, at } };
}

export function succeed(ledger: Ledger, paymentId: string, at: string): Verdict {
  return decideOutcome(ledger, paymentId, { type: 'captured', paymentId, at });
}

export function fail(ledger: Ledger, paymentId: string, at: string): Verdict {
  return decideOutcome(ledger, paymentId, { type: 'failed', paymentId, at });
}

/** One outcome a payment; the same again changes nothing, the other one is refused. */
function decideOutcome(
  ledger: Ledger,
  paymentId: string,
  entry: Entry & { type: 'captured' | 'failed' },
): Verdict {
  const payment = ledger.payments.get(paymentId);
  if (!payment) return { answer: { status: 'not_found' } };
  if (payment.state === entry.type) return done(payment);
  if (payment.state !== 'pending') return conflict(`this payment is ${payment.state}`);
  return done({ ...payment, state: entry.type, endedAt: entry.at }, entry);
}

/** All of it or a part, once. */
export function refund(ledger: Ledger, paymentId: string, amountMinor: number, at: string): Verdict {
  const payment = ledger.payments.get(paymentId);
  if (!payment) return { answer: { status: 'not_found' } };
  if (payment.state === 'refunded') {
    const same = payment.refundedMinor === amountMinor;
    return same ? done(payment) : conflict(`this payment is refunded: ${payment.refundedMinor}`);
  }
  if (payment.state !== 'captured') return conflict(`this payment is ${payment.state}`);
  if (amountMinor > payment.amountMinor) {
    return { answer: { status: 'mismatch', reason: `no more than ${payment.amountMinor} was paid` } };
  }
  const refunded: Payment = { ...payment, state: 'refunded', refundedMinor: amountMinor, refundedAt: at };
  return done(refunded, { type: 'refunded', paymentId, amountMinor, at });
}

const done = (payment: Payment, entry?: Entry): Verdict => ({
  answer: { status: 'done', payment },
  ...(entry ? { entry } : {}),
});

const conflict = (reason: string): { answer: Refusal } => ({ answer: { status: 'conflict', reason } });
