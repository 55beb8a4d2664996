import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CartView } from '../../src/domain/cart-view.ts';
import { addItem, item } from '../support/cart-scenario.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { createTimeSkippingEnv, type TimeSkippingEnv } from '../support/workflow-env.ts';

let test: TimeSkippingEnv;

beforeAll(async () => {
  test = await createTimeSkippingEnv();
}, 60_000);

afterAll(async () => {
  await test.env.teardown();
});

const ttlMs = 30 * 60_000;
const second = 1_000;
const allReserved = ({ items }: CartView) =>
  items.length > 0 && items.every(({ reservation }) => reservation.status === 'reserved');

/** A cart with two apples held. */
async function held(cartId: string) {
  const cart = test.cart(cartId, { ttlMs });
  await cart.send(addItem(item('apple', 2)));
  const { expiresAt } = await test.whenCart(cart, allReserved);
  return { cart, expiresAt: Date.parse(expiresAt!) };
}

const sleepUntil = async (instant: number) => {
  await test.env.sleep(Math.max(instant - (await test.env.currentTimeMs()), 0));
};

const eventsOf = ({ saves }: ReturnType<typeof createFakePorts>) => saves.flatMap(({ events }) => events);
const typesOf = (fakes: ReturnType<typeof createFakePorts>) => eventsOf(fakes).map(({ type }) => type);

describe('an idle cart', () => {
  it('is abandoned at its deadline: holds released, saved, run closed', async () => {
    const fakes = createFakePorts();
    const expiresAt = await test.withWorker(fakes.ports, async () => {
      const { cart, expiresAt: due } = await held('idle');
      expect(await cart.handle.result()).toMatchObject({ status: 'abandoned' });
      return due;
    });
    const abandoned = eventsOf(fakes).find(({ type }) => type === 'CartAbandoned');
    expect(abandoned?.at).toBeGreaterThanOrEqual(expiresAt);
    expect(abandoned?.at).toBeLessThan(expiresAt + second);
    expect(fakes.held.size).toBe(0);
    expect(fakes.saves.at(-1)?.cart).toMatchObject({
      status: 'abandoned',
      holds: [],
      lines: [{ name: 'apple' }],
    });
  });

  it('goes on when a command comes one second before its deadline', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const { cart, expiresAt } = await held('before');
      await sleepUntil(expiresAt - second);
      await cart.send(addItem(item('pear', 1)));
      await test.whenCart(cart, ({ items }) => items.length === 2);
      await sleepUntil(expiresAt + second);
      expect((await cart.view())?.status).toBe('active');
      await cart.handle.result();
    });
    const events = eventsOf(fakes);
    const pear = events.findLast(({ type }) => type === 'ItemAdded');
    const abandoned = events.find(({ type }) => type === 'CartAbandoned');
    expect(abandoned!.at - pear!.at).toBeGreaterThanOrEqual(ttlMs);
    expect(abandoned!.at - pear!.at).toBeLessThan(ttlMs + second);
  });

  it('loses no command that comes at the very instant of its deadline', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const { cart, expiresAt } = await held('instant');
      await sleepUntil(expiresAt);
      // In the middle of the expiry, whoever wins.
      await cart.send(addItem(item('pear', 1)));
      const view = await test.whenCart(cart, (seen) => seen.items.length === 2 && allReserved(seen));
      expect(view.status).toBe('active');
    });
    expect([...fakes.held.values()].map(({ quantity }) => quantity).toSorted()).toEqual([1, 2]);
  });

  it('comes back with its lines on the next command, reserves anew, and says what is gone by then', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const { cart } = await held('return');
      await cart.handle.result();
      fakes.behaviour.outOfStock.add('apple');
      await cart.send(addItem(item('pear', 1)));
      const view = await test.whenCart(cart, ({ items }) =>
        items.every(({ reservation }) => reservation.status !== 'pending'),
      );
      expect(view.items.map(({ name, reservation }) => [name, reservation.status])).toEqual([
        ['apple', 'unavailable'],
        ['pear', 'reserved'],
      ]);
    });
    expect(typesOf(fakes)).toContain('CartResumed');
  });

  it('releases its holds across an outage of the service that lasts for hours', async () => {
    const fakes = createFakePorts();
    const { release } = fakes.ports.reservations;
    let away = true;
    fakes.ports.reservations.release = async (...args) => {
      if (away) throw new Error('connect ECONNREFUSED');
      await release(...args);
    };
    await test.withWorker(fakes.ports, async () => {
      const { cart } = await held('outage');
      await test.env.sleep(ttlMs + 3 * 3_600_000);
      expect((await cart.view())?.status).toBe('abandoned');
      expect(fakes.held.size).toBe(1);
      away = false;
      await cart.handle.result();
    });
    expect(fakes.held.size).toBe(0);
  });

  it('holds nothing for longer than a hold may last, however often it is read, until it is asked again', async () => {
    const fakes = createFakePorts();
    const holdMaxAgeMs = 4 * 3_600_000;
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('hoarder', { ttlMs, holdMaxAgeMs });
      await cart.send(addItem(item('apple', 2)));
      await test.whenCart(cart, allReserved);
      const lapsesAt = fakes.saves.at(-1)!.cart.updatedAt + holdMaxAgeMs;
      for (let readAt = 0; readAt < lapsesAt; readAt = await test.env.currentTimeMs()) {
        expect(fakes.held.size).toBe(1);
        await cart.send({ type: 'touch' });
        await sleepUntil(Math.min((await test.env.currentTimeMs()) + ttlMs / 2, lapsesAt));
      }
      await cart.send({ type: 'touch' });
      const view = await test.whenCart(cart, ({ items }) => items[0]?.reservation.status === 'released');
      expect(view.status).toBe('active');
      await test.whenCart(cart, () => fakes.held.size === 0);

      await cart.send({ type: 'changeQuantity', itemId: 'id-apple', quantity: 2 });
      await test.whenCart(cart, allReserved);
      expect(fakes.held.size).toBe(1);
      await cart.handle.result();
    });
    const lapsed = eventsOf(fakes).find(({ type }) => type === 'HoldLapsed');
    const reserved = eventsOf(fakes).find(({ type }) => type === 'ReservationConfirmed');
    expect(lapsed!.at - reserved!.at).toBeGreaterThanOrEqual(holdMaxAgeMs);
    expect(lapsed!.at - reserved!.at).toBeLessThan(holdMaxAgeMs + ttlMs);
    expect(fakes.held.size).toBe(0);
  });

  it('is kept alive by reads, and they are recorded', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const { cart, expiresAt } = await held('read');
      await sleepUntil(expiresAt - second);
      await cart.send({ type: 'touch' });
      await test.whenCart(cart, (view) => Date.parse(view.expiresAt!) > expiresAt);
      await cart.handle.result();
      await cart.handle
        .signal('touch', { operationId: 'late', fingerprint: '', command: { type: 'touch' } })
        .catch(() => {});
    });
    expect(typesOf(fakes).filter((type) => type === 'CartTouched')).toHaveLength(1);
  });
});
