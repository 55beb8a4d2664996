import type { PaymentRequest, PaymentService } from '../../activities/ports.ts';

/** A payment service in memory; its news is the test's to signal. */
export function createFakePayments(beforeCall: (call: 'request' | 'cancel' | 'refund') => Promise<void>) {
  const requested = new Map<string, PaymentRequest>();
  const cancelled = new Set<string>();
  /** Minor units by payment. */
  const refunded = new Map<string, number>();
  const calls = { request: 0, cancel: 0, refund: 0 };

  const payments: PaymentService = {
    async request(payment) {
      calls.request += 1;
      await beforeCall('request');
      if (cancelled.has(payment.orderId)) return { status: 'refused', reason: 'this order was cancelled' };
      requested.set(payment.orderId, payment);
      const paymentId = fakePaymentId(payment.orderId);
      return { status: 'requested', paymentId, url: `http://payments.test/payments/${paymentId}` };
    },
    async cancel(orderId) {
      calls.cancel += 1;
      await beforeCall('cancel');
      cancelled.add(orderId);
    },
    async refund({ paymentId, amountMinor }) {
      calls.refund += 1;
      await beforeCall('refund');
      refunded.set(paymentId, amountMinor);
    },
  };
  return { payments, requested, cancelled, refunded, calls };
}

export const fakePaymentId = (orderId: string): string => `p-${orderId}`;
