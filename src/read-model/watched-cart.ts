import type { Cart } from '../domain/cart.ts';
import type { SavedCart } from './changed-carts.ts';

/** A cart that somebody follows. */
export interface WatchedCart {
  cartId: string;
  /** The save that its watchers have been told of. */
  fence: number;
  version: number;
  watchers: Set<CartWatcher>;
}

export interface CartWatcher {
  onCart(cart: Cart | undefined): void;
  /** Until it has been told the first time. */
  opening: { resolve: () => void; reject: (error: unknown) => void } | undefined;
}

export const openingOf = ({ watchers }: WatchedCart): CartWatcher[] =>
  [...watchers].filter(({ opening }) => opening);

/** Everybody hears of a newer save; who opens, of whatever there is. */
export function tell(
  watched: WatchedCart,
  saved: SavedCart | undefined,
  openings: readonly CartWatcher[],
): void {
  if (saved && isNewer(saved, watched)) {
    watched.fence = saved.fence;
    watched.version = saved.cart.version;
    for (const watcher of watched.watchers) if (!watcher.opening) watcher.onCart(saved.cart);
  }
  for (const watcher of openings) {
    if (!watched.watchers.has(watcher)) continue;
    watcher.onCart(saved?.cart);
    watcher.opening?.resolve();
    watcher.opening = undefined;
  }
}

export function refuseOpenings(watched: WatchedCart, error: unknown): void {
  for (const { opening } of watched.watchers) opening?.reject(error);
}

const isNewer = ({ fence, cart }: SavedCart, watched: WatchedCart): boolean =>
  fence === watched.fence ? cart.version > watched.version : fence > watched.fence;
