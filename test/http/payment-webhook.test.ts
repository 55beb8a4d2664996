import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import type { CommandEnvelope } from '../../src/domain/commands.ts';
import { CommandNotStoredError } from '../../src/gateway/cart-inbox.ts';
import { createAcceptPayment } from '../../src/http/accept-payment.ts';
import type { PayableOrder } from '../../src/read-model/order-views.ts';
import { createFakeApi, webhookSecret } from '../support/fake-api.ts';

const order: PayableOrder = {
  cartId: 'cart1',
  status: 'awaiting_payment',
  totalMinor: 240,
  currency: 'EUR',
  paymentId: 'pay-1',
};
const data = { orderId: 'cart1-1', paymentId: 'pay-1', amountMinor: 240, currency: 'EUR' };

/** The API with one order in its book, and what is sent to its cart. */
function createShop(found: PayableOrder | null = order) {
  const sent: { cartId: string; envelope: CommandEnvelope }[] = [];
  const behaviour = { stored: true };
  const acceptPayment = createAcceptPayment({
    commands: {
      touch: async () => {},
      send: async (cartId, envelope) => {
        if (!behaviour.stored) throw new CommandNotStoredError('Temporal is away');
        sent.push({ cartId, envelope });
      },
    },
    orders: {
      findOrder: async () => undefined,
      findOrderVersion: async () => undefined,
      listOrders: async () => ({ orders: [], next: undefined }),
      findPayable: async () => found ?? undefined,
    },
  });
  return { api: createFakeApi({ acceptPayment }), sent, behaviour };
}

function signed(body: unknown, { secret = webhookSecret, at = new Date(), id = 'msg_1' } = {}) {
  const text = JSON.stringify(body);
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, text),
  };
  return { text, headers };
}

const news = (type: string, change: object = {}) => ({
  type,
  timestamp: '2026-11-24T12:00:00.000Z',
  data: { ...data, ...change },
});

type Shop = ReturnType<typeof createShop>;

const post = ({ api }: Shop, { text, headers }: ReturnType<typeof signed>) =>
  api.call('POST', '/api/v1/webhooks/payments', text, headers);

describe('the payment webhook', () => {
  it.each([
    ['payment.succeeded', 'paymentSucceeded'],
    ['payment.failed', 'paymentFailed'],
  ])('stores %s as a command of the cart that the order is of', async (type, command) => {
    const shop = createShop();
    expect((await post(shop, signed(news(type)))).status).toBe(202);
    expect(shop.sent).toMatchObject([
      { cartId: 'cart1', envelope: { command: { type: command, orderId: 'cart1-1', paymentId: 'pay-1' } } },
    ]);
  });

  it('gives the same news the same operation id, whatever the id of the delivery', async () => {
    const shop = createShop();
    await post(shop, signed(news('payment.succeeded'), { id: 'msg_1' }));
    await post(shop, signed(news('payment.succeeded'), { id: 'msg_2' }));
    const ids = shop.sent.map(({ envelope }) => envelope.operationId);
    expect(new Set(ids).size).toBe(1);
  });

  it('is a 401 with another secret, for a changed body and for a stale timestamp, and nothing is stored', async () => {
    const shop = createShop();
    const another = `whsec_${Buffer.from('somebody else’s secret, long enough').toString('base64')}`;
    const good = signed(news('payment.succeeded'));
    const refused = [
      signed(news('payment.succeeded'), { secret: another }),
      { ...good, text: good.text.replace('240', '1') },
      signed(news('payment.succeeded'), { at: new Date(Date.now() - 3_600_000) }),
      { text: good.text, headers: { ...good.headers, 'webhook-signature': '' } },
    ];
    for (const request of refused) {
      expect(await post(shop, request)).toMatchObject({ status: 401, body: { code: 'invalid_signature' } });
    }
    expect(shop.sent).toEqual([]);
  });

  it.each([{ amountMinor: 239 }, { currency: 'USD' }])(
    'is a 409 for %o: not what the order is about',
    async (change) => {
      const shop = createShop();
      expect(await post(shop, signed(news('payment.succeeded', change)))).toMatchObject({
        status: 409,
        body: { code: 'payment_mismatch' },
      });
      expect(shop.sent).toEqual([]);
    },
  );

  it('is a 404 for an order that there is not', async () => {
    const shop = createShop(null);
    expect(await post(shop, signed(news('payment.succeeded')))).toMatchObject({
      status: 404,
      body: { code: 'order_not_found' },
    });
  });

  it('names the fields that are missing', async () => {
    const shop = createShop();
    const body = { type: 'payment.succeeded', timestamp: '2026-11-24T12:00:00.000Z', data: { orderId: 'x' } };
    const { status, body: problem } = await post(shop, signed(body));
    expect(status).toBe(422);
    expect(problem.errors?.map(({ pointer }) => pointer)).toContain('#/data/amountMinor');
  });

  it('takes news that say nothing to carts, and stores nothing', async () => {
    const shop = createShop();
    expect(await post(shop, signed({ type: 'payout.created', data: {} }))).toMatchObject({
      status: 202,
      body: { status: 'ignored' },
    });
    expect(shop.sent).toEqual([]);
  });

  it('wakes no finished cart for what it knows already', async () => {
    const shop = createShop({ ...order, status: 'paid' });
    expect((await post(shop, signed(news('payment.succeeded')))).status).toBe(202);
    expect(shop.sent).toEqual([]);
  });

  it('is a 503 when the news cannot be stored, so that it is sent again', async () => {
    const shop = createShop();
    shop.behaviour.stored = false;
    expect(await post(shop, signed(news('payment.succeeded')))).toMatchObject({
      status: 503,
      body: { code: 'unavailable' },
    });
  });
});
