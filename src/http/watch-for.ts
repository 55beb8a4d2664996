import type { CartFeed } from '../read-model/cart-feed.ts';

/** How often a request looks for itself; the notice normally comes first. */
const pollMs = { feedConnected: 500, feedLost: 50 };

export interface Watch<T> {
  feed: Pick<CartFeed, 'connected' | 'watch'>;
  operationId: string;
  waitMs: number;
  /** Runs when the watch stands, so that no notice of what it causes is missed; what it returns ends the wait. */
  start: () => Promise<T | undefined>;
  look: () => Promise<T | undefined>;
}

/** Looks whenever the feed tells of the operation, and now and then by itself, until there is something or time is up. */
export async function watchFor<T>({
  feed,
  operationId,
  waitMs,
  start,
  look,
}: Watch<T>): Promise<T | undefined> {
  let notify = () => {};
  const stopWatching = feed.watch(operationId, () => notify());
  let notified = new Promise<void>((resolve) => (notify = resolve));
  try {
    const early = await start();
    if (early !== undefined) return early;
    const giveUpAt = performance.now() + waitMs;
    for (;;) {
      const remainingMs = giveUpAt - performance.now();
      if (remainingMs <= 0) return undefined;
      const lookAfterMs = feed.connected ? pollMs.feedConnected : pollMs.feedLost;
      await raceTimer(notified, Math.min(lookAfterMs, remainingMs));
      notified = new Promise((resolve) => (notify = resolve));
      const found = await look();
      if (found !== undefined) return found;
    }
  } finally {
    stopWatching();
  }
}

async function raceTimer(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
