import { describe, expect, it } from 'vitest';
import { createCartTouch } from '../../src/gateway/cart-touch.ts';
import { addItem, given, item, ttlMs } from '../support/cart-scenario.ts';

const { cart } = given(addItem(item('apple', 1)));
const lastCommandAt = cart.expiresAt - ttlMs;
const tenth = ttlMs / 10;

function createReader() {
  const signals: string[] = [];
  const clock = { now: lastCommandAt };
  const touch = createCartTouch(
    { touch: async (cartId) => void signals.push(cartId) },
    { ttlMs, now: () => clock.now },
  );
  return { signals, clock, touch };
}

describe('reading a cart', () => {
  it('sends nothing before a tenth of the idle time is over', () => {
    const { signals, clock, touch } = createReader();
    clock.now = lastCommandAt + tenth - 1;
    touch(cart);
    expect(signals).toEqual([]);
  });

  it('sends one signal a tenth, however often it is read', () => {
    const { signals, clock, touch } = createReader();
    clock.now = lastCommandAt + tenth;
    for (let read = 0; read < 1_000; read += 1) touch(cart);
    expect(signals).toEqual([cart.cartId]);
  });

  it('sends nothing for a cart that is not there, or has no idle time to move', () => {
    const { signals, clock, touch } = createReader();
    clock.now = lastCommandAt + ttlMs;
    touch(undefined);
    for (const status of ['checking_out', 'awaiting_payment', 'completed', 'abandoned'] as const) {
      touch({ ...cart, status });
    }
    expect(signals).toEqual([]);
  });
});
