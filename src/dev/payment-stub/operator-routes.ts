import type { Hono } from 'hono';
import type { StubEnv } from '../stub/answers.ts';
import type { PaymentCalls } from './calls.ts';
import type { Ledger, Payment } from './ledger.ts';
import type { WebhookSender } from './webhook-sender.ts';

/** How tests and people look into the stub's books, and have its webhooks sent again. */
export function registerOperatorRoutes(
  app: Hono<StubEnv>,
  { ledger, webhooks, calls }: { ledger: Ledger; webhooks: WebhookSender; calls: PaymentCalls['counts'] },
): void {
  app.post('/webhooks/redeliver', async (c) => c.json({ webhooks: await webhooks.redeliver() }));

  app.get('/ledger', (c) => {
    const { order_id: wantedOrder, prefix } = c.req.query();
    const wanted = ({ orderId }: { orderId: string }): boolean =>
      (wantedOrder === undefined || orderId === wantedOrder) &&
      (prefix === undefined || orderId.startsWith(prefix));
    const payments = [...ledger.payments.values()].filter(wanted);
    const ids = new Set(payments.map(({ paymentId }) => paymentId));
    return c.json({
      payments,
      sums: sumsOf(payments),
      cancelledOrders: [...ledger.cancelledOrders].filter((orderId) => wanted({ orderId })),
      webhooks: [...ledger.webhooks.values()].filter(({ paymentId }) => ids.has(paymentId)),
      calls,
    });
  });
}

/** What was taken, whether or not it has gone back; and what has gone back. */
function sumsOf(payments: readonly Payment[]): { capturedMinor: number; refundedMinor: number } {
  const captured = payments.filter(({ state }) => state === 'captured' || state === 'refunded');
  return {
    capturedMinor: captured.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
    refundedMinor: captured.reduce((sum, { refundedMinor }) => sum + refundedMinor, 0),
  };
}
