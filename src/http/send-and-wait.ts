import type { CommandEnvelope } from '../domain/commands.ts';
import type { CartCommands } from '../gateway/cart-commands.ts';
import type { CartPlaces } from '../gateway/cart-places.ts';
import type { CartFeed } from '../read-model/cart-feed.ts';
import type { CartViews, RecordedOperation } from '../read-model/cart-views.ts';
import { orUndefined } from './or-undefined.ts';
import { watchFor } from './watch-for.ts';

export interface SendAndWaitDeps {
  commands: CartCommands;
  places: CartPlaces;
  views: Pick<CartViews, 'findOperation'>;
  feed: Pick<CartFeed, 'connected' | 'watch'>;
}

/** Stores a command with Temporal, then waits a while for its record: nothing when that does not come in time. */
export function createSendAndWait({ commands, places, views, feed }: SendAndWaitDeps) {
  return async function sendAndWait(
    cartId: string,
    envelope: CommandEnvelope,
    waitMs: number,
  ): Promise<RecordedOperation | undefined> {
    const leave = await places.take(cartId);
    const { operationId } = envelope;
    const send = () =>
      commands.send(cartId, envelope).catch((error: unknown) => {
        leave();
        throw error;
      });
    if (waitMs === 0) {
      await send();
      return undefined;
    }
    const recorded = await watchFor<RecordedOperation>({
      feed,
      operationId,
      waitMs,
      async start() {
        await send();
        return undefined;
      },
      look: () => orUndefined(views.findOperation(cartId, operationId)),
    });
    if (recorded) leave();
    return recorded;
  };
}
