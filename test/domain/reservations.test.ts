import { describe, expect, it } from 'vitest';
import { toCartView } from '../../src/domain/cart-view.ts';
import type { CartLog } from '../../src/domain/cart-log.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import {
  addItem,
  answer,
  envelope,
  given,
  item,
  noAnswer,
  openedAt,
  outOfStock,
  yes,
} from '../support/cart-scenario.ts';

const reservationOf = (cartLog: CartLog) => toCartView(cartLog.cart).items[0]?.reservation;
const holdEffects = (cartLog: CartLog) => effectsOf(cartLog.cart).filter((effect) => 'key' in effect);
const calls = (cartLog: CartLog) => holdEffects(cartLog).map(({ type, item: name }) => `${type} ${name}`);

describe('a line and its hold', () => {
  it('is pending until the service answers, then reserved with its id', () => {
    const cartLog = given(addItem(item('apple', 2)));
    expect(reservationOf(cartLog)).toMatchObject({ status: 'pending', reservationId: null });
    answer(cartLog, yes);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'reserved', reservationId: 'r-cart1.id-apple.1' });
    expect(calls(cartLog)).toEqual([]);
  });

  it('asks for many new lines with one key each', () => {
    const cartLog = given(addItem(item('apple', 1), item('pear', 2)));
    expect(holdEffects(cartLog).map(({ key }) => key)).toEqual(['cart1.id-apple.1', 'cart1.id-pear.1']);
  });

  it('raises a hold in place: what is held stays held until the new quantity is', () => {
    const cartLog = given(addItem(item('apple', 2)));
    answer(cartLog, yes);
    cartLog.handle(envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity: 5 }), openedAt + 60_000);
    expect(calls(cartLog)).toEqual(['adjust apple']);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'pending', reservationId: 'r-cart1.id-apple.1' });
    answer(cartLog, () => outOfStock);
    expect(reservationOf(cartLog)).toMatchObject({
      status: 'unavailable',
      reservationId: 'r-cart1.id-apple.1',
    });
    expect(cartLog.cart.holds).toMatchObject([{ status: 'held', quantity: 2 }]);
  });

  it('waits for the answer under way, then adjusts once to the latest quantity', () => {
    const more = Array.from({ length: 9 }, () => addItem(item('apple', 1)));
    const cartLog = given(addItem(item('apple', 1)), ...more);
    expect(calls(cartLog)).toEqual(['reserve apple']);
    answer(cartLog, yes);
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'adjust', quantity: 10 }]);
    answer(cartLog, yes);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'reserved' });
  });

  it('settles the quantity again after an adjustment without an answer', () => {
    const cartLog = given(addItem(item('apple', 2)));
    answer(cartLog, yes);
    cartLog.handle(envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity: 5 }), openedAt + 60_000);
    answer(cartLog, () => noAnswer);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'failed' });
    cartLog.handle(envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity: 2 }), openedAt + 61_000);
    expect(effectsOf(cartLog.cart)).toMatchObject([
      { type: 'adjust', quantity: 2, adjustmentKey: 'cart1.id-apple.1.q2' },
    ]);
  });

  it('is released by its key when it is removed before the service answered', () => {
    const cartLog = given(addItem(item('apple', 2)), { type: 'removeItem', itemId: 'id-apple' });
    expect(effectsOf(cartLog.cart)).toMatchObject([
      { type: 'release', key: 'cart1.id-apple.1', reservationId: null },
    ]);
    answer(cartLog, yes);
    expect(cartLog.cart.holds).toEqual([]);
  });

  it('is released by its id when the answer comes after the release by key', () => {
    const cartLog = given(addItem(item('apple', 2)));
    const [reserve] = effectsOf(cartLog.cart);
    cartLog.handle(envelope({ type: 'clearItems' }), openedAt + 2_000);
    answer(cartLog, yes);
    cartLog.settle(reserve!, { status: 'reserved', reservationId: 'late' }, openedAt + 3_000);
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'release', reservationId: 'late' }]);
    answer(cartLog, yes);
    expect(cartLog.cart.holds).toEqual([]);
  });

  it('says when it is out of stock, and asks again only when the shopper changes it', () => {
    const cartLog = given(addItem(item('apple', 2)));
    answer(cartLog, () => outOfStock);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'unavailable', reason: 'out of stock' });
    expect(calls(cartLog)).toEqual([]);
    cartLog.handle(envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity: 2 }), openedAt + 60_000);
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'reserve', key: 'cart1.id-apple.2' }]);
  });

  it('asks again when the refusal was for a quantity that the shopper has changed meanwhile', () => {
    const lower = { type: 'changeQuantity', itemId: 'id-apple', quantity: 2 } as const;
    const cartLog = given(addItem(item('apple', 5)), lower);
    answer(cartLog, () => outOfStock);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'pending' });
    expect(effectsOf(cartLog.cart)).toMatchObject([
      { type: 'reserve', key: 'cart1.id-apple.2', quantity: 2 },
    ]);

    answer(cartLog, yes);
    cartLog.handle(envelope({ ...lower, quantity: 9 }), openedAt + 60_000);
    cartLog.handle(envelope({ ...lower, quantity: 3 }), openedAt + 61_000);
    answer(cartLog, () => outOfStock);
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'adjust', quantity: 3 }]);
  });

  it('keeps the calls under way bounded, however often lines are added and cleared, and settles in the end', () => {
    const lines = Array.from({ length: 100 }, (_, index) => item(`item ${index}`, 1));
    const rounds = Array.from({ length: 20 }, () => [
      addItem(...lines),
      { type: 'clearItems' } as const,
    ]).flat();
    const cartLog = given(...rounds, addItem(...lines));
    expect(effectsOf(cartLog.cart).length).toBeLessThanOrEqual(400);
    for (let round = 0; round < 5; round += 1) answer(cartLog, yes);
    expect(effectsOf(cartLog.cart)).toEqual([]);
    expect(cartLog.cart.holds.filter(({ status }) => status === 'held')).toHaveLength(100);
  });

  it('fails after the whole retry budget, and lets go of what may be held', () => {
    const cartLog = given(addItem(item('apple', 2)));
    answer(cartLog, () => noAnswer);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'failed', reason: 'no answer' });
    expect(effectsOf(cartLog.cart)).toMatchObject([
      { type: 'release', key: 'cart1.id-apple.1', reservationId: null },
    ]);
  });
});

describe('an abandoned cart', () => {
  it('keeps its lines, releases its holds, and reserves anew when it is resumed', () => {
    const cartLog = given(addItem(item('apple', 2)));
    answer(cartLog, yes);
    cartLog.tick(cartLog.cart.expiresAt);
    expect(cartLog.cart.status).toBe('abandoned');
    expect(calls(cartLog)).toEqual(['release apple']);
    answer(cartLog, yes);
    expect(cartLog.cart).toMatchObject({ holds: [], lines: [{ name: 'apple' }] });
    cartLog.handle(envelope(addItem(item('pear', 1))), cartLog.cart.expiresAt + 1);
    expect(cartLog.cart.status).toBe('active');
    expect(holdEffects(cartLog).map(({ key }) => key)).toEqual(['cart1.id-apple.2', 'cart1.id-pear.1']);
  });

  it('is not due a moment before its deadline', () => {
    const cartLog = given(addItem(item('apple', 2)));
    cartLog.tick(cartLog.cart.expiresAt - 1);
    expect(cartLog.cart.status).toBe('active');
  });
});
