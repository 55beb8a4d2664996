import { z } from 'zod';
import type { PaymentService } from '../../activities/ports.ts';
import { detailOf, parseAnswer, printable, serviceId } from '../services/service-answers.ts';
import { createServiceCaller } from '../services/service-caller.ts';

export interface HttpPaymentServiceOptions {
  /** Such as `http://127.0.0.1:4001`. */
  baseUrl: string;
  fetch?: typeof globalThis.fetch;
}

/** Shoppers are sent there: nothing but a web address may come through. */
const pageUrl = z
  .string()
  .max(2_000)
  .regex(/^https?:\/\/[^\s\p{Cc}\p{Cs}]+$/u);
const requested = z.object({ payment_id: serviceId, url: pageUrl.nullish() });

/** The payment service over HTTP; its contract is docs/payment-service.md. */
export function createHttpPaymentService({
  baseUrl,
  fetch = globalThis.fetch,
}: HttpPaymentServiceOptions): PaymentService {
  const call = createServiceCaller(baseUrl, fetch);
  return {
    async request({ orderId, orderNumber, amountMinor, currency }, signal) {
      const response = await call('POST', '/payments', {
        body: { order_id: orderId, order_number: orderNumber, amount_minor: amountMinor, currency },
        key: orderId,
        // 409: the order was cancelled. 422: it is not what was asked for before, or cannot be paid.
        meaningful: [409, 422],
        signal,
      });
      if (response.status === 409 || response.status === 422) {
        return { status: 'refused', reason: printable(detailOf(response.answer) ?? 'refused') };
      }
      const { payment_id: paymentId, url = null } = parseAnswer(requested, response);
      return { status: 'requested', paymentId, url };
    },
    async cancel(orderId, signal) {
      // 404: nothing to cancel. 409: it was paid, and its webhook says so.
      const path = `/payments?order_id=${encodeURIComponent(orderId)}`;
      await call('DELETE', path, { meaningful: [404, 409], signal });
    },
    async refund({ paymentId, amountMinor }, signal) {
      const path = `/payments/${encodeURIComponent(paymentId)}/refund`;
      await call('POST', path, { body: { amount_minor: amountMinor }, signal });
    },
  };
}
