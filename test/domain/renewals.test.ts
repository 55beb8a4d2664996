import { describe, expect, it } from 'vitest';
import { toCartView } from '../../src/domain/cart-view.ts';
import { dueAt } from '../../src/domain/clock.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import { addItem, answer, given, item, openedAt, outOfStock } from '../support/cart-scenario.ts';

const heldAt = openedAt + 2_000;
const expiresAt = heldAt + 20_000;
const renewAt = heldAt + 10_000;

/** Two apples, held until the service ends the hold by itself. */
function heldForAWhile() {
  const cartLog = given(addItem(item('apple', 2)));
  answer(cartLog, ({ id }) => ({ status: 'reserved', reservationId: `r-${id}`, expiresAt }), heldAt);
  return cartLog;
}

describe('a hold that the service ends by itself', () => {
  it('is renewed half-way, and the line stays reserved meanwhile', () => {
    const cartLog = heldForAWhile();
    expect(dueAt(cartLog.cart)).toBe(renewAt);
    cartLog.tick(renewAt - 1);
    expect(effectsOf(cartLog.cart)).toEqual([]);
    cartLog.tick(renewAt);
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'adjust', quantity: 2 }]);
    const before = toCartView(cartLog.cart).items[0]?.reservation;
    expect(before?.status).toBe('reserved');

    answer(cartLog, () => ({ status: 'done', expiresAt: renewAt + 30_000 }), renewAt);
    expect(dueAt(cartLog.cart)).toBe(renewAt + 15_000);
    expect(toCartView(cartLog.cart).items[0]?.reservation).toEqual(before);
  });

  it('is reserved anew when the service has ended it', () => {
    const cartLog = heldForAWhile();
    cartLog.tick(renewAt);
    answer(cartLog, () => ({ status: 'gone' }), renewAt + 20_000);
    expect(effectsOf(cartLog.cart)).toMatchObject([
      { type: 'reserve', key: 'cart1.id-apple.2', quantity: 2 },
    ]);
    answer(cartLog, () => outOfStock, renewAt + 21_000);
    expect(toCartView(cartLog.cart).items[0]?.reservation.status).toBe('unavailable');
  });

  it('is left to its end when the cart is abandoned before', () => {
    const cartLog = heldForAWhile();
    cartLog.tick(renewAt, { early: true });
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'release' }]);
    expect(dueAt(cartLog.cart)).toBeUndefined();
  });
});
