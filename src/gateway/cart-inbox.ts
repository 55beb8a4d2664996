import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { CartSettings } from '../domain/cart-settings.ts';
import type { CommandEnvelope } from '../domain/commands.ts';
import { toCartBusy } from './cart-busy.ts';
import {
  cartWorkflowId,
  cartWorkflowType,
  commandSignals,
  type CartWorkflowInput,
} from '../../workflows/cart.messages.ts';

/** Temporal did not confirm the command. It may have arrived all the same: repeat it under the same operation id. */
export class CommandNotStoredError extends Error {
  override name = 'CommandNotStoredError';
}

export interface CartInbox {
  /**
   * Stores the command durably: one call to the Temporal server, no worker needed. Starts a cart that does not run.
   * @throws CommandNotStoredError when Temporal does not confirm it
   * @throws CartBusyError when Temporal has more for this cart than it can take
   */
  send(cartId: string, envelope: CommandEnvelope, settings: CartSettings): Promise<void>;
}

export interface CartInboxOptions {
  client: Client;
  taskQueue: string;
  /** Whether there may be a cart of this id. Only `false` has to be certain. */
  mayExist: (cartId: string) => Promise<boolean>;
  /** How long Temporal may take to store a command. */
  storeDeadlineMs?: number;
}

export const defaultStoreDeadlineMs = 3_000;

export function createCartInbox(options: CartInboxOptions): CartInbox {
  const { client, taskQueue, mayExist, storeDeadlineMs = defaultStoreDeadlineMs } = options;

  async function signalWithStart(input: CartWorkflowInput & { fresh: boolean }, envelope: CommandEnvelope) {
    const { cartId, fresh } = input;
    await client.workflow.signalWithStart(cartWorkflowType, {
      workflowId: cartWorkflowId(cartId),
      taskQueue,
      args: [input],
      // The cart may have lived and ended since it was looked for: only Temporal can rule that out.
      workflowIdReusePolicy: fresh ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
      signal: commandSignals[envelope.command.type],
      signalArgs: [envelope],
      staticSummary: `Cart ${cartId}`,
    });
  }

  async function startFresh(input: CartWorkflowInput, envelope: CommandEnvelope) {
    try {
      await signalWithStart({ ...input, fresh: true }, envelope);
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      await signalWithStart({ ...input, fresh: false }, envelope);
    }
  }

  return {
    async send(cartId, envelope, settings) {
      const input = { cartId, settings };
      const fresh = !(await mayExist(cartId));
      const store = () =>
        fresh ? startFresh(input, envelope) : signalWithStart({ ...input, fresh: false }, envelope);
      try {
        await client.withDeadline(Date.now() + storeDeadlineMs, store);
      } catch (error) {
        throw (
          toCartBusy(error) ??
          new CommandNotStoredError('Temporal did not store the command', { cause: error })
        );
      }
    },
  };
}
