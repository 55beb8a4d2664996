import { Semaphore, withTimeout } from 'async-mutex';
import { LRUCache } from 'lru-cache';
import { CartBusyError } from './cart-busy.ts';

export interface CartPlaces {
  /**
   * Waits for one of the cart's places. Give it back when the command is decided or was not sent; after a while it is
   * free again by itself, for nobody may be waiting to hear.
   * @throws CartBusyError when none becomes free in time
   */
  take(cartId: string): Promise<() => void>;
}

export interface CartPlacesOptions {
  /** Four API processes that serve one cart at once, and the ends of its calls, stay below Temporal's 100 with it. */
  perCart?: number;
  /** Many times as long as a workflow task takes. */
  keptForMs?: number;
  patienceMs?: number;
}

const rememberedCarts = 10_000;

/**
 * Bounds how many commands of one cart are sent and not yet decided. What arrives during a workflow task waits at the
 * server, which fails the task when more than 100 events do: see docs/decisions/saves-and-replays.md.
 */
export function createCartPlaces(options: CartPlacesOptions = {}): CartPlaces {
  const { perCart = 12, keptForMs = 500, patienceMs = 3_000 } = options;
  const carts = new LRUCache<string, Pick<Semaphore, 'acquire'>>({
    max: rememberedCarts,
    memoMethod: () => withTimeout(new Semaphore(perCart), patienceMs, new CartBusyError(patienceMs)),
  });
  return {
    async take(cartId) {
      const [, release] = await carts.memo(cartId).acquire();
      const timer = setTimeout(release, keptForMs);
      return () => {
        clearTimeout(timer);
        release();
      };
    },
  };
}
