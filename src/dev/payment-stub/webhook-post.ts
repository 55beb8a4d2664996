import { Webhook as Signer } from 'standardwebhooks';
import type { Ledger, Webhook } from './ledger.ts';

/** Sends a webhook once: the status it was answered with, or null without an answer. */
export type PostWebhook = (webhook: Webhook, url: string) => Promise<number | null>;

const attemptTimeoutMs = 10_000;

/** Signs by the scheme of Standard Webhooks; each sending has a time of its own. */
export function createPostWebhook({
  ledger,
  secret,
  signal,
}: {
  ledger: Ledger;
  secret: string;
  signal: AbortSignal;
}): PostWebhook {
  const signer = new Signer(secret);
  return async (webhook, url) => {
    const { webhookId } = webhook;
    const body = bodyOf(webhook, ledger);
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': webhookId,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signer.sign(webhookId, at, body),
    };
    try {
      const ended = AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]);
      const response = await fetch(url, { method: 'POST', body, headers, signal: ended });
      await response.body?.cancel();
      return response.status;
    } catch {
      return null;
    }
  };
}

function bodyOf({ type, paymentId, at }: Webhook, { payments }: Ledger): string {
  const payment = payments.get(paymentId);
  if (!payment) throw new Error(`The ledger has a webhook of ${paymentId}, but no such payment`);
  const { orderId, amountMinor, currency } = payment;
  return JSON.stringify({ type, timestamp: at, data: { orderId, paymentId, amountMinor, currency } });
}
