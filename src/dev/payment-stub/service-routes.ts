import type { Hono } from 'hono';
import { z } from 'zod';
import { bodyOf, invalid, problem, type StubContext, type StubEnv } from '../stub/answers.ts';
import { refuse } from './answers.ts';
import type { AutoShopper } from './auto-shopper.ts';
import type { PaymentCalls } from './calls.ts';
import type { ControlPanel } from './control.ts';
import type { Ledger } from './ledger.ts';
import { cancel, refund, request } from './verdicts.ts';

const orderId = z.string().min(1).max(255);
const amountMinor = z.int().min(0);
const requestBody = z.object({
  order_id: orderId,
  order_number: z.string().min(1).max(100),
  amount_minor: amountMinor,
  currency: z.string().regex(/^[A-Z]{3}$/),
});
const refundBody = z.object({ amount_minor: amountMinor });

interface ServiceRoutes {
  ledger: Ledger;
  control: ControlPanel;
  calls: PaymentCalls;
  shopper: AutoShopper;
  /** Of the payment pages; without one, where the request came to. */
  publicUrl: string | undefined;
}

/** What a shop calls. Effects come at the end of the latency, whether the client still waits or not. */
export function registerServiceRoutes(
  app: Hono<StubEnv>,
  { ledger, control, calls: { serve, settle }, shopper, publicUrl }: ServiceRoutes,
): void {
  const latencyMs = () => control.current.latencyMs;
  const pageUrl = (c: StubContext, paymentId: string) =>
    new URL(`/payments/${paymentId}`, publicUrl ?? c.req.url).href;

  app.post('/payments', async (c) => {
    const body = requestBody.safeParse(await bodyOf(c));
    if (!body.success) return invalid(c, body.error);
    const order = {
      orderId: body.data.order_id,
      orderNumber: body.data.order_number,
      amountMinor: body.data.amount_minor,
      currency: body.data.currency,
    };
    if (c.req.header('idempotency-key') !== order.orderId) {
      return problem(c, 400, 'Idempotency-Key must be the order_id.');
    }
    return await serve(c, { name: 'request', latencyMs: latencyMs() }, () => {
      const answer = settle((at) => request(ledger, order, at));
      if (answer.status !== 'done') return refuse(c, answer);
      const { paymentId } = answer.payment;
      shopper(paymentId);
      // As it was at first, whatever has become of it: a repeated request gets the same answer.
      return c.json({ payment_id: paymentId, status: 'pending', url: pageUrl(c, paymentId) }, 201);
    });
  });

  app.delete('/payments', async (c) => {
    const order = orderId.safeParse(c.req.query('order_id'));
    if (!order.success) return problem(c, 400, 'The query parameter order_id must have 1 to 255 characters.');
    return await serve(c, { name: 'cancel', latencyMs: latencyMs() }, () => {
      const answer = settle((at) => cancel(ledger, order.data, at));
      return answer.status === 'cancelled' ? c.body(null, 204) : refuse(c, answer);
    });
  });

  app.post('/payments/:id/refund', async (c) => {
    const body = refundBody.safeParse(await bodyOf(c));
    if (!body.success) return invalid(c, body.error);
    return await serve(c, { name: 'refund', latencyMs: latencyMs() }, () => {
      const { amount_minor: amount } = body.data;
      const answer = settle((at) => refund(ledger, c.req.param('id'), amount, at));
      if (answer.status !== 'done') return refuse(c, answer);
      const { paymentId, refundedMinor } = answer.payment;
      return c.json({ payment_id: paymentId, status: 'refunded', refunded_minor: refundedMinor });
    });
  });
}
