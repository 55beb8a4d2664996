import { describe, expect, it } from 'vitest';
import { explain } from '../../src/domain/rejections.ts';
import { addItem, envelope, given, item, newCartLog, openedAt, ttlMs } from '../support/cart-scenario.ts';

const rejection = (cartLog: ReturnType<typeof given>) => cartLog.toState().unsaved.outcomes.at(-1)?.result;

describe('commands', () => {
  it('adds the same name to its line, at the latest price', () => {
    const { cart } = given(addItem(item('apple', 2, 100)), addItem(item('apple', 3, 120)));
    expect(cart.lines).toMatchObject([{ name: 'apple', quantity: 5, unitPriceMinor: 120 }]);
  });

  it('merges a name that comes twice in one request', () => {
    const twice = addItem(item('apple', 2), { ...item('apple', 3), itemId: 'another' });
    expect(given(twice).cart.lines).toMatchObject([{ itemId: 'id-apple', quantity: 5 }]);
  });

  it('applies one operation id once', () => {
    const cartLog = newCartLog();
    const once = envelope(addItem(item('apple', 1)));
    cartLog.handle(once, openedAt + 1);
    cartLog.handle(once, openedAt + 2);
    expect(cartLog.cart.lines).toMatchObject([{ quantity: 1 }]);
    expect(cartLog.toState().unsaved.outcomes).toHaveLength(1);
  });

  it('takes an operation id again after a day, when its outcome is no longer on record', () => {
    const cartLog = newCartLog();
    const once = envelope(addItem(item('apple', 1)));
    for (const at of [1, 86_399_999, 86_400_001]) cartLog.handle(once, openedAt + at);
    expect(cartLog.cart.lines).toMatchObject([{ quantity: 2 }]);
  });

  it('forgets the oldest operation only after 500 newer ones', () => {
    const cartLog = newCartLog();
    const ids = Array.from({ length: 501 }, (_, index) => `op-${index}`);
    for (const id of ids) cartLog.handle(envelope({ type: 'clearItems' }, id), openedAt + 1);
    const { recentOperations } = cartLog.toState();
    expect(recentOperations).toHaveLength(500);
    expect(recentOperations[0]).toMatchObject({ operationId: 'op-1' });
  });

  it('refuses a line above its limit and changes nothing, also for the other items of the request', () => {
    const cartLog = given(addItem(item('apple', 999)), addItem(item('pear', 1), item('apple', 1)));
    expect(cartLog.cart.lines).toHaveLength(1);
    expect(rejection(cartLog)).toMatchObject({ rejection: { code: 'quantity_limit', quantity: 1000 } });
  });

  it('refuses the 101st line', () => {
    const lines = Array.from({ length: 100 }, (_, index) => item(`item ${index}`, 1));
    const cartLog = given(addItem(...lines), addItem(item('one more', 1)));
    expect(cartLog.cart.lines).toHaveLength(100);
    expect(rejection(cartLog)).toMatchObject({ rejection: { code: 'cart_full' } });
  });

  it('names an item that is not there, and products that the catalogue lacks', () => {
    expect(rejection(given({ type: 'removeItem', itemId: 'x' }))).toMatchObject({
      rejection: { code: 'item_not_found', itemId: 'x' },
    });
    const unknown = addItem({ ...item('ghost', 1), price: { status: 'unknown' } });
    const refused = rejection(given(unknown));
    expect(refused).toMatchObject({ rejection: { code: 'unknown_product', names: ['ghost'] } });
    expect(explain({ code: 'unknown_product', names: ['ghost'] })).toContain('"ghost"');
  });

  it('moves the deadline with every command that is applied', () => {
    const cartLog = given(addItem(item('apple', 1)));
    expect(cartLog.cart.expiresAt).toBe(openedAt + 1_000 + ttlMs);
    cartLog.handle(envelope(addItem(item('pear', 1))), openedAt + 9_000);
    expect(cartLog.cart.expiresAt).toBe(openedAt + 9_000 + ttlMs);
  });
});
