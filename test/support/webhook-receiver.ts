import { Webhook } from 'standardwebhooks';
import type { OutboundEvent } from '../../src/domain/outbound.ts';
import { startHttpServer } from '../../src/platform/http-server.ts';

const host = '127.0.0.1';

/** Base64 of 32 bytes, as the scheme wants it. */
export const webhookSecret = `whsec_${Buffer.from('a webhook secret of the tests...').toString('base64')}`;

export interface ReceivedWebhook {
  headers: Record<string, string>;
  event: OutboundEvent;
}

/** Somebody else's system: takes webhooks, and believes only what is signed. */
export async function startWebhookReceiver(secret = webhookSecret) {
  const received: ReceivedWebhook[] = [];
  const behaviour = { answer: async (): Promise<Response> => new Response(null, { status: 204 }) };

  async function fetch(request: Request): Promise<Response> {
    const headers = Object.fromEntries(request.headers);
    const event = new Webhook(secret).verify(await request.text(), headers) as OutboundEvent;
    received.push({ headers, event });
    return await behaviour.answer();
  }

  const server = await startHttpServer({ fetch, host, port: 0 });
  return {
    url: `http://${host}:${server.port}/hooks`,
    received,
    behaviour,
    of: (cartId: string) => received.filter(({ event }) => event.cartId === cartId),
    close: () => server.close(0),
  };
}

export type WebhookReceiver = Awaited<ReturnType<typeof startWebhookReceiver>>;
