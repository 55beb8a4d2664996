import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits, type Cart } from '../../src/domain/cart.ts';
import type { CartLog } from '../../src/domain/cart-log.ts';
import { toCartView } from '../../src/domain/cart-view.ts';
import { evolve } from '../../src/domain/evolve.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import { reconcile } from '../../src/domain/reconcile.ts';
import { openedAt } from '../support/cart-scenario.ts';
import { play, steps, type Service } from '../support/random-carts.ts';

/** Lets the service answer yes until the cart wants nothing more. */
function settleAll(cartLog: CartLog, service: Service) {
  for (let round = 0; round < 20; round += 1) {
    const wanted = effectsOf(cartLog.cart);
    if (wanted.length === 0) return;
    for (const effect of wanted) cartLog.settle(effect, service.call(effect, 'yes', true), openedAt);
  }
  throw new Error('The cart does not come to rest');
}

const runs = { numRuns: 400, seed: 20_261_124 };

describe('over any sequence of commands and answers', () => {
  it('totals equal the sum of the lines, and quantities stay within bounds', () => {
    fc.assert(
      fc.property(steps, (life) => {
        const view = toCartView(play(life).cartLog.cart);
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
      fc.property(steps, (life) => {
        const { cartLog, service } = play(life);
        settleAll(cartLog, service);
        const { cart } = cartLog;
        expect(reconcile(cart)).toEqual([]);
        const wanted = cart.status === 'active' ? cart.lines.filter((line) => !line.refusal) : [];
        for (const line of wanted) expect(service.held.get(keyOf(cart, line.itemId))).toBe(line.quantity);
        // A refused line may keep what it held before; nothing else is held.
        const known = new Set(cart.holds.map(({ key }) => key));
        expect([...service.held.keys()].filter((key) => !known.has(key))).toEqual([]);
      }),
      runs,
    );
  });

  it('replaying the events gives the same cart', () => {
    fc.assert(
      fc.property(steps, (life) => {
        const { cartLog, events } = play(life);
        const replayed = events.reduce<Cart | undefined>(evolve, undefined);
        expect(replayed).toEqual(cartLog.cart);
        expect(events.map(({ version }) => version)).toEqual(events.map((_, index) => index + 1));
      }),
      runs,
    );
  });
});

const keyOf = (cart: Cart, itemId: string): string =>
  cart.holds.find((hold) => hold.itemId === itemId && hold.status === 'held')?.key ?? 'none';
