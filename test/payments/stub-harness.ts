import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { defaultControl, type Control } from '../../src/dev/payment-stub/control.ts';
import { startPaymentStub } from '../../src/dev/payment-stub/start.ts';
import { createPaymentWebhookVerifier, type PaymentWebhook } from '../../src/payments/payment-webhook.ts';
import { startHttpServer } from '../../src/platform/http-server.ts';
import {
  createPaymentStubClient,
  testWebhookSecret,
  type PaymentLedgerView,
} from '../support/payment-stub-client.ts';
import { spawnStub } from '../support/stub-process.ts';

/** For a test whose signal plays no part. */
export const unaborted = new AbortController().signal;

/** A folder that is gone after the test. */
export async function newLedgerPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'payment-stub-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'payments.jsonl');
}

/** A stub of the test's own on a free port, which keeps its webhooks back unless told otherwise; ends with the test. */
export async function openStub(control: Partial<Control> = {}, ledgerPath?: string) {
  const stub = await startPaymentStub({
    host: '127.0.0.1',
    port: 0,
    ledgerPath: ledgerPath ?? (await newLedgerPath()),
    webhookSecret: testWebhookSecret,
    control: { ...defaultControl, webhooks: 'hold', ...control },
  });
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= stub.close());
  onTestFinished(close);
  return { ...stubClient(stub.url), close };
}

/** The real program, as a process that can be killed. */
export async function spawnPaymentStub(ledgerPath: string, webhookUrl: string) {
  const { url, kill } = await spawnStub('src/dev/payment-stub/main.ts', {
    PAYMENT_PORT: '0',
    PAYMENT_LEDGER: ledgerPath,
    PAYMENT_WEBHOOK_URL: webhookUrl,
    PAYMENT_WEBHOOK_SECRET: testWebhookSecret,
  });
  return { ...stubClient(url), kill };
}

const order = { order_number: 'DC-000001', amount_minor: 1_250, currency: 'EUR' };

function stubClient(url: string) {
  const client = createPaymentStubClient(url);
  return {
    ...client,
    /** As a shop asks for the payment of an order. */
    async request(orderId: string, changes: object = {}, key = orderId) {
      const response = await fetch(`${url}/payments`, {
        method: 'POST',
        body: JSON.stringify({ order_id: orderId, ...order, ...changes }),
        headers: { 'idempotency-key': key },
      });
      return { status: response.status, body: (await response.json()) as unknown };
    },
    /** The id of a payment that was just requested. */
    async pending(orderId: string): Promise<string> {
      return paymentIdOf(await this.request(orderId));
    },
    cancel: (orderId: string) => client.send('DELETE', `/payments?order_id=${orderId}`),
    refund: (paymentId: string, amountMinor: number) =>
      client.send('POST', `/payments/${paymentId}/refund`, { amount_minor: amountMinor }),
    /** Until so many calls of a kind have arrived, whether or not they are answered. */
    arrived: (call: keyof PaymentLedgerView['calls'], count = 1) =>
      vi.waitUntil(async () => (await client.ledger()).calls[call] >= count, {
        interval: 10,
        timeout: 2_000,
      }),
  };
}

export function paymentIdOf({ body }: { body: unknown }): string {
  return (body as { payment_id: string }).payment_id;
}

/** A shop's end of the webhooks; `answer` decides on the status of each. Ends with the test. */
export async function openReceiver(answer: (count: number) => number = () => 204) {
  const verify = createPaymentWebhookVerifier({ secrets: [testWebhookSecret] });
  const received: { at: number; webhook: PaymentWebhook }[] = [];
  const server = await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    async fetch(request: Request) {
      received.push({ at: Date.now(), webhook: verify(await request.text(), request.headers) });
      return new Response(null, { status: answer(received.length) });
    },
  });
  onTestFinished(() => server.close(0));
  return {
    url: `http://127.0.0.1:${server.port}/webhooks`,
    received,
    webhooks: () => received.map(({ webhook }) => webhook),
    /** Until so many have come. */
    until: (count: number) => vi.waitUntil(() => received.length >= count, { interval: 5, timeout: 5_000 }),
  };
}
