import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, type Cart } from '../../src/domain/cart.ts';
import { toCartView } from '../../src/domain/cart-view.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { orderChanges } from '../../src/domain/order-changes.ts';
import { reconcile } from '../../src/domain/reconcile.ts';
import { journey, play } from '../support/random-carts.ts';

const runs = { numRuns: 2_000, seed: 20_261_124 };

describe('over any sequence of commands and answers', { timeout: 120_000 }, () => {
  it('totals equal the sum of the lines, and quantities stay within bounds', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const view = toCartView(play(steps).cartLog.cart);
        expect(view.totals.totalMinor).toBe(view.items.reduce((sum, line) => sum + line.lineTotalMinor, 0));
        expect(view.totals.itemCount).toBe(view.items.reduce((sum, line) => sum + line.quantity, 0));
        for (const line of view.items) {
          expect(line.lineTotalMinor).toBe(line.quantity * line.unitPriceMinor);
          expect(line.quantity).toBeGreaterThan(0);
          expect(line.quantity).toBeLessThanOrEqual(limits.quantityPerLine);
        }
      }),
      runs,
    );
  });

  it('comes to rest with exactly held what is wanted, at the service too', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { cartLog, world, settleAll } = play(steps);
        settleAll();
        const { cart } = cartLog;
        expect(reconcile(cart)).toEqual([]);
        const isOpen = cart.status !== 'abandoned' && cart.status !== 'completed';
        const wanted = isOpen ? cart.lines.filter((line) => !line.refusal) : [];
        for (const line of wanted) {
          const keys = keysOf(cart, line.itemId);
          expect(sum(keys.map((key) => world.held.get(key) ?? 0))).toBe(line.quantity);
        }
        // A refused line may keep what it held before; nothing else is held.
        const known = new Set(cart.holds.map(({ key }) => key));
        expect([...world.held.keys()].filter((key) => !known.has(key))).toEqual([]);
      }),
      runs,
    );
  });

  it('the money agrees: what was captured and not refunded is the sum of the paid orders, and that is sold', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { events, world, settleAll } = play(steps);
        settleAll();
        const paid = orderChanges(events).filter(({ status }) => status === 'paid');
        const totals = paid.map(({ orderId }) => world.orders.get(orderId)?.totals.totalMinor ?? Number.NaN);
        expect(world.capturedMinor() - world.refundedMinor()).toBe(sum(totals));
        const units = paid.flatMap(({ orderId }) => world.orders.get(orderId)?.items ?? []);
        expect(world.soldUnits()).toBe(sum(units.map((unit) => unit.quantity)));
      }),
      runs,
    );
  });

  it('an order ends before the next one waits for its payment: one is open at most', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { events, drain } = play(steps);
        drain();
        let cart: Cart | undefined;
        for (const event of events) {
          cart = evolve(cart, event);
          const open = cart.orders.filter(({ status }) => status === 'awaiting_payment');
          expect(open.length).toBeLessThanOrEqual(1);
          if (cart.status === 'awaiting_payment') expect(open[0]?.orderId).toBe(cart.orderId);
        }
      }),
      runs,
    );
  });

  it('replaying the events gives the same cart', () => {
    fc.assert(
      fc.property(journey, (steps) => {
        const { cartLog, events, drain } = play(steps);
        drain();
        const replayed = events.reduce<Cart | undefined>(evolve, undefined);
        expect(replayed).toEqual(cartLog.cart);
        expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
      }),
      runs,
    );
  });
});

const keysOf = (cart: Cart, itemId: string): string[] =>
  cart.holds.filter((hold) => hold.itemId === itemId && hold.status === 'held').map(({ key }) => key);

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
