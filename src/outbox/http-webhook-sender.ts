import { Webhook } from 'standardwebhooks';
import type { WebhookSender } from '../../activities/ports.ts';

export interface HttpWebhookSenderOptions {
  url: string;
  /** Each signs (`whsec_…`): a receiver may know the old one or the new one. */
  secrets: readonly string[];
  /** For one attempt, answer included. */
  attemptTimeoutMs?: number;
  fetch?: typeof globalThis.fetch;
}

/** The receiver has not taken the event. */
export class WebhookNotTakenError extends Error {
  override name = 'WebhookNotTakenError';
}

/** Webhooks over HTTP, signed by the Standard Webhooks scheme; the contract is docs/webhooks.md. */
export function createHttpWebhookSender(options: HttpWebhookSenderOptions): WebhookSender {
  const { url, secrets, attemptTimeoutMs = 15_000, fetch = globalThis.fetch } = options;
  const signers = secrets.map((secret) => new Webhook(secret));

  function headersOf(eventId: string, body: string): Record<string, string> {
    // Of the attempt, not of the event: receivers refuse what is minutes old.
    const now = new Date();
    return {
      'content-type': 'application/json',
      'user-agent': 'durable-cart',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signers.map((signer) => signer.sign(eventId, now, body)).join(' '),
    };
  }

  return {
    async send(event, signal) {
      const body = JSON.stringify(event);
      const headers = headersOf(event.eventId, body);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(attemptTimeoutMs)]);
      // A redirect would hand the event to somebody who was not configured.
      const init = { method: 'POST', headers, body, signal: limit, redirect: 'manual' } as const;
      let response: Response;
      try {
        response = await fetch(url, init);
      } catch (error) {
        throw new WebhookNotTakenError(`No answer: ${reasonOf(error)}`, { cause: error });
      }
      await response.body?.cancel();
      if (response.ok) return 'delivered';
      if (response.status === 410) return 'gone';
      throw new WebhookNotTakenError(`Answered ${response.status}`);
    },
  };
}

/** Undici hides what happened to the connection in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.message;
}
