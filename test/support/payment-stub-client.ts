import type { Control, ControlChange } from '../../src/dev/payment-stub/control.ts';
import type { Payment, Webhook } from '../../src/dev/payment-stub/ledger.ts';

export interface PaymentLedgerView {
  payments: Payment[];
  sums: { capturedMinor: number; refundedMinor: number };
  cancelledOrders: string[];
  webhooks: Webhook[];
  calls: Record<'request' | 'cancel' | 'refund', number>;
}

/** What every stack of the tests signs its payment webhooks with. */
export const testWebhookSecret = `whsec_${Buffer.from('only the tests know of this').toString('base64')}`;

/** A running payment stub, as shoppers and tests use it. */
export function createPaymentStubClient(url: string) {
  async function send(method: string, path: string, body?: unknown) {
    const init = body === undefined ? { method } : { method, body: JSON.stringify(body) };
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
  }
  return {
    url,
    send,
    control: async (change: ControlChange) => (await send('PUT', '/control', change)).body as Control,
    ledger: async (query = '') => (await send('GET', `/ledger${query}`)).body as PaymentLedgerView,
    /** What a shopper does on the payment page. */
    succeed: (paymentId: string) => send('POST', `/payments/${paymentId}/succeed`),
    fail: (paymentId: string) => send('POST', `/payments/${paymentId}/fail`),
    /** Sends every webhook again, the newest first; with the status that each was answered. */
    redeliver: async () =>
      (await send('POST', '/webhooks/redeliver')).body as {
        webhooks: { webhookId: string; answered: number | null }[];
      },
  };
}
