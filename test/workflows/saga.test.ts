import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ActivityPorts } from '../../activities/index.ts';
import type { CartView } from '../../src/domain/cart-view.ts';
import { orderChanges } from '../../src/domain/order-changes.ts';
import { addItem, checkout, item, notPaid, paid } from '../support/cart-scenario.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { fakePaymentId } from '../support/fake-payments.ts';
import { createFaultyPorts, type Fault } from '../support/faulty-ports.ts';
import { createTimeSkippingEnv, type TimeSkippingEnv } from '../support/workflow-env.ts';

let test: TimeSkippingEnv;

beforeAll(async () => {
  test = await createTimeSkippingEnv();
}, 60_000);

afterAll(async () => {
  await test.env.teardown();
});

type Failing = Parameters<typeof createFaultyPorts>[1];

/**
 * One shopper's day, through every call there is: reserve, adjust, release; an order whose payment fails; one that
 * is paid after it was given up and can't be had any more; one that is paid; and a next life that is abandoned.
 */
async function live(cartId: string, failing: Failing, use: (ports: ActivityPorts) => void) {
  const fakes = createFakePorts();
  const { ports, calls } = createFaultyPorts(fakes.ports, failing);
  use(ports);
  const orderId = (attempt: number) => `${cartId}-${attempt}`;
  const success = (attempt: number, amountMinor: number) =>
    paid(orderId(attempt), amountMinor, fakePaymentId(orderId(attempt)));

  const cart = test.cart(cartId, { ttlMs: 3_600_000 });
  const when = (holds: (view: CartView) => boolean) => test.whenCart(cart, holds);
  const payable = (attempt: number) =>
    when(({ order }) => order?.orderId === orderId(attempt) && fakes.payment.requested.has(order.orderId));

  await cart.send(addItem(item('apple', 2), item('pear', 1)));
  await when(allReserved);
  await cart.send(checkout());
  await payable(1);
  await cart.send(notPaid(orderId(1), fakePaymentId(orderId(1))));
  await when(({ status }) => status === 'active');
  await cart.send({ type: 'changeQuantity', itemId: 'id-apple', quantity: 3 });
  await when(allReserved);
  await cart.send(checkout());
  await payable(2);
  await cart.send({ type: 'cancelCheckout' });
  await cart.send({ type: 'removeItem', itemId: 'id-pear' });
  await cart.send(success(2, 400));
  await when(({ items }) => items.length === 1);
  await cart.send(checkout());
  await payable(3);
  await cart.send(success(3, 300));
  await when(({ status }) => status === 'completed');
  await cart.send(addItem({ ...item('plum', 1), itemId: 'id-plum' }));
  await when(allReserved);
  await cart.handle.result();
  return { fakes, calls };
}

const allReserved = ({ status, items }: CartView) =>
  status === 'active' &&
  items.length > 0 &&
  items.every(({ reservation }) => reservation.status === 'reserved');

function expectBooksToAgree({ saves, held, sold, payment, book }: ReturnType<typeof createFakePorts>) {
  // A save whose answer was lost is written again.
  const written = new Map(saves.flatMap((save) => save.events).map((event) => [event.version, event]));
  const events = [...written.values()].toSorted((a, b) => a.version - b.version);
  const orders = orderChanges(events);
  expect(orders.map(({ status }) => status)).toEqual(['payment_failed', 'refunded', 'paid']);
  expect(book.booked.size).toBe(3);
  // Captured were orders 2 and 3; what is not refunded is the paid order.
  expect([...payment.refunded.values()]).toEqual([400]);
  expect([...payment.cancelled].length).toBe(2);
  expect([...sold.values()]).toEqual([3]);
  expect([...held]).toEqual([]);
  expect(saves.at(-1)?.cart).toMatchObject({
    status: 'abandoned',
    holds: [],
    paymentTasks: [],
    pendingOrder: null,
  });
  const versions = events.map(({ version }) => version);
  expect(versions).toEqual(versions.map((_, index) => index + 1));
}

/** One worker for many lives, one after the other, each with services of its own. */
async function lives<T>(run: (use: (ports: ActivityPorts) => void) => Promise<T>): Promise<T> {
  let current = createFakePorts().ports as ActivityPorts;
  const names = ['carts', 'catalog', 'orders', 'payments', 'reservations'] as const;
  const ports = Object.fromEntries(
    names.map((name) => [
      name,
      new Proxy({}, { get: (_, method) => Reflect.get(current[name], method) as unknown }),
    ]),
  ) as unknown as ActivityPorts;
  return await test.withWorker(ports, () => run((next) => (current = next)));
}

/** Leads a life for each of these calls going wrong; answers with what did not agree afterwards. */
async function livesWith(fault: Fault) {
  return await lives(async (use) => {
    const { calls } = await live(`count-${fault}`, undefined, use);
    const failures: string[] = [];
    for (const call of calls.keys()) {
      const { fakes } = await live(`${fault}-${call}`, { call, fault }, use);
      try {
        expectBooksToAgree(fakes);
      } catch (error) {
        failures.push(`${fault} at call ${call}, ${calls[call]}: ${String(error)}`);
      }
    }
    return failures;
  });
}

describe('the life of a cart with one call that goes wrong', () => {
  it('without a fault makes every call there is, and its books agree', async () => {
    const { fakes, calls } = await lives((use) => live('no-fault', undefined, use));
    expectBooksToAgree(fakes);
    expect([...new Set(calls)].toSorted()).toEqual([
      'carts.load',
      'carts.save',
      'catalog.prices',
      'orders.find',
      'orders.place',
      'payments.cancel',
      'payments.refund',
      'payments.request',
      'reservations.adjust',
      'reservations.commit',
      'reservations.release',
      'reservations.reserve',
    ]);
  });

  it('ends with books that agree, whichever call is refused', async () => {
    expect(await livesWith('error')).toEqual([]);
  }, 300_000);

  it('ends with books that agree, whichever call loses its answer after it took effect', async () => {
    expect(await livesWith('lost')).toEqual([]);
  }, 300_000);
});
