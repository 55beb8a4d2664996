import { withDeadline } from '../platform/deadline.ts';
import type { ReadChangedCarts } from './changed-carts.ts';
import { openingOf, refuseOpenings, tell, type WatchedCart } from './watched-cart.ts';

/** Carts in one statement; more wait for the next one, so that watching never takes a second connection. */
const cartsPerRead = 200;
const readDeadlineMs = 3_000;

/**
 * Reads carts that have changed, and tells their watchers. One statement at a time: what changes meanwhile is in
 * the next one, so that watchers hear of saves in order. After a failure, carts stay stale until the next call.
 */
export function createStaleCarts(readChanged: ReadChangedCarts) {
  const stale = new Set<WatchedCart>();
  let reading = false;

  async function readAll(): Promise<void> {
    if (reading) return;
    reading = true;
    while (stale.size > 0) {
      const carts = [...stale].slice(0, cartsPerRead);
      for (const cart of carts) stale.delete(cart);
      try {
        await read(carts);
      } catch (error) {
        for (const cart of carts) stale.add(cart);
        for (const cart of stale) refuseOpenings(cart, error);
        break;
      }
    }
    reading = false;
  }

  async function read(carts: readonly WatchedCart[]): Promise<void> {
    // Who opens while this reads may know of a later save: the next read is theirs.
    const openings = new Map(carts.map((cart) => [cart, openingOf(cart)]));
    const seen = carts.map((cart) => {
      const { cartId, fence, version } = cart;
      return openings.get(cart)?.length ? { cartId, fence: 0, version: 0 } : { cartId, fence, version };
    });
    const found = await withDeadline(readChanged(seen), readDeadlineMs, 'Reading carts');
    const byId = new Map(found.map((saved) => [saved.cart.cartId, saved]));
    for (const [cart, opening] of openings) tell(cart, byId.get(cart.cartId), opening);
  }

  return {
    read(carts: Iterable<WatchedCart> = []) {
      for (const cart of carts) stale.add(cart);
      void readAll();
    },
    forget: (cart: WatchedCart) => void stale.delete(cart),
  };
}
