import { describe, expect, it } from 'vitest';
import type { CartLog } from '../../src/domain/cart-log.ts';
import { createCartLog, openCart } from '../../src/domain/cart-log.ts';
import { toCartView } from '../../src/domain/cart-view.ts';
import { dueAt } from '../../src/domain/clock.ts';
import { effectsOf } from '../../src/domain/effects.ts';
import { explain } from '../../src/domain/rejections.ts';
import {
  addItem,
  answer,
  checkout,
  envelope,
  item,
  openedAt,
  settleAll,
  yes,
} from '../support/cart-scenario.ts';

const ttlMs = 3_600_000;
const holdMaxAgeMs = 600_000;
const rules = { holdMaxAgeMs };
const heldAt = openedAt + 2_000;
const lapsesAt = heldAt + holdMaxAgeMs;

const reservationOf = (cartLog: CartLog) => toCartView(cartLog.cart).items[0]?.reservation;
const callsOf = (cartLog: CartLog) => effectsOf(cartLog.cart).map(({ type }) => type);
const lastResult = (cartLog: CartLog) => cartLog.toState().unsaved.outcomes.at(-1)?.result;

/** Two apples held, by a cart that is read for ever. */
function heldCart(expiresAt?: number) {
  const cartLog = createCartLog(openCart({ cartId: 'cart1', currency: 'EUR', ttlMs }, openedAt), rules);
  cartLog.handle(envelope(addItem(item('apple', 2))), openedAt);
  const reserved = { status: 'reserved', reservationId: 'r1' } as const;
  answer(cartLog, () => (expiresAt === undefined ? reserved : { ...reserved, expiresAt }), heldAt);
  return cartLog;
}

function lapsedCart() {
  const cartLog = heldCart();
  cartLog.tick(lapsesAt);
  answer(cartLog, yes, lapsesAt);
  return cartLog;
}

describe('the units of a cart', () => {
  const more = (maxUnits: number) => ({ ...addItem(item('apple', 3), item('pear', 3)), maxUnits });

  it('are bounded over all lines; a command that says no bound has none', () => {
    const cartLog = createCartLog(openCart({ cartId: 'cart1', currency: 'EUR', ttlMs }, openedAt));
    for (const command of [more(10), more(11), more(12), addItem(item('fig', 500))]) {
      cartLog.handle(envelope(command), openedAt);
    }
    const results = cartLog.toState().unsaved.outcomes.map(({ result }) => result);
    expect(results).toMatchObject([
      { status: 'applied' },
      { status: 'rejected', rejection: { code: 'units_limit', units: 12, maxUnits: 11 } },
      { status: 'applied' },
      { status: 'applied' },
    ]);
    expect(explain({ code: 'units_limit', units: 12, maxUnits: 11 })).toContain('at most 11');
  });

  it('may be lowered, and may not be raised, in a cart that has too many', () => {
    const cartLog = createCartLog(openCart({ cartId: 'cart1', currency: 'EUR', ttlMs }, openedAt));
    cartLog.handle(envelope(more(100)), openedAt);
    const change = (quantity: number) => {
      const command = { type: 'changeQuantity', itemId: 'id-apple', quantity, maxUnits: 4 } as const;
      cartLog.handle(envelope(command), openedAt);
      return lastResult(cartLog);
    };
    expect(change(4)).toMatchObject({ rejection: { code: 'units_limit', units: 7, maxUnits: 4 } });
    expect(change(2)).toMatchObject({ status: 'applied' });
    expect(change(1)).toMatchObject({ status: 'applied' });
    expect(change(2)).toMatchObject({ rejection: { code: 'units_limit', units: 5 } });
  });
});

describe('a hold that has reached its greatest age', () => {
  it('is let go, and the line says so', () => {
    const cartLog = heldCart();
    expect(dueAt(cartLog.cart, rules)).toBe(lapsesAt);
    cartLog.tick(lapsesAt - 1);
    expect(callsOf(cartLog)).toEqual([]);
    cartLog.tick(lapsesAt);
    expect(effectsOf(cartLog.cart)).toMatchObject([{ type: 'release', reservationId: 'r1' }]);
    expect(reservationOf(cartLog)).toMatchObject({
      status: 'released',
      reservationId: null,
      reason: expect.stringContaining('reserves it anew'),
    });
    answer(cartLog, yes, lapsesAt);
    cartLog.tick(lapsesAt + 1);
    expect(callsOf(cartLog)).toEqual([]);
    expect(dueAt(cartLog.cart, rules)).toBe(cartLog.cart.expiresAt);
  });

  it('is reserved anew when the shopper sets the same quantity', () => {
    const cartLog = lapsedCart();
    cartLog.handle(envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity: 2 }), lapsesAt + 1_000);
    expect(effectsOf(cartLog.cart)).toMatchObject([
      { type: 'reserve', key: 'cart1.id-apple.2', quantity: 2 },
    ]);
    answer(cartLog, yes, lapsesAt + 2_000);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'reserved' });
    expect(dueAt(cartLog.cart, rules)).toBe(lapsesAt + 2_000 + holdMaxAgeMs);
  });

  it('is reserved anew by a checkout, which waits for it', () => {
    const cartLog = lapsedCart();
    cartLog.handle(envelope(checkout()), lapsesAt + 1_000);
    expect(callsOf(cartLog)).toEqual(['reserve']);
    settleAll(cartLog, lapsesAt + 2_000);
    expect(cartLog.cart.status).toBe('awaiting_payment');
  });

  it('stays while the cart is checked out, however long', () => {
    const cartLog = heldCart();
    cartLog.handle(envelope(checkout()), lapsesAt - 1_000);
    settleAll(cartLog, lapsesAt - 1_000);
    cartLog.tick(lapsesAt + 1_000);
    expect(callsOf(cartLog)).toEqual([]);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'reserved' });
  });

  it('is as old as its first unit, however often its quantity is changed', () => {
    const cartLog = heldCart();
    for (const quantity of [5, 1, 4]) {
      cartLog.handle(envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity }), lapsesAt - 10_000);
      answer(cartLog, yes, lapsesAt - 5_000);
    }
    expect(dueAt(cartLog.cart, rules)).toBe(lapsesAt);
  });

  it('is not renewed any more when the service would end it later', () => {
    const cartLog = heldCart(heldAt + 800_000);
    expect(dueAt(cartLog.cart, rules)).toBe(heldAt + 400_000);
    cartLog.tick(heldAt + 400_000);
    expect(callsOf(cartLog)).toEqual(['adjust']);
    answer(cartLog, () => ({ status: 'done', expiresAt: heldAt + 1_200_000 }), heldAt + 400_000);
    expect(dueAt(cartLog.cart, rules)).toBe(lapsesAt);
    cartLog.tick(lapsesAt);
    expect(callsOf(cartLog)).toEqual(['release']);
  });

  it('keeps what the line was refused before', () => {
    const cartLog = heldCart();
    cartLog.handle(envelope({ type: 'changeQuantity', itemId: 'id-apple', quantity: 9 }), heldAt);
    answer(cartLog, () => ({ status: 'unavailable', reason: 'out of stock' }), heldAt);
    cartLog.tick(lapsesAt);
    expect(reservationOf(cartLog)).toMatchObject({ status: 'unavailable', reservationId: null });
  });

  it('is never reached in a cart without that rule', () => {
    const cartLog = heldCart();
    const without = createCartLog(cartLog.toState());
    expect(dueAt(without.cart)).toBe(without.cart.expiresAt);
    without.tick(lapsesAt);
    expect(effectsOf(without.cart)).toEqual([]);
  });
});
