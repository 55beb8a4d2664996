import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderView } from '../../src/read-model/order-views.ts';
import { persist } from '../support/persistent.ts';
import { createOrderBook } from '../../src/read-model/order-book.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { allReserved, until, type Answer, type Shopper } from '../support/shopper.ts';

let shop: Shop;

beforeAll(async () => {
  shop = await openShop();
  await shop.sql`insert into products (name, unit_price_minor) values ('apple', 120), ('pear', 80)`;
});

afterAll(async () => {
  await shop.close();
});

const patient = { prefer: 'wait=20' };

/** A shopper with two apples, held. */
async function shopperWithApples(): Promise<Shopper> {
  const shopper = await shop.newShopper();
  await shopper.add('apple', 2, patient);
  await until(shopper.cart, allReserved);
  return shopper;
}

const statusIs = (status: string) => (order: { status: string }) => order.status === status;
const current =
  (shopper: Shopper, { orderId }: OrderView) =>
  async () =>
    (await shopper.order(orderId)).body;

/** The order with its payment asked for, which follows the answer. */
const payable = (shopper: Shopper, order: OrderView) =>
  until(current(shopper, order), ({ payment }) => payment !== null);

const holdsOf = async (shopper: Shopper, state: string) => {
  const { holds } = await shop.stub.ledger();
  return holds.filter((hold) => hold.key.startsWith(`${shopper.cartId}.`) && hold.state === state);
};

describe('a checkout', () => {
  it('answers 201 with the order when all is held; paid, it is sold and the cart is completed', async () => {
    const shopper = await shopperWithApples();
    const { status, headers, body: order } = await shopper.checkout(undefined, patient);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/api/v1/orders/${order.orderId}`);
    expect(order).toMatchObject({
      orderNumber: expect.stringMatching(/^DC-\d{6}$/),
      attempt: 1,
      status: 'awaiting_payment',
      currency: 'EUR',
      items: [{ name: 'apple', quantity: 2, unitPriceMinor: 120, lineTotalMinor: 240 }],
      totals: { itemCount: 2, totalMinor: 240 },
    });
    const { payment } = await payable(shopper, order);
    await shop.payments.succeed(payment!.paymentId);
    const paid = await until(current(shopper, order), statusIs('paid'));
    expect(paid.paidAt).not.toBeNull();
    expect(await shopper.cart()).toMatchObject({ status: 'completed', order: { orderId: order.orderId } });
    await until(
      () => holdsOf(shopper, 'committed'),
      (sold) => sold.length === 1,
    );
    expect(await holdsOf(shopper, 'held')).toEqual([]);
    await shop.temporal.workflow.getHandle(`cart-${shopper.cartId}`).result();
  });

  it('answers 202 while a reservation is slow, and the operation tells the order in the end', async () => {
    await shop.stub.control({ latencyMs: 1_500 });
    const shopper = await shop.newShopper();
    await shopper.add('apple', 1, patient);
    const { status, headers } = await shopper.checkout(undefined, { prefer: 'wait=0' });
    expect(status).toBe(202);
    await shop.stub.control({ latencyMs: 0 });
    const id = headers.get('location')!.split('/').at(-1)!;
    await until(shopper.cart, statusIs('checking_out'));
    const operation = await until(
      async () => (await shopper.operation(id)).body,
      (answer) => answer.status !== 'pending',
    );
    expect(operation).toMatchObject({ status: 'applied' });
    expect((await shopper.order(operation.orderId!)).body).toMatchObject({ status: 'awaiting_payment' });
  });

  it.each<[string, (shopper: Shopper, index: number) => Promise<Answer<OrderView>>]>([
    ['with one key', (shopper) => persist('the same', (headers) => shopper.checkout(undefined, headers))],
    [
      'with ten keys',
      (shopper, index) => persist(`key ${index}`, (headers) => shopper.checkout(undefined, headers)),
    ],
    ['without a key', (shopper) => shopper.checkout(undefined, patient)],
  ])('that is sent ten times at once %s makes one order', async (_name, send) => {
    const shopper = await shopperWithApples();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, index) => send(shopper, index)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.orderId}`)).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect((await shopper.orders()).orders).toHaveLength(1);
  });

  it('finds a changed price: 409 with old and new, the cart has the new one, the next goes through', async () => {
    await shop.sql`insert into products (name, unit_price_minor) values ('plum', 50)`;
    const shopper = await shop.newShopper();
    await shopper.add('plum', 3, patient);
    await until(shopper.cart, allReserved);
    await shop.sql`update products set unit_price_minor = 70 where name = 'plum'`;
    const refused = await shopper.checkout(undefined, patient);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: 'price_changed',
        changes: [{ name: 'plum', oldUnitPriceMinor: 50, newUnitPriceMinor: 70 }],
      },
    });
    expect(await shopper.cart()).toMatchObject({ status: 'active', totals: { totalMinor: 210 } });
    expect((await shopper.checkout(undefined, patient)).body).toMatchObject({ totals: { totalMinor: 210 } });
  });

  it('is refused with the list of what cannot be had, or goes on without it', async () => {
    await shop.stub.control({ stock: { rare: 0 } });
    const shopper = await shopperWithApples();
    await shopper.add('rare', 1, patient);
    const refused = await shopper.checkout({}, patient);
    expect(refused).toMatchObject({
      status: 409,
      body: { code: 'items_unavailable', items: [{ name: 'rare', quantity: 1 }] },
    });
    const order = await shopper.checkout({ onUnavailable: 'drop' }, patient);
    expect(order).toMatchObject({ status: 201, body: { items: [{ name: 'apple' }] } });
  });

  it('freezes the cart until it is given up', async () => {
    const shopper = await shopperWithApples();
    const { body: order } = await shopper.checkout(undefined, patient);
    expect(await shopper.add('pear', 1, patient)).toMatchObject({
      status: 409,
      body: { code: 'checkout_in_progress' },
    });
    expect((await shopper.cancelCheckout()).body).toMatchObject({ status: 'active', order: null });
    expect((await shopper.order(order.orderId)).body).toMatchObject({ status: 'cancelled' });
    expect(await holdsOf(shopper, 'held')).toHaveLength(1);
    expect(await shopper.cancelCheckout()).toMatchObject({ status: 409, body: { code: 'no_checkout' } });
  });

  it('of an empty cart is a 409, and a made-up body a 422', async () => {
    const shopper = await shop.newShopper();
    expect(await shopper.checkout(undefined, patient)).toMatchObject({
      status: 409,
      body: { code: 'cart_empty' },
    });
    expect(await shopper.checkout({ onUnavailable: 'maybe' })).toMatchObject({ status: 422 });
  });
});

describe('a payment', () => {
  it('that fails leaves the cart as it was; the next checkout makes order 2, and the session shops on', async () => {
    const shopper = await shopperWithApples();
    const first = await payable(shopper, (await shopper.checkout(undefined, patient)).body);
    await shop.payments.fail(first.payment!.paymentId);
    await until(current(shopper, first), statusIs('payment_failed'));
    expect(await shopper.cart()).toMatchObject({ status: 'active', items: [{ name: 'apple', quantity: 2 }] });
    expect(await holdsOf(shopper, 'held')).toHaveLength(1);

    const second = await payable(shopper, (await shopper.checkout(undefined, patient)).body);
    expect(second.attempt).toBe(2);
    await shop.payments.succeed(second.payment!.paymentId);
    await until(current(shopper, second), statusIs('paid'));

    expect((await shopper.add('pear', 1, patient)).body).toMatchObject({
      status: 'active',
      items: [{ name: 'pear' }],
    });
    const { orders } = await shopper.orders();
    expect(orders.map(({ attempt, status }) => [attempt, status])).toEqual([
      [2, 'paid'],
      [1, 'payment_failed'],
    ]);
  });

  it('that is told again, in any order, changes nothing', async () => {
    const shopper = await shopperWithApples();
    const order = await payable(shopper, (await shopper.checkout(undefined, patient)).body);
    await shop.payments.control({ duplicateWebhooks: 2 });
    await shop.payments.succeed(order.payment!.paymentId);
    const paid = await until(current(shopper, order), statusIs('paid'));
    await shop.payments.control({ duplicateWebhooks: 0 });
    const { webhooks } = await shop.payments.redeliver();
    expect(webhooks.every(({ answered }) => answered === 202)).toBe(true);
    expect((await shopper.order(order.orderId)).body).toEqual(paid);
  });

  it('that comes after the order was given up is accepted while the holds stand', async () => {
    const shopper = await shopperWithApples();
    const order = await payable(shopper, (await shopper.checkout(undefined, patient)).body);
    await shop.payments.control({ webhooks: 'hold' });
    await shop.payments.succeed(order.payment!.paymentId);
    await shopper.cancelCheckout();
    await shop.payments.control({ webhooks: 'on' });
    await until(current(shopper, order), statusIs('paid'));
    expect((await shopper.cart()).status).toBe('completed');
  });

  it('that comes when the holds are gone goes back', async () => {
    const shopper = await shopperWithApples();
    const order = await payable(shopper, (await shopper.checkout(undefined, patient)).body);
    await shop.payments.control({ webhooks: 'hold' });
    await shop.payments.succeed(order.payment!.paymentId);
    await shopper.cancelCheckout();
    await shopper.clear();
    await shop.payments.control({ webhooks: 'on' });
    await until(current(shopper, order), statusIs('refunded'));
    const { payments } = await shop.payments.ledger();
    expect(payments.find(({ orderId }) => orderId === order.orderId)).toMatchObject({ state: 'refunded' });
    expect(await shopper.cart()).toMatchObject({ status: 'active', items: [] });
  });

  it('is asked for once, and cancelled with its order', async () => {
    const shopper = await shopperWithApples();
    const order = await payable(shopper, (await shopper.checkout(undefined, patient)).body);
    await shopper.cancelCheckout();
    const own = async () => {
      const { payments } = await shop.payments.ledger();
      return payments.filter(({ orderId }) => orderId === order.orderId);
    };
    expect(await until(own, ([payment]) => payment?.state === 'cancelled')).toHaveLength(1);
  });
});

describe('an order', () => {
  it('is found by the session that owns it, by header or cookie, and by nobody else', async () => {
    const shopper = await shopperWithApples();
    const { orderId } = (await shopper.checkout(undefined, patient)).body;
    expect((await shopper.order(orderId)).status).toBe(200);
    const cookie = { cookie: `cart_session=${shopper.sessionId}` };
    expect((await shopper.call('GET', `/api/v1/orders/${orderId}`, undefined, cookie)).status).toBe(200);
    const other = await shop.newShopper();
    const notFound = (detail: string) => ({
      status: 404,
      body: { code: 'order_not_found', detail: expect.stringContaining(detail) as string },
    });
    expect(await shopper.order(orderId, other.sessionId)).toMatchObject(notFound('You have no such order'));
    for (const sessionId of ['made-up', '']) {
      expect(await shopper.order(orderId, sessionId)).toMatchObject(notFound('Session-Id'));
    }
    for (const id of [orderId, 'no-such-order']) {
      expect(await other.call('GET', `/api/v1/orders/${id}`)).toMatchObject(notFound('Session-Id'));
    }
  });

  it('is in the list, newest first, page by page', async () => {
    const shopper = await shopperWithApples();
    for (let index = 0; index < 3; index += 1) {
      await shopper.checkout(undefined, patient);
      await shopper.cancelCheckout();
    }
    const attempts: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await shopper.orders(`?limit=2${cursor && `&cursor=${cursor}`}`);
      attempts.push(...page.orders.map(({ attempt }) => attempt));
      cursor = page.next;
    }
    expect(attempts).toEqual([3, 2, 1]);
    const path = `/api/v1/carts/${shopper.sessionId}/orders?cursor=made-up`;
    expect(await shopper.call('GET', path)).toMatchObject({
      status: 400,
      body: { code: 'malformed_request' },
    });
  });

  it('is reached by the mounts of the exercise too', async () => {
    const shopper = await shopperWithApples();
    const placed = await shopper.call<OrderView>(
      'POST',
      `/api/cart/${shopper.sessionId}/checkout`,
      undefined,
      patient,
    );
    expect(placed.status).toBe(201);
    const header = { 'session-id': shopper.sessionId };
    expect((await shopper.call('GET', '/api/v1/orders', undefined, header)).body).toMatchObject({
      orders: [{ orderId: placed.body.orderId }],
    });
  });
});

describe('the order book', () => {
  it('alone lets a cart have one open order, whatever asks for another at the same time', async () => {
    const book = createOrderBook(shop.database);
    const draft = (attempt: number) => ({
      ...{ orderId: `raced-${attempt}`, cartId: 'raced', attempt, checkoutId: 1, currency: 'EUR' },
      ...{ items: [], totals: { itemCount: 0, totalMinor: 0 }, payWithinMs: 60_000 },
    });
    const placed = await Promise.all(
      Array.from({ length: 10 }, (_, index) => book.place({ draft: draft(index + 1), ended: [] })),
    );
    expect(new Set(placed.map(({ orderId }) => orderId)).size).toBe(1);
    const [count] = await shop.sql`select count(*)::int as orders from orders where cart_id = 'raced'`;
    expect(count).toEqual({ orders: 1 });
  });
});
