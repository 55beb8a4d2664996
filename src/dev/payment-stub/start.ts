import { startHttpServer } from '../../platform/http-server.ts';
import { createControlPanel } from '../stub/control-panel.ts';
import { openLedgerFile } from '../stub/ledger-file.ts';
import { createStubApp } from './app.ts';
import { createAutoShopper } from './auto-shopper.ts';
import { createPaymentCalls } from './calls.ts';
import type { StubConfig } from './config.ts';
import { createLedger } from './ledger.ts';
import { createDecidePayment } from './outcomes.ts';
import { createWebhookSender } from './webhook-sender.ts';

/** Starts the stub, which takes up what an earlier run left undelivered; closing it is as a crash would be. */
export async function startPaymentStub(config: StubConfig): Promise<{ url: string; close(): Promise<void> }> {
  const ledger = createLedger();
  const file = openLedgerFile({ path: config.ledgerPath, setting: 'PAYMENT_LEDGER', apply: ledger.apply });
  const control = createControlPanel(config.control);
  const calls = createPaymentCalls(file, control);
  const webhooks = createWebhookSender({ file, ledger, control, secret: config.webhookSecret });
  const decide = createDecidePayment({ ledger, calls, webhooks });
  const shopper = createAutoShopper({ control, decide, file });
  const app = createStubApp({
    ledger,
    control,
    calls,
    decide,
    shopper,
    webhooks,
    publicUrl: config.publicUrl,
  });
  const server = await startHttpServer({ fetch: app.fetch, host: config.host, port: config.port });
  webhooks.wake();
  for (const { paymentId, state } of ledger.payments.values()) if (state === 'pending') shopper(paymentId);
  return {
    url: `http://${config.host}:${server.port}`,
    async close() {
      webhooks.close();
      await server.close(0);
      file.close();
    },
  };
}
