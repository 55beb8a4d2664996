import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CartView } from '../../src/domain/cart-view.ts';
import { orderChanges } from '../../src/domain/order-changes.ts';
import { addItem, checkout, item, paid, payWithinMs } from '../support/cart-scenario.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { fakePaymentId } from '../support/fake-payments.ts';
import { createTimeSkippingEnv, type TimeSkippingEnv } from '../support/workflow-env.ts';

let test: TimeSkippingEnv;

beforeAll(async () => {
  test = await createTimeSkippingEnv();
}, 60_000);

afterAll(async () => {
  await test.env.teardown();
});

const days = (count: number) => count * 86_400_000;
const statusIs = (status: string) => (cart: CartView) => cart.status === status;
const allReserved = ({ items }: CartView) => items.length > 0 && items.every(isReserved);
const isReserved = ({ reservation }: CartView['items'][number]) => reservation.status === 'reserved';

type Fakes = ReturnType<typeof createFakePorts>;

const statusesOf = ({ saves }: Fakes) =>
  orderChanges(saves.flatMap(({ events }) => events)).map(({ status }) => status ?? 'awaiting_payment');
const outcomesOf = ({ saves }: Fakes) => saves.flatMap(({ outcomes }) => outcomes);

/** Two apples held, and an order that waits for its payment. */
async function ordered(cartId: string) {
  const cart = test.cart(cartId, { ttlMs: days(1) });
  await cart.send(addItem(item('apple', 2)));
  await test.whenCart(cart, allReserved);
  await cart.send(checkout());
  await test.whenCart(cart, statusIs('awaiting_payment'));
  return { cart, orderId: `${cartId}-1` };
}

const success = (orderId: string) => paid(orderId, 200, fakePaymentId(orderId));

describe('the payment deadline', () => {
  it('expires the order to the second, and the cart goes on with its holds', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const { cart } = await ordered('deadline');
      await test.env.sleep(payWithinMs - 30_000);
      expect((await cart.view())?.status).toBe('awaiting_payment');
      await test.env.sleep(30_000);
      await test.whenCart(cart, statusIs('active'));
      expect(fakes.held.size).toBe(1);
      await cart.send(checkout());
      await test.whenCart(cart, ({ order }) => order?.orderId === 'deadline-2');
    });
    expect(statusesOf(fakes)).toEqual(['expired', 'awaiting_payment']);
  });

  it('passed, a success is accepted while the holds stand', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const { cart, orderId } = await ordered('late');
      await test.env.sleep(payWithinMs);
      await test.whenCart(cart, statusIs('active'));
      await cart.send(success(orderId));
      expect(await cart.handle.result()).toMatchObject({ status: 'completed' });
    });
    expect(statusesOf(fakes)).toEqual(['paid']);
    expect([...fakes.sold.values()]).toEqual([2]);
    expect(fakes.held.size).toBe(0);
  });

  it('passed, a success after the cart was abandoned is paid back, by a run started for it', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const { cart, orderId } = await ordered('too-late');
      await test.env.sleep(payWithinMs);
      expect(await cart.handle.result()).toMatchObject({ status: 'abandoned' });
      await cart.send(success(orderId));
      expect(await cart.handle.result()).toMatchObject({ status: 'abandoned' });
    });
    expect(statusesOf(fakes)).toEqual(['refunded']);
    expect([...fakes.payment.refunded]).toEqual([[fakePaymentId('too-late-1'), 200]]);
    expect(fakes.held.size).toBe(0);
  });
});

describe('a checkout', () => {
  it('given up while a reservation is in flight leaves the reservation alone', async () => {
    const fakes = createFakePorts();
    let answer = () => {};
    fakes.behaviour.beforeReserve = () => new Promise((resolve) => (answer = resolve));
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('given-up', { ttlMs: days(1) });
      await cart.send(addItem(item('apple', 2)));
      await cart.send(checkout(), 'checkout');
      await test.whenCart(cart, statusIs('checking_out'));
      await cart.send({ type: 'cancelCheckout' });
      await test.whenCart(cart, statusIs('active'));
      answer();
      await test.whenCart(cart, allReserved);
    });
    expect(outcomesOf(fakes).find(({ operationId }) => operationId === 'checkout')?.result).toEqual({
      status: 'rejected',
      rejection: { code: 'checkout_cancelled' },
    });
    expect(fakes.book.calls.place).toBe(0);
    expect(fakes.held.size).toBe(1);
  });

  it('goes on where it was when workers restart in the middle of it', async () => {
    const fakes = createFakePorts();
    let attempts = 0;
    // The first worker's call never ends; the second worker's does.
    fakes.behaviour.beforeReserve = async (signal) => {
      attempts += 1;
      if (attempts === 1) await new Promise((_, reject) => signal.addEventListener('abort', reject));
    };
    const cart = test.cart('restart', { ttlMs: days(1) });
    const begin = async () => {
      await cart.send(addItem(item('apple', 2)));
      await cart.send(checkout(), 'checkout');
      await test.whenCart(cart, () => attempts === 1);
    };
    await test.withWorker(fakes.ports, begin, { keepCarts: true });
    await test.withWorker(fakes.ports, () => test.whenCart(cart, statusIs('awaiting_payment')));
    expect(fakes.book.calls.place).toBe(1);
    expect(outcomesOf(fakes).filter(({ operationId }) => operationId === 'checkout')).toHaveLength(1);
    expect(new Set(fakes.calls.reserve.flat().map(({ key }) => key)).size).toBe(1);
  });

  it('asked ten times with ten keys asks the order book once, whatever the book would allow', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('ten', { ttlMs: days(1) });
      await cart.send(addItem(item('apple', 2)));
      for (let index = 0; index < 10; index += 1) await cart.send(checkout());
      await test.whenCart(cart, statusIs('awaiting_payment'));
    });
    expect(fakes.book.calls.place).toBe(1);
    const orderIds = outcomesOf(fakes)
      .slice(1)
      .map(({ result }) => 'orderId' in result && result.orderId);
    expect(orderIds).toEqual(Array.from({ length: 10 }, () => 'ten-1'));
  });
});

describe('a payment', () => {
  it('that its service will never take ends the order, and the reason names that service', async () => {
    const fakes = createFakePorts();
    fakes.behaviour.beforePayment = async (call) => {
      if (call === 'request') throw ApplicationFailure.nonRetryable('no such currency');
    };
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('no-payment', { ttlMs: days(1) });
      await cart.send(addItem(item('apple', 2)));
      await test.whenCart(cart, allReserved);
      await cart.send(checkout());
      await test.whenCart(cart, ({ status, order }) => status === 'active' && order === null);
      await cart.handle.result();
    });
    const [order] = orderChanges(fakes.saves.flatMap(({ events }) => events));
    expect(order).toMatchObject({
      status: 'payment_failed',
      reason: 'The payment service does not take this request',
    });
  });
});

describe('a hold that the service ends by itself', () => {
  it('is renewed for as long as the cart needs it', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const start = await test.env.currentTimeMs();
      let now = start;
      fakes.behaviour.expiresAt = () => now + 600_000;
      const cart = test.cart('renewed', { ttlMs: days(1) });
      await cart.send(addItem(item('apple', 2)));
      await test.whenCart(cart, allReserved);
      for (let minute = 0; minute < 30; minute += 1) {
        await test.env.sleep('1m');
        now = await test.env.currentTimeMs();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      expect(await cart.view()).toSatisfy(allReserved);
    });
    expect(fakes.calls.adjust).toBeGreaterThanOrEqual(4);
    expect(fakes.calls.reserve).toHaveLength(1);
  });
});
