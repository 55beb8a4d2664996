import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Cart } from '../domain/cart.ts';
import type { CartCommands } from './cart-commands.ts';

export type ReadCart = Pick<Cart, 'cartId' | 'status' | 'expiresAt'>;

/** Told of every cart that is read, also by its version alone; never waits and never fails. */
export type CartTouch = (cart: ReadCart | undefined) => void;

/** A tenth of the idle time: how late a read may be noticed, and so how few signals reads cost. */
const partOfTtl = 10;
const rememberedCarts = 10_000;

export interface CartTouchOptions {
  /** The idle time of carts that are opened now; one that was opened with another is touched a little early or late. */
  ttlMs: number;
  now?: () => number;
}

/**
 * A read keeps a cart alive, as a command does, by at most one signal per tenth of the idle time. Two processes
 * that read the same cart within the milliseconds until it is saved may send one each.
 */
export function createCartTouch(
  { touch }: Pick<CartCommands, 'touch'>,
  { ttlMs, now = Date.now }: CartTouchOptions,
): CartTouch {
  const everyMs = ttlMs / partOfTtl;
  const touched = new LRUCache<string, true>({ max: rememberedCarts });
  return (cart) => {
    if (cart?.status !== 'active' || touched.has(cart.cartId)) return;
    const { cartId, expiresAt } = cart;
    const idleMs = ttlMs - (expiresAt - now());
    if (idleMs < everyMs) return;
    touched.set(cartId, true, { ttl: Math.max(everyMs, 1) });
    const envelope = { operationId: randomUUID(), fingerprint: 'touch', command: { type: 'touch' } } as const;
    void touch(cartId, envelope);
  };
}
