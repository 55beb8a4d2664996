import { heartbeat } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addItem, item } from '../support/cart-scenario.ts';
import { until } from '../support/shopper.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { createTimeSkippingEnv, type TimeSkippingEnv } from '../support/workflow-env.ts';

let test: TimeSkippingEnv;

beforeAll(async () => {
  test = await createTimeSkippingEnv();
}, 60_000);

afterAll(async () => {
  await test.env.teardown();
});

const milliseconds = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const days = (count: number) => count * 86_400_000;

describe('the cart workflow', () => {
  it('passes 30 idle days in under a second, then ends abandoned with nothing held', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const tookMs: number[] = [];
      // The best of three: the first also warms everything up, and the machine may be busy.
      for (const name of ['idle', 'idle-again', 'idle-once-more']) {
        const cart = test.cart(name, { ttlMs: days(30) });
        await cart.send(addItem(item('apple', 2)));
        const startedAt = performance.now();
        expect((await cart.handle.result()).status).toBe('abandoned');
        tookMs.push(performance.now() - startedAt);
      }
      expect(Math.min(...tookMs)).toBeLessThan(1_000);
    });
    expect(fakes.calls.reserve).toHaveLength(3);
    expect(fakes.held.size).toBe(0);
    expect(fakes.saves.at(-1)?.cart).toMatchObject({ status: 'abandoned', lines: [{ name: 'apple' }] });
  });

  it('comes back from what was saved, applies no operation twice and reserves anew', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('back');
      await cart.send(addItem(item('apple', 2)), 'once');
      // Not `result()`: at the end of a run the test server skips ten years, and a day is all that is remembered.
      await until(cart.view, (view) => view?.items[0]?.reservation.status === 'reserved');
      await cart.handle.cancel();
      await until(
        () => cart.handle.describe(),
        ({ status }) => status.name === 'COMPLETED',
      );
      await cart.send(addItem(item('apple', 2)), 'once');
      await cart.send(addItem(item('pear', 1)));
      await cart.handle.result();
    });
    const { lines } = fakes.saves.at(-1)!.cart;
    expect(lines).toMatchObject([
      { name: 'apple', quantity: 2, attempts: 2 },
      { name: 'pear', quantity: 1 },
    ]);
  });

  it('reserves lines that became pending together in one call', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('batch');
      await cart.send(addItem(item('apple', 1), item('pear', 2), item('plum', 3)));
      await cart.handle.result();
    });
    expect(fakes.calls.reserve.map((entries) => entries.length)).toEqual([3]);
  });

  it('marks a line failed when its whole retry budget is spent, and releases it by key', async () => {
    const fakes = createFakePorts();
    fakes.behaviour.beforeReserve = async () => {
      throw new Error('connection refused');
    };
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('failed', { ttlMs: days(1) });
      await cart.send(addItem(item('apple', 1)));
      await test.env.sleep('20m');
      const line = (await cart.view())?.items[0];
      expect(line?.reservation).toMatchObject({
        status: 'failed',
        reservationId: null,
        reason: 'The reservation service did not answer in time',
      });
      await cart.handle.result();
    });
    expect(fakes.calls.reserve.length).toBeGreaterThan(10);
    expect(fakes.calls.release).toBe(1);
  });

  it('waits through a slow answer with heartbeats, and through a retry, with one key', async () => {
    const fakes = createFakePorts();
    let attempts = 0;
    fakes.behaviour.beforeReserve = async () => {
      attempts += 1;
      for (let waited = 0; waited < 35; waited += 5) {
        await test.env.sleep('5s');
        heartbeat();
        // The heartbeat leaves by wall clock: let it, before time is skipped again.
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (attempts === 1) throw new Error('answer lost');
    };
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('slow');
      await cart.send(addItem(item('apple', 1)));
      await cart.handle.result();
    });
    const confirmed = fakes.saves
      .flatMap(({ events }) => events)
      .find(({ type }) => type === 'ReservationConfirmed');
    expect(confirmed).toMatchObject({ reservationId: 'r-slow.id-apple.1' });
    expect(attempts).toBe(2);
    expect(new Set(fakes.calls.reserve.flat().map(({ key }) => key))).toEqual(new Set(['slow.id-apple.1']));
  });

  it('goes on without Postgres and catches up with everything when it is back', async () => {
    const fakes = createFakePorts();
    let away = true;
    fakes.behaviour.beforeSave = async () => {
      if (away) throw new Error('connect ECONNREFUSED');
    };
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('outage', { ttlMs: days(1) });
      await cart.send(addItem(item('apple', 1)));
      await test.env.sleep('5m');
      await cart.send(addItem(item('pear', 1)));
      await test.env.sleep('5m');
      expect((await cart.view())?.items.map(({ reservation }) => reservation.status)).toEqual([
        'reserved',
        'reserved',
      ]);
      expect(fakes.saves).toHaveLength(0);
      away = false;
      await test.env.sleep('1m');
    });
    const events = fakes.saves.flatMap((save) => save.events);
    expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
    expect(fakes.saves.flatMap((save) => save.outcomes)).toHaveLength(2);
  });

  it('asks for prices while it saves, and can still be replayed', async () => {
    const fakes = createFakePorts();
    // Prices take longer than a save or shorter, in turn: their answers come in another order than their calls.
    let asked = 0;
    fakes.behaviour.beforePrices = () => milliseconds((asked += 1) % 2 === 0 ? 40 : 1);
    fakes.behaviour.beforeSave = () => milliseconds(15);
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('unpriced', { ttlMs: days(1) });
      const unpriced = (name: string) =>
        addItem({ itemId: `id-${name}`, name, quantity: 1, price: { status: 'pending' } });
      const names = Array.from({ length: 24 }, (_, index) => `item-${index}`);
      for (const name of names) await cart.send(unpriced(name));
      await until(cart.view, (view) => view?.items.length === names.length);
    });
    expect(asked).toBe(24);
  });

  it('ignores signals that no client of ours would send', async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('malformed');
      await cart.send(addItem(item('apple', 1)));
      await cart.handle.signal('addItem', { operationId: 'x' });
      await cart.handle.signal('addItem');
      await cart.handle.signal('noSuchSignal', 1);
      expect((await cart.handle.result()).status).toBe('abandoned');
    });
    expect(fakes.saves.at(-1)?.cart.lines).toHaveLength(1);
  });

  it("takes an operator's cancel as a wish to abandon: holds are released first", async () => {
    const fakes = createFakePorts();
    await test.withWorker(fakes.ports, async () => {
      const cart = test.cart('cancelled', { ttlMs: days(30) });
      await cart.send(addItem(item('apple', 1)));
      await test.env.sleep('10s');
      expect(fakes.held.size).toBe(1);
      await cart.handle.cancel();
      expect((await cart.handle.result()).status).toBe('abandoned');
    });
    expect(fakes.held.size).toBe(0);
  });
});
