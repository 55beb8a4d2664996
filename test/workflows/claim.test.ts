import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CartSave } from '../../src/domain/persistence.ts';
import { addItem, checkout, item } from '../support/cart-scenario.ts';
import { claimBy } from '../support/claim-scenario.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { until } from '../support/shopper.ts';
import { createTimeSkippingEnv, type TimeSkippingEnv } from '../support/workflow-env.ts';

let test: TimeSkippingEnv;

beforeAll(async () => {
  test = await createTimeSkippingEnv();
}, 60_000);

afterAll(async () => {
  await test.env.teardown();
});

/** Two carts over the same services; what one hands over goes to the other as the gateway sends it. */
function createFakes() {
  const fakes = createFakePorts();
  fakes.behaviour.send = (cartId, envelope, settings) => test.signal(cartId, envelope, settings);
  return fakes;
}

type Fakes = ReturnType<typeof createFakes>;

const aLine = (name: string, quantity: number, guest: string) => ({
  ...item(name, quantity),
  itemId: `${guest}-${name}`,
});
const heldUnits = ({ held }: Fakes) => [...held.values()].reduce((sum, { quantity }) => sum + quantity, 0);
const savedOf = ({ saves }: Fakes, cartId: string): CartSave[] =>
  saves.filter(({ cart }) => cart.cartId === cartId);
const lastOf = (fakes: Fakes, cartId: string) => savedOf(fakes, cartId).at(-1)?.cart;
const claimOf = (fakes: Fakes, cartId: string) =>
  savedOf(fakes, cartId)
    .flatMap(({ outcomes }) => outcomes)
    .find(({ command }) => command === 'claim')?.result.status;

/** A guest's cart with held lines. */
async function heldGuest(name: string) {
  const guest = test.cart(name);
  await guest.send(addItem(aLine('apple', 2, name), aLine('pear', 3, name)));
  await test.whenCart(guest, ({ items }) =>
    items.every(({ reservation }) => reservation.status === 'reserved'),
  );
  return guest;
}

/** The run of a claimed cart ends. Not `result()`: the test server would skip ten years then. */
const whenOver = (guest: Awaited<ReturnType<typeof heldGuest>>) =>
  until(
    () => guest.handle.describe(),
    ({ status }) => status.name === 'COMPLETED',
  );

describe('a claim', () => {
  it('starts the cart of the user with what is held, ends the run of the guest, and calls no service', async () => {
    const fakes = createFakes();
    await test.withWorker(fakes.ports, async () => {
      const guest = await heldGuest('guest');
      const user = test.cart('user');
      await guest.send(claimBy('user'));
      await whenOver(guest);
      const { items } = await test.whenCart(user, (view) => view.items.length === 2);
      expect(items.map(({ reservation }) => reservation.status)).toEqual(['reserved', 'reserved']);
      expect(fakes.calls).toMatchObject({ release: 0, adjust: 0 });
      expect(fakes.calls.reserve).toHaveLength(1);
      expect(heldUnits(fakes)).toBe(5);
    });
    expect(lastOf(fakes, 'guest')).toMatchObject({ status: 'claimed', lines: [], holds: [] });
    expect(claimOf(fakes, 'guest')).toBe('applied');
  });

  it('is not over while Temporal does not take the hand-over, and loses nothing', async () => {
    const fakes = createFakes();
    const { send } = fakes.behaviour;
    let refused = 0;
    fakes.behaviour.send = async () => {
      refused += 1;
      throw new Error('UNAVAILABLE');
    };
    await test.withWorker(fakes.ports, async () => {
      const guest = await heldGuest('refused');
      await guest.send(claimBy('refused-user'));
      await test.whenCart(guest, ({ status }) => status === 'claiming');
      await test.env.sleep('5m');
      expect(refused).toBeGreaterThan(5);
      // Nothing else may change it meanwhile.
      await guest.send(addItem(item('kiwi', 1)));
      await guest.send({ type: 'clearItems' });
      await test.env.sleep('1m');
      expect((await guest.view())?.status).toBe('claiming');
      expect(heldUnits(fakes)).toBe(5);
      fakes.behaviour.send = send;
      const user = test.cart('refused-user');
      await test.whenCart(guest, ({ status }) => status === 'claimed');
      const { totals } = await test.whenCart(user, ({ items }) => items.length === 2);
      expect(totals.itemCount).toBe(5);
    });
    expect(fakes.calls.release).toBe(0);
  });

  it('is received once when the answer to the hand-over is lost, again and again', async () => {
    const fakes = createFakes();
    const { send } = fakes.behaviour;
    let sent = 0;
    fakes.behaviour.send = async (...args) => {
      await send(...args);
      sent += 1;
      if (sent < 4) throw new Error('socket hang up');
    };
    await test.withWorker(fakes.ports, async () => {
      const user = test.cart('lost-user');
      await user.send(addItem(item('apple', 1)));
      const guest = await heldGuest('lost');
      await guest.send(claimBy('lost-user'));
      await test.whenCart(guest, ({ status }) => status === 'claimed');
      const { items } = await test.whenCart(user, (view) => view.items.length === 2);
      expect(sent).toBe(4);
      expect(items.map(({ quantity }) => quantity)).toEqual([3, 3]);
      expect(items.map(({ reservation }) => reservation.status)).toEqual(['reserved', 'reserved']);
      expect(heldUnits(fakes)).toBe(6);
    });
  });

  it('outlives the worker, in the middle', async () => {
    const fakes = createFakes();
    const { send } = fakes.behaviour;
    fakes.behaviour.send = () => Promise.reject(new Error('UNAVAILABLE'));
    const first = async () => {
      const guest = await heldGuest('restarted');
      await guest.send(claimBy('restarted-user'));
      await test.whenCart(guest, ({ status }) => status === 'claiming');
    };
    await test.withWorker(fakes.ports, first, { keepCarts: true });
    fakes.behaviour.send = send;
    await test.withWorker(fakes.ports, async () => {
      await test.whenCart(test.cart('restarted'), ({ status }) => status === 'claimed');
      const user = test.cart('restarted-user');
      const { items } = await test.whenCart(user, (view) => view.items.length === 2);
      expect(items.map(({ reservation }) => reservation.status)).toEqual(['reserved', 'reserved']);
    });
    expect(fakes.calls.release).toBe(0);
    expect(lastOf(fakes, 'restarted')?.status).toBe('claimed');
  });

  it('ends the session for good: its next run knows, and so does a payment that comes late', async () => {
    const fakes = createFakes();
    await test.withWorker(fakes.ports, async () => {
      const guest = await heldGuest('over');
      await guest.send(claimBy('over-user'));
      await whenOver(guest);
      await guest.send(addItem(item('kiwi', 1)), 'too-late');
      const outcomes = () => savedOf(fakes, 'over').flatMap((save) => save.outcomes);
      await until(
        async () => outcomes().find(({ operationId }) => operationId === 'too-late')?.result,
        (result) => result?.status === 'rejected' && result.rejection.code === 'session_not_found',
      );
      await whenOver(guest);
      const news = { orderId: 'over-1', paymentId: 'p1', amountMinor: 100 };
      await guest.send({ type: 'paymentSucceeded', ...news });
      await until(
        async () => lastOf(fakes, 'over')?.version,
        (version) => (version ?? 0) > 0,
      );
      await whenOver(guest);
    });
    const types = async () => savedOf(fakes, 'over').flatMap(({ events }) => events.map(({ type }) => type));
    await until(types, (all) => all.includes('RefundRequested'));
    expect(lastOf(fakes, 'over')?.status).toBe('claimed');
  });

  it('into a cart that is being checked out waits, held, until that is over', async () => {
    const fakes = createFakes();
    await test.withWorker(fakes.ports, async () => {
      const user = test.cart('buying');
      await user.send(addItem(item('apple', 1)));
      await user.send(checkout());
      await test.whenCart(user, ({ status }) => status === 'awaiting_payment');
      const guest = await heldGuest('waiting');
      await guest.send(claimBy('buying'));
      await whenOver(guest);
      await until(
        async () => lastOf(fakes, 'buying')?.waiting?.lines.length,
        (lines) => lines === 2,
      );
      expect((await user.view())?.items).toHaveLength(1);
      expect(heldUnits(fakes)).toBe(6);
      await test.env.sleep('11m'); // Nobody has paid: the order has expired, and the cart is the shopper's again.
      const { items } = await test.whenCart(
        user,
        (view) => view.status === 'active' && view.items.length === 2,
      );
      expect(items.map(({ quantity }) => quantity)).toEqual([3, 3]);
      expect(heldUnits(fakes)).toBe(6);
    });
  });

  // The last one: a call that is cancelled goes on, and when its cart has ended the test server's clock waits for it.
  it('takes a reservation along that is under way: one key, one hold, and nothing is let go', async () => {
    const fakes = createFakes();
    let answer = () => {};
    const slow = new Promise<void>((resolve) => (answer = resolve));
    fakes.behaviour.beforeReserve = () => slow;
    await test.withWorker(fakes.ports, async () => {
      const guest = test.cart('pending');
      await guest.send(addItem(aLine('apple', 2, 'pending')));
      await until(
        async () => fakes.calls.reserve.length,
        (calls) => calls === 1,
      );
      const user = test.cart('pending-user');
      await guest.send(claimBy('pending-user'));
      await until(
        async () => fakes.calls.reserve.length,
        (calls) => calls === 2,
      );
      answer();
      await whenOver(guest);
      await test.whenCart(user, ({ items }) => items[0]?.reservation.status === 'reserved');
    });
    const keys = fakes.calls.reserve.flat().map(({ key }) => key);
    expect(new Set(keys)).toEqual(new Set(['pending.pending-apple.1']));
    const heldAtTheEnd = savedOf(fakes, 'pending-user').flatMap(({ cart }) => cart.holds);
    expect(heldAtTheEnd.some(({ status }) => status === 'held')).toBe(true);
  });
});
