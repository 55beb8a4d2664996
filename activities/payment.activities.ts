import { cancellationSignal } from '@temporalio/activity';
import type { PaymentRequest, PaymentRequestResult, PaymentService } from './ports.ts';
import { whileHeartbeating } from './slow-call.ts';

/** Whatever goes wrong is retried; the workflow says for how long it wants the answer. */
export function createPaymentActivities(payments: PaymentService) {
  return {
    async requestPayment(payment: PaymentRequest): Promise<PaymentRequestResult> {
      return await whileHeartbeating(() => payments.request(payment, cancellationSignal()));
    },
    async cancelPayment(orderId: string): Promise<void> {
      await whileHeartbeating(() => payments.cancel(orderId, cancellationSignal()));
    },
    async refundPayment(refund: { paymentId: string; amountMinor: number }): Promise<void> {
      await whileHeartbeating(() => payments.refund(refund, cancellationSignal()));
    },
  };
}
