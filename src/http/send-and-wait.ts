import type { CommandEnvelope } from '../domain/commands.ts';
import type { CartCommands } from '../gateway/cart-commands.ts';
import type { CartFeed } from '../read-model/cart-feed.ts';
import type { CartViews, RecordedOperation } from '../read-model/cart-views.ts';
import { orUndefined } from './or-undefined.ts';
import { watchFor } from './watch-for.ts';

export interface SendAndWaitDeps {
  commands: CartCommands;
  views: Pick<CartViews, 'findOperation'>;
  feed: Pick<CartFeed, 'connected' | 'watch'>;
}

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
    const { operationId } = envelope;
    return await watchFor<RecordedOperation>({
      feed,
      operationId,
      waitMs,
      async start() {
        await commands.send(cartId, envelope);
        return undefined;
      },
      look: () => orUndefined(views.findOperation(cartId, operationId)),
    });
  };
}
