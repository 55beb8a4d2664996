import type { Cart } from '../../src/domain/cart.ts';
import type { CartFeedListener } from '../../src/read-model/cart-feed.ts';
import type { SavedCart, SeenCart } from '../../src/read-model/changed-carts.ts';
import { createLiveCarts } from '../../src/read-model/live-carts.ts';

/** Live carts over rows and a feed that are moved by hand. */
export function createFakeLiveCarts() {
  const rows = new Map<string, SavedCart>();
  const reads: (readonly SeenCart[])[] = [];
  const listeners = new Set<CartFeedListener>();
  const fake = {
    rows,
    reads,
    listeners,
    feed: {
      connected: true,
      subscribe(listener: CartFeedListener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    /** What happens between a read's look at the rows and its answer. */
    whileReading: async () => {},
    /** Saves a state, as the projector does; silently: without the notice. */
    save(cart: Cart, { fence = 0, silently = false } = {}) {
      rows.set(cart.cartId, { cart, fence });
      if (!silently) for (const listener of listeners) listener.onSaved(cart.cartId);
    },
    reconnect() {
      for (const listener of listeners) listener.onConnected();
    },
  };
  const carts = createLiveCarts({
    feed: fake.feed,
    async readChanged(seen) {
      reads.push(seen);
      const changed = seen.flatMap(({ cartId, fence, version }) => {
        const row = rows.get(cartId);
        const isNewer = row && (row.fence === fence ? row.cart.version > version : row.fence > fence);
        return isNewer ? [row] : [];
      });
      await fake.whileReading();
      return changed;
    },
  });
  return Object.assign(fake, { carts });
}

export type FakeLiveCarts = ReturnType<typeof createFakeLiveCarts>;
