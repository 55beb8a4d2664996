import type { CommandEnvelope } from '../domain/commands.ts';
import type { CartCommands } from '../gateway/cart-commands.ts';
import type { CartFeed } from '../read-model/cart-feed.ts';
import type { CartViews, RecordedOperation } from '../read-model/cart-views.ts';
import { orUndefined } from './or-undefined.ts';

export interface SendAndWaitDeps {
  commands: CartCommands;
  views: Pick<CartViews, 'findOperation'>;
  feed: Pick<CartFeed, 'connected' | 'watch'>;
}

/** How often a request looks for itself; the notice normally comes first. */
const pollMs = { feedConnected: 500, feedLost: 50 };

/** Stores a command with Temporal, then waits a while for its record: nothing when that does not come in time. */
export function createSendAndWait({ commands, views, feed }: SendAndWaitDeps) {
  return async function sendAndWait(
    cartId: string,
    envelope: CommandEnvelope,
    waitMs: number,
  ): Promise<RecordedOperation | undefined> {
    if (waitMs === 0) {
      await commands.send(cartId, envelope);
      return undefined;
    }
    // Watch before sending: the outcome may be there before the send returns.
    let notify = () => {};
    const stopWatching = feed.watch(envelope.operationId, () => notify());
    let notified = new Promise<void>((resolve) => (notify = resolve));
    try {
      await commands.send(cartId, envelope);
      const giveUpAt = performance.now() + waitMs;
      for (;;) {
        const remainingMs = giveUpAt - performance.now();
        if (remainingMs <= 0) return undefined;
        const lookAfterMs = feed.connected ? pollMs.feedConnected : pollMs.feedLost;
        await raceTimer(notified, Math.min(lookAfterMs, remainingMs));
        notified = new Promise((resolve) => (notify = resolve));
        const outcome = await orUndefined(views.findOperation(cartId, envelope.operationId));
        if (outcome) return outcome;
      }
    } finally {
      stopWatching();
    }
  };
}

async function raceTimer(promise: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([promise, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
