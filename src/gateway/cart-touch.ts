import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Cart } from '../domain/cart.ts';
import type { CartCommands } from './cart-commands.ts';

/** Told of every cart that is read; never waits and never fails. */
export type CartTouch = (cart: Cart | undefined) => void;

/** A tenth of the idle time: how late a read may be noticed, and so how few signals reads cost. */
const partOfTtl = 10;
const rememberedCarts = 10_000;

/**
 * A read keeps a cart alive, as a command does, by at most one signal per tenth of the idle time. Two processes
 * that read the same cart within the milliseconds until it is saved may send one each.
 */
export function createCartTouch(
  { touch }: Pick<CartCommands, 'touch'>,
  now: () => number = Date.now,
): CartTouch {
  const touched = new LRUCache<string, true>({ max: rememberedCarts });
  return (cart) => {
    if (cart?.status !== 'active' || touched.has(cart.cartId)) return;
    const { cartId, ttlMs, expiresAt } = cart;
    const idleMs = ttlMs - (expiresAt - now());
    const everyMs = ttlMs / partOfTtl;
    if (idleMs < everyMs) return;
    touched.set(cartId, true, { ttl: Math.max(everyMs, 1) });
    const envelope = { operationId: randomUUID(), fingerprint: 'touch', command: { type: 'touch' } } as const;
    void touch(cartId, envelope);
  };
}
