import type { Cart } from '../domain/cart.ts';
import { withDeadline } from '../platform/deadline.ts';
import type { CartFeed } from './cart-feed.ts';
import type { ReadChangedCarts, SavedCart } from './changed-carts.ts';

export interface LiveCarts {
  /** Calls `onCart` with the cart as it is now, and then with each newer one; a fast series may skip some. */
  watch(cartId: string, onCart: (cart: Cart | undefined) => void): CartWatch;
  /** Carts that are watched just now. */
  readonly watchedCarts: number;
  close(): void;
}

export interface CartWatch {
  /** Resolves after the first call; rejects when the cart cannot be read. */
  ready: Promise<void>;
  stop(): void;
}

export interface LiveCartsDeps {
  feed: Pick<CartFeed, 'connected' | 'subscribe'>;
  readChanged: ReadChangedCarts;
}

/** Carts in one statement; more wait for the next one, so that watching never takes a second connection. */
const cartsPerRead = 200;
const readDeadlineMs = 3_000;
const lookEveryMs = 1_000;
/** Without the listening connection every look asks for all carts; with it one in so many, lest it is dead. */
const looksPerFullLook = 15;

interface Watched {
  cartId: string;
  /** What its watchers have been told of. */
  fence: number;
  version: number;
  watchers: Set<Watcher>;
}

interface Watcher {
  onCart(cart: Cart | undefined): void;
  /** Until it has been told the first time. */
  opening: { resolve: () => void; reject: (error: unknown) => void } | undefined;
}

/**
 * Carts as they change, for any number of watchers at one read per changed cart. There is one reader: what changes
 * while it reads is in its next statement, so a cart's watchers hear of its saves in order.
 */
export function createLiveCarts({ feed, readChanged }: LiveCartsDeps): LiveCarts {
  const watched = new Map<string, Watched>();
  const stale = new Set<Watched>();
  let reading = false;
  let looks = 0;

  const unsubscribe = feed.subscribe({
    onSaved(cartId) {
      const entry = watched.get(cartId);
      if (entry) readSoon(entry);
    },
    onConnected: readAll,
  });
  const timer = setInterval(look, lookEveryMs);
  timer.unref();

  function look() {
    looks += 1;
    if (!feed.connected || looks % looksPerFullLook === 0) readAll();
    else void readStale();
  }

  function readAll() {
    for (const entry of watched.values()) stale.add(entry);
    void readStale();
  }

  function readSoon(entry: Watched) {
    stale.add(entry);
    void readStale();
  }

  async function readStale(): Promise<void> {
    if (reading) return;
    reading = true;
    while (stale.size > 0) {
      const entries = [...stale].slice(0, cartsPerRead);
      for (const entry of entries) stale.delete(entry);
      try {
        await read(entries);
      } catch (error) {
        // The next look asks again; who is only just opening is told now.
        for (const entry of entries) stale.add(entry);
        for (const entry of stale) refuse(entry, error);
        break;
      }
    }
    reading = false;
  }

  async function read(entries: readonly Watched[]): Promise<void> {
    // Who opens while this reads may know of a later save: the next read is theirs.
    const openings = new Map(entries.map((entry) => [entry, openingOf(entry)]));
    const seen = entries.map((entry) =>
      openings.get(entry)?.length ? { cartId: entry.cartId, fence: 0, version: 0 } : entry,
    );
    const found = await withDeadline(
      readChanged(seen.map(({ cartId, fence, version }) => ({ cartId, fence, version }))),
      readDeadlineMs,
      'Reading carts',
    );
    const byId = new Map(found.map((saved) => [saved.cart.cartId, saved]));
    for (const [entry, opening] of openings) tell(entry, byId.get(entry.cartId), opening);
  }

  function forget(entry: Watched) {
    stale.delete(entry);
    if (watched.get(entry.cartId) === entry) watched.delete(entry.cartId);
  }

  return {
    watch(cartId, onCart) {
      const entry = watched.get(cartId) ?? { cartId, fence: 0, version: 0, watchers: new Set() };
      watched.set(cartId, entry);
      const watcher: Watcher = { onCart, opening: undefined };
      const ready = new Promise<void>((resolve, reject) => (watcher.opening = { resolve, reject }));
      entry.watchers.add(watcher);
      readSoon(entry);
      return {
        ready,
        stop() {
          entry.watchers.delete(watcher);
          if (entry.watchers.size === 0) forget(entry);
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

const openingOf = ({ watchers }: Watched): Watcher[] => [...watchers].filter(({ opening }) => opening);

function tell(entry: Watched, saved: SavedCart | undefined, openings: readonly Watcher[]) {
  if (saved && isNewer(saved, entry)) {
    entry.fence = saved.fence;
    entry.version = saved.cart.version;
    for (const watcher of entry.watchers) if (!watcher.opening) watcher.onCart(saved.cart);
  }
  for (const watcher of openings) {
    if (!entry.watchers.has(watcher)) continue;
    watcher.onCart(saved?.cart);
    watcher.opening?.resolve();
    watcher.opening = undefined;
  }
}

function refuse(entry: Watched, error: unknown) {
  for (const { opening } of entry.watchers) opening?.reject(error);
}

const isNewer = ({ fence, cart }: SavedCart, entry: Watched): boolean =>
  fence === entry.fence ? cart.version > entry.version : fence > entry.fence;
