import type { Cart } from '../domain/cart.ts';
import type { CartFeed } from './cart-feed.ts';
import type { ReadChangedCarts } from './changed-carts.ts';
import { createStaleCarts } from './stale-carts.ts';
import type { CartWatcher, WatchedCart } from './watched-cart.ts';

export interface LiveCarts {
  /** Calls `onCart` with the cart as it is now, and then with each newer one; a fast series may skip some. */
  watch(cartId: string, onCart: (cart: Cart | undefined) => void): CartWatch;
  /** Carts that are watched just now. */
  readonly watchedCarts: number;
  close(): void;
}

export interface CartWatch {
  /** Resolves after the first call; rejects when the cart cannot be read, and is to be stopped then. */
  ready: Promise<void>;
  stop(): void;
}

export interface LiveCartsDeps {
  feed: Pick<CartFeed, 'connected' | 'subscribe'>;
  readChanged: ReadChangedCarts;
}

const lookEveryMs = 1_000;
/** Without the listening connection every look asks for all carts; with it one in so many, lest it is dead. */
const looksPerFullLook = 15;

/** Carts as they change, for any number of watchers, at one read per changed cart. */
export function createLiveCarts({ feed, readChanged }: LiveCartsDeps): LiveCarts {
  const watched = new Map<string, WatchedCart>();
  const stale = createStaleCarts(readChanged);
  let looks = 0;

  const unsubscribe = feed.subscribe({
    onSaved(cartId) {
      const cart = watched.get(cartId);
      if (cart) stale.read([cart]);
    },
    onConnected: () => stale.read(watched.values()),
  });
  const timer = setInterval(() => {
    looks += 1;
    const isFull = !feed.connected || looks % looksPerFullLook === 0;
    stale.read(isFull ? watched.values() : []);
  }, lookEveryMs);
  timer.unref();

  return {
    watch(cartId, onCart) {
      const cart = watched.get(cartId) ?? { cartId, fence: 0, version: 0, watchers: new Set() };
      watched.set(cartId, cart);
      const watcher: CartWatcher = { onCart, opening: undefined };
      const ready = new Promise<void>((resolve, reject) => (watcher.opening = { resolve, reject }));
      cart.watchers.add(watcher);
      stale.read([cart]);
      return {
        ready,
        stop() {
          if (!cart.watchers.delete(watcher) || cart.watchers.size > 0) return;
          stale.forget(cart);
          watched.delete(cartId);
        },
      };
    },
    get watchedCarts() {
      return watched.size;
    },
    close() {
      clearInterval(timer);
      unsubscribe();
    },
  };
}
