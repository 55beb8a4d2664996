import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../src/dev/ports.ts';
import type { OutboundEvent } from '../../src/domain/outbound.ts';
import { createHttpWebhookSender } from '../../src/outbox/http-webhook-sender.ts';
import { startWebhookReceiver, webhookSecret, type WebhookReceiver } from '../support/webhook-receiver.ts';

const older = `whsec_${Buffer.from('the secret that was used before.').toString('base64')}`;
const event: OutboundEvent = {
  eventId: 'evt_cart1_7',
  type: 'cart.abandoned',
  timestamp: '2026-11-24T12:00:00.000Z',
  cartId: 'cart1',
  data: {
    cartId: 'cart1',
    version: 7,
    currency: 'EUR',
    totals: { itemCount: 1, totalMinor: 100 },
    items: [{ name: 'Käse', quantity: 1, unitPriceMinor: 100 }],
  },
};

let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver();
});

afterAll(() => receiver.close());

beforeEach(() => {
  receiver.received.length = 0;
  receiver.behaviour.answer = async () => new Response(null, { status: 204 });
});

const send = (
  options: Partial<Parameters<typeof createHttpWebhookSender>[0]> = {},
  signal = new AbortController().signal,
) => createHttpWebhookSender({ url: receiver.url, secrets: [webhookSecret], ...options }).send(event, signal);

const answer = (status: number, headers: Record<string, string> = {}) => {
  receiver.behaviour.answer = async () => new Response(null, { status, headers });
};

describe('a webhook', () => {
  it('arrives as it is, signed, under the id of its event', async () => {
    expect(await send()).toBe('delivered');
    expect(receiver.received).toMatchObject([
      { event, headers: { 'webhook-id': event.eventId, 'content-type': 'application/json' } },
    ]);
  });

  it('is signed with every secret, so that a receiver may know the old one or the new one', async () => {
    const both = await send({ secrets: [older, webhookSecret] });
    expect(both).toBe('delivered');
    const { headers } = receiver.received[0]!;
    expect(() => new Webhook(older).verify(JSON.stringify(event), headers)).not.toThrow();
    await expect(send({ secrets: [older] })).rejects.toThrow('Answered 500');
  });

  it.each([200, 201, 202, 204])('is delivered when it is answered %i', async (status) => {
    answer(status);
    expect(await send()).toBe('delivered');
  });

  it('is gone when it is answered 410', async () => {
    answer(410);
    expect(await send()).toBe('gone');
  });

  it.each([400, 401, 404, 409, 429, 500, 503])('is not taken when it is answered %i', async (status) => {
    answer(status);
    await expect(send()).rejects.toThrow(`Answered ${status}`);
  });

  it('does not follow a redirect: nobody else is told', async () => {
    answer(307, { location: receiver.url });
    await expect(send()).rejects.toThrow('Answered 307');
    expect(receiver.received).toHaveLength(1);
  });

  it('is not waited for longer than an attempt may take', async () => {
    receiver.behaviour.answer = () => new Promise(() => {});
    await expect(send({ attemptTimeoutMs: 50 })).rejects.toThrow(/^No answer: .*timeout/);
  });

  it('says why there was no answer, without the address it was sent to', async () => {
    const url = `http://127.0.0.1:${await freePort()}/token`;
    await expect(send({ url })).rejects.toThrow(/^No answer: ECONNREFUSED$/);
  });
});
