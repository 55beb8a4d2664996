import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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

/** More than a local activity may take, so that a hanging Postgres is given up and asked again. */
const hangMs = 2_500;

type Failing = Parameters<typeof createFaultyPorts>[1];

/**
 * One shopper's day, through every call there is: reserve, adjust, release; an order whose payment fails; one that
 * is paid after it was given up and can't be had any more; one that is paid; and a next life that is abandoned.
 */
async function live(cartId: string, failing: Failing) {
  const fakes = createFakePorts();
  const { ports, calls } = createFaultyPorts(fakes.ports, failing);
  const orderId = (attempt: number) => `${cartId}-${attempt}`;
  const success = (attempt: number, amountMinor: number) =>
    paid(orderId(attempt), amountMinor, fakePaymentId(orderId(attempt)));

  await test.withWorker(ports, async () => {
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
  });
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

describe('the life of a cart with one call that goes wrong', () => {
  it('without a fault makes every call there is, and its books agree', async () => {
    const { fakes, calls } = await live('no-fault', undefined);
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

  for (const fault of ['error', 'lost', 'hang'] satisfies Fault[]) {
    it(`ends with books that agree, whichever call ends in ${fault}`, async () => {
      const { calls } = await live(`count-${fault}`, undefined);
      for (const [call, name] of calls.entries()) {
        const { fakes } = await live(`${fault}-${call}`, { call, fault, hangMs });
        try {
          expectBooksToAgree(fakes);
        } catch (error) {
          throw new Error(`The books do not agree after ${fault} at call ${call}, ${name}`, { cause: error });
        }
      }
    }, 240_000);
  }
});
