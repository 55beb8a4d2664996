import { LRUCache } from 'lru-cache';

const rememberedCarts = 100_000;

/**
 * Whether there may be a cart of this id, by what this process has seen and what Postgres has. A cart that Postgres
 * cannot be asked about may exist.
 */
export function createMayExist(exists: (cartId: string) => Promise<boolean>) {
  const known = new LRUCache<string, true>({ max: rememberedCarts });
  return async function mayExist(cartId: string): Promise<boolean> {
    if (known.has(cartId)) return true;
    const found = await exists(cartId).catch(() => true);
    // Whoever asks is about to send it a command.
    known.set(cartId, true);
    return found;
  };
}
